/** Networks with a context and with companion weights (U): what is found, drawn and said of them. */
import { expect, it } from 'vitest';
import { contextLayer, highlightOf, highlightWithContext } from '../../../src/figures/dependencies.ts';
import { weightPanes } from '../../../src/figures/maskMatrix.tsx';
import { diagramSentence } from '../../../src/figures/modelDiagramWords.ts';
import { neighbour, nodeLayout, unitNear, type Aside } from '../../../src/figures/nodeLayout.ts';
import { quiltPixels } from '../../../src/figures/quilt.tsx';
import { quiltAt, quiltLayout } from '../../../src/figures/quiltLayout.ts';
import { connectivityReading, focusSentence, masksReading, unitSentence } from '../../../src/figures/sentences.ts';
import { themeFor } from '../../../src/figures/theme.ts';
import { weightsOfFocus } from '../../../src/figures/weights.ts';
import type { WeightMatrix } from '../../../src/inspection/frames.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { connectivityOf, fromMasks } from '../../../src/masks/byMasks.ts';
import { connectivityFrame, strictEverywhere, three } from './fixtures.ts';

const matrix = (rows: number, columns: number, code: number): WeightMatrix => ({
  ...{ name: 'w', rows, columns, binnedRows: rows, binnedColumns: columns, scale: 1 },
  values: new Int8Array(rows * columns).fill(code),
});

/** 3 variables, 4 hidden units; U of the first matrix alone; a context of 2 columns into both layers. */
function conditioned(into: readonly number[] = [1, 2]) {
  const frame = connectivityFrame(three);
  const data = { ...frame.network, context: { size: 2, into } };
  const own = {
    ...frame,
    network: data,
    companions: [matrix(4, 3, -127), null],
    context: into.map((layer) => matrix(layer === 1 ? 4 : 3, 2, 127)),
  };
  return { frame: own, network: connectivityOf(data) };
}

it('the context reaches all units of its layers and what depends on them, whatever the masks come from', () => {
  const { network } = conditioned();
  expect(network.contextReach().map((marks) => [...marks])).toEqual([
    [0, 0, 0],
    [1, 1, 1, 1],
    [1, 1, 1],
  ]);
  const hiddenOnly = conditioned([1]).network;
  expect([...hiddenOnly.contextReach()[2]!], 'the first output hears no hidden unit').toEqual([0, 1, 1]);
  const masks = { ...strictEverywhere(3, 2), context: { size: 1, into: [1] } };
  expect([...fromMasks(masks, Int32Array.of(1, 2, 3)).contextReach()[2]!]).toEqual([0, 1, 1]);
});

it('is told in words: how far it reaches, and whom it leaves out', () => {
  expect(connectivityReading(conditioned().network)).toContain(
    'The context (2 columns, degree 0) leads into the hidden layer and the outputs: every output sees it.',
  );
  expect(connectivityReading(conditioned([1]).network)).toContain(
    'leads into the hidden layer: 1 output does not see it.',
  );
});

it('both weights of a connection are told, and the context’s', () => {
  const { frame, network } = conditioned();
  const known = weightsOfFocus(network, frame);
  const say = (layer: number, unit: number, from: { layer: number; unit: number }) => {
    const focus = { unit: { layer, unit }, from };
    return focusSentence(network, focus, ...known(focus));
  };
  expect(say(1, 0, { layer: 0, unit: 0 })).toMatch(
    /^h₁ \(degree 1\) sees x₁ \(degree 1\): weight ≈ .*, U ≈ −1\.000 ± 0\.008\.$/,
  );
  expect(say(2, 2, { layer: 1, unit: 0 }), 'V has no companion').not.toContain('U');
  expect(say(1, 3, { layer: contextLayer(network), unit: 1 })).toMatch(
    /^h₄ sees c₂ of the context, .*, weight ≈ 1\.000 ±/,
  );
  const column = { unit: { layer: contextLayer(network), unit: 1 } };
  expect(focusSentence(network, column, ...known(column))).toContain(
    'c₂ (context, degree 0) leads into the hidden layer',
  );
  expect([...highlightOf(network, column).above[2]!]).toEqual([1, 1, 1]);
  expect(highlightOf(network, column).below.flatMap((marks) => [...marks])).not.toContain(1);
});

it('every matrix has a pane of its own', () => {
  const { frame, network } = conditioned();
  expect(weightPanes(network, frame).map(({ layer, of }) => [layer.name, of, layer.rows, layer.columns])).toEqual([
    ['W', 'weight', 4, 3],
    ['V', 'weight', 3, 4],
    ['U of W', 'U', 4, 3],
    ['context into hidden layer', 'context', 4, 2],
    ['context into outputs', 'context', 3, 2],
  ]);
});

it('stands beside the inputs and is found there', () => {
  const { network } = conditioned();
  const layout = nodeLayout(network.layers, { width: 500, height: 400, unitOrder: 'degree', context: 2 });
  const { context, rows } = layout;
  expect(context!.y).toBe(rows[0]!.y);
  expect(Math.min(...context!.x)).toBeGreaterThan(Math.max(...rows[0]!.x) + rows[0]!.radius + context!.radius);
  expect(Math.max(...context!.x) + context!.radius).toBeLessThanOrEqual(500);
  expect(unitNear(layout, context!.x[1]!, context!.y)).toEqual({ layer: contextLayer(network), unit: 1 });
  expect(nodeLayout(network.layers, { width: 500, height: 400, unitOrder: 'degree' }).context).toBeNull();
});

it('is what a unit of degree 0 sees, and the first output: neither is said to see nothing', () => {
  const structure = { order: Int32Array.of(1, 2), hidden: [Int32Array.of(0, 1)], direct: false };
  const network = fromDegrees(structure, { size: 2, into: [1, 2] });
  expect(unitSentence(network, { layer: 1, unit: 0 })).toMatch(
    /^h₁ \(degree 0\) sees the context and no input and is used by /,
  );
  expect(unitSentence(network, { layer: 2, unit: 0 })).toContain('the context and its bias alone set it.');
  expect(masksReading(network)).toContain('Every hidden unit sees an input or the context and reaches an output.');
  expect(diagramSentence(network, 'degrees')).toContain(
    'one of degree 0 the context alone; every unit sees an input or the context and reaches an output.',
  );
});

it.each(['left', 'right'] as const)('goes on where the inputs end for the arrow keys, %s of them', (side) => {
  const rows = [Int32Array.of(2, 0, 1), Int32Array.of(0, 1, 2, 3), Int32Array.of(0, 1, 2)];
  const aside: Aside = { layer: 3, units: Int32Array.of(0, 1), side, into: 1 };
  const [out, back] = side === 'right' ? (['right', 'left'] as const) : (['left', 'right'] as const);
  const edge = { layer: 0, unit: side === 'right' ? 1 : 2 };
  const nearest = { layer: 3, unit: side === 'right' ? 0 : 1 };
  const farthest = { layer: 3, unit: side === 'right' ? 1 : 0 };
  expect(neighbour(rows, edge, out, aside)).toEqual(nearest);
  expect(neighbour(rows, nearest, out, aside)).toEqual(farthest);
  expect(neighbour(rows, farthest, out, aside)).toEqual(farthest);
  expect(neighbour(rows, nearest, back, aside)).toEqual(edge);
  expect(neighbour(rows, edge, out)).toEqual(edge);
  expect(neighbour(rows, { layer: 3, unit: 1 }, 'up', aside)).toEqual({ layer: 1, unit: 3 });
  expect(neighbour(rows, nearest, 'down', aside)).toEqual(nearest);
  expect(neighbour(rows, { layer: 1, unit: 0 }, 'left', aside), 'beside the inputs alone').toEqual({
    layer: 1,
    unit: 0,
  });
});

it('has a matrix for each of its layers in a quilt, is found there and lit with what sees it', () => {
  const { frame, network } = conditioned();
  const layout = quiltLayout(network, { width: 700, height: 600 });
  const panels = layout.panels.filter(({ kind }) => kind === 'context');
  expect(panels.map(({ to }) => to)).toEqual([1, 2]);
  const overlapping = layout.panels.flatMap((a, i) =>
    layout.panels
      .slice(i + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
  );
  expect(overlapping).toEqual([]);
  const first = panels[0]!;
  const context = contextLayer(network);
  expect(quiltAt(layout, first.x + 0.75 * first.width, first.y + 1)).toEqual({
    unit: { layer: 1, unit: layout.unitAt[1]![0] },
    from: { layer: context, unit: 1 },
  });
  const strip = layout.strips.find(({ layer }) => layer === context)!;
  expect(quiltAt(layout, strip.x + 1, strip.y + 1)).toEqual({ unit: { layer: context, unit: 0 } });
  const { panels: drawn, largestGiven } = quiltPixels(
    network,
    frame.weights,
    layout,
    themeFor('light'),
    'weight',
    frame.context,
  );
  expect(largestGiven).toBe(1);
  const pixels = drawn[layout.panels.indexOf(first)]!;
  expect([pixels.width, pixels.height]).toEqual([2, 4]);
  expect(
    Array.from(pixels.data).filter((_, i) => i % 4 === 3),
    'every weight exists',
  ).toEqual(Array(8).fill(255));
  const lit = (unit: { layer: number; unit: number }) => [...highlightWithContext(network, { unit }).below[context]!];
  expect(lit({ layer: 2, unit: 0 }), 'the first output sees it directly').toEqual([1, 1]);
  expect(lit({ layer: 0, unit: 0 })).toEqual([0, 0]);
  expect(lit({ layer: context, unit: 1 })).toEqual([0, 1]);
});
