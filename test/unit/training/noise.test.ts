/**
 * Models whose objective takes random numbers, as EoNADE's does (an order and a position for every row) and that of a
 * variational autoencoder will: the same numbers whenever a step, a run or an estimate is computed again.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { expect, it, onTestFinished } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { noiseFor, snapshotOf } from '../../../src/inspection/source.ts';
import type { Model } from '../../../src/models/model.ts';
import { type NamedArrays, sizeOf } from '../../../src/runs/arrays.ts';
import type { Checkpoint } from '../../../src/runs/runFolder.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { Learner, type LearnerOptions } from '../../../src/training/learner.ts';
import { trainingStateSpec } from '../../../src/training/state.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { made, sourceOf } from '../inspection/specimens.ts';
import { chainRows, experiment } from './support.ts';

/**
 * Stretches each row by a random factor. Unlike EoNADE's log p(x), which is exact under each of its orders, that of this
 * one hears the noise, too: so whatever is learned or scored depends on it.
 */
function noisy(model: Model): Model {
  return new Proxy(model, {
    get(target, key) {
      if (key === 'noise') {
        return (rows: number, random: { normal(): number }) => ({
          factor: { shape: [rows, 1], data: Float32Array.from({ length: rows }, () => 1 + 0.3 * random.normal()) },
        });
      }
      if (key === 'logProb' || key === 'objective') {
        return (...[x, inputs]: Parameters<Model['objective']>): Tensor1D =>
          target[key]!(tf.mul(x, inputs.noise['factor']!), inputs);
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const rows = chainRows(70, 6, 1);

const model = noisy(made(6));

function learnerOf(backend: Backend, saved: LearnerOptions['saved'] = null, initial = evenParameters()): Learner {
  const learner = new Learner({ model, training: experiment().training, seed: 1, rows, backend, initial, saved });
  onTestFinished(() => learner.dispose());
  return learner;
}

function evenParameters(): NamedArrays {
  return Object.fromEntries(
    model.parameters.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)).fill(0.1) }]),
  );
}

const savedOf = (checkpoint: Checkpoint) => ({
  optimizer: checkpoint.optimizer,
  state: trainingStateSpec.parse(JSON.parse(JSON.stringify(checkpoint.state))),
});

async function steps(learner: Learner, count: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < count; i++) losses.push((await learner.batch()).train);
  return losses;
}

onEveryTrainingBackend('noise', (backend) => {
  it('goes on after a resumption as if there had been none, and differs from step to step', async () => {
    const whole = learnerOf(backend());
    const before = await steps(whole, 2);
    const checkpoint = await whole.snapshot();
    const after = await steps(whole, 3);

    const resumed = learnerOf(backend(), savedOf(checkpoint), checkpoint.model);
    expect(await steps(resumed, 3)).toEqual(after);
    expect(resumed.state.noise).toEqual(whole.state.noise);
    expect(resumed.state.noise).not.toEqual((checkpoint.state as { noise: number[] }).noise);
    expect(new Set([...before, ...after]).size).toBe(5);
  });

  it('does not leak tensors, and is drawn afresh for a checkpoint of old that knows nothing of it', async () => {
    const first = learnerOf(backend());
    await steps(first, 2);
    const tensors = tf.memory().numTensors;
    const { optimizer: kept } = await first.snapshot();
    const generation = Object.keys({ ...first.parameters, ...kept }).length;
    for (let step = 2; step < 4; step++) {
      await steps(first, 1);
      // The generation before the last step is kept as well, unless that step has replaced it.
      expect([tensors, tensors - generation]).toContain(tf.memory().numTensors);
    }

    const { noise, ...old } = first.state;
    expect(noise).toHaveLength(4);
    const { optimizer } = await first.snapshot();
    const resumed = learnerOf(backend(), savedOf({ model: {}, optimizer, state: old }));
    await steps(resumed, 1);
    expect(resumed.state.noise).toHaveLength(4);
  });

  it('is always the same for scores, whatever the size of the batches, and for inspections', async () => {
    const parameters = upload(evenParameters());
    const scores = [];
    for (const batchSize of [7, 70, 500]) {
      scores.push((await scoreRows(model, parameters, rows, { backend: backend(), batchSize })).score.nats);
    }
    const plain = await scoreRows(made(6), parameters, rows, { backend: backend() });
    expect(scores[1]).toBeCloseTo(scores[0]!, 5);
    expect(scores[2]).toBe(scores[1]);
    expect(scores[0]).not.toBeCloseTo(plain.score.nats, 3);
    disposeTensors(parameters);

    const source = sourceOf(model, backend());
    const snapshot = snapshotOf(source, null);
    const [one, other] = [noiseFor(snapshot, 3), noiseFor(snapshot, 3)];
    expect([...one['factor']!.dataSync()]).toEqual([...other['factor']!.dataSync()]);
    expect(new Set(one['factor']!.dataSync()).size).toBe(3);
    disposeTensors(one, other, source.parameters);
    snapshot.dispose();
  });
});
