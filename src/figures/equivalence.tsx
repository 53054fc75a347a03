/** KL in x and KL in u: over training as two curves that lie on each other, and row by row on the diagonal. */
import { extent, scaleLinear, scaleLog } from 'd3';
import type { VNode } from 'preact';
import type { EquivalenceFrame } from '../inspection/frames/equivalence.ts';
import type { NumericScale } from './axis.tsx';
import type { Box, Drawing } from './drawing.tsx';
import { equivalenceLegend, MomentCurves, RowScatter, type Panels, type RowScales } from './equivalencePanels.tsx';
import { soundRows, type Moment } from './equivalenceWords.ts';
import type { LegendItem } from './legend.tsx';
import type { Theme } from './theme.ts';

/** The validation score at the end of an epoch, nats. */
export interface EpochScore {
  readonly epoch: number;
  readonly nats: number;
}

export interface EquivalenceOptions {
  readonly frame: EquivalenceFrame;
  /** What was measured so far, in the order of steps, that of the frame included. */
  readonly moments: readonly Moment[];
  readonly epochs: readonly EpochScore[];
  readonly logY: boolean;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

export interface EquivalenceFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Whether a logarithmic axis may be drawn: every value over training is positive. */
  readonly logLegal: boolean;
  /** Rows that are drawn, by their index in the frame, in the order of their value in x. */
  readonly rows: readonly number[];
  /** What is nearest to a point, px. */
  readonly nearest: (x: number, y: number) => Pointed | null;
  /** Where something stands that can be pointed at, px. */
  readonly placeOf: (what: Pointed) => readonly { readonly x: number; readonly y: number }[];
}

export type Pointed = { readonly moment: number } | { readonly row: number };

const MARGIN = { left: 60, right: 14, top: 26, bottom: 40 };
const GAP = 10;
/** Two panels stand beside each other from so wide on, px. */
const BESIDE = 620;
/** The pointer finds a row so far away, px. */
const REACH = 24;

export function equivalenceFigure(o: EquivalenceOptions): EquivalenceFigure {
  const { frame, moments, theme, width, height } = o;
  const beside = width >= BESIDE;
  const left = beside ? Math.round((width - GAP) * 0.54) : width;
  const over = panel(0, 0, left, height);
  const size = beside ? width - GAP - left : Math.min(width, 420);
  const scatter = beside ? panel(left + GAP, 0, size, height) : panel(0, height + GAP, size, Math.min(height, size));
  const known = frame.truth !== null;
  const epochs = o.epochs
    .map(({ epoch, nats }) => ({ epoch, nats: nats - (frame.truth?.nats ?? 0) }))
    .filter(({ nats }) => Number.isFinite(nats));
  const values = [...moments.flatMap(({ inX, inU }) => [inX, inU]), ...epochs.map(({ nats }) => nats)];
  const logLegal = values.length > 0 && values.every((value) => value > 0);
  const x = scaleLinear(
    [0, Math.max(1e-9, ...moments.map(({ epoch }) => epoch), ...epochs.map(({ epoch }) => epoch))],
    [over.x, over.x + over.width],
  );
  const y = yScale(values, o.logY && logLegal, known, over);
  const rows = soundRows(frame).sort((a, b) => frame.inX[a]! - frame.inX[b]!);
  const both = rowScales(frame, rows, scatter);
  const places: Panels = { frame, moments, theme, over, scatter, x, y, both, epochs, rows, known };
  const drawing: Drawing = {
    width,
    height: beside ? height : scatter.y + scatter.height + MARGIN.bottom,
    rasters: [],
    marks: (
      <>
        <MomentCurves {...places} />
        <RowScatter {...places} />
      </>
    ),
  };
  const at = (i: number) => ({ x: both.x(frame.inX[i]!), y: both.y(frame.inU[i]!) });
  return {
    drawing,
    legend: equivalenceLegend(places),
    logLegal,
    rows,
    nearest(px, py) {
      if (isIn(over, px, py)) {
        const found = closest(
          moments.map(({ epoch }) => Math.abs(x(epoch) - px)),
          Infinity,
        );
        return found === null ? null : { moment: found };
      }
      if (!isIn(scatter, px, py)) return null;
      const found = closest(
        rows.map((i) => Math.hypot(at(i).x - px, at(i).y - py)),
        REACH,
      );
      return found === null ? null : { row: rows[found]! };
    },
    placeOf(what) {
      if ('row' in what) return what.row < frame.inX.length && rows.includes(what.row) ? [at(what.row)] : [];
      const moment = moments[what.moment];
      if (!moment) return [];
      return [moment.inX, moment.inU].map((nats) => ({ x: x(moment.epoch), y: y(nats) }));
    },
  };
}

function panel(x: number, y: number, width: number, height: number): Box {
  return {
    x: x + MARGIN.left,
    y: y + MARGIN.top,
    width: Math.max(40, width - MARGIN.left - MARGIN.right),
    height: Math.max(40, height - MARGIN.top - MARGIN.bottom),
  };
}

const isIn = ({ x, y, width, height }: Box, px: number, py: number) =>
  px >= x - 6 && px <= x + width + 6 && py >= y - 6 && py <= y + height + 6;

function closest(distances: readonly number[], reach: number): number | null {
  let found: number | null = null;
  for (const [i, distance] of distances.entries()) {
    if (distance <= reach && (found === null || distance < distances[found]!)) found = i;
  }
  return found;
}

function yScale(values: readonly number[], log: boolean, known: boolean, { y, height }: Box): NumericScale {
  const [low = 0, high = 1] = extent(values);
  const range: [number, number] = [y + height, y];
  if (log) return scaleLog([low / 1.25, high * 1.25], range);
  // A divergence is read from 0, a likelihood from wherever it is.
  const from = known ? Math.min(0, low) : low;
  const pad = 0.06 * (high - from || Math.abs(high) || 1);
  return scaleLinear([from - (from < 0 || !known ? pad : 0), high + pad], range);
}

/** A few rows that stretch the axes more than so many times are drawn at their ends. */
const STRETCH = 4;
const FAR = 0.01;

/** Where rows lie, or all but the farthest. */
function rangeOf({ inX, inU }: EquivalenceFrame, rows: readonly number[]): readonly [number, number] {
  const sorted = Float64Array.from(rows.flatMap((i) => [inX[i]!, inU[i]!])).sort();
  const left = Math.ceil(FAR * sorted.length);
  const [low = 0, high = 1] = [sorted[0], sorted.at(-1)];
  const [near, far] = [sorted[left], sorted[sorted.length - 1 - left]];
  if (near === undefined || far === undefined || far <= near || high - low <= STRETCH * (far - near))
    return [low, high];
  const room = 0.5 * (far - near);
  return [Math.max(low, near - room), Math.min(high, far + room)];
}

/** One domain for both axes, so that the identity is the diagonal. */
function rowScales(frame: EquivalenceFrame, rows: readonly number[], box: Box): RowScales {
  const [low, high] = rangeOf(frame, rows);
  const pad = 0.05 * (high - low || Math.abs(high) || 1);
  const domain: [number, number] = [low - pad, high + pad];
  return {
    x: scaleLinear(domain, [box.x, box.x + box.width]).clamp(true),
    y: scaleLinear(domain, [box.y + box.height, box.y]).clamp(true),
    beyond: rows.filter((i) => [frame.inX[i]!, frame.inU[i]!].some((own) => own < domain[0] || own > domain[1])).length,
  };
}

/** Rings around what is pointed at. */
export function EquivalenceMark({
  figure,
  what,
  theme,
}: {
  readonly figure: EquivalenceFigure;
  readonly what: Pointed;
  readonly theme: Theme;
}): VNode {
  return (
    <g fill="none" pointer-events="none">
      {figure.placeOf(what).map(({ x, y }) => (
        <>
          <circle cx={x} cy={y} r={7.5} stroke={theme.background} stroke-width={4} />
          <circle cx={x} cy={y} r={7.5} stroke={theme.accent} stroke-width={2} />
        </>
      ))}
    </g>
  );
}
