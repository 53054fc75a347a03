/**
 * Probabilistic principal components (Tipping & Bishop 1999): a variational autoencoder of linear networks and one shared
 * variance, whose likelihood, posterior and optimum are known in closed form.
 *
 *   p(x) = N(x; m, W Wᵀ + σ² I),  p(z|x) = N(M⁻¹ Wᵀ (x − m), σ² M⁻¹),  M = Wᵀ W + σ² I
 *   best: W = U_K (Λ_K − σ² I)^½, σ² the mean of the D − K smallest eigenvalues λ of the rows' covariance
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { SHARED_SCALE } from '../../../src/latent/outputs.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import type { DensityInputs } from '../../../src/models/model.ts';
import { boundOf, termsOf } from '../../../src/models/vaeBound.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { importanceScores } from '../../../src/training/importance.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { largeParameters } from './support.ts';

const [D, K] = [4, 2];
const linear = { hidden: [] };
const model = createModel(
  vaeSpec.parse({
    type: 'vae',
    latent: K,
    encoder: linear,
    decoder: linear,
    output: { type: 'gaussian', variance: 'shared', floor: 0 },
    samples: 2 * K,
  }),
  D,
  1,
);
const names = model.parameters.map(({ name }) => name);

/** Eigenvalues of the rows' covariance, and their mean. */
const lambda = [3, 1.5, 0.4, 0.2];
const centre = [0.5, -1, 2, 0];
/** Columns of a Householder reflection: orthonormal, none along an axis. */
const v = [1, 2, -1, 3];
const u = (i: number) => v.map((one, d) => (d === i ? 1 : 0) - (2 * one * v[i]!) / 15);
/** m ± √(D λ_i) u_i: mean and covariance are those above exactly. */
const rows: Matrix = {
  rows: 2 * D,
  columns: D,
  values: Float32Array.from(
    Array.from({ length: D }, (_, i) =>
      [1, -1].flatMap((sign) => u(i).map((one, d) => centre[d]! + sign * Math.sqrt(D * lambda[i]!) * one)),
    ).flat(),
  ),
};

const sigma2 = (lambda[2]! + lambda[3]!) / 2;
const array = (shape: number[], values: readonly number[]) => ({ shape, data: Float32Array.from(values) });

/** The maximum of the likelihood, with the posterior that belongs to it. @param wider factor of the posterior’s σ. */
function closedForm(wider = 1): NamedArrays {
  const loading = (k: number) => u(k).map((one) => one * Math.sqrt(lambda[k]! - sigma2));
  const W = [loading(0), loading(1)];
  const gain = W.map((column, k) => column.map((one) => one / lambda[k]!));
  return {
    'encoder.mean.weight': array([K, D], gain.flat()),
    'encoder.mean.bias': array(
      [K],
      gain.map((row) => -row.reduce((sum, one, d) => sum + one * centre[d]!, 0)),
    ),
    'encoder.logScale.weight': array(
      [K, D],
      Array.from({ length: K * D }, () => 0),
    ),
    'encoder.logScale.bias': array(
      [K],
      [0, 1].map((k) => 0.5 * Math.log(sigma2 / lambda[k]!) + Math.log(wider)),
    ),
    'decoder.output.weight': array(
      [D, K],
      centre.flatMap((_, d) => W.map((column) => column[d]!)),
    ),
    'decoder.output.bias': array([D], centre),
    [SHARED_SCALE]: array([1], [0.5 * Math.log(sigma2)]),
  };
}

/** log p of every row in closed form, along the eigenvectors. */
const exact = Array.from({ length: rows.rows }, (_, n) => {
  const i = Math.floor(n / 2);
  const variances = [lambda[0]!, lambda[1]!, sigma2, sigma2];
  const normaliser = variances.reduce((sum, one) => sum + Math.log(2 * Math.PI * one), 0);
  return -0.5 * (normaliser + (D * lambda[i]!) / variances[i]!);
});
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** Tipping & Bishop's equation for the maximum. */
const best = -0.5 * (D * Math.log(2 * Math.PI) + Math.log(lambda[0]! * lambda[1]!) + (D - K) * Math.log(sigma2) + D);

/** ±√K e_k, of mean 0 and covariance I: what is quadratic in ε, as everything here is, has its exact mean over these. */
const cubature: NamedArrays = {
  epsilon: array(
    [rows.rows * 2 * K, K],
    Array.from({ length: rows.rows }, () => {
      const r = Math.sqrt(K);
      return [r, 0, -r, 0, 0, r, 0, -r];
    }).flat(),
  ),
};

async function evaluated(
  parameters: NamedArrays,
  noise: NamedArrays,
  compute: (x: Tensor2D, inputs: DensityInputs) => readonly Tensor[],
  matrix: Matrix = rows,
): Promise<number[][]> {
  const given = { parameters: upload(parameters), masks: {}, noise: upload(noise), context: null };
  try {
    return await readAll(() => compute(tf.tensor2d(matrix.values, [matrix.rows, matrix.columns]), given));
  } finally {
    disposeTensors(given.parameters, given.noise);
  }
}

const gradientsOf = (x: Tensor2D, inputs: DensityInputs): Tensor[] =>
  tf.grads((...all) =>
    model.objective(x, { ...inputs, parameters: Object.fromEntries(names.map((name, i) => [name, all[i]!])) }),
  )(names.map((name) => inputs.parameters[name]!));

// What imitates a GPU would take minutes for so many small steps.
onEveryBackend(
  'probabilistic principal components as a variational autoencoder',
  (backend) => {
    it('has its exact log-likelihood as the bound, at the exact posterior', async () => {
      backend();
      expect(mean(exact)).toBeCloseTo(best, 10);
      const off = { beta: 1, freeBits: 0 };
      // Of estimator A every single sample is log p(x): p(x, z) / q(z|x) no longer depends on z.
      const noise = model.noise(rows.rows, RandomGenerator.seeded(1, 'noise'));
      const [a] = await evaluated(closedForm(), noise, (x, inputs) => [
        boundOf(model.latent!, x, inputs, { ...off, estimator: 'A' }),
      ]);
      const [b] = await evaluated(closedForm(), cubature, (x, inputs) => [model.logProb!(x, inputs)]);
      const [wrong] = await evaluated(closedForm(1.3), cubature, (x, inputs) => [model.logProb!(x, inputs)]);
      for (const [n, log] of exact.entries()) {
        expect(a![n]).toBeCloseTo(log, 4);
        expect(b![n]).toBeCloseTo(log, 4);
        expect(wrong![n]).toBeLessThan(log - 0.05);
      }
    });

    it('has its optimum where the closed form has it: every gradient is 0 there, and not beside it', async () => {
      backend();
      const at = await evaluated(closedForm(), cubature, gradientsOf);
      for (const [i, name] of names.entries()) expect(Math.hypot(...at[i]!), name).toBeLessThan(1e-3);
      const beside = await evaluated(closedForm(1.1), cubature, gradientsOf);
      expect(Math.hypot(...beside[names.indexOf('encoder.logScale.bias')]!)).toBeGreaterThan(0.1);
    });

    it('is trained from where training starts to that optimum', async () => {
      const { tf: engine } = backend();
      let now = model.initialise(RandomGenerator.seeded(4, 'initial'));
      // Adam, in plain arithmetic: the optimisers have tests of their own.
      const moments = names
        .map((name) => now[name]!.data)
        .map(({ length }) => [new Float64Array(length), new Float64Array(length)]);
      for (let step = 1; step <= 1500; step++) {
        const gradients = await evaluated(now, cubature, gradientsOf);
        const rate = step < 1000 ? 0.03 : 0.003;
        now = Object.fromEntries(
          names.map((name, i) => {
            const { shape, data } = now[name]!;
            const [first, second] = moments[i]!;
            const next = Float32Array.from(data, (value, k) => {
              const g = gradients[i]![k]! / rows.rows;
              first![k] = 0.9 * first![k]! + 0.1 * g;
              second![k] = 0.99 * second![k]! + 0.01 * g * g;
              const size = Math.sqrt(second![k] / (1 - 0.99 ** step)) + 1e-8;
              return value - (rate * first![k]) / (1 - 0.9 ** step) / size;
            });
            return [name, { shape, data: next }];
          }),
        );
      }
      const [bound] = await evaluated(now, cubature, (x, inputs) => [model.logProb!(x, inputs)]);
      expect(mean(bound!)).toBeLessThan(best + 1e-4);
      expect(mean(bound!)).toBeGreaterThan(best - 2e-3);
      expect(Math.exp(2 * now[SHARED_SCALE]!.data[0]!)).toBeCloseTo(sigma2, 2);
      // W is known but for a rotation, W Wᵀ is not.
      const [W, own] = [now['decoder.output.weight']!.data, closedForm()['decoder.output.weight']!.data];
      const product = (w: ArrayLike<number>, a: number, b: number) =>
        w[2 * a]! * w[2 * b]! + w[2 * a + 1]! * w[2 * b + 1]!;
      for (let a = 0; a < D; a++) {
        for (let b = 0; b < D; b++) expect(Math.abs(product(W, a, b) - product(own, a, b))).toBeLessThan(0.02);
      }
      expect(engine.memory().numTensors).toBeLessThan(100);
    });

    it('has IWAE bounds that rise with k to the exact log-likelihood, and are it at the exact posterior', async () => {
      const score = async (parameters: NamedArrays, samples: number, seed = 0) => {
        const tensors = upload(parameters);
        try {
          return await importanceScores(model, tensors, rows, { backend: backend(), samples, seed });
        } finally {
          disposeTensors(tensors);
        }
      };
      const at = await score(closedForm(), 7);
      for (const [n, log] of exact.entries()) {
        expect(at.perRow[n]).toBeCloseTo(log, 4);
        expect(at.effectiveSamples[n]).toBeCloseTo(7, 3);
      }
      const estimates: number[] = [];
      for (const [samples, seeds] of [
        [1, 400],
        [8, 200],
        [512, 20],
      ] as const) {
        const found: number[] = [];
        for (let seed = 0; seed < seeds; seed++) {
          found.push(-(await score(closedForm(3), samples, seed)).score.nats);
        }
        estimates.push(mean(found));
      }
      for (const [i, estimate] of estimates.slice(1).entries()) expect(estimate).toBeGreaterThan(estimates[i]!);
      expect(best - estimates[0]!).toBeGreaterThan(4);
      expect(best - estimates[1]!).toBeGreaterThan(0.1);
      expect(Math.abs(best - estimates.at(-1)!)).toBeLessThan(0.04);
    });
  },
  { everywhere: false },
);

onEveryBackend('the KL divergence from the prior', (backend) => {
  it('is in closed form what Monte Carlo says, unit by unit', async () => {
    backend();
    const samples = 20_000;
    const one = rows.values.subarray(0, D);
    const many = {
      rows: samples,
      columns: D,
      values: Float32Array.from({ length: samples * D }, (_, i) => one[i % D]!),
    };
    const random = RandomGenerator.seeded(6, 'noise');
    const epsilon = Float32Array.from({ length: samples * K }, () => random.normal());
    const parameters = largeParameters(model, 2);
    const [a, b] = await evaluated(
      parameters,
      { epsilon: { shape: [samples, K], data: epsilon } },
      (x, inputs) =>
        (['A', 'B'] as const).map((estimator) => termsOf(model.latent!, x, inputs, undefined, estimator).perUnit),
      many,
    );
    for (let k = 0; k < K; k++) {
      const drawn = Array.from({ length: samples }, (_, n) => a![n * K + k]!);
      const centre = mean(drawn);
      const variance = mean(drawn.map((value) => (value - centre) ** 2));
      expect(b![k]).toBeGreaterThan(0.1);
      expect(Math.abs(centre - b![k]!)).toBeLessThan(4 * Math.sqrt(variance / samples));
    }
  });
});
