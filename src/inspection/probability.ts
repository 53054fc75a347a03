/**
 * The total probability: exp(log p) added up over every row that there can be. 1 for a density, whatever it was trained
 * on; anything else for an autoencoder's loss, or for a model whose outputs see what they predict.
 *
 * Through the engine in float32, added in float64. Where there are too many rows, the same for some variables that
 * stand side by side in the order, the others being held fast at a row of the data: the product of their conditionals
 * adds up to 1 as well, whatever came before.
 */
import type { FrameMaker, Look } from './frameMaker.ts';
import { FIRST_LABEL } from './frames/transport.ts';
import { notIntegrated, type ProbabilityFrame } from './probabilityFrame.ts';
import { gridSum } from './probabilityGrid.ts';
import { canSeeMore, levelsOf, planOf, regionOf } from './probabilityRegion.ts';
import { rowSum } from './probabilityRows.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

export const probabilityMaker: FrameMaker<'probability'> = {
  compute: (snapshot, { mask, look, free, options, onProgress }) =>
    probabilityFrame(snapshot, { look, free, alone: mask !== null, label: options.label, onProgress }),
  renewed: 'step',
  canBeRefined: ({ model }, look) => canSeeMore(model, look),
};

export interface ProbabilityOptions {
  /** `thorough` unless told. */
  readonly look?: Look;
  /** Whether nothing trains meanwhile. */
  readonly free?: boolean;
  /** Whether one mask alone is asked for, and not the ensemble. */
  readonly alone?: boolean;
  /** Of models of labels: which, from 0. */
  readonly label?: number;
  /** Told the share of the rows that have been gone through. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** @throws RangeError for flows of more variables than are integrated over, and for labels that no row has. */
export async function* probabilityFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, alone = false, label = FIRST_LABEL, onProgress }: ProbabilityOptions = {},
): Chunked<ProbabilityFrame> {
  const { model, image, characters } = snapshot.source;
  const { dimension, quantity } = model;
  const wish = planOf(model, look);
  if (model.flow && wish.free < dimension) throw new RangeError(notIntegrated(dimension));
  const plan = alone ? { ...wish, ensemble: false } : wish;
  const region = { ...(yield* regionOf(snapshot, plan, { idle: free, label })), onProgress };
  const sum = levelsOf(model) === null ? yield* gridSum(region, look) : yield* rowSum(region);
  return {
    kind: 'probability',
    ...frameBase(snapshot),
    ...(plan.ensemble && { ensemble: true as const }),
    dimension,
    image,
    ...(characters && { characters }),
    quantity: { kind: quantity.kind, name: quantity.name },
    reason: plan.reason,
    sum,
    complete: look === 'thorough' || !canSeeMore(model, look),
  };
}
