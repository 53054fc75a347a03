import { interpolatePlasma, interpolateViridis, rgb } from 'd3';
import { describe, expect, it } from 'vitest';
import { degreeColour, degreeInk, inkOn, plasma, runStyle, variableRgb } from '../../../src/figures/colours.ts';
import { imageGridPixels, logScale, matrixPixels } from '../../../src/figures/pixels.ts';
import { pngDataUri } from '../../../src/figures/png.ts';
import { errorRgb, magnitudeRamp, rampColour, signedRamp } from '../../../src/figures/ramps.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import { maskLayers } from '../../../src/figures/maskMatrix.tsx';
import { matrixAxes } from '../../../src/figures/matrix.tsx';
import { weightPixels } from '../../../src/figures/weightPixels.ts';
import { bitsOf, packed } from '../../../src/masks/bits.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { madeMasks } from '../../../src/masks/masks.ts';
import { connectivityFrame, made } from './fixtures.ts';

const pixel = (data: Uint8ClampedArray, at: number) => [...data.subarray(at * 4, at * 4 + 4)];

describe('matrix pixels', () => {
  it('paints values by the ramp, leaves what is not there transparent and flags violations', () => {
    const ramp = magnitudeRamp();
    const { width, height, data } = matrixPixels({
      rows: 2,
      columns: 2,
      ramp,
      position: (row, column) => (row === 0 && column === 1 ? NaN : row),
      flagged: { colour: [255, 0, 0], at: (row, column) => row === 1 && column === 1 },
    });
    expect([width, height]).toEqual([2, 2]);
    expect(pixel(data, 0)).toEqual([...ramp.subarray(0, 3), 255]);
    expect(pixel(data, 1)).toEqual([0, 0, 0, 0]);
    expect(pixel(data, 2)).toEqual([...ramp.subarray(255 * 3), 255]);
    expect(pixel(data, 3)).toEqual([255, 0, 0, 255]);
  });

  it('keeps values beyond the ramp at its ends', () => {
    const ramp = magnitudeRamp();
    const { data } = matrixPixels({ rows: 1, columns: 2, ramp, position: (_, column) => (column === 0 ? -3 : 7) });
    expect(pixel(data, 0)).toEqual([...ramp.subarray(0, 3), 255]);
    expect(pixel(data, 1)).toEqual([...ramp.subarray(255 * 3), 255]);
  });

  it('draws exactly 0 as nothing on a logarithmic scale, and whatever is not 0 as something', () => {
    const scale = logScale(1e-4, 1);
    expect(scale(0)).toBeNaN();
    expect(scale(1e-30)).toBe(0);
    expect(scale(0.01)).toBeCloseTo(0.5);
    expect(scale(1)).toBe(1);
    expect(logScale(1, 1)(1)).toBe(1);
  });
});

describe('weights as pixels', () => {
  const structure = made(7, [9, 8], { order: 'random', direct: true });
  const network = fromDegrees(structure);
  const frame = connectivityFrame(structure);
  const masks = madeMasks(structure);
  const all = [...masks.hidden, masks.output, masks.direct!];

  it('draws exactly the weights that the masks let through, in any order of units and either way round', () => {
    for (const layer of maskLayers(network)) {
      const mask = all[layer.index]!;
      const { layers } = network;
      const flagged = bitsOf(
        mask.rows,
        mask.columns,
        (r, c) => r === 2 && c === 1 && mask.cells[r * mask.columns + c] === 1,
      );
      for (const order of ['degree', 'index'] as const) {
        const { rowUnits, columnUnits } = matrixAxes(layers, layer.from, layer.to, order);
        for (const turned of [false, true]) {
          const { width, data } = weightPixels({
            matrix: frame.weights[layer.index]!,
            mask: packed(mask),
            flagged: { mask: flagged, colour: [9, 9, 9] },
            receivers: { degrees: layers[layer.to]!.degrees, units: rowUnits },
            senders: { degrees: layers[layer.from]!.degrees, units: columnUnits },
            turned,
            colour: () => [1, 2, 3],
            largest: 1,
          });
          for (const [row, to] of rowUnits.entries()) {
            for (const [column, from] of columnUnits.entries()) {
              const shown = pixel(data, turned ? column * width + row : row * width + column);
              const exists = mask.cells[to * mask.columns + from] === 1;
              expect(shown).toEqual(!exists ? [0, 0, 0, 0] : to === 2 && from === 1 ? [9, 9, 9, 255] : [1, 2, 3, 255]);
            }
          }
        }
      }
    }
  });

  it('colours each by its own value, or by its bin', () => {
    const matrix = { ...frame.weights[0]!, rows: 2, columns: 2, values: Int8Array.of(127, -127, 0, 64), scale: 4 };
    const sides = {
      receivers: { degrees: Int32Array.of(2, 1), units: Int32Array.of(1, 0) },
      senders: { degrees: Int32Array.of(1, 1), units: Int32Array.of(0, 1) },
      mask: bitsOf(2, 2, () => true),
      flagged: { mask: null, colour: [0, 0, 0] as const },
      turned: false,
      colour: (share: number) => [Math.round(share * 100) + 100, 0, 0] as const,
      largest: 8,
    };
    const reds = (own: typeof matrix) => {
      const { data } = weightPixels({ ...sides, matrix: own });
      return [0, 1, 2, 3].map((at) => data[at * 4]);
    };
    expect(reds({ ...matrix, binnedRows: 2, binnedColumns: 2 })).toEqual([100, 113, 150, 50]);
    // Sorted by degree, unit 1 is in the first bin and unit 0 in the second.
    const binned = { ...matrix, binnedRows: 2, binnedColumns: 1, values: Int8Array.of(0, 127) };
    expect(reds(binned)).toEqual([100, 100, 150, 150]);
  });
});

describe('image grids', () => {
  it('lays images out row by row with transparent gaps and never changes a grey value', () => {
    const values = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const { width, height, data } = imageGridPixels({ values, count: 3, image: [1, 2], columns: 2, gap: 1 });
    expect([width, height]).toEqual([5, 3]);
    const greys = Array.from({ length: 15 }, (_, at) => (data[at * 4 + 3] === 0 ? -1 : data[at * 4]));
    expect(greys).toEqual([1, 2, -1, 3, 4, -1, -1, -1, -1, -1, 5, 6, -1, -1, -1]);
  });

  it('lays out images in colour, and leaves pixels empty until their last colour is there', () => {
    const values = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const { width, data } = imageGridPixels({
      ...{ values, count: 1, image: [1, 2, 3], columns: 1, gap: 0 },
      hidden: (at) => at === 5,
    });
    expect(width).toBe(2);
    expect([...data]).toEqual([1, 2, 3, 255, 4, 5, 6, 0]);
  });

  it('becomes a PNG', () => {
    const pixels = imageGridPixels({ values: Uint8Array.of(0, 255), count: 1, image: [1, 2], columns: 1, gap: 0 });
    expect(pngDataUri(pixels)).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  });
});

/** WCAG contrast of two colours. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const luminance = (colour: readonly number[]) => {
    const [r, g, bl] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * bl!;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (high! + 0.05) / (low! + 0.05);
}
const parsed = (colour: string) => {
  const { r, g, b } = rgb(colour);
  return [r, g, b];
};

describe('colours', () => {
  it('follow plasma and viridis', () => {
    for (let i = 0; i <= 200; i++) {
      const own = plasma(i / 200);
      const theirs = parsed(interpolatePlasma(i / 200));
      for (const [channel, value] of own.entries()) expect(Math.abs(value - theirs[channel]!)).toBeLessThanOrEqual(5);
    }
    expect(parsed(rampColour(magnitudeRamp(), 0.5))).toEqual(parsed(interpolateViridis(128 / 255)));
  });

  it.each(themeKinds)('read on the background of %s', (kind) => {
    const theme = themeFor(kind);
    const background = parsed(theme.background);
    for (const text of [theme.foreground, theme.muted]) {
      expect(contrast(parsed(text), background)).toBeGreaterThanOrEqual(4.5);
    }
    for (const mark of [theme.positive, theme.negative, theme.error, theme.accent, runStyle(kind, 0).colour]) {
      expect(contrast(parsed(mark), background)).toBeGreaterThanOrEqual(3);
    }
    for (let degree = 1; degree <= 16; degree++) {
      const colour = parsed(degreeColour(kind, degree, 16));
      expect(contrast(colour, background)).toBeGreaterThanOrEqual(2);
      expect(contrast(colour, parsed(degreeInk(kind, degree, 16)))).toBeGreaterThanOrEqual(4.5);
    }
    expect(errorRgb(kind)).toEqual(parsed(theme.error));
  });

  it('put blue below zero, orange above and the background between', () => {
    const ramp = signedRamp('dark');
    const { positive, negative } = themeFor('dark');
    expect(parsed(rampColour(ramp, 0))).toEqual(parsed(negative));
    expect(parsed(rampColour(ramp, 1))).toEqual(parsed(positive));
    expect(contrast(parsed(rampColour(ramp, 0.5)), parsed(themeFor('dark').background))).toBeLessThan(1.4);
  });

  it('give the first variable the same colour whatever comes after it, and a lone one the first', () => {
    expect(degreeColour('light', 1, 784)).toBe(degreeColour('light', 1, 3));
    expect(degreeColour('light', 1, 1)).toBe(degreeColour('light', 1, 3));
    expect(variableRgb('dark', -1)).toEqual(variableRgb('dark', 0));
    expect(inkOn([255, 255, 255])).toBe('#000000');
  });

  it('tell runs apart by dashes as well', () => {
    const styles = Array.from({ length: 6 }, (_, i) => runStyle('light', i));
    expect(new Set(styles.map(({ colour }) => colour)).size).toBe(6);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(6);
  });
});
