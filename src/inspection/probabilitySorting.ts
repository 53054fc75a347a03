/** Sorting a million probabilities without holding anything up. */
import type { Chunked } from './source.ts';

/** Numbers handled between two yields. */
const CHUNK = 2 ** 16;
const BUCKETS = 2 ** 11;

/** A copy, largest first. Spread over buckets by their logarithm, then each bucket on its own. NaN counts as 0. */
export async function* sortedDown(values: Float64Array): Chunked<Float64Array> {
  if (values.length <= CHUNK)
    return Float64Array.from(values, (value) => value || 0)
      .sort()
      .reverse();
  let [low, high] = [Infinity, -Infinity];
  for (let begin = 0; begin < values.length; begin += CHUNK) {
    for (const value of values.subarray(begin, begin + CHUNK)) {
      if (!(value > 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    yield;
  }
  if (high === -Infinity) return new Float64Array(values.length);
  const span = Math.log(high / low);
  const bucketOf = (value: number) =>
    value > 0 ? (span > 0 ? Math.floor(((BUCKETS - 2) * Math.log(high / value)) / span) : 0) : BUCKETS - 1;
  const ends = new Uint32Array(BUCKETS);
  for (let begin = 0; begin < values.length; begin += CHUNK) {
    for (const value of values.subarray(begin, begin + CHUNK)) ends[bucketOf(value)]!++;
    yield;
  }
  for (let b = 1; b < BUCKETS; b++) ends[b]! += ends[b - 1]!;
  const next = Uint32Array.from(ends, (_, b) => (b === 0 ? 0 : ends[b - 1]!));
  const sorted = new Float64Array(values.length);
  for (let begin = 0; begin < values.length; begin += CHUNK) {
    for (const value of values.subarray(begin, begin + CHUNK)) sorted[next[bucketOf(value)]!++] = value || 0;
    yield;
  }
  let since = 0;
  for (let b = 0, begin = 0; b < BUCKETS; begin = ends[b++]!) {
    if (ends[b]! - begin > 1) sorted.subarray(begin, ends[b]).sort().reverse();
    since += ends[b]! - begin;
    if (since < CHUNK) continue;
    since = 0;
    yield;
  }
  return sorted;
}
