/** The baseline: it learns, it says what it is, and it is no density. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { autoencoderSpec, outputOf, type AutoencoderSpec } from '../../../src/spec/models/autoencoder.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { newTrainer } from '../training/support.ts';
import { allRows, toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

const D = 4;

function autoencoder(changes: Partial<AutoencoderSpec> = {}, dimension = D, seed = 1) {
  const spec = autoencoderSpec.parse({ type: 'autoencoder', hidden: [5], activation: 'tanh', ...changes });
  const model = createModel(spec, dimension, seed);
  return { spec, model, parameters: largeParameters(model, seed) };
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Pre-activations of the outputs for one row, in float64 and plain loops; tanh alone. */
function referenceOutputs({ hidden }: AutoencoderSpec, parameters: Values, x: ArrayLike<number>): number[] {
  let below = Array.from(x);
  for (const name of [...hidden.map((_, l) => `hidden.${l}`), 'output']) {
    const input = below;
    const [weight, bias] = [parameters[`${name}.weight`]!, parameters[`${name}.bias`]!];
    below = Array.from(bias, (b, k) => {
      const z = input.reduce((sum, h, j) => sum + weight[k * input.length + j]! * h, b);
      return name === 'output' ? z : Math.tanh(z);
    });
  }
  return below;
}

function referenceLoss(spec: AutoencoderSpec, parameters: Values, x: ArrayLike<number>): number {
  return referenceOutputs(spec, parameters, x).reduce((sum, z, d) => {
    const reconstruction = outputOf(spec) === 'sigmoid' ? sigmoid(z) : z;
    if (spec.loss === 'squared-error') return sum + (x[d]! - reconstruction) ** 2;
    return sum - x[d]! * Math.log(sigmoid(z)) - (1 - x[d]!) * Math.log(sigmoid(-z));
  }, 0);
}

const losses = [
  { loss: 'cross-entropy' },
  { loss: 'cross-entropy', hidden: [3, 6] },
  { loss: 'squared-error' },
  { loss: 'squared-error', output: 'sigmoid', hidden: [2, 3] },
] as const;
const mutable = (changes: (typeof losses)[number]) =>
  ({ ...changes, ...('hidden' in changes && { hidden: [...changes.hidden] }) }) as Partial<AutoencoderSpec>;

onEveryBackend('an autoencoder', (backend) => {
  it.each(losses)('has the loss of the reference, on every row: %o', async (changes) => {
    const { spec, model, parameters } = autoencoder(mutable(changes));
    const rows = allRows(D);
    const tensors = upload(parameters);
    const { perRow, score } = await scoreRows(
      model,
      tensors,
      { rows: 16, columns: D, values: rows },
      { backend: backend() },
    );
    disposeTensors(tensors);
    const values = toFloat64(parameters);
    for (let i = 0; i < 16; i++) {
      expect(Math.abs(-perRow[i]! - referenceLoss(spec, values, rows.subarray(i * D, (i + 1) * D)))).toBeLessThan(2e-5);
    }
    expect(score.quantity).toBe(changes.loss === 'squared-error' ? 'squared error' : 'cross-entropy');
  });

  it('has losses whose exp(−loss) do not sum to 1: above it when trained, by copying', async () => {
    const { model, parameters } = autoencoder({ hidden: [D], loss: 'cross-entropy' });
    // W and V that copy: z = 40 tanh(2 (x − ½)) comes out with the sign of x − ½, and far from 0.
    const identity = (scale: number) => Float32Array.from({ length: D * D }, (_, i) => (i % (D + 1) === 0 ? scale : 0));
    const copying = {
      'hidden.0.weight': { shape: [D, D], data: identity(2) },
      'hidden.0.bias': { shape: [D], data: new Float32Array(D).fill(-1) },
      'output.weight': { shape: [D, D], data: identity(40) },
      'output.bias': { shape: [D], data: new Float32Array(D) },
    };
    const totalOf = async (values: typeof parameters) => {
      const tensors = upload(values);
      const matrix = { rows: 2 ** D, columns: D, values: allRows(D) };
      const { perRow } = await scoreRows(model, tensors, matrix, { backend: backend() });
      disposeTensors(tensors);
      return perRow.reduce((sum, value) => sum + Math.exp(value), 0);
    };
    expect(await totalOf(copying)).toBeCloseTo(2 ** D, 4);
    expect(Math.abs((await totalOf(parameters)) - 1)).toBeGreaterThan(0.01);
  });

  it.each(losses)('has the gradients of finite differences: %o', async (changes) => {
    const { spec, model, parameters } = autoencoder(mutable(changes));
    const rows = Array.from(allRows(D).subarray(D * 5, D * 8));
    const weights = [0.7, -1.3, 0.4];
    const tensors = upload(parameters);
    const names = model.parameters.map(({ name }) => name);
    const gradients = tf.grads((...values) =>
      model.objective(tf.tensor2d(rows, [3, D]), {
        parameters: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
        masks: {},
        noise: {},
        context: null,
      }),
    )(
      names.map((name) => tensors[name]!),
      tf.tensor1d(weights),
    );
    for (const [i, name] of names.entries()) {
      const found = await gradients[i]!.data();
      for (let k = 0; k < found.length; k++) {
        const loss = (by: number) => {
          const values = toFloat64(parameters);
          values[name]![k]! += by;
          return weights.reduce(
            (sum, weight, r) => sum + weight * referenceLoss(spec, values, rows.slice(r * D, r * D + D)),
            0,
          );
        };
        const measured = (loss(1e-5) - loss(-1e-5)) / 2e-5;
        expect(Math.abs(found[k]! - measured)).toBeLessThan(3e-4 * Math.max(1, Math.abs(measured)));
      }
    }
    tf.dispose(gradients);
    disposeTensors(tensors);
  });

  it('depends on every input, its own included', async () => {
    const { spec, model, parameters } = autoencoder({ hidden: [6] });
    const tensors = upload(parameters);
    const x = [0.3, 0.1, 0.7, 0.2];
    const jacobian = await read(() => {
      const outputs = (input: Tensor) =>
        model.network!.conditionalParameters(input as Tensor2D, {
          parameters: tensors,
          masks: {},
          noise: {},
          context: null,
        });
      return tf.grad(outputs)(tf.tile(tf.tensor2d([x]), [D, 1]), tf.eye(D));
    });
    disposeTensors(tensors);
    const values = toFloat64(parameters);
    for (let j = 0; j < D; j++) {
      const moved = (by: number) =>
        referenceOutputs(
          spec,
          values,
          x.map((v, i) => (i === j ? v + by : v)),
        );
      const [up, down] = [moved(1e-5), moved(-1e-5)];
      for (let i = 0; i < D; i++) {
        expect(jacobian[i * D + j]).not.toBe(0);
        expect(Math.abs(jacobian[i * D + j]! - (up[i]! - down[i]!) / 2e-5)).toBeLessThan(2e-4);
      }
    }
  });

  it('traces its layers, and the terms of its loss', async () => {
    const { model, parameters } = autoencoder({ hidden: [3, 2], loss: 'squared-error' });
    const tensors = upload(parameters);
    const [terms, loss] = await readAll(() => {
      const x = tf.tensor2d([[0.5, -1, 2, 0]]);
      const inputs = { parameters: tensors, masks: {}, noise: {}, context: null };
      const trace = model.activations(x, inputs);
      expect(trace.map(({ layer, role }) => `${layer} ${role}`)).toEqual([
        'hidden.0 preactivation',
        'hidden.0 activation',
        'hidden.1 preactivation',
        'hidden.1 activation',
        'output preactivation',
        'output loss',
      ]);
      return [trace.at(-1)!.value, model.objective(x, inputs)];
    });
    expect(terms!.reduce((a, b) => a + b, 0)).toBeCloseTo(loss![0]!, 4);
    disposeTensors(tensors);
  });

  it.each([
    [{ type: 'autoencoder', hidden: [12] }, 'bars-and-stripes', 5.5],
    [{ type: 'autoencoder', hidden: [12], loss: 'squared-error', activation: 'tanh' }, 'two-moons', 0.2],
  ] as const)(
    'learns, on binary and on real values: %o on %s',
    async (entry, generate, reaches) => {
      const experiment = experimentSpec.parse({
        model: entry,
        data: { generate, rows: 1000 },
        training: { epochs: 12, batchSize: 50, optimizer: { type: 'adam', learningRate: 0.02 } },
      });
      const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
      const trainer = await newTrainer(backend(), { experiment, dataset });
      await trainer.run();
      expect(trainer.manifest.state).toBe('finished');
      expect(trainer.manifest.test!.nats).toBeLessThan(reaches);
      // A GPU that is only imitated takes its time.
    },
    120_000,
  );

  it.each([1, 2, 3])('works with D = %i', async (dimension) => {
    const { model, parameters, spec } = autoencoder({ hidden: [1] }, dimension);
    const tensors = upload(parameters);
    const rows = allRows(dimension);
    const matrix = { rows: 2 ** dimension, columns: dimension, values: rows };
    const { perRow } = await scoreRows(model, tensors, matrix, { backend: backend() });
    disposeTensors(tensors);
    const values = toFloat64(parameters);
    for (const [i, log] of perRow.entries()) {
      const x = rows.subarray(i * dimension, (i + 1) * dimension);
      expect(Math.abs(log + referenceLoss(spec, values, x))).toBeLessThan(2e-5);
    }
  });
});

describe('an autoencoder', () => {
  it('has parameters of the documented names and shapes, no masks and no buffers', () => {
    const { model } = autoencoder({ hidden: [3, 2] });
    expect(model.parameters.map(({ name, shape, masked }) => `${name} ${shape.join('×')} ${masked}`)).toEqual([
      'hidden.0.weight 3×4 false',
      'hidden.0.bias 3 false',
      'hidden.1.weight 2×3 false',
      'hidden.1.bias 2 false',
      'output.weight 4×2 false',
      'output.bias 4 false',
    ]);
    expect(model.masks(0)).toEqual({});
    expect(model.buffers()).toEqual({});
    const first = model.initialise(RandomGenerator.seeded(3, 'weights'));
    expect(first['hidden.0.weight']!.data.every((value) => value !== 0)).toBe(true);
    expect(decodeSafetensors(encodeSafetensors(first), 'a.safetensors').arrays).toEqual(first);
  });

  it('says what it is trained on, which data it takes, and that it has no density and no samples', () => {
    const { model } = autoencoder();
    expect(model.quantity).toEqual({ kind: 'loss', name: 'cross-entropy', unit: 'nats' });
    expect(model.support).toBe('binary');
    expect(autoencoder({ loss: 'squared-error' }).model.support).toBe('real');
    expect(model.logProb).toBeUndefined();
    const request = { rows: 1, random: RandomGenerator.seeded(1), temperature: 1, mask: 0, context: null, given: null };
    expect(() => model.sample({}, request)).toThrow('an autoencoder has no samples, because it is no density');
    expect(model.completing(Uint8Array.of(1, 0, 0, 0))).toEqual({
      reason: 'an autoencoder has no samples, because it is no density',
    });
  });
});
