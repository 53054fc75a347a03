/** NICE, RealNVP, MAF and IAF as wholes: one density whatever the layers, before and after training, alone or in a batch. */
import { expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../../src/backends/backend.ts';
import { generateLabelledRows, generateRows } from '../../../src/data/generated/index.ts';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { FlowModel } from '../../../src/models/flowModel.ts';
import { createModel } from '../../../src/models/index.ts';
import type { NamedTensors, Samples } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experimentSpec, type ExperimentInput, modelSpec } from '../../../src/spec/experiment.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { proveBijectors } from '../flows/bijectorProofs.ts';
import { wholeOf } from '../flows/whole.ts';
import { learned, newTrainer } from '../training/support.ts';

type Entry = ExperimentInput['model'];

const networks = { hidden: [6, 5], activation: 'tanh' as const };

function build(entry: Entry, dimension: number, contextDimension = 0): FlowModel {
  const model = createModel(modelSpec.parse(entry), dimension, 7, contextDimension);
  if (!(model instanceof FlowModel)) throw new TypeError(`${entry.type} is no flow`);
  return model;
}

const whole = (entry: Entry, dimension: number, context = 0) => wholeOf(build(entry, dimension, context).flow);

proveBijectors('a whole flow of vectors', [
  { name: 'NICE of two variables', layer: whole({ type: 'nice', ...networks, layers: 3 }, 2) },
  {
    name: 'NICE of three, every other one passing first',
    layer: whole({ type: 'nice', ...networks, layers: 3, split: 'even-odd' }, 3),
  },
  { name: 'RealNVP of one variable', layer: whole({ type: 'realnvp', ...networks, layers: 2 }, 1), unheard: /^$/ },
  { name: 'RealNVP of two, given', layer: whole({ type: 'realnvp', ...networks, layers: 3, split: [0, 1] }, 2) },
  { name: 'RealNVP with a context', layer: whole({ type: 'realnvp', ...networks, layers: 2 }, 3, 2), context: 2 },
  {
    name: 'MAF in orders that are not their own inverses, with a context',
    layer: whole({ type: 'maf', ...networks, layers: 3, permutation: [2, 3, 1] }, 3, 2),
    context: 2,
  },
  { name: 'MAF of two networks', layer: whole({ type: 'maf', ...networks, layers: 2, networks: 'two' }, 3) },
  { name: 'IAF of three variables', layer: whole({ type: 'iaf', ...networks, layers: 2, permutation: 'random' }, 3) },
]);

const plane: Dataset = {
  dimension: 2,
  image: null,
  train: generateRows('two-moons', 600, 1),
  validation: generateRows('two-moons', 200, 2),
  test: generateRows('two-moons', 200, 3),
};

/** With half the side of a square that holds all but a thousandth of the probability: logistic tails are long. */
const presets: readonly (readonly [string, Entry, number])[] = [
  ['NICE', { type: 'nice', hidden: [16] }, 20],
  ['RealNVP', { type: 'realnvp', hidden: [16], layers: 4 }, 8],
  ['MAF', { type: 'maf', hidden: [16], layers: 3 }, 8],
  ['MAF MoG', { type: 'maf', hidden: [16], layers: 2, base: { type: 'made', components: 3 } }, 8],
  ['IAF', { type: 'iaf', hidden: [32], layers: 3, scale: 'exponential' }, 8],
  ['IAF by its gate', { type: 'iaf', hidden: [32], layers: 3 }, 8],
  ['IAF by a soft clip', { type: 'iaf', hidden: [32], layers: 3, scale: 'soft-clip' }, 8],
];

/** The same rows, each with the moon that it is of. */
const labelled = (rows: number, seed: number): Matrix => {
  const { matrix, labels } = generateLabelledRows('two-moons', rows, seed);
  const values = Float32Array.from({ length: rows * 2 }, (_, at) => (labels.values[at >> 1] === at % 2 ? 1 : 0));
  return { ...matrix, context: { rows, columns: 2, values } };
};

const job = (model: Entry, epochs: number) =>
  experimentSpec.parse({
    model,
    data: { train: 'moons.npy' },
    training: { batchSize: 50, epochs, optimizer: { type: 'adam', learningRate: 0.01 } },
  });

async function drawn(model: FlowModel, parameters: Parameters<FlowModel['sample']>[0], rows: number): Promise<Samples> {
  const random = RandomGenerator.seeded(1, 'samples');
  const drawing = model.sample(parameters, { rows, random, temperature: 1, mask: 0, context: null, given: null });
  for (;;) {
    const step = await drawing.next();
    if (step.done) return step.value;
  }
}

/** @param given What all rows are conditioned on. */
function logProbOf(
  model: FlowModel,
  parameters: NamedTensors,
  { values, rows, columns }: Matrix,
  given: readonly number[] | null = null,
): Promise<number[]> {
  return read(() => {
    const x = tf.tensor2d(Float32Array.from(values), [rows, columns]);
    const context = given && tf.tile(tf.tensor2d([[...given]]), [rows, 1]);
    return model.logProb(x, { parameters, masks: upload(model.masks(0)), noise: {}, context });
  });
}

/** Points of an integral that are scored at once: a pass of a small network takes as long for one line of them. */
const SCORED_AT_ONCE = 8000;

/** ∫ p over the square of the given half side, by the midpoint rule. */
async function integral(
  model: FlowModel,
  parameters: NamedTensors,
  { half, points, given = null }: { half: number; points: number; given?: readonly number[] | null },
): Promise<number> {
  const step = (2 * half) / points;
  const middle = (cell: number) => -half + (cell + 0.5) * step;
  let sum = 0;
  for (let from = 0; from < points ** 2; from += SCORED_AT_ONCE) {
    const rows = Math.min(SCORED_AT_ONCE, points ** 2 - from);
    const values = Float32Array.from({ length: rows * 2 }, (_, at) => {
      const cell = from + (at >> 1);
      return middle(at % 2 === 0 ? Math.floor(cell / points) : cell % points);
    });
    const logs = await logProbOf(model, parameters, { rows, columns: 2, values }, given);
    for (const nats of logs) sum += Math.exp(nats);
  }
  return sum * step ** 2;
}

onEveryBackend(
  'a flow that has trained',
  (backend) => {
    it.each(presets)(
      '%s is a density: it integrates to 1, scores rows one by one as together, and draws rows that it knows',
      async (_, entry, half) => {
        const trainer = await newTrainer(backend(), { experiment: job(entry, 40), dataset: plane });
        const { state, reason, test, validation } = await trainer.run();
        expect(state, reason ?? '').toBe('finished');
        // Independent Gaussians fitted to these rows score 3.2 nats. By likelihood an IAF learns slowly.
        expect(test!.nats).toBeLessThan(entry.type === 'iaf' ? 3.15 : 3);
        expect(validation!.quantity).toBe('log-likelihood');
        const model = trainer.model as FlowModel;
        const { parameters: arrays } = await trainer.best();
        const parameters = upload(arrays);
        try {
          const points = entry.type === 'maf' ? 320 : half * 17;
          expect(Math.abs((await integral(model, parameters, { half, points })) - 1)).toBeLessThan(1e-3);
          const some = { ...plane.test!, rows: 20, values: plane.test!.values.subarray(0, 40) };
          const options = (batchSize: number) => ({ backend: backend(), batchSize });
          const together = await scoreRows(model, parameters, some, options(20));
          const alone = await scoreRows(model, parameters, some, options(1));
          for (const [row, nats] of together.perRow.entries()) expect(alone.perRow[row]).toBeCloseTo(nats, 4);
          const { values } = await drawn(model, arrays, 200);
          const own = await logProbOf(model, parameters, { rows: 200, columns: 2, values });
          const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
          // −E log p under the model is its entropy; not far from the score of rows that it was trained on.
          expect(Math.abs(-mean(own) - test!.nats)).toBeLessThan(0.5);
          for (const [at, value] of (await drawn(model, arrays, 5)).values.entries()) {
            expect(value).toBeCloseTo(values[at]!, 4);
          }
        } finally {
          disposeTensors(parameters);
        }
      },
      120_000,
    );

    it.each(presets.slice(1, 3))(
      '%s is a density under each of its contexts, and knows one from the other',
      async (_, entry, half) => {
        const dataset = { ...plane, train: labelled(600, 1), validation: labelled(200, 2), test: labelled(200, 3) };
        const trainer = await newTrainer(backend(), { experiment: job(entry, 20), dataset });
        const { state, reason, test } = await trainer.run();
        expect(state, reason ?? '').toBe('finished');
        expect(test!.nats).toBeLessThan(2.6);
        const model = trainer.model as FlowModel;
        const parameters = upload((await trainer.best()).parameters);
        try {
          const contexts = [
            [1, 0],
            [0, 1],
          ];
          for (const given of contexts) {
            const points = entry.type === 'maf' ? 320 : half * 25;
            expect(Math.abs((await integral(model, parameters, { half, points, given })) - 1)).toBeLessThan(1e-3);
          }
          const [own, other] = await Promise.all(
            contexts.map((given) =>
              logProbOf(model, parameters, { rows: 1, columns: 2, values: Float32Array.of(1, 0) }, given),
            ),
          );
          expect(Math.abs(own![0]! - other![0]!)).toBeGreaterThan(1);
        } finally {
          disposeTensors(parameters);
        }
      },
      120_000,
    );

    it.each(presets.slice(1, 3))(
      '%s goes on bit for bit after a stop, measured statistics included',
      async (_, entry) => {
        expect(await outcome(backend(), entry, [3, 12, 25])).toEqual(await outcome(backend(), entry, []));
      },
      120_000,
    );

    it('scores by the statistics of all training rows: with these as the batch both scores are one', async () => {
      const model = build({ type: 'maf', hidden: [8], layers: 3 }, 2);
      const random = RandomGenerator.seeded(4, 'parameters');
      const start = model.initialise(random);
      const arrays = Object.fromEntries(
        Object.entries(start).map(([name, { data, shape }]) => [
          name,
          { shape, data: Float32Array.from(data, (value) => value + 0.3 * random.normal()) },
        ]),
      );
      const parameters = upload(arrays);
      const work = model.measured!.measure('stored', parameters, plane.train);
      let step = await work.next();
      while (!step.done) step = await work.next();
      const measured = upload(step.value);
      try {
        const given = { parameters: { ...parameters, ...measured }, noise: {}, context: null };
        const [stored, batch] = await Promise.all(
          (['logProb', 'objective'] as const).map((what) =>
            read(() => {
              const x = tf.tensor2d(Float32Array.from(plane.train.values), [plane.train.rows, 2]);
              return tf.mean(model[what](x, { ...given, masks: upload(model.masks(0)) }));
            }),
          ),
        );
        expect(stored![0]).toBeCloseTo(-batch![0]!, 3);
        expect(Object.keys(step.value).sort()).toEqual(
          model.parameters.flatMap(({ name, trainable }) => (trainable === false ? [name] : [])).sort(),
        );
      } finally {
        disposeTensors(parameters, measured);
      }
    });
  },
  { everywhere: false },
);

/** What a run has become that was ended after each of `stops` steps. */
async function outcome(backend: Backend, entry: Entry, stops: readonly number[]) {
  let folder: RunFolder | null = null;
  for (const stopAt of [...stops, Infinity]) {
    const trainer = await newTrainer(backend, {
      experiment: job(entry, 3),
      dataset: plane,
      ...(folder && { folder: await RunFolder.open(folder.path), resume: true }),
      betweenBatches: (t) => {
        if (t.stepsDone >= stopAt) void t.stop();
      },
    });
    const { state, reason, checkpoints, test } = await trainer.run();
    expect(state, reason ?? '').toBe(stopAt === Infinity ? 'finished' : 'stopped');
    trainer.dispose();
    folder = trainer.folder;
    if (stopAt === Infinity) return { ...learned(folder, checkpoints.last!), test };
  }
  throw new Error('unreachable');
}

it('keeps what its layers are with its weights, and refuses what cannot be', () => {
  const model = build({ type: 'maf', hidden: [4], layers: 2, permutation: [2, 3, 1] }, 3);
  const buffers = model.buffers();
  expect(Object.keys(buffers)).toContain('layers.2.permutation');
  expect(model.withBuffers(buffers).masks(0)).toEqual(model.masks(0));
  const changed = (name: string, data: Int32Array | Float32Array) =>
    model.withBuffers({ ...buffers, [name]: { shape: [data.length], data } });
  expect(() => changed('layers.2.permutation', Int32Array.of(0, 1))).toThrow(
    'layers.2.permutation is int32 [2], expected int32 [3]',
  );
  expect(() => changed('layers.2.permutation', Int32Array.of(0, 0, 1))).toThrow(
    'entries 0 and 1 of the permutation are both 0',
  );
  expect(() => changed('layers.0.order', Float32Array.of(1, 2, 3))).toThrow('is float32 [3], expected int32 [3]');
  expect(() => model.withBuffers({})).toThrow('is missing; the flow needs it as int32');
});
