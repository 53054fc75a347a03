/** Marginal likelihoods by importance sampling: against quadrature over z, the closed form of probabilistic PCA, and k. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { importanceScores, type ImportanceOptions } from '../../../src/training/importance.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { largeParameters, testModel } from '../models/support.ts';

const iaf = { type: 'iaf', steps: 2, hidden: [6], context: 3 };

function vae(changes: Readonly<Record<string, unknown>>, dimension: number): { model: Model; parameters: NamedArrays } {
  const small = { hidden: [5] };
  const spec = vaeSpec.parse({ type: 'vae', latent: 1, encoder: small, decoder: small, ...changes });
  const model = createModel(spec, dimension, 1);
  return { model, parameters: largeParameters(model, 1) };
}

/**
 * The same with a proposal as wide as the prior, so that no weight is larger than a few: estimates then spread as their
 * stated error says. An IAF's steps narrow what they are given. @param logScale log σ of the Gaussian.
 */
function wide({ model, parameters }: ReturnType<typeof vae>, logScale: number): ReturnType<typeof vae> {
  const milder = Object.entries(parameters).map(([name, { shape, data }]) => {
    const isProposal = /^(encoder\.(mean|logScale)|posterior)\./.test(name);
    const scaled = isProposal ? data.map((value) => 0.2 * value) : data;
    return [name, { shape, data: name === 'encoder.logScale.bias' ? data.map(() => logScale) : scaled }] as const;
  });
  return { model, parameters: Object.fromEntries(milder) };
}

/** All binary rows. */
function allOf(columns: number): Matrix {
  const rows = 2 ** columns;
  const values = Uint8Array.from({ length: rows * columns }, (_, i) => (Math.floor(i / columns) >> (i % columns)) & 1);
  return { rows, columns, values };
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

// Many small draws: they would take minutes where a GPU is imitated.
onEveryBackend(
  'importance sampling',
  (backend) => {
    async function scored(
      { model, parameters }: { model: Model; parameters: NamedArrays },
      rows: Matrix,
      o: Omit<ImportanceOptions, 'backend'>,
    ) {
      const tensors = upload(parameters);
      try {
        return await importanceScores(model, tensors, rows, { backend: backend(), ...o });
      } finally {
        disposeTensors(tensors);
      }
    }

    /** log p of rows of D = 3 by the trapezium rule over z: of two latents on a grid of their product. */
    async function byQuadrature(
      { model, parameters }: { model: Model; parameters: NamedArrays },
      { rows, columns, values }: Matrix,
    ): Promise<number[]> {
      const latent = model.latent!;
      const points = latent.latentDimension === 1 ? 801 : 161;
      const step = 16 / (points - 1);
      const side = Array.from({ length: points }, (_, i) => -8 + i * step);
      const grid = latent.latentDimension === 1 ? side.map((z) => [z]) : side.flatMap((a) => side.map((b) => [a, b]));
      const tensors = upload(parameters);
      const logits = await read(() => latent.decode(tf.tensor2d(grid), { parameters: tensors }).location);
      disposeTensors(tensors);
      return Array.from({ length: rows }, (_, n) => {
        const p = grid.reduce((sum, z, i) => {
          let term = z.reduce((all, one) => (all * step * Math.exp(-0.5 * one ** 2)) / Math.sqrt(2 * Math.PI), 1);
          for (let d = 0; d < columns; d++) {
            const sign = values[n * columns + d] === 1 ? 1 : -1;
            term /= 1 + Math.exp(-sign * logits[i * columns + d]!);
          }
          return sum + term;
        }, 0);
        return Math.log(p);
      });
    }

    it.each([
      ['one latent', {}, 0.4],
      ['two latents', { latent: 2 }, 0.4],
      ['an IAF posterior', { latent: 2, posterior: iaf }, 2],
    ])('agrees with quadrature over z where rows are few and binary: %s', async (_, changes, logScale) => {
      const subject = wide(vae(changes, 3), logScale);
      const rows = allOf(3);
      const exact = await byQuadrature(subject, rows);
      expect(exact.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 5);
      const { perRow, effectiveSamples, score } = await scored(subject, rows, { samples: 20_000, chunk: 5000 });
      for (const [n, log] of exact.entries()) {
        const own = Math.sqrt((20_000 / effectiveSamples[n]! - 1) / 19_999);
        expect(own).toBeLessThan(0.05);
        expect(Math.abs(perRow[n]! - log), `row ${n}`).toBeLessThan(4 * own + 1e-4);
      }
      expect(score.quantity).toBe('IWAE-20000 bound');
      expect(Math.abs(-score.nats - mean(exact))).toBeLessThan(4 * score.importance.samplingError! + 1e-4);
    });

    it('rises with the number of samples, from the ELBO to log p(x)', async () => {
      const subject = wide(vae({ latent: 2 }, 3), 0.4);
      const rows = allOf(3);
      const exact = mean(await byQuadrature(subject, rows));
      const estimates: number[] = [];
      for (const samples of [1, 8, 64]) {
        // Its mean rises; one estimate alone may not.
        const seeds = Array.from({ length: 3200 / (samples * 10) + 20 }, (_, seed) => seed);
        const found: number[] = [];
        for (const seed of seeds) found.push(-(await scored(subject, rows, { samples, seed })).score.nats);
        estimates.push(mean(found));
      }
      const [one, eight, many] = estimates as [number, number, number];
      expect(one).toBeLessThan(eight);
      expect(eight).toBeLessThan(many);
      expect(many).toBeLessThan(exact + 0.02);
      expect(exact - many).toBeLessThan((exact - one) / 4);
    });

    it('gives each row the same whatever is computed at a time and whichever rows are beside it', async () => {
      const subject = vae({ latent: 2 }, 3);
      const rows = allOf(3);
      const whole = await scored(subject, rows, { samples: 12, chunk: 1000 });
      for (const chunk of [1, 5, 12, 30]) {
        const other = await scored(subject, rows, { samples: 12, chunk });
        for (const [n, log] of whole.perRow.entries()) expect(other.perRow[n]).toBeCloseTo(log, 4);
      }
      const two = await scored(subject, { rows: 2, columns: 3, values: rows.values.subarray(0, 6) }, { samples: 12 });
      for (const [n, log] of two.perRow.entries()) expect(log).toBeCloseTo(whole.perRow[n]!, 4);
      expect((await scored(subject, rows, { samples: 12, seed: 1 })).perRow[0]).not.toBeCloseTo(whole.perRow[0]!, 4);
    });

    it('is never below the ELBO of the same samples, and tells how many of them count', async () => {
      const { score, perRow, elbo, effectiveSamples } = await scored(vae({ latent: 2 }, 3), allOf(3), { samples: 30 });
      for (const [n, log] of perRow.entries()) {
        expect(elbo[n]).toBeLessThan(log);
        expect(effectiveSamples[n]).toBeGreaterThan(1);
        expect(effectiveSamples[n]).toBeLessThan(30);
      }
      expect(score.importance.elbo).toBeCloseTo(mean(elbo), 10);
      expect(score.importance.effectiveSamples.smallest).toBe(Math.min(...effectiveSamples));
      expect(score.importance.effectiveSamples.mean).toBeCloseTo(mean(effectiveSamples), 10);
      const one = await scored(vae({ latent: 2 }, 3), allOf(3), { samples: 1 });
      expect(one.score.importance.samplingError).toBeNull();
      for (const [n, log] of one.perRow.entries()) expect(one.elbo[n]).toBeCloseTo(log, 10);
    });

    it('tells an error by its samples that is as large as estimates differ', async () => {
      const subject = wide(vae({ latent: 2 }, 3), 0.4);
      const rows = allOf(3);
      const found: number[] = [];
      let told = 0;
      for (let seed = 0; seed < 40; seed++) {
        const { score } = await scored(subject, rows, { samples: 200, seed });
        found.push(score.nats);
        told += score.importance.samplingError! / 40;
      }
      const spread = Math.sqrt(found.reduce((sum, one) => sum + (one - mean(found)) ** 2, 0) / 39);
      expect(spread / told).toBeGreaterThan(0.6);
      expect(spread / told).toBeLessThan(1.7);
    });

    // p(x|z) = N(z, 0.04 I), and for q(z|x) the prior: a proposal that hits the posterior by chance only.
    it.each([2, 5, 20])(
      'tells an error of the size of the true one, or none, where q misses p(z|x): K = %i',
      async (K) => {
        const noise = { type: 'gaussian', variance: 0.04 };
        const { model } = vae({ latent: K, encoder: { hidden: [] }, decoder: { hidden: [] }, output: noise }, K);
        const parameters = Object.fromEntries(
          model.parameters.map(({ name, shape }) => {
            const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
            if (name === 'decoder.output.weight') for (let k = 0; k < K; k++) data[k * K + k] = 1;
            return [name, { shape, data }];
          }),
        );
        const random = RandomGenerator.seeded(5, 'rows');
        const values = Float32Array.from({ length: 64 * K }, () => random.normal() * Math.sqrt(1.04));
        const all = { rows: 64, columns: K, values };
        const found: number[] = [];
        let told = 0;
        for (let seed = 0; seed < 16; seed++) {
          const { score } = await scored({ model, parameters }, all, { samples: 64, seed });
          found.push(score.nats);
          told += score.importance.samplingError! / 16;
          if (K > 2) expect(score.importance.heavyTailed).toBeGreaterThan(50);
        }
        const spread = Math.sqrt(found.reduce((sum, one) => sum + (one - mean(found)) ** 2, 0) / 15);
        expect(spread / told).toBeGreaterThan(0.5);
        expect(spread / told).toBeLessThan(2);
        // Of few rows there is nothing to compare, and of few samples no tail.
        const few = { rows: 4, columns: K, values: values.subarray(0, 4 * K) };
        if (K > 2)
          expect((await scored({ model, parameters }, few, { samples: 64 })).score.importance.samplingError).toBeNull();
        expect((await scored({ model, parameters }, all, { samples: 9 })).score.importance.heavyTailed).toBeNull();
      },
    );

    it('holds no more at a time than a chunk, tells its progress, ends when told to, and keeps no tensors', async () => {
      const { model, parameters } = vae({ latent: 2 }, 3);
      const rows = allOf(3);
      const tensors = upload(parameters);
      // A program of the backend's would compute rows without calling the model.
      const { compile: _, ...uncompiled } = backend();
      const { tf: engine } = uncompiled;
      const before = engine.memory().numTensors;
      const decoded: number[] = [];
      const latent = model.latent!;
      const watched: Model = Object.create(model, {
        latent: {
          value: Object.create(latent, {
            decode: {
              value: (...all: Parameters<typeof latent.decode>) => {
                decoded.push(all[0].shape[0]);
                return latent.decode(...all);
              },
            },
            encode: { value: latent.encode.bind(latent) },
            draw: { value: latent.draw.bind(latent) },
          }) as typeof latent,
        },
      }) as Model;
      const shares: number[] = [];
      let turns = 0;
      const o = { backend: uncompiled, samples: 25, chunk: 10 };
      await importanceScores(watched, tensors, rows, {
        ...o,
        onProgress: (share) => shares.push(share),
        yieldNow: async () => {
          turns++;
        },
      });
      expect(decoded).toEqual(Array.from({ length: 24 }, (_, i) => (i % 3 === 2 ? 5 : 10)));
      expect(turns).toBe(24);
      expect(shares).toEqual(decoded.map((_, i) => decoded.slice(0, i + 1).reduce((a, b) => a + b, 0) / 200));
      expect(engine.memory().numTensors).toBe(before);
      const stopped = importanceScores(model, tensors, rows, {
        ...o,
        yieldNow: () => Promise.reject(new Error('enough')),
      });
      await expect(stopped).rejects.toThrow('enough');
      expect(engine.memory().numTensors).toBe(before);
      disposeTensors(tensors);
    });

    it('refuses models without latents, and what is no number of samples', async () => {
      const rows = allOf(3);
      const made = testModel({ hidden: [4] }, 3);
      await expect(scored(made, rows, { samples: 5 })).rejects.toThrow('a model of type made has no latent variables');
      const subject = vae({}, 3);
      for (const samples of [0, 1.5]) {
        await expect(scored(subject, rows, { samples })).rejects.toThrow(`a whole number from 1, found ${samples}`);
      }
      await expect(scored(subject, allOf(2), { samples: 5 })).rejects.toThrow('2 columns, the model 3');
      const none = { rows: 0, columns: 3, values: new Uint8Array(0) };
      await expect(scored(subject, none, { samples: 5 })).rejects.toThrow('no rows');
    });
  },
  { everywhere: false },
);
