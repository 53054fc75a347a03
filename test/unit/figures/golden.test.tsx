/**
 * Every figure as it stood when it was last looked at. A changed picture fails here; look at the new one (the files
 * open in any browser) and, if it is right, update with `vitest -u`.
 */
import type { VNode } from 'preact';
import { describe, expect, it } from 'vitest';
import { figureSvg, type Figure } from '../../../src/figures/compose.tsx';
import { ConnectivityBase, ConnectivityHighlight, connectivityLegend } from '../../../src/figures/connectivity.tsx';
import { curves, type CurvesOptions } from '../../../src/figures/curves.tsx';
import { highlightOf } from '../../../src/figures/dependencies.ts';
import { modelDiagramSvg } from '../../../src/figures/hover.ts';
import { jacobianFigure } from '../../../src/figures/jacobian.tsx';
import { maskFigure, maskLayers, pathsFigure } from '../../../src/figures/maskMatrix.tsx';
import { MatrixHighlight } from '../../../src/figures/matrix.tsx';
import { nodeLayout } from '../../../src/figures/nodeLayout.ts';
import type { Pixels } from '../../../src/figures/pixels.ts';
import { QuiltHighlight } from '../../../src/figures/quiltHighlight.tsx';
import { quiltDrawing, quiltLegend, quiltPixels } from '../../../src/figures/quilt.tsx';
import { quiltLayout } from '../../../src/figures/quiltLayout.ts';
import { renderSvg } from '../../../src/figures/render.ts';
import { sampleDrawing, sampleLayout, samplePixels } from '../../../src/figures/sampleGrid.tsx';
import { connectivityReading, masksReading, pathsReading } from '../../../src/figures/sentences.ts';
import { themeFor, webviewTheme, type Theme } from '../../../src/figures/theme.ts';
import { weightReaders } from '../../../src/figures/weights.ts';
import { jacobianReading } from '../../../src/figures/jacobianWords.ts';
import { curvesReading, samplesReading } from '../../../src/figures/runSentences.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import { strictTriangle } from '../../../src/masks/masks.ts';
import { connectivityFrame, jacobianFrame, leaky, made, metrics, samplesFrame, strictEverywhere } from './fixtures.ts';

/** Pixels by size and content: a picture inside the picture would hide which of the two has changed. */
function fingerprint({ width, height, data }: Pixels): string {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return `data:,${width}x${height}-${(hash >>> 0).toString(16)}`;
}

/** What would keep an XML parser from reading a drawing: attributes without a value, tags that do not close. */
function problemsOfXml(svg: string): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  for (const [tag, closing, name, attributes, alone] of svg.matchAll(/<(\/?)([\w:]+)((?:[^>"]|"[^"]*")*?)(\/?)>/g)) {
    if (closing !== '') {
      if (open.pop() !== name) problems.push(tag);
    } else {
      if (attributes!.replaceAll(/\s[\w:-]+="[^"<]*"/g, '').trim() !== '') problems.push(tag);
      if (alone === '') open.push(name!);
    }
  }
  return [...problems, ...open];
}

/** Numbers cut to three decimals, one element a line. */
function golden(svg: string): string {
  expect(problemsOfXml(svg)).toEqual([]);
  return `${svg.replace(/\d+\.\d{4,}/g, (n) => String(Number(Number(n).toFixed(3)))).replaceAll('><', '>\n<')}\n`;
}

const draw = (vnode: VNode) => golden(renderSvg(vnode));
const whole = (figure: Figure, theme: Theme) => draw(figureSvg(figure, theme, fingerprint));
const file = (name: string) => `golden/${name}.svg`;

const light = themeFor('light');
const dark = themeFor('dark');
const smallStructure = made(5, [7, 7], { order: 'random', direct: true });
const small = fromDegrees(smallStructure);
const largeStructure = made(60, [90, 80]);
const large = fromDegrees(largeStructure);

describe('curves', () => {
  const options = (changes: Partial<CurvesOptions>): CurvesOptions => ({
    runs: [{ name: 'digits', metrics: metrics(6, 40), dimension: 784 }],
    unit: 'nats',
    axis: 'epoch',
    logX: false,
    logY: false,
    wholeRange: false,
    baseline: { label: 'independent Bernoullis', nats: 96 },
    width: 640,
    height: 320,
    theme: light,
    ...changes,
  });
  const figure = (changes: Partial<CurvesOptions>, theme = light): Figure => {
    const o = options({ ...changes, theme });
    const { drawing, legend } = curves(o);
    return { title: 'Learning curves', reading: curvesReading(o.runs[0]!.metrics, o.unit, 784), drawing, legend };
  };

  it('in nats by epochs', async () => {
    await expect(whole(figure({}), light)).toMatchFileSnapshot(file('curves'));
  });
  it('in bits by time, all of it, logarithmic', async () => {
    const changes = { unit: 'bits', axis: 'time', logX: true, logY: true, wholeRange: true } as const;
    await expect(whole(figure(changes, dark), dark)).toMatchFileSnapshot(file('curves-log-bits-dark'));
  });
  it('by training samples on a logarithmic axis', async () => {
    const changes = { axis: 'rows', logX: true } as const;
    await expect(whole(figure(changes), light)).toMatchFileSnapshot(file('curves-samples-log'));
  });
  it('below zero, two runs', async () => {
    const runs = [0, 3].map((shift) => ({ name: `run ${shift}`, metrics: metrics(4, 20, shift - 140), dimension: 10 }));
    await expect(whole(figure({ runs, baseline: null }), light)).toMatchFileSnapshot(file('curves-negative-two-runs'));
  });
});

describe('connectivity', () => {
  const frame = connectivityFrame(smallStructure);
  const layout = nodeLayout(small.layers, { width: 640, height: 360, unitOrder: 'degree' });
  const reading = connectivityReading(small);
  const common = { network: small, weights: frame.weights, layout };

  it('of a small network', async () => {
    const legend = connectivityLegend(light, weightReaders(small, frame.weights), small);
    const marks = <ConnectivityBase {...common} theme={light} />;
    const drawing = { width: 640, height: 360, rasters: [], marks };
    await expect(whole({ title: 'Connectivity', reading, drawing, legend }, light)).toMatchFileSnapshot(
      file('connectivity'),
    );
  });
  it('with an output pinned, in the variables of the page', async () => {
    const theme = webviewTheme('hc-dark');
    const marks = <ConnectivityHighlight {...common} theme={theme} focus={{ unit: { layer: 3, unit: 0 } }} pinned />;
    await expect(draw(<svg width={640}>{marks}</svg>)).toMatchFileSnapshot(file('connectivity-pinned'));
  });
  it('of many units: degrees in brackets', async () => {
    const many = fromDegrees(made(16, [64]));
    const wide = nodeLayout(many.layers, { width: 700, height: 300, unitOrder: 'degree' });
    const marks = <ConnectivityBase network={many} weights={null} layout={wide} theme={dark} />;
    await expect(draw(<svg width={700}>{marks}</svg>)).toMatchFileSnapshot(file('connectivity-brackets'));
  });
  it('of a large network, as a quilt', async () => {
    const own = quiltLayout(large, { width: 640, height: 560 });
    const pixels = quiltPixels(large, connectivityFrame(largeStructure).weights, own, dark);
    const drawing = quiltDrawing({ network: large, layout: own, pixels, theme: dark });
    const marks = (
      <>
        {drawing.marks}
        <QuiltHighlight network={large} layout={own} theme={dark} focus={{ unit: { layer: 3, unit: 40 } }} pinned />
      </>
    );
    const figure = {
      title: 'Connectivity',
      reading: '',
      drawing: { ...drawing, marks },
      legend: quiltLegend(dark, pixels, large),
    };
    await expect(whole(figure, dark)).toMatchFileSnapshot(file('quilt-pinned-dark'));
  });
});

describe('matrices', () => {
  const size = { width: 320, height: 320 };

  it('of masks with weights', async () => {
    const { panel, legend, title, reading } = maskFigure({
      network: small,
      layer: maskLayers(small)[1]!,
      reader: weightReaders(small, connectivityFrame(smallStructure).weights)[1]!,
      theme: light,
      order: 'degree',
      size,
    });
    await expect(whole({ title, reading, drawing: panel.drawing, legend }, light)).toMatchFileSnapshot(file('mask'));
  });
  it('of paths with numbers, a pair pointed at', async () => {
    const { panel, legend } = pathsFigure({ network: small, theme: dark, order: 'degree', size });
    const focus = { unit: { layer: 3, unit: 4 }, from: { layer: 0, unit: 1 } };
    const marks = (
      <>
        {panel.drawing.marks}
        <MatrixHighlight panel={panel} focus={focus} highlight={highlightOf(small, focus)} theme={dark} />
      </>
    );
    const reading = pathsReading(small.report());
    await expect(
      whole({ title: 'Paths', reading, drawing: { ...panel.drawing, marks }, legend }, dark),
    ).toMatchFileSnapshot(file('paths-dark'));
  });
  it('of paths that were lost', async () => {
    const lossy = fromDegrees(made(6, [3], { degrees: [[2, 2, 4]] }));
    const { panel, legend } = pathsFigure({ network: lossy, theme: light, order: 'index', size });
    const reading = pathsReading(lossy.report());
    await expect(whole({ title: 'Paths', reading, drawing: panel.drawing, legend }, light)).toMatchFileSnapshot(
      file('paths-lost'),
    );
  });
  it('of a Jacobian that leaks', async () => {
    const frame = jacobianFrame(smallStructure, [0, 0]);
    const { panel, legend } = jacobianFigure({ frame, layers: small.layers, theme: light, order: 'degree', size });
    const figure = { title: 'Jacobian', reading: jacobianReading(frame), drawing: panel.drawing, legend };
    await expect(whole(figure, light)).toMatchFileSnapshot(file('jacobian-leak'));
  });
  it('of a sound Jacobian, zoomed', async () => {
    const frame = jacobianFrame(smallStructure, null);
    const window = { x: 1, y: 2, width: 2, height: 2 };
    const { panel, legend } = jacobianFigure({
      frame,
      layers: small.layers,
      theme: light,
      order: 'degree',
      size,
      window,
    });
    const figure = { title: 'Jacobian', reading: jacobianReading(frame), drawing: panel.drawing, legend };
    await expect(whole(figure, light)).toMatchFileSnapshot(file('jacobian-zoomed'));
  });
});

describe('a network whose masks no degrees made', () => {
  const sound = made(6, [8], { degrees: 'even' });
  const leaking = fromMasks(leaky(sound), sound.order, sound.hidden);
  const { weights } = connectivityFrame(sound, leaky(sound));
  const natural = Int32Array.from({ length: 6 }, (_, d) => d + 1);
  const square = fromMasks(strictEverywhere(6, 3), natural);
  const size = { width: 320, height: 320 };

  it.each([
    ['connectivity-leaking', leaking, weights],
    ['connectivity-lost-unlabelled', square, null],
    ['connectivity-no-hidden-layer', fromMasks({ masks: [strictTriangle(natural)], direct: null }, natural), null],
  ])('drawn as nodes and links: %s', async (name, network, own) => {
    const layout = nodeLayout(network.layers, { width: 560, height: 300, unitOrder: 'degree' });
    const marks = <ConnectivityBase network={network} weights={own} layout={layout} theme={light} />;
    const legend = connectivityLegend(light, own && weightReaders(network, own), network);
    const drawing = { width: 560, height: 300, rasters: [], marks };
    const figure = { title: 'Connectivity', reading: connectivityReading(network), drawing, legend };
    await expect(whole(figure, light)).toMatchFileSnapshot(file(name));
  });

  it.each([
    ['quilt-leaking', leaking, weights],
    ['quilt-lost-unlabelled', square, null],
    ['quilt-no-hidden-layer', fromMasks({ masks: [strictTriangle(natural)], direct: null }, natural), null],
  ])('drawn as a quilt: %s', async (name, network, own) => {
    const layout = quiltLayout(network, { width: 480, height: 420 });
    const pixels = quiltPixels(network, own, layout, light);
    const drawing = quiltDrawing({ network, layout, pixels, theme: light });
    const figure = { title: 'Connectivity', reading: '', drawing, legend: quiltLegend(light, pixels, network) };
    await expect(whole(figure, light)).toMatchFileSnapshot(file(name));
  });

  it('marks in its masks the weights that leak, and nothing else', async () => {
    const common = { network: leaking, theme: light, order: 'degree' as const, size };
    const readers = weightReaders(leaking, weights);
    const [W, V] = maskLayers(leaking).map((layer) => maskFigure({ ...common, layer, reader: readers[layer.index]! }));
    const drawing = V!.panel.drawing;
    await expect(
      whole({ title: V!.title, reading: masksReading(leaking), drawing, legend: V!.legend }, light),
    ).toMatchFileSnapshot(file('mask-leaking'));
    const marks = (figure: typeof V) =>
      (draw(<svg>{figure!.panel.drawing.marks}</svg>).match(/fill-opacity/g) ?? []).length;
    expect([marks(W), marks(V)]).toEqual([8, 8]);
    const layer = maskLayers(leaking)[1]!;
    const soundFigure = maskFigure({ ...common, network: fromDegrees(sound), layer, reader: readers[1]! });
    expect(marks(soundFigure)).toBe(0);
  });

  it.each([
    ['paths-leaking', leaking],
    ['paths-lost-unlabelled', square],
  ])('marks the pairs that leak and those that are lost: %s', async (name, network) => {
    const { panel, legend } = pathsFigure({ network, theme: light, order: 'degree', size });
    const reading = pathsReading(network.report());
    await expect(whole({ title: 'Paths', reading, drawing: panel.drawing, legend }, light)).toMatchFileSnapshot(
      file(name),
    );
  });
});

describe('samples', () => {
  it.each([
    ['samples-images', samplesFrame(12, [4, 4])],
    ['samples-rows', samplesFrame(9, null)],
  ])('%s', async (name, frame) => {
    const layout = sampleLayout(frame, 400);
    const drawing = sampleDrawing(frame, layout, samplePixels(frame, 'means', layout), light);
    await expect(
      whole({ title: 'Samples', reading: samplesReading(frame), drawing, legend: [] }, light),
    ).toMatchFileSnapshot(file(name));
  });
});

describe('hovers', () => {
  it.each([
    ['hover-small', small, 'degrees' as const],
    ['hover-large', large, 'masks' as const],
    ['hover-single-variable', fromDegrees(made(1, [3])), 'order' as const],
  ])('%s', async (name, network, highlight) => {
    await expect(golden(modelDiagramSvg(network, { theme: dark, width: 560, highlight }))).toMatchFileSnapshot(
      file(name),
    );
  });
});

describe('a drawing as a document', () => {
  it('is XML even where an attribute is empty', () => {
    const svg = renderSvg(
      <svg aria-label='a "b" > c d'>
        <path d="" fill="none" />
      </svg>,
    );
    expect(problemsOfXml(svg)).toEqual([]);
    expect(svg).toContain('d=""');
    expect(problemsOfXml('<svg><path d fill="none"></path></svg>')).toEqual(['<path d fill="none">']);
  });
});
