import { describe, expect, it } from 'vitest';
import { readCurves, readTogether, togetherText } from '../../../src/figures/curveReadout.ts';
import { curves, yRange, type CurvesOptions } from '../../../src/figures/curves.tsx';
import { figureSvg } from '../../../src/figures/compose.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import {
  axisMissing,
  decimate,
  firstAtLeast,
  fittingSpan,
  recentTrain,
  runSeries,
  smooth,
} from '../../../src/figures/series.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { lossIn, lossScale } from '../../../src/figures/units.ts';
import { metrics } from './fixtures.ts';

const options = (changes: Partial<CurvesOptions> & Pick<CurvesOptions, 'runs'>): CurvesOptions => ({
  unit: 'nats',
  axis: 'epoch',
  logX: false,
  logY: false,
  wholeRange: false,
  width: 600,
  height: 300,
  theme: themeFor('light'),
  ...changes,
});

describe('series', () => {
  it('takes the axis and the unit asked for', () => {
    const all = metrics(2, 5);
    const bits = runSeries(all, 'time', lossScale('bits', 10).of);
    expect([...bits.x].slice(0, 2)).toEqual([0.05, 0.1]);
    const first = all[0]!;
    expect(bits.raw[0]).toBeCloseTo(first.train / (10 * Math.LN2), 12);
    expect(lossIn('bits', 784 * Math.LN2 * 8, 784)).toBeCloseTo(8, 12);
    expect(bits.validation.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(bits.best?.epoch).toBe(2);
  });

  it('stands where training rows were evaluated, those too that an earlier version began to train on', () => {
    const all = metrics(2, 5);
    const inNats = (value: number) => value;
    expect([...runSeries(all, 'rows', inNats).x]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((step) => step * 100));
    const uncounted = ({ rows: _, ...rest }: Metric): Metric => rest;
    const resumed = all.map((metric) => (metric.epoch > 1 ? metric : uncounted(metric)));
    const { x, validation } = runSeries(resumed, 'rows', inNats);
    expect([...x].slice(0, 2)).toEqual([100, 200]);
    expect(validation.map((point) => point.x)).toEqual([500, 1000]);

    const old = all.map(uncounted);
    expect(axisMissing('rows', old)).toMatch(/were not counted/);
    expect(axisMissing('rows', resumed)).toBeNull();
    expect(axisMissing('step', old)).toBeNull();
    expect(runSeries(old, 'rows', inNats)).toMatchObject({ train: [], validation: [], best: null });
  });

  it('fits the values behind the steep start of a logarithmic axis, and takes a window from 0 along', () => {
    const all = metrics(20, 50);
    const o = options({ runs: [{ name: 'run', metrics: all, dimension: 784 }], axis: 'rows', logX: true });
    const { x, y, series } = curves(o);
    expect(x.domain()).toEqual([100, 100_000]);
    const value = (share: number) => series[0]!.smoothed[firstAtLeast(series[0]!.x, 100 * 1000 ** share)]!;
    expect(y.domain()[1]).toBeGreaterThan(value(0.3));
    expect(y.domain()[1]).toBeLessThan(value(0));
    expect(curves({ ...o, window: [0, 50_000] }).x.domain()).toEqual([100, 50_000]);
  });

  it('smooths without lag and steps over what is not finite', () => {
    expect([...smooth(Float64Array.of(4, 4, 4), 10)]).toEqual([4, 4, NaN]);
    expect([...smooth(Float64Array.of(9, 5, 1, 3, 5), 2)]).toEqual([9, 5, 3, 3, NaN]);
    const falling = Float64Array.from({ length: 200 }, (_, i) => 500 - i);
    // Nothing lags behind a line, and where there is nothing to look ahead to the curve has ended.
    for (let i = 0; i < 175; i++) expect(smooth(falling, 50)[i]).toBeCloseTo(falling[i]!, 9);
    expect([...smooth(falling, 50).subarray(175)]).toEqual(new Array(25).fill(NaN));
    const gapped = smooth(Float64Array.of(2, NaN, 2, 4, 2), 2);
    expect(gapped[1]).toBeNaN();
    expect(gapped[2]).toBeCloseTo(3, 12);
  });

  it('are read, and labelled, with the mean of the last minibatches', () => {
    const all = metrics(2, 40);
    const batches = all.filter(({ type }) => type === 'batch').slice(-50);
    const mean = batches.reduce((sum, { train }) => sum + train, 0) / 50;
    expect(recentTrain(all)).toEqual({ mean: expect.closeTo(mean, 9) as number, batches: 50 });
    expect(recentTrain(all.slice(0, 3))?.batches).toBe(3);
    expect(recentTrain([])).toBeNull();
    const figure = curves(options({ runs: [{ name: 'run', metrics: all, dimension: 784 }] }));
    const svg = renderSvg(figureSvg({ title: '', reading: '', ...figure }, themeFor('light'), () => ''));
    expect(svg).toMatch(new RegExp(`>train, last 50<.*>${mean.toFixed(2).replace('.', '\\.')}<`, 's'));
    expect(readCurves(figure.series[0]!, 2)?.smoothed, 'not known yet').toBeNull();
  });
});

describe('thinning', () => {
  it('keeps the lowest and highest value of every pixel column and at most four points of it', () => {
    const n = 100_000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i / 50) + (i === 54_321 ? 9 : 0));
    const stretches = decimate(x, y, (value) => (value / n) * 600);
    expect(stretches).toHaveLength(1);
    const points = stretches[0]!;
    expect(points.length).toBeLessThanOrEqual(4 * 600);
    expect(points.some((point) => point.y === y[54_321])).toBe(true);
    expect(points.every((point, i) => i === 0 || point.x > points[i - 1]!.x)).toBe(true);
  });

  it('breaks the line where a value is not finite', () => {
    const stretches = decimate(Float64Array.of(0, 1, 2, 3), Float64Array.of(1, NaN, 2, 3), (x) => x * 10);
    expect(stretches.map((stretch) => stretch.map(({ x }) => x))).toEqual([[0], [2, 3]]);
  });

  it('finds places on a rising axis', () => {
    expect(firstAtLeast(Float64Array.of(1, 2, 4), 3)).toBe(2);
    expect(firstAtLeast(Float64Array.of(1, 2, 4), 9)).toBe(3);
  });
});

describe('curves', () => {
  const run = (shift = 0) => ({ name: 'run', metrics: metrics(6, 20, shift), dimension: 784 });

  it('draws a negative likelihood on a linear axis, and a logarithmic one only where it is legal', () => {
    const negative = curves(options({ runs: [run(-120)], logY: true }));
    expect(negative.logLegal).toEqual({ x: true, y: false });
    expect(negative.y.domain()[0]).toBeLessThan(0);
    const [low, high] = negative.y.domain() as [number, number];
    expect(negative.y((low + high) / 2)).toBeCloseTo((negative.y(low) + negative.y(high)) / 2, 6);
    const positive = curves(options({ runs: [run()], logY: true }));
    expect(positive.logLegal.y).toBe(true);
    const [from, to] = positive.y.domain() as [number, number];
    expect(positive.y(Math.sqrt(from * to))).toBeCloseTo((positive.y(from) + positive.y(to)) / 2, 6);
  });

  it('leaves the steep start out of the y axis unless all is asked for', () => {
    const fitted = curves(options({ runs: [run()] })).y.domain();
    const whole = curves(options({ runs: [run()], wholeRange: true })).y.domain();
    expect(fitted[1]!).toBeLessThan(whole[1]!);
    expect(whole[1]!).toBeGreaterThanOrEqual(Math.max(...run().metrics.map(({ train }) => train)));
  });

  it('draws nothing measured yet without failing', () => {
    const empty = curves(options({ runs: [{ name: 'run', metrics: [], dimension: 3 }] }));
    expect(empty.y.domain().every(Number.isFinite)).toBe(true);
    expect(readCurves(empty.series[0]!, 1)).toBeNull();
  });

  it('takes a baseline into view when it is near', () => {
    const series = [runSeries(run().metrics, 'epoch', lossScale('nats', 784).of)];
    const without = yRange(series, [0, 6], false, null);
    const near = without[1] + (without[1] - without[0]) * 0.3;
    expect(yRange(series, [0, 6], false, near)[1]).toBeGreaterThanOrEqual(near);
    expect(yRange(series, [0, 6], false, 9000)[1]).toBeLessThan(9000);
  });

  it('reads the values at a place', () => {
    const figure = curves(options({ runs: [run()] }));
    const read = readCurves(figure.series[0]!, 3)!;
    expect(read.x).toBe(3);
    expect(read.validation?.epoch).toBe(3);
    expect(read.train).toBeCloseTo(figure.series[0]!.raw[59]!, 12);
  });

  it('reads several runs at one place, and says of one that it had ended', () => {
    const short = { ...run(), name: 'B', metrics: run().metrics.filter(({ epoch }) => epoch <= 2) };
    const figure = curves(options({ runs: [run(), short] }));
    const scale = lossScale('nats', 784);
    const both = figure.series.map((series, i) => ({ name: 'AB'[i]!, series, scale }));
    expect(togetherText(both, 1.5, 'epoch', figure)).toMatch(
      /^epoch 1\.50 · A: train [\d.]+ · smoothed [\d.]+ · validation [\d.]+ \(epoch \d.*\) · nats; B: train [\d.]+ · .* · nats$/,
    );
    expect(togetherText(both, 3, 'epoch', figure)).toMatch(/^epoch 3\.00 · A: train .* nats; B: ended at epoch 2\.00$/);
    expect(readTogether(both[1]!, 3)).toEqual({ ended: 2 });
  });
});

describe('the span of smoothing', () => {
  it('grows with the run, and stays within what one may choose', () => {
    expect(fittingSpan(0, 500)).toBe(50);
    expect(fittingSpan(8_000, 500)).toBe(50);
    expect(fittingSpan(59_000, 500)).toBe(500);
    expect(fittingSpan(1e7, 500)).toBe(1000);
    expect(fittingSpan(100, 0)).toBe(500);
  });
});
