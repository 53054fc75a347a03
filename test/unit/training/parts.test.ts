/** The small parts of a run: minibatches, masks kept, the rate, what is refused, who waits for what. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { DataError } from '../../../src/data/dataset.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';
import { EpochPlan, gather, slice } from '../../../src/training/batches.ts';
import { Control } from '../../../src/training/control.ts';
import { MaskCache } from '../../../src/training/maskCache.ts';
import { Rate } from '../../../src/training/rate.ts';
import { checkData, checkSize, trainingBytes } from '../../../src/training/suitability.ts';
import { testModel } from '../models/support.ts';
import { chainDataset, chainRows, experiment } from './support.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

describe('minibatches', () => {
  it('hold every row once an epoch, in an order that the generator decides', () => {
    const random = RandomGenerator.seeded(1);
    const [first, second] = [new EpochPlan(23, 5, random), new EpochPlan(23, 5, random)];
    const rows = (plan: EpochPlan) => Array.from({ length: plan.batches }, (_, i) => [...plan.rows(i)]);
    expect(first.batches).toBe(5);
    expect(rows(first).map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
    expect(
      rows(first)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([...Array(23).keys()]);
    expect(rows(second)).not.toEqual(rows(first));
  });

  it('are the rows that they name', () => {
    const matrix = { rows: 3, columns: 2, values: Uint8Array.of(1, 0, 0, 1, 1, 1) };
    const batch = gather(matrix, Int32Array.of(2, 0));
    expect(batch.arraySync()).toEqual([
      [1, 1],
      [1, 0],
    ]);
    const piece = slice({ rows: 3, columns: 2, values: Float32Array.from(matrix.values) }, 1, 3);
    expect(piece.arraySync()).toEqual([
      [0, 1],
      [1, 1],
    ]);
    tf.dispose([batch, piece]);
  });
});

describe('kept masks', () => {
  it('are made once, and the one unused for longest goes when there is no room', () => {
    const { model } = testModel({ hidden: [4], masks: 3, orderAgnostic: true }, 3);
    const room = new MaskCache(model);
    expect(room.get(1)).toBe(room.get(1));
    room.dispose();
    const before = tf.memory().numTensors;
    const tight = new MaskCache(model, 2 * 4 * (4 * 3 + 3 * 4));
    const zero = tight.get(0);
    const one = tight.get(1);
    expect(tight.get(0)).toBe(zero);
    tight.get(2);
    expect(tf.memory().numTensors).toBe(before + 4);
    expect(tight.get(0)).toBe(zero);
    expect(tight.get(1)).not.toBe(one);
    tight.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('rows a second', () => {
  it('are those of the last seconds', () => {
    const rate = new Rate();
    expect(rate.value).toBe(0);
    for (let i = 0; i < 100; i++) rate.add(100, 0.1);
    expect(rate.value).toBeCloseTo(1000, 6);
    for (let i = 0; i < 200; i++) rate.add(100, 0.05);
    expect(rate.value).toBeGreaterThan(1980);
    expect(rate.value).toBeLessThan(2000);
  });
});

describe('what is refused', () => {
  const { model } = testModel({ hidden: [4] }, 6);

  it('data with the wrong columns, none at all, or values that are not binary, with their place', () => {
    const dataset = chainDataset();
    const { data } = experiment();
    expect(() => checkData(model, dataset, data)).not.toThrow();
    const generated = {
      generate: 'rings',
      rows: 10,
      split: { train: 1, validation: 0, test: 0 },
      binarize: 'none',
    } as const;
    expect(() => checkData(model, { ...dataset, train: chainRows(4, 5, 1) }, generated)).toThrow(
      'generated rings, training split has 5 columns; the model has 6 variables',
    );
    expect(() => checkData(model, { ...dataset, test: chainRows(0, 6, 1) }, data)).toThrow('test has no rows');
    const bytes = chainRows(4, 6, 1);
    bytes.values[23] = 255;
    expect(() => checkData(model, { ...dataset, validation: bytes }, { ...data, validation: 'v.idx' })).toThrow(
      /^v\.idx: row 4, column 6 is 255; the model scores 0 and 1 alone/,
    );
    const nan = { rows: 1, columns: 6, values: Float32Array.of(0, 1, NaN, 0, 0, 0) };
    expect(() => checkData(model, { ...dataset, train: nan }, data)).toThrow(DataError);
  });

  it('data that means between 0 and 1 cannot come to, with their place and what to do', () => {
    const output = (mean: 'sigmoid' | 'linear') => ({ type: 'gaussian', mean, variance: 'network', floor: 0 }) as const;
    const vae = (mean: 'sigmoid' | 'linear') => createModel(vaeSpec.parse({ type: 'vae', output: output(mean) }), 6, 1);
    const rows = (value: number) => ({ rows: 2, columns: 6, values: new Float32Array(12).fill(0.5).fill(value, 8, 9) });
    const check = (value: number, changes: object = {}, mean: 'sigmoid' | 'linear' = 'sigmoid') => {
      const dataset = { ...chainDataset(), train: rows(0), validation: rows(value) };
      checkData(vae(mean), dataset, { train: 'x.npy', validation: 'v.npy', binarize: 'none', ...changes });
    };
    expect(() => check(1)).not.toThrow();
    expect(() => check(143, {}, 'linear')).not.toThrow();
    expect(() => check(143)).toThrow(/^v\.npy: row 2, column 3 is 143; .* Set "scale" to "unit" in "data"/);
    expect(() => check(-1)).toThrow('is -1; the means of the model are held between 0 and 1');
    expect(() => check(1.5, { scale: 'unit' })).toThrow(
      'v.npy: row 2, column 3 is 1.5 once it is scaled; the means of the model are held between 0 and 1 by a sigmoid and ' +
        'can never come to it. The scale is that of the training rows, none of which is so large',
    );
    expect(() => check(0.5, { context: { columns: [0, 4] } })).not.toThrow();
  });

  it('data that are not binary, with advice where they may be grey values', () => {
    const refusal = (values: readonly number[], o?: { readonly advise: boolean }) => {
      try {
        const train = { rows: 1, columns: 6, values: Float32Array.from(values) };
        checkData(model, { ...chainDataset(), train }, experiment().data, o);
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
      return '';
    };
    expect(refusal([0, 0.5, 1, 0, 0, 0])).toContain('Set "binarize"');
    expect(refusal([0, 255, 17, 0, 0, 0])).toContain('Set "binarize"');
    for (const real of [
      [-1.5, 0, 0.2, 3, 0, 0],
      [0, 0.5, 200, 0, 0, 0],
      [0, 256, 0, 0, 0, 0],
    ]) {
      expect(refusal(real)).toMatch(/the model scores 0 and 1 alone[^"]*$/);
    }
    expect(refusal([0, 0.5, 1, 0, 0, 0], { advise: false })).toMatch(/the model scores 0 and 1 alone[^"]*$/);
  });

  it('models that no memory holds', async () => {
    const backend = await startBackend('cpu');
    const { training } = experiment();
    expect(() => checkSize(model, training, backend)).not.toThrow();
    expect(trainingBytes(model, training)).toBeGreaterThan(4 * (4 * 6 * 2 + 10) * 9);
    expect(() => checkSize(model, { ...training, batchSize: 1_000_000_000 }, backend)).toThrow(/batches of 1000000000/);
  });
});

describe('control', () => {
  it('answers each asker when its wish has come true', async () => {
    const control = new Control();
    const answered: string[] = [];
    const note = (name: string) => () => void answered.push(name);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    expect(control.mayRun).toBe(true);
    void control.askToRest('none').then(note('pause'));
    expect(control.mayRun).toBe(false);
    await turn();
    expect(answered).toEqual([]);
    control.rests();
    await turn();
    expect(answered).toEqual(['pause']);

    const changed = control.change().then(note('changed'));
    void control.askToRest('batch').then(note('batch'));
    await changed;
    expect(control.mayRun).toBe(true);
    control.passed('epoch');
    expect(control.mayRun).toBe(true);
    control.passed('batch');
    expect(control.mayRun).toBe(false);
    control.rests();
    await turn();

    void control.askToRun(true).then(note('resume'));
    await turn();
    expect(answered).toEqual(['pause', 'changed', 'batch']);
    control.runs();
    await turn();
    void control.askToRun(true).then(note('again'));
    void control.askToStop().then(note('stop'));
    expect([control.mayRun, control.stopping]).toEqual([false, true]);
    control.rests();
    await turn();
    expect(answered).toEqual(['pause', 'changed', 'batch', 'resume', 'again']);
    control.ended();
    await turn();
    expect(answered.slice(5)).toEqual(['stop']);
  });

  it('answers who is overruled before the run has come to rest, and whoever stops it only at the end', async () => {
    const control = new Control();
    const answered: string[] = [];
    const note = (name: string) => () => void answered.push(name);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    void control.askToRest('none').then(note('pause'));
    void control.askToRun(false).then(note('resume'));
    await turn();
    expect([control.mayRun, ...answered]).toEqual([true, 'pause', 'resume']);

    void control.askToStop().then(note('stop'));
    void control.askToRun(false).then(note('again'));
    await turn();
    expect([control.mayRun, ...answered.slice(2)]).toEqual([false]);
    control.ended();
    await turn();
    expect(answered.slice(2)).toEqual(['stop', 'again']);
  });
});
