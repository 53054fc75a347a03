import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

const D = 9;
const ROWS = 23;

function modelOf(model: Record<string, unknown>, context = 0): Model {
  const { model: spec } = experimentSpec.parse({ model, data: { train: 'rows.npy' } });
  return createModel(spec, D, 3, context);
}

/** All of them moved from where they start: the first flow is the identity. */
function parametersOf(model: Model): NamedArrays {
  const random = RandomGenerator.seeded(4, 'weights');
  return Object.fromEntries(
    Object.entries(model.initialise(random)).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, (value) => value + 0.15 * random.normal()) },
    ]),
  );
}

const normals = (count: number, seed: number) => {
  const random = RandomGenerator.seeded(seed, 'rows');
  return Float32Array.from({ length: count }, () => random.normal());
};

const iaf = { type: 'iaf', layers: 3, hidden: [11], permutation: 'random' };

onEveryBackend('rows of a flow whose way to the base is sequential', (backend) => {
  it.each<{ title: string; model: Model; context: number; levels: number }>([
    { title: 'IAF', model: modelOf(iaf), context: 0, levels: 0 },
    {
      title: 'IAF with a context, of two networks',
      model: modelOf({ ...iaf, networks: 'two' }, 2),
      context: 2,
      levels: 0,
    },
    {
      title: 'IAF of grey levels',
      model: modelOf({ ...iaf, dequantise: { levels: 4, logit: 0.05 } }),
      context: 0,
      levels: 4,
    },
  ])('have the log-probability that all passes give: $title', async ({ model, context, levels }) => {
    const values = normals(ROWS * D, 5).map((x) =>
      levels > 0 ? Math.min(levels - 1, Math.floor(Math.abs(2 * x))) : x,
    );
    const given = context > 0 ? normals(ROWS * context, 6) : null;
    const noise = model.noise(ROWS, RandomGenerator.seeded(0, 'scoring/0'));
    const parameters = parametersOf(model);
    const expected = await read(() =>
      model.logProb!(tf.tensor2d(values, [ROWS, D]), {
        parameters: upload(parameters),
        masks: upload(model.masks(0)),
        noise: upload(noise),
        context: given && tf.tensor2d(given, [ROWS, context]),
      }),
    );
    const matrix: Matrix = {
      rows: ROWS,
      columns: D,
      values,
      ...(given && { context: { rows: ROWS, columns: context, values: given } }),
    };
    const own = upload(parameters);
    const slow = vi.spyOn(model, 'logProb');
    const before = tf.memory().numTensors;
    const turns = vi.fn(() => Promise.resolve());
    try {
      const { perRow } = await scoreRows(model, own, matrix, { backend: backend(), yieldNow: turns });
      for (const [n, log] of perRow.entries()) {
        expect(Math.abs(log - expected[n]!)).toBeLessThan(1e-5 * (D + Math.abs(expected[n]!)));
      }
      // Not by all those passes.
      expect(slow).not.toHaveBeenCalled();
      expect(turns.mock.calls.length).toBeGreaterThan(3);
      expect(tf.memory().numTensors).toBe(before);
    } finally {
      slow.mockRestore();
      disposeTensors(own);
    }
  });

  it('have no probability where the layers carry them out of the finite numbers', async () => {
    const model = modelOf({ ...iaf, layers: 1, scale: 'exponential' });
    const own = upload(parametersOf(model));
    const values = normals(ROWS * D, 5).map((x, i) => (i < D ? x : 1e6 * x));
    const matrix: Matrix = { rows: ROWS, columns: D, values };
    const { perRow } = await scoreRows(model, own, matrix, { backend: backend() });
    expect(Number.isFinite(perRow[0])).toBe(true);
    expect(perRow.some((log) => log === -Infinity)).toBe(true);
    expect(perRow.some(Number.isNaN)).toBe(false);
    disposeTensors(own);
  });

  it.each([
    { title: 'IAF', model: modelOf(iaf) },
    { title: 'MAF', model: modelOf({ ...iaf, type: 'maf', batchNorm: false }) },
  ])('have no number where a weight of $title is none, far from the data as well', async ({ model }) => {
    const sound = parametersOf(model);
    const name = Object.keys(sound).find((one) => one.startsWith('layers.0.') && one.endsWith('output.bias'))!;
    const { shape, data } = sound[name]!;
    const own = upload({ ...sound, [name]: { shape, data: Float32Array.from(data).fill(NaN) } });
    const values = normals(ROWS * D, 5);
    const { perRow } = await scoreRows(model, own, { rows: ROWS, columns: D, values }, { backend: backend() });
    expect([...perRow]).toEqual(new Array(ROWS).fill(NaN));
    disposeTensors(own);
  });

  it('have no probability where a layer makes them infinite, and those after it no numbers of them', async () => {
    // What is carried out of the numbers by the first layer goes into the networks of the next.
    const model = modelOf({ ...iaf, type: 'maf', scale: 'exponential', layers: 3, batchNorm: false });
    const own = upload(parametersOf(model));
    const values = normals(ROWS * D, 5).map((x, i) => (i < D ? x : 1e30 * x));
    const { perRow } = await scoreRows(model, own, { rows: ROWS, columns: D, values }, { backend: backend() });
    expect(Number.isFinite(perRow[0])).toBe(true);
    expect([...perRow.subarray(1)]).toEqual(new Array(ROWS - 1).fill(-Infinity));
    disposeTensors(own);
  });

  it('keep no tensors where the scoring is broken off', async () => {
    const model = modelOf({ ...iaf, dequantise: { levels: 4 } });
    const own = upload(parametersOf(model));
    const before = tf.memory().numTensors;
    let turns = 0;
    const stop = () => (++turns > 2 ? Promise.reject(new Error('enough')) : Promise.resolve());
    const matrix: Matrix = { rows: ROWS, columns: D, values: new Float32Array(ROWS * D) };
    await expect(scoreRows(model, own, matrix, { backend: backend(), yieldNow: stop })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    disposeTensors(own);
  });
});

it('is not there where the way to the base takes one pass anyhow', () => {
  expect(modelOf({ type: 'maf', layers: 2, hidden: [8] }).score).toBeUndefined();
  expect(modelOf({ type: 'nice', layers: 2, hidden: [8] }).score).toBeUndefined();
});
