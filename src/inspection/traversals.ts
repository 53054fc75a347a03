/**
 * Latent traversals: one coordinate led through quantiles of the prior, the others held. Coordinates that tell nothing of a
 * row come last: along them nothing should change, since the prior is all that the decoder has ever seen there.
 */
import type { FrameMaker, Look } from './frameMaker.ts';
import { quantilesOfPrior } from './manifold.ts';
import type { TraversalsChoice, TraversalsFrame } from './frames/traversals.ts';
import { decodedMeans, heldAt, latentOf, lookedAt, pickedRows, shownRows } from './latentLook.ts';
import { byCarried, unitDivergences } from './unitDivergences.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Places along a strip. */
const PLACES = 11;
const MOST_ROWS = { glance: 100, quick: 250, thorough: 1000 } as const satisfies Record<Look, number>;
/** Bytes of the images of all strips. */
const MOST_BYTES = 2 ** 20;

export const traversalsMaker: FrameMaker<'traversals'> = {
  compute: (snapshot, { options, look, free }) => traversalsFrame(snapshot, options, look, free),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

/** @throws RangeError when the model has no latent variables, or there is no such row. */
export async function* traversalsFrame(
  snapshot: Snapshot,
  { row }: TraversalsChoice,
  look: Look = 'thorough',
  free = false,
): Chunked<TraversalsFrame> {
  const { source } = snapshot;
  const { latentDimension: latent, dimension } = latentOf(source.model);
  const { split, row: rows, of, matrix } = await lookedAt(source, MOST_ROWS[look]);
  const held = yield* heldAt(snapshot, row, free);
  const carried = yield* unitDivergences(snapshot, pickedRows(matrix, rows), free);
  const units = byCarried(carried).slice(0, Math.max(1, Math.floor(MOST_BYTES / (PLACES * dimension))));
  const places = quantilesOfPrior(PLACES);
  const z = new Float32Array(units.length * PLACES * latent);
  for (const [strip, unit] of units.entries()) {
    for (const [i, place] of places.entries()) {
      const at = (strip * PLACES + i) * latent;
      z.set(held, at);
      z[at + unit] = place;
    }
  }
  const means = yield* decodedMeans(snapshot, z, free);
  return {
    kind: 'traversals',
    ...frameBase(snapshot),
    ...{ latent, split, row, held, units, places, rows: rows.length, allRows: of, ...carried },
    decoded: await shownRows(snapshot, means),
    complete: look === 'thorough' || rows.length === of,
  };
}
