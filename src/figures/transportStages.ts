/** Where everything stands at a moment of the way from x to u: between two stages, on the straight line from one to the other. */
import { contours } from 'd3';
import { massShares, type TransportFrame } from '../inspection/frames/transport.ts';

/** What is looked at: the lower left corner, and the side of the square. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** A number of a stage that need not be whole, as the stages around it and the share of the way between them. */
export interface Moment {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

export const stagesOf = ({ layers }: Pick<TransportFrame, 'layers'>): number => layers.length + 1;

export function momentOf(frame: Pick<TransportFrame, 'layers'>, at: number): Moment {
  const last = frame.layers.length;
  const within = Math.min(last, Math.max(0, at));
  const from = Math.min(last, Math.floor(within));
  return { from, to: Math.min(last, from + 1), share: within - from };
}

export function squareAt({ windows, ...frame }: Pick<TransportFrame, 'windows' | 'layers'>, at: number): Square {
  const { from, to, share } = momentOf(frame, at);
  const between = (k: number) => windows[3 * from + k]! + share * (windows[3 * to + k]! - windows[3 * from + k]!);
  return { x: between(0), y: between(1), side: between(2) };
}

/** [n, 2] of places [L + 1, n, 2]. */
export function placesAt(all: Float32Array, frame: Pick<TransportFrame, 'layers'>, at: number): Float32Array {
  const { from, to, share } = momentOf(frame, at);
  const size = all.length / stagesOf(frame);
  const [a, b] = [all.subarray(from * size, (from + 1) * size), all.subarray(to * size, (to + 1) * size)];
  return share === 0 ? a : a.map((value, i) => value + share * (b[i]! - value));
}

/** A contour: the lines around the smallest region that holds a share of the probability. */
export interface Contour {
  readonly share: number;
  /** Closed lines of x₁, y₁, x₂, y₂, … in the stage's own units. */
  readonly lines: readonly Float32Array[];
}

/** Nats below the outermost level that are still told apart: far less would make lines that hug the cells. */
const DEPTH = 12;

const found = new WeakMap<Float32Array, Map<number, readonly Contour[]>>();

/** The contours of a stage, widest first. */
export function contoursAt(frame: TransportFrame, stage: number): readonly Contour[] {
  let known = found.get(frame.logDensity);
  if (!known) found.set(frame.logDensity, (known = new Map<number, readonly Contour[]>()));
  let own = known.get(stage);
  if (!own) known.set(stage, (own = traced(frame, stage)));
  return own;
}

function traced(frame: TransportFrame, stage: number): Contour[] {
  const { cells, logDensity, levels, windows } = frame;
  const [x, y, side] = [windows[3 * stage]!, windows[3 * stage + 1]!, windows[3 * stage + 2]!];
  const own = logDensity.subarray(stage * cells * cells, (stage + 1) * cells * cells);
  const thresholds = massShares.flatMap((share, k) => {
    const level = levels[stage * massShares.length + k]!;
    return Number.isFinite(level) ? [{ share, level }] : [];
  });
  const floor = Math.min(...thresholds.map(({ level }) => level)) - DEPTH;
  const values = Array.from(own, (value) => (value > floor ? value : floor));
  const trace = contours().size([cells, cells]);
  return thresholds
    .map(({ share, level }) => ({
      share,
      lines: trace
        .contour(values, level)
        .coordinates.flatMap((polygon) =>
          polygon.map((ring) =>
            Float32Array.from(ring.flatMap(([c, r]) => [x + (side * c!) / cells, y + (side * r!) / cells])),
          ),
        ),
    }))
    .reverse();
}
