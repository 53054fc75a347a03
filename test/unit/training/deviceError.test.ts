/** Devices that run out of memory or get lost while training: the run ends, its last checkpoint as it was. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experiment, newTrainer } from './support.ts';

const spec = experiment({}, { epochs: 3, optimizer: { type: 'adam', learningRate: 0.01 } });

/** A run of one epoch, to be gone on with on a backend that fails. */
async function afterOneEpoch() {
  const backend = await startBackend('wasm');
  const first = await newTrainer(backend, { experiment: spec, epochs: 1 });
  const { checkpoints } = await first.run();
  first.dispose();
  const folder = await RunFolder.open(first.folder.path);
  const weights = () =>
    readFileSync(join(folder.checkpointFolder(checkpoints.last!), 'model.safetensors')).toString('base64');
  return { backend, folder, name: checkpoints.last!, weights };
}

it('a fault that the device reports later: nothing that it holds is saved', async () => {
  const { backend, folder, name, weights } = await afterOneEpoch();
  const before = weights();
  let calls = 0;
  const failing: Backend = { ...backend, fault: () => (++calls > 2 ? 'Out of memory while allocating 4 GiB.' : null) };
  const trainer = await newTrainer(failing, { experiment: spec, folder, resume: true });
  const manifest = await trainer.run();
  expect(manifest.state).toBe('failed');
  expect(manifest.reason).toBe(
    'Step 8: wasm (WebAssembly SIMD, 1 thread) failed: Out of memory while allocating 4 GiB. The last checkpoint is ' +
      'intact. Take fewer hidden units, smaller batches or another backend.',
  );
  expect(manifest.checkpoints.last).toBe(name);
  expect(await folder.checkpointNames()).toEqual([name]);
  expect(weights()).toBe(before);
  expect(await folder.owner()).toBeNull();
});

it('a step that cannot be computed: the parameters before it are saved, and no tensors are left', async () => {
  const { backend, folder } = await afterOneEpoch();
  const trainer = await newTrainer(backend, { experiment: spec, folder, resume: true });
  const multiply = tf.getKernel('Multiply', 'wasm');
  let calls = 0;
  tf.unregisterKernel('Multiply', 'wasm');
  tf.registerKernel({
    ...multiply,
    kernelFunc: (call) => {
      if (++calls > 40) throw new Error('cannot allocate memory');
      return multiply.kernelFunc(call);
    },
  });
  const tensors = tf.memory().numTensors;
  const manifest = await trainer.run().finally(() => {
    tf.unregisterKernel('Multiply', 'wasm');
    tf.registerKernel(multiply);
  });
  expect(manifest.state).toBe('failed');
  expect(manifest.reason).toMatch(
    /^Step \d+: wasm \(.*\) failed: cannot allocate memory\. The last checkpoint is intact/,
  );
  expect(manifest.checkpoints.last).toBe(String(manifest.step).padStart(8, '0'));
  // The generation before the last step and the masks are the trainer's until it is disposed of.
  trainer.dispose();
  expect(tf.memory().numTensors).toBeLessThan(tensors);
});
