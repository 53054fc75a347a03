/** Training along a text: which rows a step reads, from which state, and what of it a run keeps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { type ExperimentInput, experimentSpec } from '../../../src/spec/experiment.ts';
import { charRnnSpec } from '../../../src/spec/models/charRnn.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { lossAndGradients } from '../../../src/training/makeStep.ts';
import { scoringStreams } from '../../../src/training/streamScore.ts';
import { CARRIED, StreamPlan, streamsOf } from '../../../src/training/streams.ts';
import { onEveryBackend, onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { referenceLogProb, referenceText, type ReferenceState } from '../models/characterReference.ts';
import { toFloat64 } from '../models/reference.ts';
import { largeParameters } from '../models/support.ts';
import { learned, newTrainer, timeless } from './support.ts';

const [T, V] = [5, 3];
const characters = ['a', 'b', 'c'];

/** A text in which characters mostly follow one another in turn. */
function text(rows: number, seed: number): Matrix {
  const random = RandomGenerator.seeded(seed, 'text');
  const values = new Uint8Array(rows * T);
  for (let i = 1; i < values.length; i++)
    values[i] = random.uniform() < 0.8 ? (values[i - 1]! + 1) % V : random.integer(0, V - 1);
  return { rows, columns: T, values };
}

const cut = { first: 0, characters: 0, rows: 0 };
const dataset = (rows: number): Dataset => ({
  dimension: T,
  image: null,
  train: text(rows, 1),
  validation: text(9, 2),
  test: text(70, 3),
  text: {
    characters,
    name: 'made on the spot',
    files: [],
    length: 0,
    splits: { train: cut, validation: cut, test: cut },
    notes: [],
  } as unknown as NonNullable<Dataset['text']>,
});

const experimentOf = (model: object, training: ExperimentInput['training']) =>
  experimentSpec.parse({
    model: { type: 'char-rnn', hidden: [4], ...model },
    data: { text: 'made on the spot', length: T },
    training: { batchSize: 4, epochs: 2, ...training },
  });

/** Parameters that hardly move. */
const still = { optimizer: { type: 'sgd', learningRate: 1e-12 } } as const;

const model = createModel(charRnnSpec.parse({ type: 'char-rnn', hidden: [4, 3] }), T, 1, 0, V);
const spec = charRnnSpec.parse({ type: 'char-rnn', hidden: [4, 3] });

/** log p of each row of a text dealt to streams, by the reference: states carried, or not. */
function carriedLogs(
  own: typeof spec,
  parameters: Record<string, Float64Array>,
  { rows, values }: Matrix,
  streams: number,
): number[] {
  const plan = new StreamPlan(rows, streams);
  const states: (ReferenceState | null)[] = Array.from({ length: streams }, () => null);
  const logs: number[] = [];
  for (let batch = 0; batch < plan.batches; batch++) {
    for (const [s, row] of plan.rows(batch).entries()) {
      const x = values.subarray(row * T, (row + 1) * T);
      logs[row] = referenceLogProb(own, parameters, x, states[s]);
      states[s] = referenceText(own, parameters, x, states[s]).state;
    }
  }
  return logs;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the rows of a text', () => {
  it('are all read once in an epoch, each right after the one before it in its stream', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (rows, batchSize) => {
        const plan = new StreamPlan(rows, streamsOf(rows, batchSize));
        const batches = Array.from({ length: plan.batches }, (_, batch) => [...plan.rows(batch)]);
        expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
        for (const [t, own] of batches.entries()) {
          expect(own.length).toBeLessThanOrEqual(batchSize);
          if (t > 0) for (const [s, row] of own.entries()) expect(row).toBe(batches[t - 1]![s]! + 1);
        }
      }),
    );
  });

  it('are scored in streams of their number alone', () => {
    expect([1, 31, 63, 64, 320, 5000].map(scoringStreams)).toEqual([1, 1, 1, 2, 10, 64]);
  });
});

onEveryBackend('training along a text', (backend) => {
  it('reads on from the carried state, which no gradient flows through', async () => {
    const parameters = largeParameters(model, 2);
    const train = text(2, 5);
    const [first, second] = [train.values.subarray(0, T), train.values.subarray(T)];
    const found = await readAll(() => {
      const { tf } = backend();
      const own = (x: ArrayLike<number>, streams: number) => ({
        ...{ parameters: upload(parameters), masks: {}, noise: {}, context: null },
        batch: tf.tensor2d(Array.from({ length: streams }, () => Array.from(x))),
      });
      const start = Object.fromEntries(
        Object.entries(upload(model.stream!.start(3))).map(([name, tensor]) => [`${CARRIED}${name}`, tensor]),
      );
      const before = lossAndGradients(model, { ...own(first, 3), optimizer: start });
      // The last batch is that of the first streams alone; the third stays where it was.
      const after = lossAndGradients(model, { ...own(second, 2), optimizer: before.carried });
      const names = Object.keys(before.carried);
      const third = names.flatMap((name) =>
        [before.carried[name]!, after.carried[name]!].map((one) => tf.slice(one, [2, 0], [1, -1])),
      );
      return [before.loss, after.loss, ...model.parameters.map(({ name }) => after.gradients[name]!), ...third];
    });
    const own = toFloat64(parameters);
    const { state } = referenceText(spec, own, first);
    expect(Math.abs(found[0]![0]! + referenceLogProb(spec, own, first))).toBeLessThan(2e-5);
    expect(Math.abs(found[1]![0]! + referenceLogProb(spec, own, second, state))).toBeLessThan(2e-5);
    for (const [i, { name }] of model.parameters.entries()) {
      const shifted = (k: number, by: number) => {
        const values = toFloat64(parameters);
        values[name]![k]! += by;
        return -referenceLogProb(spec, values, second, state);
      };
      const gradient = found[2 + i]!;
      for (let k = 0; k < gradient.length; k += 3) {
        expect(Math.abs(gradient[k]! - (shifted(k, 1e-5) - shifted(k, -1e-5)) / 2e-5), name).toBeLessThan(2e-4);
      }
    }
    for (let i = 2 + model.parameters.length; i < found.length; i += 2) expect(found[i + 1]).toEqual(found[i]);
  });

  it('carries states through an epoch, and begins the next one without', async () => {
    const experiment = experimentOf({}, still);
    const trainer = await newTrainer(backend(), { experiment, dataset: dataset(11) });
    await trainer.run();
    const parameters = toFloat64((await trainer.best()).parameters);
    const own = charRnnSpec.parse(experiment.model);
    const expected = -mean(carriedLogs(own, parameters, dataset(11).train, 4));
    const epochs = (await trainer.folder.readMetrics()).filter(({ type }) => type === 'epoch');
    expect(epochs).toHaveLength(2);
    for (const { train } of epochs) expect(Math.abs(train - expected)).toBeLessThan(2e-5);
    // Rows on their own cost another number of nats.
    expect(Math.abs(expected + mean(carriedLogs(own, parameters, dataset(11).train, 11)))).toBeGreaterThan(1e-4);
    const { validation, test } = trainer.manifest;
    expect(validation).toMatchObject({ rows: 9, streams: 1 });
    expect(test).toMatchObject({ rows: 70, streams: 2 });
    for (const [score, rows, streams] of [
      [validation!, dataset(11).validation!, 1],
      [test!, dataset(11).test!, 2],
    ] as const) {
      const nats = -mean(carriedLogs(own, parameters, rows, streams));
      expect(Math.abs(score.nats - nats)).toBeLessThan(2e-5);
      expect(score.bitsPerDim).toBeCloseTo(score.nats / (T * Math.LN2), 10);
    }
  });

  it('keeps no tensors of scores', async () => {
    const parameters = upload(largeParameters(model, 2));
    const before = backend().tf.memory().numTensors;
    const along = await scoreRows(model, parameters, text(67, 3), { backend: backend(), along: true });
    const alone = await scoreRows(model, parameters, text(67, 3), { backend: backend() });
    expect(backend().tf.memory().numTensors).toBe(before);
    expect(along.perRow[0]).toBeCloseTo(alone.perRow[0]!, 5);
    expect(Math.abs(along.perRow[1]! - alone.perRow[1]!)).toBeGreaterThan(1e-4);
    expect(alone.score).not.toHaveProperty('streams');
    disposeTensors(parameters);
  });
});

onEveryTrainingBackend(
  'a run along a text',
  (backend) => {
    it.each([{ cell: 'lstm', dropout: 0.3, hidden: [4, 3] }, { cell: 'gru', embedding: 2 }, { cell: 'rnn' }])(
      'ends in the same bits when it was ended within epochs and gone on with: %o',
      async (entry) => {
        const job = {
          experiment: experimentOf(entry, { epochs: 3, clip: 0.5, optimizer: { type: 'adam', learningRate: 0.02 } }),
          dataset: dataset(23),
        };
        const outcome = async (stops: readonly number[]) => {
          let folder: RunFolder | null = null;
          for (const stopAt of [...stops, Infinity]) {
            const trainer = await newTrainer(backend(), {
              ...job,
              ...(folder && { folder: await RunFolder.open(folder.path), resume: true }),
              betweenBatches: (t) => {
                if (t.stepsDone >= stopAt) void t.stop();
              },
            });
            const { state, checkpoints, test } = await trainer.run();
            expect(state, trainer.manifest.reason ?? '').toBe(stopAt === Infinity ? 'finished' : 'stopped');
            trainer.dispose();
            folder = trainer.folder;
            if (stopAt === Infinity) {
              return {
                learned: learned(folder, checkpoints.last!),
                metrics: timeless(await folder.readMetrics()),
                test,
              };
            }
          }
          throw new Error('no run');
        };
        const whole = await outcome([]);
        // 6 batches an epoch: within the first, at its end, within the third.
        expect(await outcome([2, 6, 15])).toEqual(whole);
      },
    );

    it('learns what follows what', async () => {
      const experiment = experimentOf({ hidden: [8] }, { epochs: 12, optimizer: { type: 'adam', learningRate: 0.03 } });
      const trainer = await newTrainer(backend(), { experiment, dataset: dataset(120) });
      await trainer.run();
      // The entropy rate of the text is 0.63 nats a character, that of single characters ln 3 = 1.10.
      expect(trainer.manifest.test!.nats / T).toBeLessThan(0.75);
    });
  },
  { everywhere: false },
);
