/**
 * Monte Carlo EM: Hamiltonian Monte Carlo against the posterior of a linear-Gaussian model, known in closed form, its
 * leapfrog steps, its gradients, the chains that training keeps, and what is learnt from them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adapted, hamiltonianMove, leapfrog, slopeOf } from '../../../src/latent/hamiltonian.ts';
import { SHARED_SCALE } from '../../../src/latent/outputs.ts';
import { disposeTensors, download, upload } from '../../../src/layers/namedTensors.ts';
import { minus, plus, rowSums } from '../../../src/flows/sums.ts';
import { createModel } from '../../../src/models/index.ts';
import { logJoint } from '../../../src/models/monteCarloEm.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { firstOptimizerState, stepNoise } from '../../../src/training/firstState.ts';
import { lossAndGradients, makeTrainingStep } from '../../../src/training/makeStep.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { largeParameters } from './support.ts';

const [D, K] = [3, 2];
const linear = { hidden: [] };
const gaussian = { type: 'gaussian', variance: 'shared', floor: 0 };

function vae(changes: Readonly<Record<string, unknown>>, dimension = D) {
  const spec = vaeSpec.parse({ type: 'vae', latent: K, learning: 'monte-carlo-em', ...changes });
  return createModel(spec, dimension, 1);
}

const array = (shape: number[], values: readonly number[]) => ({ shape, data: Float32Array.from(values) });

/** p(x|z) = N(W z + m, σ² I), z ~ N(0, I): p(z|x) = N(M⁻¹ Wᵀ (x − m), σ² M⁻¹) with M = Wᵀ W + σ² I. */
const W = [
  [1.2, -0.4],
  [0.3, 0.9],
  [-0.5, 0.7],
] as const;
const centre = [0.5, -1, 0.2];
const sigma = 0.6;
const pca = vae({ encoder: linear, decoder: linear, output: gaussian });
const pcaParameters: NamedArrays = {
  ...largeParameters(pca, 1),
  'decoder.output.weight': array([D, K], W.flat()),
  'decoder.output.bias': array([D], centre),
  [SHARED_SCALE]: array([1], [Math.log(sigma)]),
};
const x = [1.4, 0.3, -0.8];

function posterior() {
  const [a, b, c] = [
    W.reduce((sum, [w]) => sum + w * w, sigma ** 2),
    W.reduce((sum, [w, v]) => sum + w * v, 0),
    W.reduce((sum, [, v]) => sum + v * v, sigma ** 2),
  ];
  const determinant = a * c - b * b;
  const inverse = [
    [c / determinant, -b / determinant],
    [-b / determinant, a / determinant],
  ] as const;
  const projected = [0, 1].map((k) => W.reduce((sum, w, d) => sum + w[k]! * (x[d]! - centre[d]!), 0));
  return {
    mean: inverse.map(([p, q]) => p * projected[0]! + q * projected[1]!),
    covariance: inverse.map((row) => row.map((value) => value * sigma ** 2)),
  };
}

const adam = (learningRate: number) =>
  ({ type: 'adam', learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }) as const;

const normals = (random: RandomGenerator, rows: number, columns: number) =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );

/** log p(x, z) of the linear-Gaussian model, of the same row in every chain. */
function pcaDensity(chains: number) {
  const rows = tf.tile(tf.tensor2d(x, [1, D]), [chains, 1]);
  return logJoint(pca.latent!, rows, { parameters: upload(pcaParameters) });
}

onEveryBackend('Hamiltonian Monte Carlo', (backend) => {
  it('goes back where it came from when the momentum is turned round, and keeps H as ε² goes to 0', async () => {
    backend();
    const energies: number[] = [];
    for (const [stepSize, steps] of [
      [0.2, 8],
      [0.1, 16],
    ] as const) {
      const [start, there, back, before, after, p, q] = await readAll(() => {
        const log = pcaDensity(4);
        const random = RandomGenerator.seeded(5, 'leapfrog');
        const from = { z: normals(random, 4, K), momentum: normals(random, 4, K) };
        const to = leapfrog(log, from, tf.scalar(stepSize), steps);
        const again = leapfrog(log, { z: to.z, momentum: tf.neg(to.momentum) }, tf.scalar(stepSize), steps);
        return [from.z, to.z, again.z, to.before, to.after, from.momentum, to.momentum];
      });
      for (const [i, value] of start!.entries()) expect(back![i]).toBeCloseTo(value, 4);
      expect(Math.max(...start!.map((value, i) => Math.abs(there![i]! - value)))).toBeGreaterThan(0.5);
      const kinetic = (momentum: readonly number[], n: number) =>
        0.5 * momentum.slice(n * K, (n + 1) * K).reduce((sum, one) => sum + one * one, 0);
      const drift = before!.map((log, n) => after![n]! - kinetic(q!, n) - (log - kinetic(p!, n)));
      energies.push(Math.hypot(...drift));
    }
    // Half the step, a quarter of the error.
    expect(energies[0]! / energies[1]!).toBeGreaterThan(3);
    expect(energies[0]! / energies[1]!).toBeLessThan(5.5);
  });

  it('has the gradients of log p(x, z) that finite differences have', async () => {
    backend();
    const bernoulli = vae({ encoder: { hidden: [5] }, decoder: { hidden: [6] } }, 4);
    const parameters = largeParameters(bernoulli, 3);
    const rows = [1, 0, 0, 1, 0, 1, 1, 1];
    const at = [0.3, -0.7, 1.1, 0.4];
    const slope = async (z: readonly number[]) =>
      readAll(() => {
        const log = logJoint(bernoulli.latent!, tf.tensor2d(rows, [2, 4]), { parameters: upload(parameters) });
        const { log: value, gradient } = slopeOf(log, tf.tensor2d([...z], [2, K]));
        return [value, gradient];
      });
    const [, gradient] = await slope(at);
    const step = 0.01;
    for (const [i, value] of gradient!.entries()) {
      const beside = async (sign: number) => {
        const [log] = await slope(at.map((one, j) => (j === i ? one + sign * step : one)));
        return log![Math.floor(i / K)]!;
      };
      expect(value).toBeCloseTo(((await beside(1)) - (await beside(-1))) / (2 * step), 2);
    }
  });

  // Some thousand steps, which take minutes where a GPU is imitated.
  it('has the posterior of a linear-Gaussian model as its stationary distribution, by steps that lose a third too', async () => {
    const { tf: engine } = backend();
    const [chains, burnIn, moves] = [400, 40, 120];
    const random = RandomGenerator.seeded(8, 'chains');
    let now = Float32Array.from({ length: chains * K }, () => 3 * random.normal());
    // Of each chain Σ z and Σ z zᵀ: chains are independent of each other, moves of a chain are not.
    const sums = Array.from({ length: chains }, () => new Float64Array(5));
    let accepted = 0;
    for (let move = 0; move < burnIn + moves; move++) {
      const uniforms = Float32Array.from({ length: chains }, () => random.uniform());
      const [z, acceptance] = await readAll(() => {
        const start = { z: tf.tensor2d(now, [chains, K]), momentum: normals(random, chains, K) };
        const found = hamiltonianMove(pcaDensity(chains), { start, uniform: tf.tensor1d(uniforms) }, tf.scalar(0.6), 3);
        return [found.z, found.acceptance];
      });
      now = Float32Array.from(z!);
      if (move < burnIn) continue;
      accepted += acceptance!.reduce((a, b) => a + b, 0) / chains / moves;
      for (const [n, sum] of sums.entries()) {
        const [a, b] = [z![2 * n]!, z![2 * n + 1]!];
        for (const [i, value] of [a, b, a * a, a * b, b * b].entries()) sum[i]! += value / moves;
      }
    }
    expect(accepted).toBeGreaterThan(0.4);
    expect(accepted).toBeLessThan(0.85);
    const { mean, covariance } = posterior();
    const [[p, q], [, r]] = covariance as [[number, number], [number, number]];
    const expected = [...mean, p + mean[0]! ** 2, q + mean[0]! * mean[1]!, r + mean[1]! ** 2];
    for (const [i, value] of expected.entries()) {
      const found = sums.map((sum) => sum[i]!);
      const average = found.reduce((a, b) => a + b, 0) / chains;
      const variance = found.reduce((sum, one) => sum + (one - average) ** 2, 0) / (chains - 1);
      const error = Math.sqrt(variance / chains);
      expect(error).toBeLessThan(0.02);
      expect(Math.abs(average - value) / error, `moment ${i}`).toBeLessThan(4);
    }
    expect(engine.memory().numTensors).toBeLessThan(100);
  });

  it('accepts nothing that left the finite numbers, and adapts its steps towards the acceptance', async () => {
    backend();
    const [z, acceptance, larger, smaller, finite] = await readAll(() => {
      const random = RandomGenerator.seeded(2, 'far');
      const start = { z: normals(random, 3, K), momentum: normals(random, 3, K) };
      const far = hamiltonianMove(pcaDensity(3), { start, uniform: tf.zeros([3]) }, tf.scalar(1e12), 6);
      const some: Tensor1D = tf.tensor1d([1, 1, 0.9]);
      return [
        tf.sub(far.z, start.z),
        far.acceptance,
        adapted(tf.tensor1d([0.1]), some, 0.9),
        adapted(tf.tensor1d([0.1]), far.acceptance, 0.9),
        far.acceptance,
      ];
    });
    expect(z).toEqual([0, 0, 0, 0, 0, 0]);
    expect(acceptance).toEqual([0, 0, 0]);
    expect(finite).toEqual([0, 0, 0]);
    expect(larger![0]).toBeGreaterThan(0.1);
    expect(smaller![0]).toBeCloseTo(0.1 * Math.exp(-0.09), 5);
  });

  it('moves the chains of the minibatch, the others staying where they are', async () => {
    backend();
    const chains = pca.chains!;
    const random = RandomGenerator.seeded(3, 'chains');
    const state = chains.start(6, random);
    const rows = Int32Array.of(4, 1);
    const noise = stepNoise(pca, 6, rows, random);
    const [before, after, drawn] = await readAll(() => {
      const inputs = { parameters: upload(pcaParameters), masks: {}, noise: upload(noise), context: null };
      const moved = chains.move(tf.tensor2d([...x, ...x], [2, D]), upload(state), inputs);
      return [tf.tensor(state['latents']!.data), moved.state['latents']!, moved.noise['drawnLatents']!];
    });
    const row = (values: readonly number[], n: number) => values.slice(n * K, (n + 1) * K);
    for (const n of [0, 2, 3, 5]) expect(row(after!, n)).toEqual(row(before!, n));
    for (const [i, n] of rows.entries()) {
      expect(row(after!, n)).toEqual(row(drawn!, i));
      expect(row(after!, n)).not.toEqual(row(before!, n));
    }
  });

  it('teaches the decoder log p(x|z) and the encoder log q(z|x) of what was drawn, and tells the bound', async () => {
    backend();
    const model = vae({ encoder: { hidden: [5] }, decoder: { hidden: [5] } }, 4);
    const { latent } = model;
    const names = model.parameters.map(({ name }) => name);
    const noise = model.noise(2, RandomGenerator.seeded(3, 'noise'));
    const found = await readAll(() => {
      const parameters = upload(largeParameters(model, 1));
      const batch = tf.tensor2d([1, 0, 0, 1, 0, 1, 1, 1], [2, 4]);
      const z = tf.tensor2d([0.3, -0.7, 1.1, 0.4], [2, K]);
      const inputs = { parameters, masks: {}, noise: { ...upload(noise), drawnLatents: z }, context: null };
      const own = (of: (given: typeof inputs) => Tensor) =>
        tf.grads((...all) =>
          of({ ...inputs, parameters: Object.fromEntries(names.map((name, i) => [name, all[i]!])) }),
        )(names.map((name) => parameters[name]!));
      const learnt = own((given) =>
        minus(
          plus(
            latent!.output.logProb(batch, latent!.decode(z, given)),
            rowSums(latent!.logPosterior(z, latent!.encode(batch, given), given)),
          ),
        ),
      );
      return [
        model.objective(batch, inputs),
        model.logProb!(batch, inputs),
        ...own((given) => model.objective(batch, given)),
        ...learnt,
      ];
    });
    for (const [n, value] of found[0]!.entries()) expect(value).toBeCloseTo(-found[1]![n]!, 4);
    for (const [i, name] of names.entries()) {
      const [is, should] = [found[2 + i]!, found[2 + names.length + i]!];
      for (const [k, value] of should.entries()) expect(is[k], name).toBeCloseTo(value, 4);
    }
  });
});

/** −½ (D log 2π + log |C| + tr C⁻¹ S) of one latent, C = w wᵀ + σ² I, rows of mean 0 and covariance S = Σ λ_i u_i u_iᵀ about m. */
function logLikelihood(
  { w, m, variance }: { readonly w: ArrayLike<number>; readonly m: ArrayLike<number>; readonly variance: number },
  lambda: readonly number[],
): number {
  const d = lambda.length;
  const ww = Array.from(w).reduce((sum, one) => sum + one * one, 0);
  const off = Array.from(m).reduce((sum, one) => sum + one * one, 0);
  const along = (v: readonly number[]) => v.reduce((sum, one, i) => sum + one * w[i]!, 0);
  const quadratic = (square: number, projected: number) =>
    (square - (projected * projected) / (variance + ww)) / variance;
  const trace =
    lambda.reduce((sum, one, i) => sum + one * quadratic(1, w[i]!), 0) + quadratic(off, along(Array.from(m)));
  return -0.5 * (d * Math.log(2 * Math.PI) + (d - 1) * Math.log(variance) + Math.log(variance + ww) + trace);
}

onEveryBackend(
  'Monte Carlo EM',
  (backend) => {
    it('comes to the maximum of the likelihood that probabilistic principal components have', async () => {
      backend();
      const lambda = [3, 0.4, 0.2];
      const all = 20 * 2 * D;
      const model = vae({
        latent: 1,
        encoder: linear,
        decoder: linear,
        output: gaussian,
        hmc: { leapfrogSteps: 5, updates: 1 },
      });
      // ±√(D λ_i) e_i: mean 0, covariance diag λ.
      const rows = Float32Array.from({ length: all * D }, (_, i) => {
        const [row, d] = [Math.floor(i / D) % (2 * D), i % D];
        return Math.floor(row / 2) === d ? (row % 2 === 0 ? 1 : -1) * Math.sqrt(D * lambda[d]!) : 0;
      });
      const every = Int32Array.from({ length: all }, (_, row) => row);
      const random = RandomGenerator.seeded(6, 'em');
      let parameters: NamedArrays = largeParameters(model, 2);
      const seeded = { optimizer: adam(0.05), rows: all, seed: 1 };
      let optimizer = firstOptimizerState(model, seeded);
      for (let step = 0; step < 500; step++) {
        const given = {
          ...{ parameters: upload(parameters), optimizer: upload(optimizer), masks: {}, context: null },
          ...{ noise: upload(stepNoise(model, all, every, random)), batch: tf.tensor2d(rows, [all, D]) },
          step: tf.scalar(step),
        };
        const train = makeTrainingStep(
          model,
          { optimizer: adam(step < 300 ? 0.05 : 0.005), weightDecay: 0 },
          { norms: false },
        );
        const out = train(given);
        [parameters, optimizer] = [await download(out.parameters), await download(out.optimizer)];
        disposeTensors(given.parameters, given.optimizer, given.noise, { batch: given.batch, step: given.step });
        disposeTensors(out.parameters, out.optimizer, { loss: out.loss });
      }
      const sigma2 = (lambda[1]! + lambda[2]!) / 2;
      const best = logLikelihood({ w: [Math.sqrt(lambda[0]! - sigma2), 0, 0], m: [0, 0, 0], variance: sigma2 }, lambda);
      const found = logLikelihood(
        {
          w: parameters['decoder.output.weight']!.data,
          m: parameters['decoder.output.bias']!.data,
          variance: Math.exp(2 * parameters[SHARED_SCALE]!.data[0]!),
        },
        lambda,
      );
      expect(found).toBeLessThan(best + 1e-6);
      expect(found).toBeGreaterThan(best - 0.01);
      // The size of the steps has come to where nine moves in ten are accepted.
      expect(optimizer['chain/stepSize']!.data[0]).toBeGreaterThan(0.3);
    });
  },
  { everywhere: false },
);

describe('a step of Monte Carlo EM', () => {
  onEveryBackend('updates the weights several times by one move', (backend) => {
    it('as so many steps of gradient descent do', async () => {
      backend();
      const own = vae({ encoder: linear, decoder: linear, output: gaussian, hmc: { updates: 3 } });
      const random = RandomGenerator.seeded(3, 'chains');
      const state = own.chains!.start(2, random);
      const noise = stepNoise(own, 2, Int32Array.of(0, 1), random);
      const rate = 0.01;
      const names = own.parameters.map(({ name }) => name);
      const [loss, first, ...found] = await readAll(() => {
        const batch: Tensor2D = tf.tensor2d([...x, ...x.toReversed()], [2, D]);
        const optimizer = Object.fromEntries(
          Object.entries(upload(state)).map(([name, tensor]) => [`chain/${name}`, tensor]),
        );
        const inputs = {
          ...{ parameters: upload(pcaParameters), optimizer, batch, masks: {}, noise: upload(noise) },
          ...{ context: null, step: tf.scalar(0) },
        };
        const sgd = {
          optimizer: { type: 'sgd', learningRate: rate, momentum: 0, nesterov: false },
          weightDecay: 0,
        } as const;
        const stepped = makeTrainingStep(own, sgd, { norms: false })(inputs);
        const moved = own.chains!.move(batch, upload(state), inputs);
        let parameters = inputs.parameters;
        const begun = lossAndGradients(own, { ...inputs, noise: moved.noise }).loss;
        for (let update = 0; update < 3; update++) {
          const { gradients } = lossAndGradients(own, { ...inputs, parameters, noise: moved.noise });
          parameters = Object.fromEntries(
            names.map((name) => [name, tf.sub(parameters[name]!, tf.mul(rate, gradients[name]!))]),
          );
        }
        return [
          stepped.loss,
          begun,
          ...names.map((name) => stepped.parameters[name]!),
          ...names.map((name) => parameters[name]!),
          stepped.optimizer['chain/latents']!,
          moved.state['latents']!,
        ];
      });
      expect(loss).toEqual(first);
      for (const [i, name] of names.entries()) {
        for (const [k, value] of found[names.length + i]!.entries()) expect(found[i]![k], name).toBeCloseTo(value, 5);
      }
      expect(found.at(-2)).toEqual(found.at(-1));
    });
  });
});
