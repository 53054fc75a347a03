/** Views of what a pixel sees: colours side by side, which colours hear which, and the field that grows. */
import { describe, expect, it } from 'vitest';
import { channelFigure } from '../../../src/figures/channelMatrix.tsx';
import { channelReading, channelSentence } from '../../../src/figures/channelWords.ts';
import { dependencyDrawing, dependencyLayout, dependencyLegend } from '../../../src/figures/dependency.tsx';
import { inputBeside, inputBox, inputUnder } from '../../../src/figures/dependencyLayout.ts';
import { dependencyReading, dependencySentence, outputWords } from '../../../src/figures/dependencyWords.ts';
import { receptiveField } from '../../../src/figures/receptiveField.tsx';
import { type GrowthFrame, growthReading, hasGrowth, layerSentence } from '../../../src/figures/receptiveFieldWords.ts';
import { silentRgb } from '../../../src/figures/ramps.ts';
import { regionPath } from '../../../src/figures/regionPath.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { goldenSvg } from './goldenSvg.ts';
import { type MadeUpPixels, pixelDependency } from './pixelViewFixtures.ts';

const file = (name: string) => `golden/${name}.svg`;
const light = themeFor('light');
const room = { width: 700, height: 400 };

function withGrowth(o: MadeUpPixels): GrowthFrame {
  const frame = pixelDependency(o);
  if (!hasGrowth(frame)) throw new Error('made-up frames of pixels have growth');
  return frame;
}

describe('a dependency map in colour', () => {
  // Green of row 3, column 2.
  const frame = pixelDependency({ image: [5, 4, 3], output: 28 });

  it('has an image of each colour, every input in its own cell', () => {
    const layout = dependencyLayout(frame, room);
    expect(layout.panels).toEqual(['red inputs', 'green inputs', 'blue inputs']);
    for (let input = 0; input < 60; input++) {
      const { x, y, width, height } = inputBox(layout, input);
      expect(inputUnder(layout, x + width / 2, y + height / 2)).toBe(input);
      expect(x + width).toBeLessThanOrEqual(layout.width);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
    const { x, y, width } = inputBox(layout, 9);
    expect(inputUnder(layout, x + width + 4, y + 2), 'between two colours').toBeNull();
    expect(inputBeside(layout, 9, 1, 0), 'from the last red of a row to its first green').toBe(1);
    expect(dependencyDrawing(frame, layout, light).rasters).toHaveLength(3);
  });

  it('has of each pixel the colour that is felt most, and what is wrong before that', () => {
    const strength = new Float32Array(60);
    strength.set([0.1, 0.3, 0.2], 12);
    strength.set([0.9, 0.8, 0.01], 27);
    const layout = dependencyLayout({ ...frame, strength }, room, 'strongest');
    expect(layout.inputAt).toHaveLength(20);
    expect(layout.inputAt[4]).toBe(13);
    expect(layout.inputAt[9], 'green hears itself and, worse, blue; red it may').toBe(28);
    expect(inputBox(layout, 12)).toEqual(inputBox(layout, 14));
  });

  it('names places and colours', () => {
    expect(outputWords(frame, 28)).toBe('x̂₂₉ (row 3, column 2, green)');
    expect(dependencySentence(frame, 27)).toContain('x₂₈ (row 3, column 2, red) comes before it');
    expect(dependencyReading(frame)).toContain('depends on 28 of 28 earlier variables');
  });

  it('is drawn so', async () => {
    const layout = dependencyLayout(frame, room);
    const figure = { title: 'Map', reading: 'Reads.', drawing: dependencyDrawing(frame, layout, light) };
    const legend = dependencyLegend(frame, layout.form, light);
    await expect(goldenSvg({ ...figure, legend }, light)).toMatchFileSnapshot(file('dependency-colour'));
  });
});

describe('which colours hear which', () => {
  const { channels } = pixelDependency({ image: [5, 4, 3], output: 28 });
  const leaking = pixelDependency({ image: [5, 4, 3], output: 28, maskType: 'B' }).channels!;

  it('is told of the pixel itself and of those before it', () => {
    expect(channelReading(channels!)).toMatch(
      /^Of its own pixel red sees no colour, green sees red and blue sees red and green, as the order R → G → B has it\. Of what it feels in all, its own pixel makes: red 0\.0\s%, green [\d.]+\s%, blue [\d.]+\s%\.$/,
    );
    expect(channelSentence(channels!, { part: 'own', to: 0, from: 2 })).toBe(
      'red ← blue of its own pixel: no path; mean |∂| 0, as it must be.',
    );
    expect(channelSentence(channels!, { part: 'earlier', to: 2, from: 0 })).toMatch(
      /^blue ← red of the pixels before it: paths from 9 of 9 pixels; mean \|∂\| [\d.]+ in all\.$/,
    );
  });

  it('names colours that see themselves, and those that see nothing', () => {
    expect(channelReading(leaking)).toMatch(/Red sees itself with \|∂\| = [\d.]+: a leak\./);
    expect(channelReading(leaking)).not.toContain('as the order');
    const own = { paths: channels!.own.paths.map(() => 0), strength: channels!.own.strength.map(() => 0) };
    expect(channelReading({ ...channels!, own })).toContain('Blue has no path from green of its own pixel: lost.');
    const first = { ...channels!, pixel: 0, earlier: { paths: new Int32Array(9), strength: new Float32Array(9) } };
    expect(channelReading(first)).toMatch(/No pixel comes before it\.$/);
  });

  it('finds the pair under the pointer', () => {
    const { boxOf, cellAt } = channelFigure(channels!, light);
    for (const part of ['own', 'earlier'] as const) {
      const cell = { part, to: 2, from: 1 };
      const { x, y, width, height } = boxOf(cell);
      expect(cellAt(x + width / 2, y + height / 2)).toEqual(cell);
    }
    expect(cellAt(2, 2)).toBeNull();
  });

  it.each([
    ['channels', channels!],
    ['channels-leaking', leaking],
  ])('is drawn so: %s', async (name, matrix) => {
    const figure = { title: 'Colours', reading: channelReading(matrix), ...channelFigure(matrix, light) };
    await expect(goldenSvg(figure, light)).toMatchFileSnapshot(file(name));
  });
});

describe('the receptive field', () => {
  const single = withGrowth({ image: [9, 9], stacks: 'single', layers: 2 });
  const gated = withGrowth({ image: [7, 8], layers: 9 });
  const draw = (frame: GrowthFrame, layer: number | null = null, width = 800) =>
    receptiveField({ frame, layer, width, height: 400, theme: light });

  it('tells what has come behind each layer, the blind spot, and what is felt', () => {
    expect(growthReading(single)).toMatch(
      /^x̂₄₁ sees 4 of 40 earlier pixels behind the first layer \(10\.0\s%\) and \d+ behind block 2 \([\d.]+\s%\)\. More layers would reach \d+ more; \d+ \([\d.]+\s%\) lie in its blind spot, where none reaches\. On the rows measured \d+ are felt \([\d.]+\s%\), and \d+ inputs make nine tenths of it\.$/u,
    );
    expect(layerSentence(single, 1)).toBe(
      'Behind block 1: 11 of 40 earlier pixels (27.5\u00a0%), 7 more than behind the first layer.',
    );
    expect(growthReading(gated)).toContain('That is its whole past.');
    expect(growthReading(gated)).toMatch(/Behind layer \d nothing is added\./);
    expect(growthReading(withGrowth({ image: [4, 4], output: 0 }))).toBe(
      'x̂₁ is the first: there is nothing before it to see.',
    );
  });

  it('finds the layer and the pixel under the pointer', () => {
    const { drawing, inputAt, layerAt } = draw(single);
    const [map] = drawing.rasters;
    const cell = map!.width / 9;
    const middle = (row: number, column: number) =>
      [map!.x + (column + 0.5) * cell, map!.y + (row + 0.5) * cell] as const;
    expect(inputAt(...middle(3, 4))).toBe(31);
    expect(layerAt(...middle(3, 4)), 'just above it').toBe(0);
    expect(layerAt(...middle(3, 2))).toBe(1);
    expect(layerAt(...middle(8, 8)), 'not before it').toBeNull();
    expect(layerAt(drawing.width - 30, 100), 'in the chart').toBe(2);
    expect(inputAt(drawing.width - 30, 100)).toBeNull();
  });

  it('shows of a layer what has come so far, and what comes behind it as too far', () => {
    const colours = (layer: number | null) => {
      const { data } = draw(single, layer).drawing.rasters[0]!.pixels;
      return (input: number) => [...data.subarray(4 * input, 4 * input + 4)].join();
    };
    const far = [...silentRgb('light'), 255].join();
    expect(colours(0)(31)).toBe(colours(null)(31));
    expect(colours(0)(29)).toBe(far);
    expect(colours(null)(29)).not.toBe(far);
  });

  it.each([
    ['receptive-field-single', single, null, 800],
    ['receptive-field-layer', single, 1, 420],
    ['receptive-field-colour', withGrowth({ image: [5, 4, 3], output: 28 }), null, 800],
  ] as const)('is drawn so: %s', async (name, frame, layer, width) => {
    const figure = { title: 'Field', reading: growthReading(frame), ...draw(frame, layer, width) };
    await expect(goldenSvg(figure, light)).toMatchFileSnapshot(file(name));
  });
});

it('an outline runs around a region as a whole, in lines as long as they go', () => {
  const inside = (row: number, column: number) => row < 2 && column > 0;
  expect(regionPath({ rows: 3, columns: 3, x: 10, y: 20, cell: 5, inside })).toBe(
    'M15 20h10M15 30h10M15 20v10M25 20v10',
  );
  expect(regionPath({ rows: 2, columns: 2, x: 0, y: 0, cell: 5, inside: () => false })).toBe('');
});
