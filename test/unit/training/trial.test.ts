/** What `auto` does before a run must not show in it. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { timeSteps } from '../../../src/backends/trial.ts';
import { KeptPrograms } from '../../../src/training/stepPrograms.ts';
import { trainingTrial } from '../../../src/training/trial.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { experiment, newTrainer } from './support.ts';

onEveryTrainingBackend('a trial before training', (backend) => {
  it.each([
    ['one mask', {}],
    ['masks drawn anew and direct connections', { masks: 3, direct: true, order: 'random' as const }],
  ])('leaves the bits of the run alone, with %s', async (_, model) => {
    const spec = experiment(model, { epochs: 2 });
    const trained = async () => {
      const trainer = await newTrainer(backend(), { experiment: spec });
      await trainer.run();
      return trainer.folder.readCheckpoint(trainer.manifest.checkpoints.last!);
    };
    const expected = await trained();
    const before = tf.memory().numTensors;
    await timeSteps(trainingTrial(spec, 6), backend());
    expect(tf.memory().numTensors).toBe(before);
    const found = await trained();
    expect([found.model, found.optimizer]).toEqual([expected.model, expected.optimizer]);
    expect(found.state).toMatchObject({ shuffle: (expected.state as { shuffle: unknown }).shuffle });
  });

  it('leaves its programs to the run, which then makes none for batches of that size, and computes the same', async () => {
    const own = backend();
    const base = experiment({}, { epochs: 2 });
    const model = modelSpec.parse({ type: 'pixelrnn', image: [2, 3], features: 3, layers: 1, head: 4 });
    const spec = { ...base, model };
    const trained = async (kept?: KeptPrograms) => {
      let made = 0;
      const { compile } = own;
      const counting = compile && { compile: ((...given) => (made++, compile(...given))) as typeof compile };
      const counted = { ...own, ...counting };
      if (kept) await timeSteps(trainingTrial(spec, 6, 0, 0, kept), counted);
      const before = made;
      const trainer = await newTrainer(counted, { experiment: spec, ...(kept && { programs: kept.take(counted) }) });
      await trainer.run();
      return {
        made: made - before,
        checkpoint: await trainer.folder.readCheckpoint(trainer.manifest.checkpoints.last!),
      };
    };
    const [plain, handed] = [await trained(), await trained(new KeptPrograms())];
    expect(handed.checkpoint.model).toEqual(plain.checkpoint.model);
    if (own.compile === undefined) return;
    expect(plain.made).toBeGreaterThanOrEqual(2);
    expect(handed.made).toBe(plain.made - 2);
  });
});
