/** Runs that were ended somewhere and gone on with: bit for bit what they had become without that. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { type Compile, NotCompilable } from '../../../src/backends/compiled.ts';
import { startBackend } from '../../../src/backends/index.ts';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { type Experiment, type ExperimentInput, experimentSpec } from '../../../src/spec/experiment.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { chainDataset, chainRows, experiment, learned, newTrainer, timeless } from './support.ts';

interface Job {
  readonly experiment: Experiment;
  readonly dataset: Dataset;
}

/** What a run has become that was ended after each of `stops` steps. */
async function outcome(backend: Backend, job: Job, stops: readonly number[]) {
  let folder: RunFolder | null = null;
  for (const stopAt of [...stops, Infinity]) {
    const trainer = await newTrainer(backend, {
      ...job,
      ...(folder && { folder: await RunFolder.open(folder.path), resume: true }),
      betweenBatches: (t) => {
        if (t.stepsDone >= stopAt) void t.stop();
      },
    });
    const { state, checkpoints, best, test } = await trainer.run();
    expect(state, trainer.manifest.reason ?? '').toBe(stopAt === Infinity ? 'finished' : 'stopped');
    trainer.dispose();
    folder = trainer.folder;
    if (stopAt === Infinity) {
      const metrics = timeless(await folder.readMetrics());
      return { ...learned(folder, checkpoints.last!), best, test, metrics };
    }
  }
  throw new Error('unreachable');
}

const conditioned = ((): Dataset => {
  const dataset = chainDataset();
  const given = (matrix: Matrix, seed: number): Matrix => ({ ...matrix, context: chainRows(matrix.rows, 3, seed) });
  return {
    ...dataset,
    train: given(dataset.train, 5),
    validation: given(dataset.validation!, 6),
    test: given(dataset.test!, 7),
  };
})();

/** Rows that every step draws anew, and what they are without that. */
const once = chainDataset();
const drawnAnew: Dataset = {
  ...once,
  train: {
    ...once.train,
    chances: { values: once.train.values.map((value) => (value === 1 ? 200 : 30)), range: 255 },
  },
};

function autoencoder(
  model: Omit<Extract<ExperimentInput['model'], { type: 'autoencoder' }>, 'type'>,
  training: NonNullable<ExperimentInput['training']>,
): Experiment {
  const { data } = experiment();
  return experimentSpec.parse({
    model: { type: 'autoencoder', ...model },
    data,
    training: { batchSize: 16, ...training },
  });
}

function monteCarloEm(training: NonNullable<ExperimentInput['training']>): Experiment {
  const { data } = experiment();
  const small = { hidden: [6] };
  const hmc = { leapfrogSteps: 3, updates: 2 };
  return experimentSpec.parse({
    model: { type: 'vae', learning: 'monte-carlo-em', encoder: small, decoder: small, hmc },
    data,
    training: { batchSize: 16, ...training },
  });
}

onEveryTrainingBackend(
  'a resumed run',
  (backend) => {
    const adam = { epochs: 3, optimizer: { type: 'adam', learningRate: 0.02 } } as const;
    it.each<[string, Job]>([
      [
        'fresh masks for every minibatch',
        {
          dataset: chainDataset(),
          experiment: experiment({ masks: 2, freshMasks: true, orderAgnostic: true, order: 'random' }, adam),
        },
      ],
      [
        'an autoencoder’s cross-entropy',
        { dataset: chainDataset(), experiment: autoencoder({ loss: 'cross-entropy', hidden: [8, 3, 8] }, adam) },
      ],
      [
        'an autoencoder’s squared error, with momentum',
        {
          dataset: chainDataset(),
          experiment: autoencoder(
            { loss: 'squared-error', hidden: [5], activation: 'tanh' },
            { epochs: 3, optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 } },
          ),
        },
      ],
      ['rows drawn anew for every minibatch', { dataset: drawnAnew, experiment: experiment({ direct: true }, adam) }],
      ['a chain for every training row', { dataset: chainDataset(), experiment: monteCarloEm(adam) }],
      ['a context', { dataset: conditioned, experiment: experiment({ direct: true }, adam) }],
    ])('ends in the same bits, with %s', async (_, job) => {
      const whole = await outcome(backend(), job, []);
      expect(await outcome(backend(), job, [3, 5, 11])).toEqual(whole);
    });

    it('learns other rows where every minibatch draws them anew', async () => {
      const job = { experiment: experiment({ direct: true }, adam) };
      const [static_, fresh] = [
        await outcome(backend(), { ...job, dataset: once }, []),
        await outcome(backend(), { ...job, dataset: drawnAnew }, []),
      ];
      expect(fresh.model).not.toEqual(static_.model);
      const losses = (run: typeof fresh) =>
        run.metrics.filter(({ type }) => type === 'epoch').map(({ train }) => train);
      // Rows of noise are harder to tell than the chain that they are drawn from.
      expect(losses(fresh).at(-1)).toBeGreaterThan(losses(static_).at(-1)! + 0.2);
    });
  },
  { everywhere: false },
);

it('ends in the same bits on several threads of wasm, ended and gone on with, as whole on one', async (context) => {
  const wasm = await startBackend('wasm');
  const { threads } = wasm;
  if (threads === undefined) return context.skip('the build of wasm with threads did not start on this machine');
  if (threads.most < 2)
    return context.skip(`wasm may have ${threads.most} thread here: one processor, or $LENS_WASM_THREADS`);
  const job = {
    dataset: chainDataset(),
    experiment: experiment(
      { hidden: [96, 96], direct: true },
      { epochs: 3, optimizer: { type: 'adam', learningRate: 0.02 } },
    ),
  };
  try {
    await threads.use(1);
    const whole = await outcome(wasm, job, []);
    await threads.use(2);
    expect(wasm.device).toContain('2 threads');
    expect(await outcome(wasm, job, [3, 7])).toEqual(whole);
  } finally {
    await threads.use(1);
  }
});

for (const compiling of ['tensorflow', 'onnx'] as const) {
  const rung = inject('rungs').find(({ name }) => name === compiling)!;
  if (rung.available) describe(`steps and scores that ${compiling} compiles`, () => compiledSuite(compiling));
  else it(`steps and scores that ${compiling} compiles`, (context) => context.skip(rung.reason));
}

function compiledSuite(name: 'tensorflow' | 'onnx'): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await startBackend(name);
  });

  /** Refuses by the values that it is tried on: as a comparison of results would that are near a rounding error. */
  function choosy(): Backend {
    const compile: Compile = (examples, ...rest) => {
      const hash = createHash('sha256');
      for (const tensor of examples) hash.update(tensor.dataSync());
      if (hash.digest()[0]! % 2 === 1) {
        throw new NotCompilable('the values do not please');
      }
      const program = backend.compile!(examples, ...rest);
      // The order of sums differs more where models are large: this is seen in any.
      const off = (tensors: Tensor[]) => tensors.map((tensor) => tf.tidy(() => tf.mul(tensor, 1 + 2 ** -20)));
      return { run: (inputs) => tf.tidy(() => off(program.run(inputs))), dispose: () => program.dispose() };
    };
    return { ...backend, compile };
  }

  it.each(name === 'onnx' ? [6] : [1, 6])(
    'ends in the same bits wherever it was ended, D = %d',
    async (columns) => {
      const training = { epochs: 4, batchSize: 16, optimizer: { type: 'adam', learningRate: 0.05 } } as const;
      const job = { dataset: chainDataset({ columns }), experiment: experiment({ direct: true }, training) };
      for (const on of [backend, choosy()]) {
        const whole = await outcome(on, job, []);
        for (const stops of [[1], [4], [7, 13]]) expect(await outcome(on, job, stops)).toEqual(whole);
      }
    },
    120_000,
  );

  it('says why it is not compiled, once', async () => {
    const notes: string[] = [];
    const compile = (): never => {
      throw new NotCompilable('a value is read');
    };
    const trainer = await newTrainer({ ...backend, compile }, { callbacks: { onNote: (text) => notes.push(text) } });
    expect((await trainer.run()).state).toBe('finished');
    expect(notes).toEqual(
      ['training steps', 'scores'].map(
        (what) =>
          `${name} computes ${what} operation by operation, which takes longer: they cannot be one program (a value is read)`,
      ),
    );
  });

  it('fails, its checkpoints intact, where there is no room to compile it', async () => {
    const compile = (): never => {
      throw new Error('/tmp cannot hold the graph (ENOSPC: no space left on device); make room there');
    };
    const trainer = await newTrainer({ ...backend, compile });
    expect(await trainer.run()).toMatchObject({ state: 'failed', step: 0 });
    const reason = new RegExp(`^Step 1: ${name} .*no space left on device\\); make room there`);
    expect(trainer.manifest.reason).toMatch(reason);
  });
}
