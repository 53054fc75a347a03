import { describe, expect, it } from 'vitest';
import { samplesReading } from '../../../src/figures/runSentences.ts';
import {
  beyondText,
  isPoints,
  sampleScatter,
  scatterLegend,
  scatterWindow,
  type PointsFrame,
} from '../../../src/figures/sampleScatter.tsx';
import { rowText } from '../../../src/figures/sampleWords.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import type { SamplesFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';

/** Four rows of data in the corners of a square, and draws: two within, one far off, one that is not drawn yet. */
function frameOf(change: Partial<SamplesFrame> = {}): PointsFrame {
  return {
    ...{ kind: 'samples', version: 1, step: 30, epoch: 2, mask: 0, maskCount: 1 },
    ...{ rows: 4, dimension: 2, image: null, means: null, request: null, range: [-1, 1] },
    values: Uint8Array.of(128, 128, 200, 64, 255, 0, 0, 0),
    exact: { values: Float32Array.of(0, 0, 0.57, -0.5, 40, -1, NaN, NaN) },
    entries: Uint8Array.of(0, 0, 0, 0, 0, 0, 2, 2),
    data: { split: 'validation', values: Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1), of: 90 },
    ...change,
  };
}

describe('samples of two variables', () => {
  it('stand where their values are, over the data, and nothing beyond the picture is drawn', () => {
    const frame = frameOf();
    expect(isPoints(frame)).toBe(true);
    const window = scatterWindow([frame]);
    // Half of the extent in all directions, and a quarter around it.
    expect(window).toEqual([
      [-1.5, 1.5],
      [-1.5, 1.5],
    ]);
    const { plot, stands, drawing } = sampleScatter({
      ...{ frame, which: 'draws', window, width: 400, height: 300 },
      theme: themeFor('light'),
    });
    expect(plot.width).toBe(plot.height);
    expect(stands[0]).toEqual([plot.x + plot.width / 2, plot.y + plot.height / 2]);
    expect(stands[1]![0], 'above 0 is on the right').toBeGreaterThan(stands[0]![0]);
    expect(stands[1]![1], 'below 0 is further down').toBeGreaterThan(stands[0]![1]);
    expect(drawing.width).toBeLessThanOrEqual(400);
    const svg = goldenSvg({ title: 'Samples', reading: '', drawing, legend: [] }, themeFor('light'));
    const marks = (name: string) => /d="([^"]*)"/.exec(new RegExp(`class="${name}"[^>]*`).exec(svg)![0])![1]!;
    expect(marks('draws').match(/M/g)).toHaveLength(2);
    expect(marks('data').match(/M/g)).toHaveLength(4);
  });

  it('keep one scale for both variables where their extents are alike, else each its own, and hold the data of two runs', () => {
    const wide = frameOf({ data: { split: 'train', values: Float32Array.of(-1, -100, 1, 100), of: 2 } });
    expect(scatterWindow([wide])).toEqual([
      [-1.5, 1.5],
      [-150, 150],
    ]);
    const oblong = frameOf({ data: { split: 'train', values: Float32Array.of(-1, -2, 1, 2), of: 2 } });
    expect(scatterWindow([oblong])).toEqual([
      [-3, 3],
      [-3, 3],
    ]);
    expect(scatterWindow([frameOf(), oblong])[1]).toEqual([-3, 3]);
  });

  it('are told in words, what is not to be seen as well', () => {
    expect(beyondText(frameOf(), 'draws')).toBe('1 draw lies beyond the picture, which holds the data.');
    expect(beyondText(frameOf({ exact: { values: new Float32Array(8) } }), 'draws')).toBe('');
    expect(rowText(frameOf(), 1)).toBe('Sample 2 of 4 samples: x₁ = 0.57, x₂ = −0.5.');
    expect(rowText(frameOf(), 3)).toBe('Sample 4 of 4 samples: x₁ is not drawn yet, x₂ is not drawn yet.');
    expect(scatterLegend(frameOf(), 'draws', themeFor('light')).map(({ label }) => label)).toEqual([
      'draws from the model',
      '4 of 90 validation rows',
    ]);
  });

  it.each(themeKinds)('are drawn alike in the theme %s', async (kind) => {
    const frame = frameOf();
    const theme = themeFor(kind);
    const window = scatterWindow([frame]);
    const figure = sampleScatter({ frame, which: 'draws', window, width: 400, height: 300, theme });
    const reading = samplesReading(frame);
    await expect(goldenSvg({ title: 'Samples', reading, ...figure }, theme)).toMatchFileSnapshot(
      `golden/samples-points-${kind}.svg`,
    );
  });
});
