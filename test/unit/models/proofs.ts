/**
 * What has to hold of every model of binary rows with Bernoulli conditionals, whatever computes them: proved against a
 * reference in float64, on every backend.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { createModel } from '../../../src/models/index.ts';
import { conditionalsOf, type Model, type NamedArrays } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { experimentSpec, modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { isSoftware, onEveryBackend, type Suites, tooSlowToTrain } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { newRun, newTrainer, temporaryFolder } from '../training/support.ts';
import { allRows, bernoulliLog, toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';
import { plainDrawing } from './plainDrawing.ts';

/** Logits of every conditional for one row, straight from the paper. @param order position of every variable. */
export type ReferenceLogits = (order: Int32Array, parameters: Values, x: ArrayLike<number>) => number[];

export interface Specimen {
  readonly model: Model;
  readonly order: Int32Array;
  readonly parameters: NamedArrays;
}

type ModelInput = ExperimentInput['model'];

export function specimen(entry: ModelInput, dimension: number, seed = 1): Specimen {
  const model = createModel(modelSpec.parse(entry), dimension, seed);
  return { model, order: conditionalsOf(model)!.order(0), parameters: largeParameters(model, seed) };
}

export interface Claims extends Suites {
  readonly title: string;
  /** Entries whose densities are summed, with their dimensions. */
  readonly entries: readonly (readonly [ModelInput, number])[];
  readonly logits: (entry: ModelInput) => ReferenceLogits;
  /** Whether output `later` may depend on input `earlier`, positions in the order. */
  readonly sees: (entry: ModelInput, later: number, earlier: number) => boolean;
  /** The entry that is trained on bars and stripes, 4 × 4; the first one unless told. */
  readonly trained?: ModelInput;
  /** Entries of each parameter whose gradient is held against finite differences; all unless told. */
  readonly gradientEntries?: number;
  /** True for models that are trained only where computing is fast. */
  readonly large?: boolean;
  /** NLL of bars and stripes in nats that a short training must reach, from the 16 ln 2 of fair coins. */
  readonly learns: number;
}

const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

export function proveBinaryDensity(claims: Claims): void {
  const { title, entries, sees } = claims;

  /** log p of every row of {0, 1}^D by the reference. */
  function referenceOfAll(entry: ModelInput, { model, order, parameters }: Specimen): number[] {
    const { dimension } = model;
    const values = toFloat64(parameters);
    const rows = allRows(dimension);
    return Array.from({ length: 2 ** dimension }, (_, i) => {
      const x = rows.subarray(i * dimension, (i + 1) * dimension);
      return bernoulliLog(claims.logits(entry)(order, values, x), x);
    });
  }

  describe(`${title}: total probability in float64`, () => {
    it.each(entries)('is 1 to 1e-9: %o with D = %i', (entry, dimension) => {
      const all = referenceOfAll(entry, specimen(entry, dimension));
      expect(Math.abs(total(all) - 1)).toBeLessThan(1e-9);
    });
  });

  describe(`${title}: ancestral sampling`, () => {
    it.each(entries.filter(([, dimension]) => dimension >= 3 && dimension <= 5))(
      'draws rows as often as their probability says, by chi-square: %o with D = %i',
      (entry, dimension) => {
        const own = specimen(entry, dimension, 5);
        const count = 20_000;
        const { values, means } = drawn(own, count);
        const frequencies = new Float64Array(2 ** dimension);
        for (let r = 0; r < count; r++) {
          let code = 0;
          for (let d = 0; d < dimension; d++) code |= values[r * dimension + d]! << d;
          frequencies[code]! += 1;
        }
        const expected = referenceOfAll(entry, own).map((log) => count * Math.exp(log));
        const chiSquare = (of: readonly number[]) =>
          of.reduce((sum, e, i) => sum + (frequencies[i]! - e) ** 2 / Math.max(e, 1e-9), 0);
        const freedom = 2 ** dimension - 1;
        // Wilson and Hilferty's approximation of the 99.9 % quantile.
        const quantile = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
        expect(chiSquare(expected)).toBeLessThan(quantile);
        expect(chiSquare([...expected.slice(1), expected[0]!])).toBeGreaterThan(100);
        const z = claims.logits(entry)(own.order, toFloat64(own.parameters), values.subarray(0, dimension));
        for (const [d, logit] of z.entries()) expect(means![d]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
      },
    );

    it('gives the first rows of a longer draw, and follows the temperature', () => {
      const [entry, dimension] = entries.at(-1)!;
      const own = specimen(entry, dimension);
      const ten = drawn(own, 10);
      expect(drawn(own, 70).values.subarray(0, 10 * dimension)).toEqual(ten.values);
      const hot = drawn(own, 20, { temperature: 1e6 });
      expect(Math.max(...hot.means!.map((mean) => Math.abs(mean - 0.5)))).toBeLessThan(1e-4);
      expect(() => drawn(own, 1, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
      expect(drawn(own, 0).values).toHaveLength(0);
    });

    it('completes rows whose first variables are given, and refuses others by name', () => {
      const [entry, dimension] = entries.find(([, columns]) => columns === 5)!;
      const own = specimen(entry, dimension);
      const known = Uint8Array.from(own.order, (position) => (position <= 2 ? 1 : 0));
      const values = new Float32Array(dimension * 40).map((_, i) => (i % 3 === 0 ? 1 : 0));
      const found = drawn(own, 40, { given: { known, values } });
      for (let i = 0; i < values.length; i++) {
        if (known[i % dimension] === 1) expect(found.values[i]).toBe(values[i]);
      }
      expect(own.model.completing(known)).toEqual({ model: own.model, mask: 0 });
      const late = known.map((one) => 1 - one);
      expect(() => drawn(own, 1, { given: { known: late, values } })).toThrow(RangeError);
      expect(own.model.completing(late)).toHaveProperty('reason');
    });
  });

  onEveryBackend(
    title,
    (backend, name) => {
      // What imitates a GPU takes a hundred times as long for every small step.
      const slow = isSoftware(name);

      it.each(entries)('equals the reference and sums to 1 within 1e-5: %o with D = %i', async (entry, dimension) => {
        const own = specimen(entry, dimension);
        const found = await logsOf(own, backend());
        const expected = referenceOfAll(entry, own);
        expect(found.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0)).toBeLessThan(2e-5);
        expect(Math.abs(total(found) - 1)).toBeLessThan(1e-5);
      });

      it.each(entries)('depends on exactly what it must: %o with D = %i', async (entry, dimension) => {
        const { model, order, parameters } = specimen(entry, dimension);
        const [tensors, masks] = [upload(parameters), upload(model.masks(0))];
        const random = RandomGenerator.seeded(3, 'row');
        const x = Array.from({ length: dimension }, () => 0.1 + 0.8 * random.uniform());
        const jacobian = await read(() => {
          const logits = (input: Tensor) =>
            conditionalsOf(model)!.conditionalParameters(input as Tensor2D, {
              parameters: tensors,
              masks,
              noise: {},
              context: null,
            });
          return tf.grad(logits)(tf.tile(tf.tensor2d([x]), [dimension, 1]), tf.eye(dimension));
        });
        disposeTensors(tensors, masks);
        const values = toFloat64(parameters);
        const moved = (j: number, by: number) =>
          claims.logits(entry)(
            order,
            values,
            x.map((v, i) => (i === j ? v + by : v)),
          );
        for (let j = 0; j < dimension; j++) {
          const [up, down] = [moved(j, 1e-5), moved(j, -1e-5)];
          for (let i = 0; i < dimension; i++) {
            const found = jacobian[i * dimension + j]!;
            if (sees(entry, order[i]!, order[j]!)) expect(found).not.toBe(0);
            else expect(found).toBe(0);
            expect(Math.abs(found - (up[i]! - down[i]!) / 2e-5)).toBeLessThan(2e-4);
          }
        }
      });

      it('has the gradients of finite differences, and 0 where a mask forbids', async () => {
        const [entry] = entries.find(([, dimension]) => dimension === 5)!;
        const { model, order, parameters } = specimen(entry, 5);
        const { tf } = backend();
        const rows = allRows(5).subarray(5 * 9, 5 * 12);
        const weights = [0.7, -1.3, 0.4];
        const masks = upload(model.masks(0));
        const tensors = upload(parameters);
        const names = model.parameters.map(({ name }) => name);
        const gradients = tf.grads((...values) =>
          model.objective(tf.tensor2d(rows, [3, 5], 'float32'), {
            parameters: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
            masks,
            noise: {},
            context: null,
          }),
        )(
          names.map((name) => tensors[name]!),
          tf.tensor1d(weights),
        );
        const loss = (values: Values) =>
          weights.reduce((sum, weight, r) => {
            const x = rows.subarray(r * 5, r * 5 + 5);
            return sum - weight * bernoulliLog(claims.logits(entry)(order, values, x), x);
          }, 0);
        for (const [i, name] of names.entries()) {
          const found = await gradients[i]!.data();
          const apart = Math.ceil(found.length / (claims.gradientEntries ?? Infinity)) || 1;
          for (let k = 0; k < found.length; k += apart) {
            const shifted = (by: number) => {
              const values = toFloat64(parameters);
              values[name]![k]! += by;
              return loss(values);
            };
            expect(Math.abs(found[k]! - (shifted(1e-5) - shifted(-1e-5)) / 2e-5)).toBeLessThan(2e-4);
            if (model.masks(0)[name]?.data[k] === 0) expect(Math.abs(found[k]!)).toBe(0);
          }
        }
        tf.dispose(gradients);
        disposeTensors(tensors, masks);
      });

      it('moves through safetensors to a model of another seed', async () => {
        const [entry, dimension] = entries.at(-1)!;
        const own = specimen(entry, dimension);
        const saved = decodeSafetensors(
          encodeSafetensors({ ...own.parameters, ...own.model.buffers() }),
          'a.safetensors',
        ).arrays;
        const model = createModel(modelSpec.parse(entry), dimension, 99).withBuffers(saved);
        const parameters = Object.fromEntries(model.parameters.map(({ name }) => [name, saved[name]!]));
        expect(await logsOf({ ...own, model, parameters }, backend())).toEqual(await logsOf(own, backend()));
      });

      it('learns bars and stripes, and goes on bit for bit after a stop', async (context) => {
        const against = claims.large ? tooSlowToTrain(name) : null;
        if (against !== null) context.skip(against);
        const experiment = experimentSpec.parse({
          model: claims.trained ?? entries[0]![0],
          // Fewer and larger steps on what imitates a GPU.
          data: { generate: 'bars-and-stripes', rows: slow ? 500 : 1000 },
          training: {
            epochs: 6,
            batchSize: slow ? 100 : 50,
            optimizer: { type: 'adam', learningRate: slow ? 0.05 : 0.02 },
          },
        });
        const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
        const whole = await newTrainer(backend(), { experiment, dataset });
        await whole.run();
        // With few steps a quarter less than ln 2 for each of the 16 pixels is enough.
        const learnt = slow ? Math.max(claims.learns, 12 * Math.LN2) : claims.learns;
        expect(whole.manifest.test!.nats).toBeLessThan(learnt);

        const folder = await newRun(temporaryFolder());
        const first = await newTrainer(backend(), {
          experiment,
          dataset,
          folder,
          betweenBatches: (trainer) => {
            if (trainer.stepsDone >= (slow ? 11 : 37)) void trainer.stop();
          },
        });
        expect((await first.run()).state).toBe('stopped');
        first.dispose();
        const second = await newTrainer(backend(), {
          experiment,
          dataset,
          folder: await RunFolder.open(folder.path),
          resume: true,
        });
        await second.run();
        expect(second.manifest.test).toEqual(whole.manifest.test);
        const last = whole.manifest.checkpoints.last!;
        expect((await second.folder.readCheckpoint(last)).model).toEqual(
          (await whole.folder.readCheckpoint(last)).model,
        );
        // A GPU that is only imitated takes its time.
      }, 120_000);
    },
    claims,
  );
}

/** log p of every row of {0, 1}^D by the engine. */
async function logsOf({ model, parameters }: Specimen, backend: Backend): Promise<Float64Array> {
  const tensors = upload(parameters);
  const matrix = { rows: 2 ** model.dimension, columns: model.dimension, values: allRows(model.dimension) };
  const { perRow } = await scoreRows(model, tensors, matrix, { backend });
  disposeTensors(tensors);
  return perRow;
}

function drawn({ model, parameters }: Specimen, rows: number, changes: Partial<Parameters<Model['sample']>[1]> = {}) {
  const random = RandomGenerator.seeded(1, 'samples');
  const request = { rows, temperature: 1, mask: 0, random, context: null, given: null, ...changes };
  const drawing = plainDrawing(model.sample(parameters, request));
  for (;;) {
    const step = drawing.next();
    if (step.done) return step.value;
  }
}
