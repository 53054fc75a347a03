/** Where rows lie in the base, so that they can be coloured by it: −1 … 1 in each direction, 0 the middle. */
import type { Marginal } from '../flows/base.ts';

/** Standard deviations from the mean that count as the edge, where the base has no density of one coordinate. */
const EDGE = 2.5;

/**
 * @param u [n, 2] places in the base
 * @param draws [m, 2] draws from the base, by whose moments places are measured where coordinates are not independent
 * @returns [n, 2]; 0 where u is no number
 */
export function placesIn(u: Float32Array, marginal: Marginal | null, draws: Float32Array): Float32Array {
  const share = marginal
    ? (value: number) => 2 * marginal.cdf(value) - 1
    : standardised([0, 1].map((side) => draws.filter((value, i) => i % 2 === side && Number.isFinite(value))));
  return u.map((value, i) => (Number.isNaN(value) ? 0 : Math.min(1, Math.max(-1, share(value, i % 2)))));
}

function standardised(columns: readonly Float32Array[]): (value: number, side: number) => number {
  const moments = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length)) || 1 };
  });
  return (value, side) => (value - moments[side]!.mean) / (EDGE * moments[side]!.deviation);
}
