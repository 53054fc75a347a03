/** What each pixel of one row costs: −log p(x_d | x_<d) beside what its conditional expected that it would. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { conditionalsOf } from '../models/model.ts';
import { entropiesOf, orderOf, whyNoParts } from './entropy.ts';
import { evaluateRows, Pace, rowsAt, rowTerms } from './ensembleScoring.ts';
import type { FrameMaker } from './frameMaker.ts';
import { COSTLIEST, type RowSurpriseFrame } from './frames/pixelRows.ts';
import { pickedRows, shownRows } from './latentLook.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

/** Rows that it is compared with: the more of them the dearer a row is the fewer. */
const OTHERS = 100;
const FEWEST_OTHERS = 12;
const PRODUCTS = 4e9;

export const rowSurpriseMaker: FrameMaker<'rowSurprise'> = {
  compute: (snapshot, { free, options: { row } }) => rowSurpriseFrame(snapshot, row, free),
  renewed: 'step',
  canBeRefined: () => false,
};

/**
 * @param asked the row's number among those not trained on, or {@link COSTLIEST}
 * @throws RangeError when the model's likelihood has no parts, or there is no such row.
 */
export async function* rowSurpriseFrame(snapshot: Snapshot, asked: number, free = false): Chunked<RowSurpriseFrame> {
  const { source } = snapshot;
  const { model, image, seed } = source;
  const { dimension } = model;
  const reason = whyNoParts(model);
  if (reason !== null) throw new RangeError(reason);
  const { split, matrix } = heldOut(await source.dataset());
  if (asked !== COSTLIEST && (asked < 0 || asked >= matrix.rows)) {
    throw new RangeError(`no row ${asked}: there are ${matrix.rows} ${split} rows, counted from 0`);
  }
  const fitting = Math.round(PRODUCTS / Math.max(1, model.densityProducts ?? 1));
  const count = Math.min(matrix.rows, Math.max(FEWEST_OTHERS, Math.min(OTHERS, fitting)));
  const compared = rowOrder(matrix, seed).slice(0, count);
  const others = new Float64Array(count);
  const pace = new Pace({ free, products: model.densityProducts });
  yield* evaluateRows(snapshot, {
    ...{ mask: snapshot.mask, count, pace, rowsOf: rowsAt(matrix, compared), pass: 'the terms of rows' },
    evaluate: (x, inputs): Tensor[] => [rowTerms(model, x, inputs)],
    take: (from, [terms]) => {
      for (const [i, term] of terms!.entries()) others[from + Math.floor(i / dimension)]! -= term;
    },
  });
  const row = asked === COSTLIEST ? compared[costliest(others)]! : asked;
  const known = entropiesOf(model);
  let surprise = new Float64Array(dimension);
  let entropy: Float64Array | null = null;
  yield* evaluateRows(snapshot, {
    ...{ mask: snapshot.mask, count: 1, pace, rowsOf: rowsAt(matrix, Int32Array.of(row)) },
    evaluate: (x, inputs): Tensor[] => {
      const terms = rowTerms(model, x, inputs);
      return known?.parameters ? [terms, conditionalsOf(model)!.conditionalParameters(x, inputs)] : [terms];
    },
    take: (_, [terms, parameters]) => {
      surprise = Float64Array.from(terms!, (term) => 0 - term);
      entropy = known && known.entropies(terms!, parameters);
    },
  });
  return {
    kind: 'rowSurprise',
    ...frameBase(snapshot),
    ...{ dimension, image, split, row, allRows: matrix.rows, surprise, entropy, others },
    order: orderOf(model, snapshot.mask),
    picture: await shownRows(snapshot, pickedRows(matrix, Int32Array.of(row)).values),
    real: model.support === 'real',
  };
}

/** What is no number costs more than anything. */
function costliest(nll: Float64Array): number {
  let worst = 0;
  for (const [i, own] of nll.entries()) if (Number.isNaN(own) || own > nll[worst]!) worst = i;
  return worst;
}
