import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import type { Backend } from '../../../src/backends/backend.ts';
import { framed } from '../../../src/inspection/sampleFrames.ts';
import { drawRows, type DrawProgress, type SampleOptions, samplesFrame } from '../../../src/inspection/samples.ts';
import { snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import type { Model, NamedArrays } from '../../../src/models/model.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import { allRows } from '../models/reference.ts';
import { datasetOf, initialParameters, made, randomRows, sourceOf } from './specimens.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('cpu');
});

const _ = NaN;
const draw = (model: Model, changes: Partial<SampleOptions> = {}, parameters: NamedArrays = initialParameters(model)) =>
  toEnd(drawRows(model, parameters, { rows: 12, seed: 9, temperature: 1, mask: null, ...changes }));
const values = (...numbers: number[]) => ({ values: Float32Array.from(numbers) });
const rowOf = ({ values, dimension }: { values: Float32Array; dimension: number }, r: number) => [
  ...values.subarray(r * dimension, (r + 1) * dimension),
];

describe('rows that are completed', () => {
  it('keep what is given, row after row and from the first one again, and are the same for the same seed', async () => {
    const model = made(4, { hidden: [9] });
    const given = values(1, 0, _, _, 0, 1, 1, _, _, _, _, _);
    const drawn = await draw(model, { given, rows: 30 });
    for (let r = 0; r < 30; r++) {
      const expected = [...given.values.subarray((r % 3) * 4, (r % 3) * 4 + 4)];
      const row = rowOf(drawn, r);
      expect(row.every((value) => value === 0 || value === 1)).toBe(true);
      expect(row.map((value, d) => (Number.isNaN(expected[d]) ? _ : value))).toEqual(expected);
      expect([...drawn.given!.subarray(4 * r, 4 * r + 4)]).toEqual(
        expected.map((value) => (Number.isNaN(value) ? 0 : 1)),
      );
    }
    expect(new Set(Array.from({ length: 10 }, (_, i) => rowOf(drawn, 3 * i).join())).size).toBeGreaterThan(1);
    expect((await draw(model, { given, rows: 30 })).values).toEqual(drawn.values);
    expect((await draw(model, { given, rows: 11 })).values).toEqual(drawn.values.subarray(0, 44));
  });

  it('follow p(rest | given) by chi-square, whatever is given to a model of every order', async () => {
    const model = made(4, { hidden: [9], masks: 2, orderAgnostic: true });
    const parameters = Object.fromEntries(
      Object.entries(initialParameters(model)).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data, (value) => 2 * value) },
      ]),
    );
    const rows = 20_000;
    for (const given of [values(_, 1, _, 0), values(_, _, _, 1), values(0, _, 1, _)]) {
      const known = Uint8Array.from(given.values, (value) => (Number.isNaN(value) ? 0 : 1));
      const found = model.completing(known);
      if ('reason' in found) throw new Error(found.reason);
      const scored = tf.tidy(() =>
        found.model.logProb!(tf.tensor2d(Float32Array.from(allRows(4)), [16, 4]), {
          parameters: upload(parameters),
          masks: upload(found.model.masks(found.mask)),
          noise: {},
          context: null,
        }),
      );
      const logProb = scored.dataSync<'float32'>();
      const fits = Array.from({ length: 16 }, (_, code) =>
        [...given.values].every((value, d) => Number.isNaN(value) || value === ((code >> d) & 1)),
      );
      const marginal = logProb.reduce((sum, log, code) => sum + (fits[code] ? Math.exp(log) : 0), 0);
      const drawn = await draw(model, { given, rows }, parameters);
      const counts = new Float64Array(16);
      for (let r = 0; r < rows; r++) counts[rowOf(drawn, r).reduce((code, bit, d) => code | (bit << d), 0)]! += 1;
      let chiSquare = 0;
      for (let code = 0; code < 16; code++) {
        if (!fits[code]) expect(counts[code]).toBe(0);
        else {
          const expected = (rows * Math.exp(logProb[code]!)) / marginal;
          chiSquare += (counts[code]! - expected) ** 2 / expected;
        }
      }
      // At most 7 degrees of freedom: 99.99 % lie below 29.9.
      expect(chiSquare).toBeLessThan(29.9);
    }
  });

  it('are refused where the order does not allow it, and where no row can have such values', async () => {
    const model = made(4);
    await expect(draw(model, { given: values(_, 1, _, _) })).rejects.toThrow(
      'these rows cannot be completed: x₂ is given but comes at position 2 in the order, after x₁ at position 1, which is not given',
    );
    await expect(draw(model, { given: values(_, 1, _, _), mask: 0 })).rejects.toThrow(
      'x₂ is given but comes at position 2',
    );
    await expect(draw(model, { given: values(0, 0, 1, _, 1, 0.5, _, _) })).rejects.toThrow(
      'given values, row 2, column 2: is 0.5; the model scores 0 and 1 alone',
    );
    await expect(draw(model, { given: values(0, 1) })).rejects.toThrow(
      'given are 2 values; rows of 4 variables are needed',
    );
    await expect(draw(model, { given: values() })).rejects.toThrow('given are 0 values');
  });
});

describe('rows under a context', () => {
  it('have that of the row of the same number, and begin anew', async () => {
    const model = made(3, { hidden: [9] }, 3, 2);
    const drawn = await draw(model, { context: values(1, 0, 0, 1, 5, 5), rows: 7 });
    expect([...drawn.context!]).toEqual([1, 0, 0, 1, 5, 5, 1, 0, 0, 1, 5, 5, 1, 0]);
    // The first variable's mean depends on nothing else.
    const first = Array.from({ length: 7 }, (_, r) => drawn.means![3 * r]);
    expect(new Set(first).size).toBe(3);
    expect(first.slice(3)).toEqual(first.slice(0, 4));
  });

  it('need one that fits', async () => {
    await expect(draw(made(3, {}, 3, 2))).rejects.toThrow(
      'this model is conditioned on 2 values a row; none are given',
    );
    await expect(draw(made(3, {}, 3, 2), { context: values(1, 2, 3) })).rejects.toThrow('2 values a row; given are 3');
    await expect(draw(made(3, {}, 3, 2), { context: values(1, 2, 3, NaN) })).rejects.toThrow(
      'context, row 2, column 2: is NaN; finite numbers are needed',
    );
    await expect(
      draw(made(2, {}, 2, 100), { context: values(...Array<number>(100).fill(1)), rows: 10_000_000 }),
    ).rejects.toThrow('at most 1,342,177 rows are drawn at once under a context of 100 values each, not 10000000');
    await expect(draw(made(3), { context: values(1) })).rejects.toThrow('this model is not conditioned on anything');
  });

  it('stand in the grid under every class in turn, or under those of the data', async () => {
    const model = made(3, {}, 3, 4);
    const train = { ...randomRows(40, 3), context: randomRows(40, 4, 8) };
    const grid = async (kind: 'labels' | 'values') => {
      const dataset = { ...datasetOf(train), context: { kind, size: 4 } };
      return (await toEnd(samplesFrame(snapshotOf(sourceOf(model, backend, { dataset }), null), null))).context!;
    };
    const classes = await grid('labels');
    for (let i = 0; i < 32 * 4; i++) expect(classes[i]).toBe(i % 4 === Math.floor(i / 4) % 4 ? 1 : 0);
    expect([...(await grid('values'))]).toEqual([...train.context.values.subarray(0, 32 * 4)]);
  });
});

describe('frames of rows', () => {
  it('tell given entries from drawn ones, and what is still to come', async () => {
    const model = made(60, { hidden: [50] });
    const given = { values: Float32Array.from({ length: 60 }, (_, d) => (d < 20 ? 1 : NaN)) };
    const seen: { progress: Pick<DrawProgress, 'finished' | 'share'>; entries: Uint8Array; values: Uint8Array }[] = [];
    const snapshot = snapshotOf(sourceOf(model, backend), null);
    const drawn = await draw(model, {
      given,
      rows: 600,
      onProgress: (progress) => {
        const frame = framed(snapshot, progress.soFar(), { mask: null, request: null, share: progress.share });
        expect(frame.share).toBe(progress.share);
        expect(frame.means).toBeNull();
        seen.push({ progress, entries: frame.entries!, values: frame.values });
      },
    });
    const last = framed(snapshot, drawn, { mask: null, request: null });
    expect(last.share).toBeUndefined();
    expect(last.entries).toEqual(Uint8Array.from({ length: 600 * 60 }, (_, i) => (i % 60 < 20 ? 1 : 0)));
    // At least once a chunk of rows.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen[0]!.entries.includes(2)).toBe(true);
    for (const [i, { progress, entries, values }] of seen.entries()) {
      if (i > 0) expect(progress.share).toBeGreaterThan(seen[i - 1]!.progress.share);
      // What is still to come is 0; all else is as it will be.
      const coming = (all: Uint8Array, instead: number) => all.map((one, at) => (entries[at] === 2 ? instead : one));
      expect(values).toEqual(coming(last.values, 0));
      expect(entries).toEqual(coming(last.entries!, 2));
      expect(entries.subarray(0, progress.finished * 60).includes(2)).toBe(false);
    }
    expect(seen.at(-1)!.progress).toMatchObject({ finished: 600, share: 1 });
  });

  it('stretch levels and real values over the range that they say', async () => {
    const levels = made(3, { conditional: { type: 'categorical', levels: 5 } });
    const frame = await toEnd(samplesFrame(snapshotOf(sourceOf(levels, backend), null), null));
    expect(frame.range).toEqual([0, 4]);
    expect([...new Set(frame.values)].sort((a, b) => a - b)).toEqual([0, 64, 128, 191, 255]);
    const real = made(3, { conditional: { type: 'gaussian' } });
    const train = {
      rows: 400,
      columns: 3,
      values: Float32Array.from({ length: 1200 }, (_, i) => (i === 7 ? 1e9 : (i % 41) / 4 - 5)),
    };
    const grid = await toEnd(
      samplesFrame(snapshotOf(sourceOf(real, backend, { dataset: datasetOf(train) }), null), null),
    );
    expect(grid.range).toEqual([-5, 5]);
    const drawn = await draw(real, { rows: 32, seed: 1 });
    const byte = (value: number) => Math.max(0, Math.min(255, Math.round((value + 5) * 25.5)));
    expect(grid.values).toEqual(Uint8Array.from(drawn.values, byte));
    expect(grid.means).toEqual(Uint8Array.from(drawn.means!, byte));
    // For table and CSV as they are; of levels the bytes say it all, but not of their means.
    expect(grid.exact).toEqual({ values: drawn.values, means: drawn.means });
    expect(Object.keys(frame.exact!)).toEqual(['means']);
  });
});
