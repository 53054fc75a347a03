import { expect, it } from 'vitest';
import { dataBeside, framed } from '../../../src/inspection/sampleFrames.ts';
import { drawRows, samplesFrame } from '../../../src/inspection/samples.ts';
import { snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { datasetOf, initialParameters, made, sourceOf } from './specimens.ts';

const options = { rows: 40, seed: 9, temperature: 1, mask: null };

it('draws the same rows for the same seed, others for another, and begins more rows with the same ones', async () => {
  const model = made(8, { masks: 3, orderAgnostic: true });
  const parameters = initialParameters(model);
  const draw = (o: Partial<typeof options>) => toEnd(drawRows(model, parameters, { ...options, ...o }));
  const first = await draw({});
  expect((await draw({})).values).toEqual(first.values);
  expect((await draw({ seed: 10 })).values).not.toEqual(first.values);
  expect((await draw({ rows: 90 })).values.slice(0, 40 * 8)).toEqual(first.values);
});

it('draws an ensemble from all of its masks and one mask from itself', async () => {
  const model = made(6, { masks: 2, orderAgnostic: true });
  const parameters = initialParameters(model);
  const ensemble = await toEnd(drawRows(model, parameters, options));
  const singles = await Promise.all([0, 1].map((mask) => toEnd(drawRows(model, parameters, { ...options, mask }))));
  const means = (rows: Float32Array) => Array.from({ length: 40 }, (_, n) => rows.slice(n * 6, (n + 1) * 6).join());
  // The mean of the variable that comes first in an order is the same in every row of that mask.
  const known = singles.map(({ means: m }) => new Set(means(m!)));
  const drawn = means(ensemble.means!);
  expect(drawn.filter((row) => known[0]!.has(row) && !known[1]!.has(row)).length).toBeGreaterThan(5);
  expect(drawn.filter((row) => known[1]!.has(row) && !known[0]!.has(row)).length).toBeGreaterThan(5);
});

it('refuses more rows than there is memory for', async () => {
  const model = made(8);
  const work = drawRows(model, initialParameters(model), { ...options, rows: 2 ** 26 });
  await expect(work.next()).rejects.toThrow('at most 16,777,216 rows of 8 variables are drawn at once, not 67108864');
});

onEveryBackend('samples frame', (backend) => {
  it('is bytes of 0 and 255, the same every time for the same parameters', async () => {
    const source = sourceOf(made(8), backend());
    const frame = await toEnd(samplesFrame(snapshotOf(source, null), null));
    expect(frame).toMatchObject({ kind: 'samples', rows: 32, dimension: 8, image: null, request: null, step: 10 });
    expect(new Set(frame.values)).toEqual(new Set([0, 255]));
    expect(frame.means!.every((mean) => mean > 0 && mean < 255)).toBe(true);
    expect(await toEnd(samplesFrame(snapshotOf(source, null), null))).toEqual(frame);
  });

  it('has rows of data beside two real variables, of the one label that all is drawn under', async () => {
    const values = Float32Array.from({ length: 80 }, (_, i) => (i % 2) + 10 * (Math.floor(i / 2) % 2));
    const context = Float32Array.from({ length: 80 }, (_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 1 : 0));
    const labels = { rows: 40, columns: 2, values: context };
    const train = { rows: 40, columns: 2, values, context: labels };
    const dataset = { ...datasetOf(train), context: { kind: 'labels', size: 2 } as const };
    const model = made(2, { conditional: { type: 'gaussian' } }, 3, 2);
    const source = sourceOf(model, backend(), { dataset });
    const frame = await toEnd(samplesFrame(snapshotOf(source, null), null));
    expect(frame).toMatchObject({ rows: 500, data: { split: 'train', of: 40 } });
    expect([...frame.data!.values].sort((a, b) => a - b)).toEqual([...values].sort((a, b) => a - b));
    const second = await dataBeside(source, { values: Float32Array.of(0, 1, 0, 1) });
    expect(second).toMatchObject({ of: 20 });
    expect(new Set(second!.values)).toEqual(new Set([10, 11]));
    expect(await dataBeside(source, { values: Float32Array.of(0, 1, 1, 0) })).toMatchObject({ of: 40 });
    expect(await dataBeside(sourceOf(made(2), backend()), null), 'binary').toBeNull();
  });

  it('holds no more rows than a megabyte takes', () => {
    const dimension = 2 ** 18;
    const drawn = {
      rows: 9,
      dimension,
      values: new Float32Array(9 * dimension),
      means: null,
      given: null,
      context: null,
    };
    const frame = framed(snapshotOf(sourceOf(made(3), backend()), null), drawn, {
      mask: null,
      request: { seed: 1, temperature: 2 },
    });
    expect([frame.rows, frame.drawn, frame.values.length, frame.means]).toEqual([4, 9, 2 ** 20, null]);
    expect(frame.request).toEqual({ seed: 1, temperature: 2 });
  });

  it('holds no more rows than a megabyte of what they are conditioned on takes', () => {
    const [rows, dimension, classes] = [2000, 4, 1000];
    const context = Float32Array.from({ length: rows * classes }, (_, i) => Number(i % classes === 7));
    const drawn = { rows, dimension, values: new Float32Array(rows * dimension), means: null, given: null, context };
    const frame = framed(snapshotOf(sourceOf(made(3), backend()), null), drawn, { mask: null, request: null });
    expect(frame.rows).toBe(262);
    expect(frame.values).toHaveLength(262 * dimension);
    expect(frame.context).toEqual(context.slice(0, 262 * classes));
  });
});
