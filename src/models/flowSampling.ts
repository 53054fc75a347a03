/** Rows of a flow: drawn from its base and led back through its layers, x = f⁻¹(u). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type Flow, type FlowLayer, ofBase, ofLayer } from '../flows/flow.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Support } from '../spec/support.ts';
import { checkTemperature } from './drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** Rows computed at a time on the device. */
const BATCH_ROWS = 250;

interface Drawn {
  readonly flow: Flow;
  readonly support: Support;
  masks(mask: number): NamedArrays;
}

/**
 * Draws rows; the temperature multiplies the distance of u from the middle of the base. Sequential layers are computed the
 * incremental way, others on the device. Of grey levels the whole number below is drawn.
 * @throws RangeError for a temperature that is not above 0, and where values are given to be completed.
 */
export async function* drawFlow(
  model: Drawn,
  parameters: NamedArrays,
  { rows, random, temperature, context, given }: SampleRequest,
): AsyncGenerator<SampleProgress, Samples, void> {
  checkTemperature(temperature);
  if (given !== null) throw new RangeError('a flow draws all variables of a row at once; none can be given');
  const { support } = model;
  const { dimension, layers, base } = model.flow;
  const allMasks = model.masks(0);
  const nothing = new Float32Array(rows * dimension).fill(NaN);
  // The base counts as a layer.
  const told = (done: number): SampleProgress => ({ finished: 0, share: done / (layers.length + 1), values: nothing });
  const request = { rows, random, temperature, parameters: ofBase(parameters), context };
  let values = yield* mapped(base.draw(request), told);
  for (let l = layers.length - 1; l >= 0; l--) {
    const done = layers.length - l;
    const own = ofLayer(parameters, l);
    const { incremental } = layers[l]!.bijector;
    if (incremental?.direction === 'inverse') {
      const result = yield* mapped(incremental.compute(own, values, rows, context), (share) => told(done + share));
      ({ values } = result);
      continue;
    }
    for await (const share of inverseOnDevice(layers[l]!, own, ofLayer(allMasks, l), values, context)) {
      yield told(done + share);
    }
  }
  return { rows, dimension, values: onLevels(values, support), means: null };
}

/** Shares of one piece of work as progress of the whole. */
function* mapped<T>(
  work: Generator<number, T, void>,
  told: (share: number) => SampleProgress,
): Generator<SampleProgress, T, void> {
  let step = work.next();
  while (!step.done) {
    yield told(step.value);
    step = work.next();
  }
  return step.value;
}

/** Overwrites values [rows, D]; yields the share that is done. */
async function* inverseOnDevice(
  { bijector }: FlowLayer,
  parameters: NamedArrays,
  masks: NamedArrays,
  values: Float32Array,
  context: Float32Array | null,
): AsyncGenerator<number, void, void> {
  const { dimension } = bijector;
  const rows = values.length / dimension;
  const [own, ownMasks] = [upload(parameters), upload(masks)];
  try {
    for (let begin = 0; begin < rows; begin += BATCH_ROWS) {
      const end = Math.min(rows, begin + BATCH_ROWS);
      const piece = (all: Float32Array) => {
        const columns = all.length / rows;
        return tf.tensor2d(all.subarray(begin * columns, end * columns), [end - begin, columns]);
      };
      const x = tf.tidy((): Tensor2D => {
        const inputs = { parameters: own, masks: ownMasks, context: context && piece(context) };
        return bijector.inverse(piece(values), inputs).x;
      });
      try {
        values.set(await x.data<'float32'>(), begin * dimension);
      } finally {
        x.dispose();
      }
      yield end / rows;
    }
  } finally {
    disposeTensors(own, ownMasks);
  }
}

function onLevels(values: Float32Array, support: Support): Float32Array {
  if (typeof support === 'string') return values;
  return values.map((value) => Math.max(0, Math.min(support.levels - 1, Math.floor(value))));
}
