/** Where a smoothed curve ends, and how the figure beside the plot belongs to it. */
import { expect, it } from 'vitest';
import { curves } from '../../../src/figures/curves.tsx';
import { figureSvg } from '../../../src/figures/compose.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import type { Metric } from '../../../src/runs/metrics.ts';

const theme = themeFor('light');

function drawn(batches: number, smoothing: number) {
  const metrics = Array.from({ length: batches }, (_, i): Metric => {
    const train = 4 + Math.cos(i);
    return { type: 'batch', step: i + 1, epoch: (i + 1) / 20, seconds: i, train, mask: 0 };
  });
  const figure = curves({
    ...{ runs: [{ name: 'a', metrics, dimension: 4 }], unit: 'nats', axis: 'step', smoothing },
    ...{ logX: false, logY: false, wholeRange: true, width: 600, height: 300, theme },
  });
  const svg = renderSvg(figureSvg({ title: '', reading: '', ...figure }, theme, () => ''));
  const path = /<path d="([^"]*)"[^>]*class="onwards"/.exec(svg)![1]!;
  return { figure, numbers: path.match(/[\d.]+/g)?.map(Number) ?? [] };
}

it('goes on, dotted, from there to the mean of the last minibatches at the last of them', () => {
  const { figure, numbers } = drawn(100, 20);
  const [series] = figure.series;
  const mean = series!.raw.slice(-20).reduce((x, y) => x + y) / 20;
  const end = series!.smoothed.findLastIndex(Number.isFinite);
  expect(end).toBe(89);
  expect(numbers[0]).toBeCloseTo(figure.x(end + 1), 0);
  expect(numbers[1]).toBeCloseTo(figure.y(series!.smoothed[end]!), 0);
  expect(numbers[2]).toBeCloseTo(figure.x(100), 0);
  expect(numbers[3]).toBeCloseTo(figure.y(mean), 0);
});

it('has nowhere to go on to where nothing is averaged', () => {
  expect(drawn(30, 1).numbers).toEqual([]);
});
