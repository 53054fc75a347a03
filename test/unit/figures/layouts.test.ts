import { describe, expect, it } from 'vitest';
import { matrixAxes, matrixPanel, pairAt, staircase, triangleOutline } from '../../../src/figures/matrix.tsx';
import { matrixPixels } from '../../../src/figures/pixels.ts';
import { magnitudeRamp } from '../../../src/figures/ramps.ts';
import { neighbour, nodeLayout, unitNear } from '../../../src/figures/nodeLayout.ts';
import { markedRuns, positionSpan, quiltAt, quiltLayout } from '../../../src/figures/quiltLayout.ts';
import { sampleLayout, variableAt, variablePath } from '../../../src/figures/sampleGrid.tsx';
import { themeFor } from '../../../src/figures/theme.ts';
import { weightReaders } from '../../../src/figures/weights.ts';
import { decodeWeight } from '../../../src/inspection/weightCodes.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { connectivityFrame, made, samplesFrame, three } from './fixtures.ts';

describe('nodes and links', () => {
  const layout = nodeLayout(fromDegrees(made(8, [12, 12])).layers, { width: 700, height: 400, unitOrder: 'degree' });

  it('keeps every unit inside and finds each under its own centre', () => {
    for (const [layer, row] of layout.rows.entries()) {
      for (const [unit, x] of row.x.entries()) {
        expect(x - row.radius).toBeGreaterThanOrEqual(layout.left);
        expect(x + row.radius).toBeLessThanOrEqual(700);
        expect(unitNear(layout, x, row.y)).toEqual({ layer, unit });
      }
    }
    expect(unitNear(layout, 350, (layout.rows[0]!.y + layout.rows[1]!.y) / 2)).toBeNull();
  });

  it('puts inputs below, outputs above, and degrees from left to right', () => {
    expect(layout.rows[0]!.y).toBeGreaterThan(layout.rows[3]!.y);
    for (const { unitAt, degrees } of layout.rows) {
      const shown = Array.from(unitAt, (unit) => degrees![unit]!);
      expect(shown).toEqual([...shown].sort((a, b) => a - b));
    }
  });

  it('keeps units as numbered when asked to', () => {
    const { rows } = nodeLayout(fromDegrees(made(8, [12])).layers, { width: 700, height: 400, unitOrder: 'index' });
    expect([...rows[1]!.unitAt]).toEqual(Array.from({ length: 12 }, (_, k) => k));
  });

  it('walks along layers and across them', () => {
    const rows = layout.rows.map((row) => row.unitAt);
    const first = { layer: 1, unit: rows[1]![0]! };
    expect(neighbour(rows, first, 'left')).toEqual(first);
    expect(neighbour(rows, first, 'right')).toEqual({ layer: 1, unit: rows[1]![1] });
    expect(neighbour(rows, first, 'last')).toEqual({ layer: 1, unit: rows[1]![11] });
    expect(neighbour(rows, first, 'up')).toEqual({ layer: 2, unit: rows[2]![0] });
    expect(neighbour(rows, { layer: 0, unit: rows[0]![7]! }, 'down')).toEqual({ layer: 0, unit: rows[0]![7] });
    expect(neighbour(rows, { layer: 0, unit: rows[0]![7]! }, 'up')).toEqual({ layer: 1, unit: rows[1]![11] });
  });
});

describe('quilts', () => {
  const cases = [
    { name: 'two hidden layers', structure: made(30, [20, 25]) },
    { name: 'one hidden layer and a direct connection', structure: made(30, [20], { direct: true }) },
    { name: 'three hidden layers', structure: made(12, [20, 15, 9]) },
    { name: 'very different sizes', structure: made(200, [3, 3]) },
    { name: 'no hidden layer', structure: made(30, []) },
  ];

  it.each(cases)('fits $name into its room without overlaps', ({ structure }) => {
    const layout = quiltLayout(fromDegrees(structure), { width: 800, height: 700 });
    expect(layout.width).toBeLessThanOrEqual(800 + structure.hidden.length);
    expect(layout.height).toBeLessThanOrEqual(700 + structure.hidden.length);
    const boxes = [...layout.panels, ...layout.strips];
    for (const [i, a] of boxes.entries()) {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.y).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(layout.width);
      expect(a.y + a.height).toBeLessThanOrEqual(layout.height);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
  });

  it.each(cases)('names in $name the pair under every cell and the unit under every strip', ({ structure }) => {
    const layout = quiltLayout(fromDegrees(structure), { width: 800, height: 700 });
    for (const panel of layout.panels) {
      for (const position of [0, layout.layers[panel.xLayer]!.units - 1]) {
        const x = positionSpan(layout, panel, 'x', panel.xLayer, position, 1);
        const y = positionSpan(layout, panel, 'y', panel.yLayer, 0, 1);
        const found = quiltAt(layout, x.start + x.size / 2, y.start + y.size / 2)!;
        expect(found.unit.layer).toBe(panel.to);
        expect(found.from?.layer).toBe(panel.from);
        const onX = panel.xLayer === panel.to ? found.unit : found.from!;
        expect(onX.unit).toBe(layout.unitAt[panel.xLayer]![position]);
      }
    }
    for (const strip of layout.strips) {
      const found = quiltAt(layout, strip.x + strip.width / 2, strip.y + strip.height / 2)!;
      expect(found.unit.layer).toBe(strip.layer);
      expect(found.from).toBeUndefined();
    }
  });

  it('gives every layer a strip', () => {
    const layout = quiltLayout(fromDegrees(made(30, [20, 25])), { width: 800, height: 700 });
    expect(layout.strips.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
  });

  it('finds runs of marked units by position', () => {
    const runs = markedRuns(Uint8Array.of(1, 0, 1, 1), Int32Array.of(2, 0, 1, 3));
    expect(runs).toEqual([
      { position: 0, count: 2 },
      { position: 3, count: 1 },
    ]);
  });
});

describe('matrices', () => {
  const structure = made(6, [9], { order: 'random' });
  const { layers } = fromDegrees(structure);
  const axes = matrixAxes(layers, 0, 2, 'degree');
  const pixels = matrixPixels({ rows: 6, columns: 6, ramp: magnitudeRamp(), position: () => 1 });
  const panel = (window: { x: number; y: number; width: number; height: number } | null) =>
    matrixPanel({ layers, axes, pixels, size: { width: 300, height: 300 }, theme: themeFor('light'), window });

  it('finds the pair under a point, also when zoomed', () => {
    for (const own of [panel(null), panel({ x: 2, y: 1, width: 3, height: 3 })]) {
      const found = pairAt(own, own.place.x(3.5), own.place.y(2.5))!;
      expect(found).toMatchObject({
        row: 2,
        column: 3,
        to: { layer: 2, unit: axes.rowUnits[2] },
        from: { layer: 0, unit: axes.columnUnits[3] },
      });
      expect(pairAt(own, own.place.plot.x - 1, own.place.plot.y + 1)).toBeNull();
    }
  });

  it('shows of the raster what the window shows', () => {
    expect(panel({ x: 2, y: 1, width: 3, height: 3 }).drawing.rasters[0]!.source).toEqual({
      x: 2,
      y: 1,
      width: 3,
      height: 3,
    });
  });

  it('puts rows and columns in the order', () => {
    expect(Array.from(axes.rowUnits, (unit) => structure.order[unit])).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('outlines the strict triangle and a mask as stairs', () => {
    const { place } = panel(null);
    const steps = triangleOutline(place, 6).match(/V/g)!;
    expect(steps).toHaveLength(5);
    expect(staircase(place, [0, 0, 2, 2, 5, 5]).match(/H/g)!.length).toBeGreaterThanOrEqual(3);
  });
});

describe('weights', () => {
  it('reads single weights, and means of bins by the place of a unit', () => {
    const frame = connectivityFrame(three);
    const [whole] = weightReaders(fromDegrees(three), frame.weights);
    expect(whole!.signed).toBe(true);
    expect(whole!.at(1, 0)).toBe(decodeWeight(frame.weights[0]!.values[3]!, frame.weights[0]!.scale));
    const binned = { ...frame.weights[0]!, binnedRows: 2, binnedColumns: 1, values: Int8Array.of(127, 64), scale: 2 };
    const [reader] = weightReaders(fromDegrees(three), [binned, frame.weights[1]!]);
    expect(reader!.signed).toBe(false);
    // Hidden degrees 1, 2, 1, 2: units 0 and 2 are in the first bin, 1 and 3 in the second.
    expect([0, 1, 2, 3].map((row) => reader!.at(row, 0))).toEqual([2, 2 * (64 / 127) ** 2, 2, 2 * (64 / 127) ** 2]);
  });
});

describe('samples', () => {
  it('finds sample and variable under a pixel, and every place of a variable', () => {
    const frame = samplesFrame(7, [4, 3]);
    const layout = sampleLayout(frame, 400);
    const { scale, gap } = layout;
    const left = (3 + gap) * scale.x;
    expect(variableAt(frame, layout, left + 1.5 * scale.x, 2.5 * scale.y)).toEqual({ row: 1, variable: 2 * 3 + 1 });
    expect(variableAt(frame, layout, 3.5 * scale.x, 0)).toBeNull();
    expect(variablePath(frame, layout, 5).match(/M/g)).toHaveLength(7);
  });

  it('draws pixels of images equally large, ten in a row for a hundred', () => {
    const layout = sampleLayout(samplesFrame(100, [28, 28]), 700);
    expect(Number.isInteger(layout.scale.x)).toBe(true);
    expect(layout.scale.x).toBe(layout.scale.y);
    expect(layout.columns).toBe(10);
    expect(layout.width).toBeLessThanOrEqual(700);
  });

  it('fills a square where there is room for one', () => {
    const layout = sampleLayout(samplesFrame(64, [28, 28]), 490);
    expect(layout).toMatchObject({ columns: 8, rows: 8, scale: { x: 2, y: 2 } });
  });
});
