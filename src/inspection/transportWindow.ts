/** What part of the plane is looked at: a square around nearly all rows, that stays where it is as long as they nearly do. */

export interface Window {
  /** Lower left corner. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Share of the rows on either side that may lie outside: a single outlier must not make all others a speck. */
const OUTSIDE = 0.01;
/** Room around the rows, of half the side. */
const MARGIN = 0.15;
/** A window that was looked at before is kept as long as rows fill so much of it. */
const FILLED = 0.6;
/** Half sides that are used, times a power of ten. */
const LADDER = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8, 10];
/** The middle stands on a multiple of this share of half the side. */
const STEP = 0.1;

/**
 * The square around points [n, 2] in the plane; those that are not finite do not count.
 * @param least ends [low, high] that are inside in any case, in both directions
 * @param before what was looked at before: the same again, if it still does
 */
export function windowOf(
  points: Float32Array,
  least: readonly [number, number] | null = null,
  before: Window | null = null,
): Window {
  const ends = [0, 1].map((side) => {
    const values = points.filter((value, i) => i % 2 === side && Number.isFinite(value)).sort();
    const beyond = Math.floor(OUTSIDE * values.length);
    const low = Math.min(values[beyond] ?? Infinity, least?.[0] ?? Infinity);
    const high = Math.max(values[values.length - 1 - beyond] ?? -Infinity, least?.[1] ?? -Infinity);
    return low <= high ? [low, high] : [-1, 1];
  }) as [[number, number], [number, number]];
  const half = Math.max(...ends.map(([low, high]) => (high - low) / 2)) || 1;
  if (before && holds(before, ends) && 2 * half > FILLED * before.side) return before;
  const onLadder = rung((half * (1 + MARGIN)) / (1 - STEP / 2));
  const step = STEP * onLadder;
  const [x, y] = ends.map(([low, high]) => Math.round((low + high) / 2 / step) * step - onLadder) as [number, number];
  return { x, y, side: 2 * onLadder };
}

function holds({ x, y, side }: Window, ends: readonly (readonly [number, number])[]): boolean {
  return [x, y].every((from, d) => ends[d]![0] >= from && ends[d]![1] <= from + side);
}

/** The smallest size on the ladder that is no less. */
function rung(size: number): number {
  const decade = 10 ** Math.floor(Math.log10(size));
  return decade * LADDER.find((step) => decade * step >= size * (1 - 1e-9))!;
}
