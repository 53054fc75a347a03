/** Whether a long run grows: tensors and bytes on the device, and in the process. */
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../src/backends/backend.ts';
import type { Matrix } from '../../src/data/dataset.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { Learner } from '../../src/training/learner.ts';

/** What is held at one moment. */
export interface Held {
  readonly tensors: number;
  readonly buffers: number;
  readonly bytes: number;
  /** Of the backend's own memory, where it tells. */
  readonly device: number;
}

export interface Growth {
  readonly before: Held;
  readonly after: Held;
  /** What native code took meanwhile: JavaScript's own memory comes and goes with its collector. */
  readonly nativeBytes: number;
}

/** By then every size of a batch has been computed, and every buffer that is used again has been made. */
export const WARM_UP_STEPS = 100;
/** What native code may take over some thousand steps for reasons of its own: under 7 KB a step. */
export const NATIVE_BYTES = 64 * 2 ** 20;

/** Trains a tiny MADE with Adam on a backend, which is the current one, for so many steps. */
export async function growthOver(steps: number, backend: Backend): Promise<Growth> {
  const {
    model: spec,
    training,
    seed,
  } = experimentSpec.parse({
    model: { type: 'made', hidden: [2] },
    data: { train: 'made on the spot' },
    training: { batchSize: 2 },
  });
  const rows: Matrix = { rows: 5, columns: 3, values: Uint8Array.from({ length: 15 }, (_, i) => (i * i) % 2) };
  const model = createModel(spec, rows.columns, seed);
  const initial = model.initialise(RandomGenerator.seeded(seed, 'weights'));
  const learner = new Learner({ model, training, seed, rows, backend, initial, saved: null });
  const run = async (until: number) => {
    while (learner.state.step < until) {
      await learner.batch();
      if (learner.state.batch === learner.batchesPerEpoch) learner.endEpoch(null);
    }
  };
  try {
    await run(Math.min(WARM_UP_STEPS, steps / 2));
    const [before, nativeBefore] = [held(), nativeBytes()];
    await run(steps);
    return { before, after: held(), nativeBytes: nativeBytes() - nativeBefore };
  } finally {
    learner.dispose();
  }
}

function nativeBytes(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return rss - heapTotal - external;
}

function held(): Held {
  const { numTensors, numDataBuffers, numBytes, ...more } = tf.memory();
  const { wasm } = tf.backend() as { wasm?: { HEAPU8: Uint8Array } };
  const { numBytesAllocatedInGPU, numBytesInGPU } = more as { numBytesAllocatedInGPU?: number; numBytesInGPU?: number };
  const device = wasm?.HEAPU8.byteLength ?? numBytesAllocatedInGPU ?? numBytesInGPU ?? 0;
  return { tensors: numTensors, buffers: numDataBuffers, bytes: numBytes, device };
}
