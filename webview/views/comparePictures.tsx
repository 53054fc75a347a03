/** Which pairs the masks of two runs join, and rows drawn from both, beside each other. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { halfOf, legendOfBoth, pairDrawing, type Named } from '../../src/figures/comparePair.tsx';
import { DrawingMarks, type Drawing } from '../../src/figures/drawing.tsx';
import type { LegendItem } from '../../src/figures/legend.tsx';
import { pathsFigure } from '../../src/figures/maskMatrix.tsx';
import { samplesReading } from '../../src/figures/runSentences.ts';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels } from '../../src/figures/sampleGrid.tsx';
import { isPoints, sampleScatter, scatterWindow, type Window } from '../../src/figures/sampleScatter.tsx';
import { sampleCells } from '../../src/figures/sampleWords.ts';
import { connectivityReading } from '../../src/figures/sentences.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { FrameKind, SamplesFrame } from '../../src/inspection/frames.ts';
import { views } from '../../src/inspection/views.ts';
import { connectivityOf } from '../../src/masks/byMasks.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import type { PartProps } from './compareView.tsx';
import { maskShown } from './compareTables.ts';
import type { PageModel, Table } from './view.ts';

/** Rows of each run that are shown. */
const ROWS = 36;
const TALLEST = 360;

/** Why a run has nothing to show of a kind, or that it is coming. */
function whyNot({ run, frameProblems }: PageModel, kind: FrameKind, view: 'connectivity' | 'samples'): string {
  return (run && views[view].missing(run.manifest)) ?? frameProblems[kind] ?? run?.problem ?? views[view].coming;
}

function Pair({ drawing, theme, label }: { readonly drawing: Drawing; readonly theme: Theme; readonly label: string }) {
  return (
    <svg class="compared-pair" width={drawing.width} height={drawing.height} role="img" aria-label={label}>
      <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
    </svg>
  );
}

export function ComparedPaths({ page, a, b, names }: PartProps): VNode {
  const networks = [networkOf(a), networkOf(b)];
  const draw = (theme: Theme, width: number) => {
    const half = halfOf(width);
    const figures = networks.map(
      (network) =>
        network &&
        pathsFigure({ network, theme, order: 'degree', size: { width: half, height: Math.min(half, TALLEST) } }),
    );
    const runs = figures.map((figure, i): Named => ({
      name: `${names[i]!}${maskShown([a, b][i]!)}`,
      drawing: figure?.panel.drawing ?? null,
      why: whyNot([a, b][i]!, 'connectivity', 'connectivity'),
    }));
    return {
      drawing: pairDrawing(runs, width, theme),
      legend: legendOfBoth(figures.map((figure) => figure?.legend ?? [])),
    };
  };
  const figure = useMemo(
    () => draw(a.theme, page.width),
    [...networks, maskShown(a), maskShown(b), a.theme, page.width, ...names],
  );
  const reading = networks
    .map((network, i) => {
      const letter = 'AB'[i]!;
      return `${letter}${maskShown([a, b][i]!)}: ${network ? connectivityReading(network) : whyNot([a, b][i]!, 'connectivity', 'connectivity')}`;
    })
    .join(' ');
  const title = 'Pairs that the masks join';
  return (
    <FigureFrame
      page={page}
      title={title}
      reading={reading}
      topic="connectivity"
      name="compared-paths"
      legend={figure.legend}
      figure={(theme, width) => ({ title, reading, ...draw(theme, width) })}
      table={() => pathsTable(networks)}
    >
      <Pair drawing={figure.drawing} theme={a.theme} label={`${title}: ${reading}`} />
    </FigureFrame>
  );
}

function networkOf({ frames }: PageModel): Connectivity | null {
  const data = frames.connectivity?.network ?? null;
  return useMemo(() => data && connectivityOf(data), [data]);
}

/** One row a variable: its place in the order and how many inputs its output depends on. */
function pathsTable(networks: readonly (Connectivity | null)[]): Table {
  const most = Math.max(0, ...networks.map((network) => network?.dimension ?? 0));
  const cells = (network: Connectivity | null, d: number) =>
    network && d < network.dimension
      ? [network.order[d]!, network.inputsSeen({ layer: network.last, unit: d })]
      : [null, null];
  return {
    columns: ['Variable', 'A: place in the order', 'A: inputs seen', 'B: place in the order', 'B: inputs seen'],
    rows: Array.from({ length: most }, (_, d) => [d + 1, ...cells(networks[0]!, d), ...cells(networks[1]!, d)]),
  };
}

export function ComparedSamples({ page, a, b, names }: PartProps): VNode {
  const frames = [useFirst(a.frames.samples), useFirst(b.frames.samples)];
  const draw = (theme: Theme, width: number) => {
    // Points of both to the same axes.
    const window = scatterWindow(frames.flatMap((frame) => (frame && isPoints(frame) ? [frame] : [])));
    const runs = frames.map((frame, i): Named & { readonly legend?: readonly LegendItem[] } => {
      if (!frame) return { name: names[i]!, drawing: null, why: whyNot([a, b][i]!, 'samples', 'samples') };
      return { name: names[i]!, ...samplesFigure(frame, { window, width: halfOf(width), theme }) };
    });
    const legend = legendOfBoth(runs.map((run) => run.legend ?? []));
    return { drawing: pairDrawing(runs, width, theme), legend };
  };
  const figure = useMemo(() => draw(a.theme, page.width), [...frames, a.theme, page.width, ...names]);
  const [left, right] = frames;
  const same = left && right && left.seed !== undefined && left.seed === right.seed;
  const reading = frames
    .map((frame, i) => `${'AB'[i]!}: ${frame ? samplesReading(frame) : whyNot([a, b][i]!, 'samples', 'samples')}`)
    .join(' ');
  const said = `${reading}${same ? ` Both from the same random numbers (seed ${left.seed}).` : ''}`;
  const title = 'Samples of both';
  return (
    <FigureFrame
      page={page}
      title={title}
      reading={said}
      topic="samples"
      name="compared-samples"
      legend={figure.legend}
      figure={(theme, width) => ({ title, reading: said, ...draw(theme, width) })}
      table={() => samplesTable(frames)}
    >
      <Pair drawing={figure.drawing} theme={a.theme} label={`${title}: ${said}`} />
    </FigureFrame>
  );
}

function samplesFigure(
  frame: SamplesFrame,
  { window, width, theme }: { readonly window: Window; readonly width: number; readonly theme: Theme },
): { readonly drawing: Drawing; readonly legend: readonly LegendItem[] } {
  if (isPoints(frame)) return sampleScatter({ frame, which: 'draws', window, width, height: TALLEST, theme });
  const layout = sampleLayout(frame, width);
  return {
    drawing: sampleDrawing(frame, layout, samplePixels(frame, 'draws', layout), theme),
    legend: sampleLegend(frame),
  };
}

/** The first rows of a frame; of points all. */
function useFirst(frame: SamplesFrame | undefined): SamplesFrame | null {
  return useMemo(() => {
    if (!frame || isPoints(frame)) return frame ?? null;
    const rows = Math.min(ROWS, frame.rows);
    return { ...frame, rows, values: frame.values.subarray(0, rows * frame.dimension), means: null };
  }, [frame]);
}

function samplesTable(frames: readonly (SamplesFrame | null)[]): Table {
  const dimension = Math.max(0, ...frames.map((frame) => frame?.dimension ?? 0));
  return {
    columns: ['Run', 'Sample', ...Array.from({ length: dimension }, (_, d) => `x${d + 1}`)],
    rows: frames.flatMap((frame, i) =>
      Array.from({ length: frame?.rows ?? 0 }, (_, row) => ['AB'[i]!, row + 1, ...sampleCells(frame!, 'draws')(row)]),
    ),
  };
}
