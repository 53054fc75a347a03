/** The variational autoencoder: its bound from the paper in float64, its two estimators, its gradients, its parts. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { minus } from '../../../src/flows/sums.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { modelFacts } from '../../../src/models/facts.ts';
import { createModel } from '../../../src/models/index.ts';
import type { DensityInputs, Model } from '../../../src/models/model.ts';
import { boundOf, termsOf, weighed } from '../../../src/models/vaeBound.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { manifestSpec } from '../../../src/runs/manifest.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

const D = 4;
const ROWS = 3;

type Changes = Readonly<Record<string, unknown>>;

const small = { hidden: [5] };

function vae(changes: Changes = {}, dimension = D, seed = 1) {
  const spec = vaeSpec.parse({ type: 'vae', latent: 2, encoder: small, decoder: small, ...changes });
  const model = createModel(spec, dimension, seed);
  return { spec, model, parameters: largeParameters(model, seed) };
}

function rowsFor({ support, dimension }: Model, rows = ROWS): Float32Array {
  const random = RandomGenerator.seeded(7, 'rows');
  return Float32Array.from({ length: rows * dimension }, () =>
    support === 'binary' ? Math.round(random.uniform()) : random.uniform(),
  );
}

/** Computes with the model's tensors; everything is disposed of but what is read. */
async function evaluated(
  model: Model,
  parameters: NamedArrays,
  compute: (x: Tensor2D, inputs: DensityInputs) => readonly Tensor[],
  o: { rows?: Float32Array; noise?: NamedArrays } = {},
): Promise<number[][]> {
  const { rows = rowsFor(model), noise = model.noise(ROWS, RandomGenerator.seeded(3, 'noise')) } = o;
  const given = { parameters: upload(parameters), masks: upload(model.masks(0)), noise: upload(noise) };
  try {
    return await readAll(() =>
      compute(tf.tensor2d(rows, [rows.length / model.dimension, model.dimension]), { ...given, context: null }),
    );
  } finally {
    disposeTensors(given.parameters, given.masks, given.noise);
  }
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function layer(values: Values, name: string, input: readonly number[]): number[] {
  const [weight, bias] = [values[`${name}.weight`]!, values[`${name}.bias`]!];
  return Array.from(bias, (b, k) => input.reduce((sum, h, j) => sum + weight[k * input.length + j]! * h, b));
}

/** Terms of one row with one sample, by equations 6, 7 and 10 and appendices B and C, in plain loops. */
function reference(values: Values, x: readonly number[], epsilon: readonly number[], gaussian: boolean) {
  const inner = layer(values, 'encoder.hidden.0', x).map(Math.tanh);
  const [mean, logScale] = [layer(values, 'encoder.mean', inner), layer(values, 'encoder.logScale', inner)];
  const z = mean.map((m, k) => m + Math.exp(logScale[k]!) * epsilon[k]!);
  const features = layer(values, 'decoder.hidden.0', z).map(Math.tanh);
  const out = layer(values, 'decoder.output', features);
  const log = (v: number, m: number, s: number) =>
    -0.5 * ((v - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
  const sum = (terms: readonly number[]) => terms.reduce((a, b) => a + b, 0);
  const logX = gaussian
    ? (() => {
        const raw = layer(values, 'decoder.logScale', features);
        return sum(x.map((v, d) => log(v, sigmoid(out[d]!), 0.001 + Math.exp(raw[d]!))));
      })()
    : sum(x.map((v, d) => v * Math.log(sigmoid(out[d]!)) + (1 - v) * Math.log(sigmoid(-out[d]!))));
  const logPrior = sum(z.map((v) => log(v, 0, 1)));
  const logPosterior = sum(z.map((v, k) => log(v, mean[k]!, Math.exp(logScale[k]!))));
  const kl = mean.map((m, k) => 0.5 * (m ** 2 + Math.exp(2 * logScale[k]!) - 1 - 2 * logScale[k]!));
  return { A: logX + logPrior - logPosterior, B: logX - sum(kl), logX, kl, z };
}

const gaussianOutput = { type: 'gaussian', mean: 'sigmoid' };
const iaf = { type: 'iaf', steps: 3, hidden: [6], context: 3 };

onEveryBackend('a variational autoencoder', (backend) => {
  it.each([
    ['Bernoulli', {}, false],
    ['Gaussian', { output: gaussianOutput }, true],
  ] as const)('has both estimators of the paper, %s', async (_, changes, gaussian) => {
    backend();
    const rows = rowsFor(vae(changes).model);
    for (const estimator of ['A', 'B'] as const) {
      const { model, parameters } = vae({ ...changes, estimator });
      const noise = model.noise(ROWS, RandomGenerator.seeded(3, 'noise'));
      const [found, bound] = await evaluated(
        model,
        parameters,
        (x, i) => [model.objective(x, i), model.logProb!(x, i)],
        {
          noise,
        },
      );
      const values = toFloat64(parameters);
      for (let n = 0; n < ROWS; n++) {
        const x = [...rows.subarray(n * D, (n + 1) * D)];
        const own = reference(values, x, [...noise['epsilon']!.data.subarray(2 * n, 2 * n + 2)], gaussian);
        expect(-found![n]! / own[estimator]).toBeCloseTo(1, 4);
        expect(bound![n]! / own.B).toBeCloseTo(1, 4);
      }
    }
  });

  it('takes the mean over L samples, weighs the divergence, leaves free bits alone, and tells the bound all the same', async () => {
    backend();
    const { model, parameters } = vae({ samples: 4, beta: 0.5 });
    const noise = model.noise(ROWS, RandomGenerator.seeded(3, 'noise'));
    const rows = rowsFor(model);
    const values = toFloat64(parameters);
    const own = Array.from({ length: ROWS }, (_, n) =>
      [0, 1, 2, 3].map((l) => {
        const at = 2 * (4 * n + l);
        return reference(
          values,
          [...rows.subarray(n * D, (n + 1) * D)],
          [...noise['epsilon']!.data.subarray(at, at + 2)],
          false,
        );
      }),
    );
    const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;
    const total = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
    const lowered = { beta: 0.5, freeBits: 0 };
    const [halved, told] = await evaluated(
      model,
      parameters,
      (x, i) => [weighed(termsOf(model.latent!, x, i), lowered), model.objective(x, i)],
      { noise },
    );
    const free = vae({ samples: 4, freeBits: 1.5 }).model;
    const [freed, toldFree] = await evaluated(
      free,
      parameters,
      (x, i) => [weighed(termsOf(free.latent!, x, i), { beta: 1, freeBits: 1.5 }), free.objective(x, i)],
      { noise },
    );
    const counted = total([0, 1].map((k) => Math.max(1.5, mean(own.map((row) => row[0]!.kl[k]!)))));
    expect(counted).toBeGreaterThan(1.5);
    for (const [n, samples] of own.entries()) {
      const logX = mean(samples.map((one) => one.logX));
      expect(halved![n]! / (logX - 0.5 * total(samples[0]!.kl))).toBeCloseTo(1, 4);
      expect(freed![n]! / (logX - counted)).toBeCloseTo(1, 4);
      // A bound with another weight of its divergence is none: what is told is the bound.
      expect(told![n]! / (total(samples[0]!.kl) - logX)).toBeCloseTo(1, 4);
      expect(toldFree![n]! / (total(samples[0]!.kl) - logX)).toBeCloseTo(1, 4);
    }
  });

  it('has estimators with one mean, of which B varies less', async () => {
    backend();
    const { model, parameters } = vae();
    const samples = 4000;
    const rows = rowsFor(model).slice(0, D);
    const many = Float32Array.from({ length: samples * D }, (_, i) => rows[i % D]!);
    const noise = model.noise(samples, RandomGenerator.seeded(5, 'noise'));
    const off = { beta: 1, freeBits: 0 };
    const [a, b] = await evaluated(
      model,
      parameters,
      (x, i) => (['A', 'B'] as const).map((estimator) => boundOf(model.latent!, x, i, { ...off, estimator })),
      { rows: many, noise },
    );
    const of = (all: number[]) => {
      const mean = all.reduce((sum, v) => sum + v, 0) / samples;
      return { mean, variance: all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (samples - 1) };
    };
    const [ofA, ofB] = [of(a!), of(b!)];
    const difference = of(a!.map((v, n) => v - b![n]!));
    expect(Math.abs(difference.mean)).toBeLessThan(3 * Math.sqrt(difference.variance / samples));
    expect(ofB.variance).toBeLessThan(ofA.variance);
  });

  const variants: readonly (readonly [string, Changes])[] = [
    ['estimator A', { estimator: 'A', samples: 2 }],
    ['estimator B', { samples: 2 }],
    ['a Gaussian output', { output: gaussianOutput }],
    ['one variance for all', { output: { type: 'gaussian', variance: 'shared' } }],
    ['a variance that is given', { output: { type: 'gaussian', variance: 0.3 } }],
    ['no floor', { output: { type: 'gaussian', floor: 0 } }],
    ['an IAF posterior', { posterior: iaf }],
    ['β and free bits', { beta: 2, freeBits: 0.4 }],
    ['linear networks', { encoder: { hidden: [] }, decoder: { hidden: [] } }],
    ['two hidden layers', { encoder: { hidden: [5, 4] }, decoder: { hidden: [3, 4] } }],
    [
      'convolutions',
      {
        image: [4, 4],
        encoder: { channels: [2, 3] },
        decoder: { channels: [2, 3], hidden: [4] },
        activation: 'softplus',
      },
    ],
  ];

  it.each(variants)('has the gradients of finite differences, along random directions: %s', async (_, changes) => {
    backend();
    const { spec, model, parameters } = vae(changes, changes['image'] ? 16 : D);
    const noise = model.noise(ROWS, RandomGenerator.seeded(3, 'noise'));
    const { beta, freeBits } = spec;
    const lowered = (x: Tensor2D, inputs: DensityInputs) =>
      beta === 1 && freeBits === 0
        ? model.objective(x, inputs)
        : minus(weighed(termsOf(model.latent!, x, inputs), { beta, freeBits }));
    const names = model.parameters.map(({ name }) => name);
    const gradients = await evaluated(
      model,
      parameters,
      (x, inputs) =>
        tf.grads((...all) =>
          model.objective(x, { ...inputs, parameters: Object.fromEntries(names.map((name, i) => [name, all[i]!])) }),
        )(names.map((name) => inputs.parameters[name]!)),
      { noise },
    );
    const random = RandomGenerator.seeded(9, 'direction');
    for (const [i, name] of names.entries()) {
      const { shape, data } = parameters[name]!;
      const direction = Float64Array.from(data, () => random.normal());
      const length = Math.hypot(...direction);
      const expected = gradients[i]!.reduce((sum, g, k) => sum + (g * direction[k]!) / length, 0);
      const size = Math.hypot(...gradients[i]!);
      expect(size, name).toBeGreaterThan(0);
      const moved = async (by: number) => {
        const values = Float32Array.from(data, (v, k) => v + (by * direction[k]!) / length);
        const all = { ...parameters, [name]: { shape, data: values } };
        const [rows] = await evaluated(model, all, (x, inputs) => [lowered(x, inputs)], { noise });
        return rows!.reduce((sum, v) => sum + v, 0);
      };
      // float32 rounds the objective itself: a longer step, and Richardson's extrapolation for its curvature.
      const slope = async (h: number) => ((await moved(h)) - (await moved(-h))) / (2 * h);
      const [near, far] = [await slope(0.01), await slope(0.02)];
      expect(Math.abs((4 * near - far) / 3 - expected) / Math.max(size, 1), name).toBeLessThan(5e-3);
    }
  });

  it('has an IAF posterior whose log q is one number by both routes, and no Gaussian', async () => {
    backend();
    const { model, parameters } = vae({ latent: 4, posterior: iaf });
    const { latent } = model;
    const [there, back, plain, z] = await evaluated(model, parameters, (x, inputs) => {
      const encoded = latent!.encode(x, inputs);
      const drawn = latent!.draw(encoded, inputs.noise['epsilon'] as Tensor2D, inputs);
      const again = latent!.logPosterior(drawn.z, encoded, inputs);
      const start = tf.add(encoded.mean, tf.mul(tf.exp(encoded.logScale), inputs.noise['epsilon']!));
      return [drawn.logPosterior, again, start, drawn.z];
    });
    for (const [i, value] of there!.entries()) expect(back![i]).toBeCloseTo(value, 3);
    expect(Math.max(...z!.map((value, i) => Math.abs(value - plain![i]!)))).toBeGreaterThan(0.1);
  });

  it('has an IAF posterior with the log-determinant of its numeric Jacobian', async () => {
    backend();
    const { model, parameters } = vae({ latent: 3, posterior: iaf });
    const { latent } = model;
    const epsilon = (change: number, by: number) => {
      const data = Float32Array.from([0.3, -0.8, 0.5], (v, k) => v + (k === change ? by : 0));
      return { epsilon: { shape: [1, 3], data } };
    };
    const rows = rowsFor(model).slice(0, D);
    const at = async (change: number, by: number) =>
      evaluated(
        model,
        parameters,
        (x, inputs) => {
          const drawn = latent!.draw(latent!.encode(x, inputs), inputs.noise['epsilon'] as Tensor2D, inputs);
          return [drawn.z, tf.sum(drawn.logPosterior)];
        },
        { rows, noise: epsilon(change, by) },
      );
    const h = 1e-2;
    const columns = await Promise.all(
      [0, 1, 2].map(async (k) => {
        const [[up], [down]] = [await at(k, h), await at(k, -h)];
        return up!.map((value, i) => (value - down![i]!) / (2 * h));
      }),
    );
    const [a, b, c] = columns as [number[], number[], number[]];
    const det =
      a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
      b[0]! * (a[1]! * c[2]! - a[2]! * c[1]!) +
      c[0]! * (a[1]! * b[2]! - a[2]! * b[1]!);
    const [, [logQ]] = (await at(0, 0)) as [number[], number[]];
    const logEpsilon = [0.3, -0.8, 0.5].reduce((sum, e) => sum - 0.5 * e * e - 0.5 * Math.log(2 * Math.PI), 0);
    expect(logQ).toBeCloseTo(logEpsilon - Math.log(Math.abs(det)), 2);
  });

  it('never puts its bound above log p(x), found by quadrature over z, which sums to 1 over all rows', async () => {
    backend();
    const { model, parameters } = vae({ latent: 1 }, 3);
    const all = Float32Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) >> (i % 3)) & 1);
    const points = 801;
    const step = 16 / (points - 1);
    const grid = Float32Array.from({ length: points }, (_, i) => -8 + i * step);
    const [logits] = await evaluated(model, parameters, (_, inputs) => [
      model.latent!.decode(tf.tensor2d(grid, [points, 1]), inputs).location,
    ]);
    const logs = Array.from({ length: 8 }, (_, n) => {
      let p = 0;
      for (let i = 0; i < points; i++) {
        let conditional = 1;
        for (let d = 0; d < 3; d++) conditional *= sigmoid((all[n * 3 + d] === 1 ? 1 : -1) * logits![i * 3 + d]!);
        p += (conditional * step * Math.exp(-0.5 * grid[i]! ** 2)) / Math.sqrt(2 * Math.PI);
      }
      return Math.log(p);
    });
    expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 6);
    const samples = 500;
    const bounds = await Promise.all(
      logs.map(async (_, n) => {
        const rows = Float32Array.from({ length: samples * 3 }, (_, i) => all[n * 3 + (i % 3)]!);
        const noise = model.noise(samples, RandomGenerator.seeded(n, 'noise'));
        const [found] = await evaluated(model, parameters, (x, inputs) => [model.logProb!(x, inputs)], { rows, noise });
        return found!.reduce((sum, v) => sum + v, 0) / samples;
      }),
    );
    for (const [n, log] of logs.entries()) expect(bounds[n]!).toBeLessThan(log);
  });

  it('learns asleep and awake what the two phases say, and tells the bound', async () => {
    backend();
    const { model, parameters } = vae({ learning: 'wake-sleep' });
    const noise = model.noise(ROWS, RandomGenerator.seeded(3, 'noise'));
    const { latent } = model;
    const names = model.parameters.map(({ name }) => name);
    const own = async (which: readonly string[], of: (x: Tensor2D, inputs: DensityInputs) => Tensor) =>
      evaluated(
        model,
        parameters,
        (x, inputs) =>
          tf.grads((...all) =>
            of(x, {
              ...inputs,
              parameters: { ...inputs.parameters, ...Object.fromEntries(which.map((name, i) => [name, all[i]!])) },
            }),
          )(which.map((name) => inputs.parameters[name]!)),
        { noise },
      );
    const found = await own(names, (x, inputs) => model.objective(x, inputs));
    const [z, dream, bound, objective] = await evaluated(
      model,
      parameters,
      (x, inputs) => {
        const drawn = latent!.draw(latent!.encode(x, inputs), inputs.noise['epsilon'] as Tensor2D, inputs).z;
        const dreamt = latent!.decode(inputs.noise['dreamtLatents'] as Tensor2D, inputs);
        const row = tf.cast(tf.less(inputs.noise['dreamtRows']!, tf.sigmoid(dreamt.location)), 'float32');
        return [drawn, row, model.logProb!(x, inputs), model.objective(x, inputs)];
      },
      { noise },
    );
    for (const [n, value] of bound!.entries()) expect(objective![n]).toBeCloseTo(-value, 4);
    const decoder = names.filter((name) => name.startsWith('decoder'));
    const awake = await own(decoder, (x, inputs) =>
      minus(latent!.output.logProb(x, latent!.decode(tf.tensor2d(z!, [ROWS, 2]), inputs))),
    );
    const encoder = names.filter((name) => name.startsWith('encoder'));
    const asleep = await own(encoder, (_, inputs) => {
      const encoded = latent!.encode(tf.tensor2d(dream!, [ROWS, D]), inputs);
      return minus(latent!.logPosterior(inputs.noise['dreamtLatents'] as Tensor2D, encoded, inputs));
    });
    for (const [which, expected] of [
      [decoder, awake],
      [encoder, asleep],
    ] as const) {
      for (const [i, name] of which.entries()) {
        const at = names.indexOf(name);
        for (const [k, value] of expected[i]!.entries()) expect(found[at]![k], name).toBeCloseTo(value, 4);
      }
    }
  });

  it('draws rows of the prior as often as quadrature says', async () => {
    backend();
    const { model, parameters } = vae({ latent: 1 }, 2);
    const drawing = model.sample(parameters, {
      rows: 20_000,
      random: RandomGenerator.seeded(1, 'samples'),
      temperature: 1,
      mask: 0,
      context: null,
      given: null,
    });
    let next = await drawing.next();
    while (!next.done) next = await drawing.next();
    const { values, means } = next.value;
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 20_000; n++) counts[values[2 * n]! + 2 * values[2 * n + 1]!]! += 1;
    const points = 401;
    const grid = Float32Array.from({ length: points }, (_, i) => -8 + (16 * i) / (points - 1));
    const [logits] = await evaluated(
      model,
      parameters,
      (_, inputs) => [model.latent!.decode(tf.tensor2d(grid, [points, 1]), inputs).location],
      { rows: new Float32Array(2), noise: model.noise(1, RandomGenerator.seeded(1, 'x')) },
    );
    const expected = [0, 1, 2, 3].map((code) =>
      grid.reduce((sum, z, i) => {
        const p = [0, 1].reduce((all, d) => all * sigmoid(((code >> d) & 1 ? 1 : -1) * logits![2 * i + d]!), 1);
        return sum + (p * Math.exp(-0.5 * z * z) * (16 / (points - 1))) / Math.sqrt(2 * Math.PI);
      }, 0),
    );
    const chiSquare = counts.reduce((sum, c, i) => sum + (c - 20_000 * expected[i]!) ** 2 / (20_000 * expected[i]!), 0);
    expect(chiSquare).toBeLessThan(16.3);
    expect(means!.every((mean) => mean > 0 && mean < 1)).toBe(true);
  });
});

describe('the entry of a variational autoencoder', () => {
  it('counts what a row costs: every sample, and a filter at all places of the image', () => {
    const dense = (samples: number) => vae({ samples }).model.densityProducts;
    // In: 4·5, and 5·2 twice; out: 2·5 and 5·4 for each sample.
    expect(dense(1)).toBe(20 + 20 + 30);
    expect(dense(10)).toBe(20 + 20 + 300);
    const { model } = vae({ image: [4, 4], encoder: { channels: [3] }, decoder: { channels: [3] } }, 16);
    // 4 × 4 squeezed is 2 × 2 of four channels; the decoder sketches 2 × 2 × 3, doubles it to 4 × 4 × 3, and filters that.
    expect(model.latent!.products).toEqual({
      encoding: 4 * 9 * 4 * 3 + 2 * 12 * 2,
      sample: 2 * 12 + 4 * 9 * 3 * 12 + 16 * 9 * 3,
    });
  });

  it('draws for a score what a score takes, and no dreams and no moves of chains', () => {
    for (const learning of ['wake-sleep', 'monte-carlo-em']) {
      const { model } = vae({ learning });
      const random = () => RandomGenerator.seeded(3, 'noise');
      expect(Object.keys(model.densityNoise!(3, random()))).toEqual(['epsilon']);
      // Row by row: whoever takes other rows at a time has the same numbers.
      const [whole, parts] = [model.densityNoise!(3, random()), random()];
      const single = [1, 2].flatMap((rows) => [...model.densityNoise!(rows, parts)['epsilon']!.data]);
      expect([...whole['epsilon']!.data]).toEqual(single);
    }
  });

  it('says what training goes by where that is not the bound it tells', () => {
    const descent = (changes: Changes) => vae(changes).model.quantity.descent;
    expect(descent({})).toBeUndefined();
    expect(descent({ estimator: 'A', samples: 3 })).toBeUndefined();
    expect(descent({ beta: 0.05 })).toBe('the bound with its KL divergence times β = 0.05');
    expect(descent({ beta: 2, freeBits: 0.5 })).toBe(
      'the bound with its KL divergence times β = 2 and each unit’s KL divergence taken as 0.5 nats at least',
    );
    expect(descent({ learning: 'wake-sleep', beta: 2 })).toBe('wake–sleep');
    const { model } = vae({ beta: 0.05 });
    expect(manifestSpec.shape.model.parse(modelFacts(model))).toEqual(modelFacts(model));
    expect(modelFacts(model).quantity.descent).toBe(model.quantity.descent);
  });

  it('names what its networks need, every parameter once', () => {
    const { model } = vae({ posterior: iaf });
    const names = model.parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(model.initialise(RandomGenerator.seeded(1))).sort()).toEqual([...names].sort());
    for (const { name, shape } of model.parameters) {
      expect(model.initialise(RandomGenerator.seeded(1))[name]!.shape, name).toEqual(shape);
    }
    expect(() => vae({ encoder: { channels: [2] } })).toThrow('encoder.channels needs "image"');
  });
});
