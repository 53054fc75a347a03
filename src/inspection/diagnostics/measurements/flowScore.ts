/** log p of rows of a flow as the model gives it, of some of them at a time. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import type { DensityInputs } from '../../../models/model.ts';
import type { CarriedRows } from '../../flowRows.ts';
import type { Chunked, Snapshot } from '../../source.ts';

/**
 * log p of rows `from` … `to` − 1 in nats, by the model's own cheapest way.
 * @param rows with their noise, if they are levels: none is added
 */
export async function* scoreOfRows(
  { source: { model, backend } }: Snapshot,
  inputs: Omit<DensityInputs, 'noise' | 'context'>,
  { values, context, row }: Pick<CarriedRows, 'values' | 'context' | 'row'>,
  [from, to]: readonly [from: number, to: number] = [0, row.length],
): Chunked<Float64Array> {
  const part = (all: Float32Array): Tensor2D => {
    const columns = all.length / row.length;
    return backend.tf.tensor2d(all.slice(from * columns, to * columns), [to - from, columns]);
  };
  const x = part(values);
  const given = { ...inputs, noise: {}, context: context && part(context) };
  try {
    if (model.score) return yield* model.score(x, given);
    const logProb = backend.tf.tidy(() => model.logProb!(x, given));
    try {
      return Float64Array.from(await logProb.data<'float32'>());
    } finally {
      logProb.dispose();
    }
  } finally {
    disposeTensors({ x, ...(given.context && { context: given.context }) });
  }
}
