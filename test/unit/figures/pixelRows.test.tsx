/** Views of one row: what its pixels cost beside its picture, and its feature maps. */
import { describe, expect, it } from 'vitest';
import { featureMaps } from '../../../src/figures/featureMaps.tsx';
import { featureMapsReading, layerText, mapPlaceText } from '../../../src/figures/featureMapsWords.ts';
import { rowSurprise } from '../../../src/figures/rowSurprise.tsx';
import { rowSurpriseReading, rowVariableText } from '../../../src/figures/rowSurpriseWords.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { goldenSvg } from './goldenSvg.ts';
import { featureMapsFrame, rowSurpriseFrame } from './pixelRowFixtures.ts';

const file = (name: string) => `golden/${name}.svg`;
const light = themeFor('light');

describe('what one row costs', () => {
  const grey = rowSurpriseFrame({ image: [6, 7] });
  const coloured = rowSurpriseFrame({ image: [5, 6, 3] });
  const draw = (frame: typeof grey, width = 900) =>
    rowSurprise({ frame, image: frame.image!, width, height: 400, theme: light });

  it('is told: its rank, where it was surprised, and on how few pixels it falls', () => {
    const surprise = new Float64Array(42).fill(0.01);
    surprise[9] = 4;
    const frame = { ...grey, surprise, entropy: surprise.map((own) => own / 2), others: Float64Array.of(1, 2, 5, 9) };
    expect(rowSurpriseReading(frame)).toBe(
      'Validation row 42 costs 4.41 nats, more than 2 of 4 rows looked at; its conditionals expected 2.20. It was surprised ' +
        'most at row 2, column 3: 4 nats, where 2 was expected. Half of what it costs falls on 1 pixel of 42.',
    );
    surprise[9] = Infinity;
    expect(rowSurpriseReading(frame)).toBe(
      'The NLL of validation row 42 is no finite number, since that of x₁₀ (row 2, column 3) is none.',
    );
  });

  it('sums the colours of a pixel', () => {
    const surprise = new Float64Array(90);
    surprise.set([1, 2, 4], 33);
    expect(rowSurpriseReading({ ...coloured, surprise })).toContain('most at row 2, column 6: 7 nats');
    expect(rowVariableText({ ...coloured, surprise }, 35)).toMatch(
      /^x₃₆ \(row 2, column 6, blue\) = [01] · −log p 4 nats/,
    );
  });

  it.each([
    ['grey', grey],
    ['coloured', coloured],
  ])('%s: a pixel is found in the picture and in every map, within the drawing', (_, frame) => {
    const { drawing, boxesOf, variableAt } = draw(frame);
    for (const variable of [0, 17, frame.dimension - 1]) {
      const boxes = boxesOf(variable);
      const channels = frame.image!.length === 3 ? 3 : 1;
      for (const [i, { x, y, width, height }] of boxes.entries()) {
        expect(x + width).toBeLessThanOrEqual(drawing.width + 0.01);
        const found = variableAt(x + width / 2, y + height / 2)!;
        if (i === 0) expect(Math.floor(found / channels)).toBe(Math.floor(variable / channels));
      }
      expect(boxes).toHaveLength(channels === 3 ? 7 : 4);
    }
  });

  it.each([
    ['row-surprise', grey, 900],
    ['row-surprise-colour', coloured, 760],
  ] as const)('is drawn so: %s', async (name, frame, width) => {
    const figure = { title: 'Row', reading: rowSurpriseReading(frame), ...draw(frame, width) };
    await expect(goldenSvg(figure, light)).toMatchFileSnapshot(file(name));
  });
});

describe('feature maps', () => {
  const frame = featureMapsFrame({ image: [6, 7], layer: 1 });
  const draw = (of = frame, channel = 4, width = 600) => featureMaps({ frame: of, channel, width, theme: light });

  it('are told: layer, strongest map, maps that tell nothing', () => {
    expect(layerText(frame.layers[1]!)).toBe('layers.0.state (states)');
    expect(featureMapsReading(frame)).toMatch(
      /^What layer 2 of 4, layers\.0\.state \(states\), makes of validation row 1: 10 maps of 6 × 7\. Map \d+ is strongest \(mean magnitude [\d.]+\)\. 1 map is the same everywhere: nothing of this row is in it\.$/,
    );
    expect(mapPlaceText(frame, { channel: 2, pixel: 8 })).toBe('Map 3 at row 2, column 2: 0.25, as everywhere.');
    expect(mapPlaceText(frame, { channel: null, pixel: 8 })).toBe('The row itself at row 2, column 2: 0.');
    const broken = { ...frame, values: frame.values.map((value, i) => (i === 3 ? NaN : value)) };
    expect(featureMapsReading(broken)).toContain('1 value is no finite number.');
  });

  it('finds map and pixel under the pointer, in the row, the large map and the small ones', () => {
    const { boxesOf, placeAt, drawing } = draw();
    for (const place of [
      { channel: null, pixel: 9 },
      { channel: 4, pixel: 41 },
      { channel: 7, pixel: 0 },
    ]) {
      const boxes = boxesOf(place);
      expect(boxes).toHaveLength(place.channel === null ? 2 : 3);
      const { x, y, width, height } = place.channel === null ? boxes[0]! : boxes.at(-1)!;
      expect(placeAt(x + width / 2, y + height / 2)).toEqual(place);
      for (const box of boxes) {
        expect(box.x + box.width).toBeLessThanOrEqual(drawing.width);
        expect(box.y + box.height).toBeLessThanOrEqual(drawing.height);
      }
    }
    expect(placeAt(-5, -5)).toBeNull();
  });

  it.each([
    ['feature-maps', frame],
    ['feature-maps-colour', featureMapsFrame({ image: [5, 6, 3], layer: 0 })],
  ])('are drawn so: %s', async (name, of) => {
    const figure = { title: 'Maps', reading: featureMapsReading(of), ...draw(of) };
    await expect(goldenSvg(figure, light)).toMatchFileSnapshot(file(name));
  });
});
