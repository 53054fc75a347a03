/** Curves blurred by Gaussian noise: a point is drawn on the curve, then moved by the noise. */
import { unitNodes } from './quadrature.ts';

export interface Arc {
  readonly from: number;
  readonly to: number;
  /** The point of the curve at a parameter between them. */
  readonly point: (parameter: number) => readonly [number, number];
  /** Density of the parameter: its integral between them is 1. */
  readonly density: (parameter: number) => number;
  /** σ of the noise in either direction. */
  readonly noise: number;
}

/** Terms smaller than the largest by more than so many nats are left out: e⁻⁴⁵ is below the last digit. */
const NEGLIGIBLE = 45;

/** Error that a panel may add, of the largest value of the integrand: e⁻³⁰ ≈ 1e-13. */
const TOLERATED = -30;

/** A piece of the curve that is short beside the noise. */
interface Panel {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** Ends and middle: x, y, x, y, x, y. */
  readonly marks: Float64Array;
  /** x, y and weight of each point that is summed over. */
  readonly nodes: Float64Array;
}

/**
 * log ∫ density(a) N(x; point(a), σ²) da in nats, as a function of x. By Gauss and Legendre's rule with ten points in each
 * panel of the curve; panels are at most as long as the noise is wide, and are halved where the integrand falls steeply, as
 * it does in the tails. Error below 1e-9 nats within 100 σ of the curve; further out as squared distances are rounded.
 */
export function blurred(arc: Arc): (x: number, y: number) => number {
  const panels = panelsOf(arc, arc.from, arc.to);
  const scale = 1 / (2 * arc.noise ** 2);
  const constant = Math.log(2 * Math.PI * arc.noise ** 2);
  const marks = Float64Array.from(panels.flatMap((panel) => [...panel.marks]));
  const falls = new Float64Array(marks.length / 2);

  return (x, y) => {
    /** Squared distances as falls of log N. */
    let least = Infinity;
    for (let i = 0; i < falls.length; i++) {
      const fall = scale * ((x - marks[2 * i]!) ** 2 + (y - marks[2 * i + 1]!) ** 2);
      falls[i] = fall;
      if (fall < least) least = fall;
    }
    // No point of a panel is nearer than its nearest mark by more than half its length.
    const most = scale * (Math.sqrt((least + NEGLIGIBLE) / scale) + arc.noise / 2) ** 2;
    const sumOver = (panel: Panel, a: number, b: number, c: number): number => {
      const low = Math.min(a, b, c);
      if (low > most) return 0;
      if (isSteep(Math.max(a, b, c) - low, low - least)) return sumOfHalves(panel);
      const { nodes } = panel;
      let sum = 0;
      for (let i = 0; i < nodes.length; i += 3) {
        const fall = scale * ((x - nodes[i]!) ** 2 + (y - nodes[i + 1]!) ** 2);
        sum += nodes[i + 2]! * Math.exp(least - fall);
      }
      return sum;
    };
    const sumOfHalves = ({ from, to }: Panel): number => {
      let sum = 0;
      for (const half of [panelOf(arc, from, (from + to) / 2), panelOf(arc, (from + to) / 2, to)]) {
        const at = half.marks;
        const [a, b, c] = [0, 2, 4].map((i) => scale * ((x - at[i]!) ** 2 + (y - at[i + 1]!) ** 2));
        sum += sumOver(half, a!, b!, c!);
      }
      return sum;
    };
    let total = 0;
    for (const [p, panel] of panels.entries()) {
      total += sumOver(panel, falls[3 * p]!, falls[3 * p + 1]!, falls[3 * p + 2]!);
    }
    return Math.log(total) - least - constant;
  };
}

/**
 * Whether ten points are too few for an integrand that falls by `fall` nats within a panel and is `below` nats under its
 * largest value there: their error for e^{−fall·t} on [0, 1] is fall²⁰ · 10!⁴ / (21 · 20!³) = fall²⁰ e^{−69.6}.
 */
function isSteep(fall: number, below: number): boolean {
  return 20 * Math.log(fall) - 69.6 - below > TOLERATED;
}

/** The curve between two parameters, halved until no piece is longer than the noise is wide. */
function panelsOf(arc: Arc, from: number, to: number): Panel[] {
  const panel = panelOf(arc, from, to);
  // What winds may be long though its ends and middle lie close together.
  if (panel.length <= arc.noise && to - from <= (arc.to - arc.from) / 16) return [panel];
  const middle = (from + to) / 2;
  return [...panelsOf(arc, from, middle), ...panelsOf(arc, middle, to)];
}

function panelOf({ point, density }: Arc, from: number, to: number): Panel {
  const marks = Float64Array.from([from, (from + to) / 2, to].flatMap((parameter) => point(parameter)));
  const nodes = new Float64Array(3 * unitNodes.length);
  for (const [i, [node, weight]] of unitNodes.entries()) {
    const parameter = from + (to - from) * node;
    nodes.set(point(parameter), 3 * i);
    nodes[3 * i + 2] = (to - from) * weight * density(parameter);
  }
  const length =
    Math.hypot(marks[2]! - marks[0]!, marks[3]! - marks[1]!) + Math.hypot(marks[4]! - marks[2]!, marks[5]! - marks[3]!);
  return { from, to, length, marks, nodes };
}
