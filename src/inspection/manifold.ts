/**
 * The latent manifold (Kingma & Welling 2014, figure 4): a grid that is even on the unit square, led through the inverse of
 * the Gaussian's distribution function and decoded, so that every cell stands for the same share of the prior's probability.
 */
import { heldOut } from '../data/heldOut.ts';
import { normalQuantile } from '../distributions/standardNormal.ts';
import type { Matrix } from '../data/dataset.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import {
  MOST_CELLS,
  type ManifoldChoice,
  type ManifoldFrame,
  type ManifoldPlane,
  type ManifoldPointChoice,
  type ManifoldPointFrame,
} from './frames/manifold.ts';
import { decodedMeans, heldAt, latentOf, pickedRows, shownRows } from './latentLook.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Entries of training rows that a place is compared with while somebody waits; the rest follows where there is time. */
const COMPARED = 2 ** 21;
/** Bytes of the images of a grid. */
const MOST_BYTES = 2 ** 20;
/** Entries compared at a time: all of those that are compared while somebody waits. */
const PIECE = COMPARED;

export const manifoldMaker: FrameMaker<'manifold'> = {
  compute: (snapshot, { options, free }) => manifoldFrame(snapshot, options, free),
  renewed: 'step',
  canBeRefined: () => false,
};

export const manifoldPointMaker: FrameMaker<'manifoldPoint'> = {
  compute: (snapshot, { options, look, free }) => manifoldPointFrame(snapshot, options, look, free),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

/** @throws RangeError when the model has no latent variables, or there is no such row. */
export async function* manifoldFrame(snapshot: Snapshot, choice: ManifoldChoice, free = false): Chunked<ManifoldFrame> {
  const { plane, held, latent, ...rest } = yield* planeOf(snapshot, choice, free);
  const columns = cellsAcross(choice.side, latent === 1 ? 1 : 2, snapshot.source.model.dimension);
  const rows = latent === 1 ? 1 : columns;
  const places = quantilesOfPrior(columns);
  const z = new Float32Array(columns * rows * latent);
  for (let cell = 0; cell < columns * rows; cell++) {
    z.set(held, cell * latent);
    z[cell * latent + plane.across] = places[cell % columns]!;
    if (latent > 1) z[cell * latent + plane.down] = places[rows - 1 - Math.floor(cell / columns)]!;
  }
  const means = yield* decodedMeans(snapshot, z, free);
  return {
    kind: 'manifold',
    ...frameBase(snapshot),
    ...{ latent, plane, held, columns, rows, places, ...rest },
    decoded: await shownRows(snapshot, means),
  };
}

/** @throws RangeError when the model has no latent variables, or there is no such row. */
export async function* manifoldPointFrame(
  snapshot: Snapshot,
  choice: ManifoldPointChoice,
  look: Look = 'thorough',
  free = false,
): Chunked<ManifoldPointFrame> {
  const { plane, held, latent, ...rest } = yield* planeOf(snapshot, choice, free);
  const z = held.slice();
  z[plane.across] = choice.u;
  if (latent > 1) z[plane.down] = choice.v;
  const mean = yield* decodedMeans(snapshot, z, free);
  const { train } = await snapshot.source.dataset();
  const among = look === 'thorough' ? train.rows : Math.min(train.rows, Math.ceil(COMPARED / train.columns));
  const { row, distance } = yield* nearestRow(train, mean, among);
  return {
    kind: 'manifoldPoint',
    ...frameBase(snapshot),
    ...{ latent, plane, z, ...rest },
    decoded: await shownRows(snapshot, mean),
    nearest: {
      ...{ row, distance, among },
      of: train.rows,
      shown: await shownRows(snapshot, pickedRows(train, Int32Array.of(row)).values),
    },
  };
}

/** [n] the Gaussian's quantiles at (i + ½)/n: places that stand for equal shares of the prior. */
export const quantilesOfPrior = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n));

/** No more than fit into a frame. */
function cellsAcross(side: number, ways: 1 | 2, dimension: number): number {
  const fitting = Math.floor((MOST_BYTES / dimension) ** (1 / ways));
  return Math.max(2, Math.min(MOST_CELLS, side, fitting));
}

/** The first of those rows that are nearest, by the Euclidean distance. */
async function* nearestRow(
  { values, columns }: Matrix,
  to: Float32Array,
  among: number,
): Chunked<{ readonly row: number; readonly distance: number }> {
  let [row, least] = [0, Infinity];
  for (let at = 0; at < among; at++) {
    let sum = 0;
    for (let d = 0, i = at * columns; d < columns && sum < least; d++, i++) sum += (values[i]! - to[d]!) ** 2;
    if (sum < least) [row, least] = [at, sum];
    if (((at + 1) * columns) % PIECE < columns && at + 1 < among) yield;
  }
  return { row, distance: Math.sqrt(least / columns) };
}

/** The coordinates that are there, and where the others are held. */
async function* planeOf(snapshot: Snapshot, choice: ManifoldPlane, free: boolean) {
  const { source } = snapshot;
  const latent = latentOf(source.model).latentDimension;
  const { split, matrix } = heldOut(await source.dataset());
  const inside = (coordinate: number) => Math.min(latent - 1, Math.max(0, coordinate));
  const across = inside(choice.across);
  const wished = inside(choice.down);
  // Two coordinates, not one twice.
  const down = latent === 1 || wished !== across ? wished : across === 0 ? 1 : across - 1;
  const held = yield* heldAt(snapshot, choice.row, free);
  return { plane: { across, down, row: choice.row }, held, latent, split, allRows: matrix.rows };
}
