import { describe, expect, it } from 'vitest';
import { samplesReading } from '../../../src/figures/runSentences.ts';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels } from '../../../src/figures/sampleGrid.tsx';
import { givenPath } from '../../../src/figures/sampleMarks.ts';
import { contextText, entryText, sampleCells, valueOfByte } from '../../../src/figures/sampleWords.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import { sampleEntries, type SamplesFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';

const { drawn, given, coming } = sampleEntries;

/** Two images of 2 × 3: the upper line is given, and of the second one the last pixel is to come. */
function frameOf(change: Partial<SamplesFrame> = {}): SamplesFrame {
  return {
    ...{ kind: 'samples', version: 1, step: 30, epoch: 2, mask: 0, maskCount: 1 },
    ...{ rows: 2, dimension: 6, image: [2, 3] },
    values: Uint8Array.of(255, 0, 255, 0, 255, 0, 0, 255, 0, 255, 255, 0),
    means: null,
    entries: Uint8Array.of(given, given, given, drawn, drawn, drawn, given, given, given, drawn, drawn, coming),
    request: { seed: 1, temperature: 1 },
    ...change,
  };
}

describe('completed samples', () => {
  it('outline what is given, and leave empty what is to come', () => {
    const frame = frameOf();
    const layout = { ...sampleLayout(frame, 400), scale: { x: 10, y: 10 }, gap: 1, columns: 2, left: 0, top: 0 };
    // Around the upper line of each image: 4 lines, no two of them of the same place.
    expect(givenPath(frame, layout)).toBe('M0 0h30M0 10h30M0 0v10M30 0v10M40 0h30M40 10h30M40 0v10M70 0v10');
    const { data, width } = samplePixels(frame, 'draws', layout);
    const pixel = (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
    expect(pixel(6, 1), 'to come').toEqual([0, 0, 0, 0]);
    expect(pixel(6, 0), 'given, and as it is').toEqual([0, 0, 0, 255]);
    expect(pixel(0, 0)).toEqual([255, 255, 255, 255]);
    expect(sampleLegend(frame).map(({ label }) => label)).toEqual(['given; all else is drawn', 'not drawn yet']);
    expect(sampleLegend(frameOf({ entries: Uint8Array.of(0) }))).toEqual([]);
  });

  it('say in words what was given', () => {
    expect(samplesReading(frameOf())).toBe(
      '2 rows completed by the model: epoch 2, step 30, seed 1, temperature 1. ' +
        '3 of 6 variables of each row were given and are outlined; the rest is drawn from p(rest | given).',
    );
    expect(entryText(frameOf(), { row: 0, variable: 0 })).toBe('Sample 1 of 2 samples: x₁ = 1, given.');
    expect(entryText(frameOf(), { row: 1, variable: 5 })).toBe('Sample 2 of 2 samples: x₆ is not drawn yet.');
  });

  it.each(themeKinds)('are drawn alike in the theme %s', async (kind) => {
    const frame = frameOf();
    const layout = sampleLayout(frame, 200);
    const theme = themeFor(kind);
    const drawing = sampleDrawing(frame, layout, samplePixels(frame, 'draws', layout), theme);
    const figure = { title: 'Samples', reading: samplesReading(frame), drawing, legend: sampleLegend(frame) };
    await expect(goldenSvg(figure, theme)).toMatchFileSnapshot(`golden/samples-completed-${kind}.svg`);
  });
});

describe('values that are not 0 and 1', () => {
  it('come back whole where they are levels, and with no more digits than there are where they are not', () => {
    const levels = { range: [0, 3] as const, levels: 4 };
    expect([0, 85, 170, 255].map((byte) => valueOfByte(levels, byte))).toEqual([0, 1, 2, 3]);
    expect(valueOfByte({ range: [0, 1] }, 51), 'real values between 0 and 1 are no levels').toBeCloseTo(0.2, 12);
    const real = frameOf({ range: [-2, 3], entries: new Uint8Array(12), values: new Uint8Array(12).fill(51) });
    expect(entryText(real, { row: 0, variable: 0 })).toBe('Sample 1 of 2 samples: x₁ ≈ −1.');
    const ends = { ...real, values: Uint8Array.of(0, 255, ...new Uint8Array(10)), means: new Uint8Array(12).fill(255) };
    expect(entryText(ends, { row: 0, variable: 0 })).toMatch(/x₁ ≤ −2, its conditional’s mean ≥ 3\.$/);
    expect(sampleLegend(real)).toMatchObject([{ mark: 'ramp', low: '−2', high: '3' }]);
  });

  it('are told and tabled as they are where the frame has them', () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => -1.6048 + i / 1000);
    const means = Float32Array.from(values, (value) => value / 3);
    const range = [-2, 3] as const;
    const bytes = { values: new Uint8Array(12).fill(20), means: new Uint8Array(12).fill(51) };
    const frame = frameOf({ ...bytes, range, entries: new Uint8Array(12), exact: { values, means } });
    expect(sampleCells(frame, 'draws')(0)).toEqual([-1.6048, -1.6038, -1.6028, -1.6018, -1.6008, -1.5998]);
    expect(Float32Array.from(sampleCells(frame, 'means')(1) as number[])).toEqual(means.subarray(6));
    expect(entryText(frame, { row: 0, variable: 0 })).toMatch(/x₁ = −1\.6\d*, its conditional’s mean = −0\.53\d*\.$/);
    const coming = { ...frame, entries: new Uint8Array(12).fill(sampleEntries.coming) };
    expect(sampleCells(coming, 'draws')(0)).toEqual(new Array(6).fill(null));
  });

  it('have means between the levels, in words and in the table', () => {
    // A mean of 3.4 of the levels 0 … 7.
    const frame = frameOf({
      ...{ range: [0, 7], levels: 8, entries: new Uint8Array(12) },
      ...{ values: new Uint8Array(12).fill(109), means: new Uint8Array(12).fill(124) },
    });
    expect(entryText(frame, { row: 0, variable: 0 })).toMatch(/: x₁ = 3, its conditional’s mean ≈ 3\.4\.$/);
    expect(sampleCells(frame, 'means')(1)).toEqual(new Array(6).fill(3.4));
    expect(sampleCells(frame, 'draws')(1)).toEqual(new Array(6).fill(3));
    const two = { ...frame, range: [0, 1] as const, levels: 2, means: new Uint8Array(12).fill(178) };
    expect(sampleCells(two, 'means')(0)).toEqual(new Array(6).fill(0.698));
    expect(entryText({ ...two, means: new Uint8Array(12) }, { row: 0, variable: 0 })).toMatch(/mean ≈ 0\.$/);
  });

  it('have no more decimals in a table than are known, and nothing where nothing is drawn', () => {
    // 1 of 255 parts of 6.23 is 0.024.
    const real = frameOf({ range: [-3, 3.23], values: new Uint8Array(12).fill(57) });
    expect(sampleCells(real, 'draws')(1)).toEqual([-1.61, -1.61, -1.61, -1.61, -1.61, null]);
    expect(sampleCells(frameOf(), 'draws')(0)).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('tell the label, or the values, that a row was drawn under', () => {
    const labelled = frameOf({ context: Float32Array.of(0, 1, 0, 0, 0, 1) });
    expect([0, 1].map((row) => contextText(labelled, row))).toEqual(['label 1', 'label 2']);
    expect(contextText(frameOf({ context: Float32Array.of(0.5, 1, 2, 3) }), 1)).toBe('given 2, 3');
    expect(contextText(frameOf(), 0)).toBe('');
  });
});
