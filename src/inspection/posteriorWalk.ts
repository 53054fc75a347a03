/**
 * The way between the posterior means of two rows, decoded: on a great circle, since draws of the prior of many variables
 * lie near a sphere (White 2016), and on a straight line beside it, which leads through a middle that the prior hardly draws.
 */
import type { Matrix } from '../data/dataset.ts';
import { between, norms, type WalkPath } from './between.ts';
import type { Way, WalkFrame } from './frames/latent.ts';
import { decodedMeans, latentOf, pickedRows, posteriorsOf, shownRows } from './latentLook.ts';
import type { Chunked, Snapshot } from './source.ts';

/** What of a walk depends on the space that is walked in. */
export type Walked = Pick<
  WalkFrame,
  'space' | 'dimension' | 'gaussian' | 'beside' | 'ends' | 'logProb' | 'error' | keyof Way
>;

/** Rows on the way, ends included; of points in a plane a line of them. */
const STEPS = 11;
const PLANE_STEPS = 41;

/** Steps of a way between rows of so many variables. */
export const stepsOf = (dimension: number): number => (dimension === 2 ? PLANE_STEPS : STEPS);

export const halves = (both: Float32Array): [Float32Array, Float32Array] => [
  both.subarray(0, both.length / 2),
  both.subarray(both.length / 2),
];

/** Largest difference of the first and the last of rows [steps, D] from two rows [2, D]. */
export function errorOf(ends: Float32Array, x: Float32Array): number {
  const [first, second] = halves(ends);
  const last = x.subarray(x.length - second.length);
  return first.reduce((most, value, d) => Math.max(most, Math.abs(x[d]! - value), Math.abs(last[d]! - second[d]!)), 0);
}

/** @param row numbers of both rows. @throws RangeError when the model has no latent variables. */
export async function* posteriorWalk(
  snapshot: Snapshot,
  matrix: Matrix,
  row: Int32Array,
  free: boolean,
): Chunked<Walked> {
  const { latentDimension, dimension } = latentOf(snapshot.source.model);
  const ends = pickedRows(matrix, row);
  const { mean } = yield* posteriorsOf(snapshot, ends, free);
  const steps = stepsOf(dimension);
  // Of one variable there is no circle.
  const paths: readonly WalkPath[] = latentDimension === 1 ? ['straight'] : ['spherical', 'straight'];
  const wayOf = (path: WalkPath) => between(...halves(mean), steps, path);
  const places = paths.map(wayOf);
  const means = yield* decodedMeans(snapshot, Float32Array.from(places.flatMap((way) => [...way])), free);
  const size = steps * dimension;
  const ways: Way[] = [];
  for (const [i, path] of paths.entries()) {
    // A frame's arrays own their buffers.
    const decoded = await shownRows(snapshot, means.slice(i * size, (i + 1) * size));
    ways.push({ path, decoded, norm: norms(places[i]!, latentDimension) });
  }
  return {
    ...{ space: 'latent', dimension: latentDimension, gaussian: true, logProb: null },
    error: errorOf(ends.values, means.subarray(0, size)),
    ...ways[0]!,
    beside: ways[1] ?? null,
    ends: await shownRows(snapshot, ends.values),
  };
}
