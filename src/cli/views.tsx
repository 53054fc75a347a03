/** The inspector's views on the command line: data, the sentence that reads them, and the picture. */
import type { VNode } from 'preact';
import { figureSvg, type Figure } from '../figures/compose.tsx';
import { ConnectivityBase, connectivityLegend } from '../figures/connectivity.tsx';
import { curves } from '../figures/curves.tsx';
import type { Drawing } from '../figures/drawing.tsx';
import { jacobianFigure } from '../figures/jacobian.tsx';
import { jacobianReading } from '../figures/jacobianWords.ts';
import type { LegendItem } from '../figures/legend.tsx';
import { maskFigure, maskLayers, pathsFigure } from '../figures/maskMatrix.tsx';
import { MAX_NODES, nodeLayout, unitCount } from '../figures/nodeLayout.ts';
import { pngDataUri } from '../figures/png.ts';
import { quiltDrawing, quiltLegend, quiltPixels } from '../figures/quilt.tsx';
import { quiltLayout } from '../figures/quiltLayout.ts';
import { renderSvg } from '../figures/render.ts';
import { curvesReading, samplesReading } from '../figures/runSentences.ts';
import { sampleDrawing, sampleLayout, samplePixels } from '../figures/sampleGrid.tsx';
import { connectivityReading, masksReading, pathsReading } from '../figures/sentences.ts';
import { themeFor } from '../figures/theme.ts';
import { weightReaders } from '../figures/weights.ts';
import type {
  ConnectivityFrame,
  FrameKind,
  FrameOf,
  JacobianFrame,
  SamplesFrame,
  ViewId,
} from '../inspection/frames.ts';
import { connectivityOf } from '../masks/byMasks.ts';
import type { Connection } from '../protocol/rpc.ts';
import type { HostSide } from '../protocol/worker.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';
import { CliError } from './output.ts';

export interface Inspected {
  readonly manifest: RunManifest;
  readonly title: string;
  readonly reading: string;
  /** What `--json` writes. */
  readonly data: unknown;
  svg(): string;
}

export interface InspectedRun {
  readonly connection: Connection<HostSide>;
  readonly manifest: RunManifest;
  readonly metrics: readonly Metric[];
  readonly mask: number | null;
}

/** Pictures are drawn on paper, so to speak. */
const theme = themeFor('light');
const WIDTH = 900;
const HEIGHT = 560;
const PANEL = 340;
const PANEL_GAP = 24;
const PANELS_ACROSS = 3;
const PANEL_TITLE = 20;

/** Asks an opened run for what one view shows. @throws CliError when there is nothing to show. */
export async function inspected(view: ViewId, run: InspectedRun): Promise<Inspected> {
  switch (view) {
    case 'curves':
      return curvesOf(run);
    case 'connectivity':
      return networkOf(await frameOf('connectivity', run), run);
    case 'masks':
      return masksOf(await frameOf('connectivity', run), await frameOf('jacobian', run), run);
    case 'samples':
      return samplesOf(await frameOf('samples', run), run);
  }
}

const WAIT_MS = 600_000;

async function frameOf<K extends FrameKind>(kind: K, { connection, mask }: InspectedRun): Promise<FrameOf<K>> {
  const frame = await connection.request('frame', { kind, newerThan: 0, mask, waitMs: WAIT_MS }, 0);
  if (frame === null) throw new CliError(`the ${kind} frame was not finished within ${WAIT_MS / 60_000} minutes`);
  return frame as FrameOf<K>;
}

function inspectedFigure(
  run: InspectedRun,
  data: unknown,
  figure: () => Figure,
  words: Pick<Figure, 'title' | 'reading'>,
): Inspected {
  return { manifest: run.manifest, ...words, data, svg: () => renderSvg(figureSvg(figure(), theme, pngDataUri)) };
}

function curvesOf(run: InspectedRun): Inspected {
  const { metrics, manifest } = run;
  const { dimension, experiment } = manifest;
  if (metrics.length === 0) throw new CliError('this run has no metrics yet');
  const words = { title: 'Learning curves', reading: curvesReading(metrics, 'nats', dimension) };
  const draw = (): Figure => {
    const runs = [{ name: experiment, metrics, dimension }];
    const { drawing, legend } = curves({
      runs,
      unit: 'nats',
      axis: 'epoch',
      logX: false,
      logY: false,
      wholeRange: false,
      width: WIDTH,
      height: HEIGHT,
      theme,
    });
    return { ...words, drawing, legend };
  };
  return inspectedFigure(run, { metrics }, draw, words);
}

function networkOf(frame: ConnectivityFrame, run: InspectedRun): Inspected {
  const { weights } = frame;
  const network = connectivityOf(frame.network);
  const words = { title: 'Connectivity', reading: connectivityReading(network) };
  const draw = (): Figure => {
    if (unitCount(network.layers) <= MAX_NODES) {
      const layout = nodeLayout(network.layers, { width: WIDTH, height: HEIGHT, unitOrder: 'degree' });
      const marks = <ConnectivityBase network={network} weights={weights} layout={layout} theme={theme} />;
      const readers = weightReaders(network, weights);
      const legend = connectivityLegend(theme, readers, network);
      return { ...words, drawing: { width: WIDTH, height: HEIGHT, rasters: [], marks }, legend };
    }
    const layout = quiltLayout(network, { width: WIDTH, height: WIDTH });
    const pixels = quiltPixels(network, weights, layout, theme);
    const legend = quiltLegend(theme, pixels, network);
    return { ...words, drawing: quiltDrawing({ network, layout, pixels, theme }), legend };
  };
  return inspectedFigure(run, frame, draw, words);
}

function masksOf(frame: ConnectivityFrame, jacobian: JacobianFrame, run: InspectedRun): Inspected {
  const { weights } = frame;
  const network = connectivityOf(frame.network);
  const report = network.report();
  const words = {
    title: 'Masks, paths and Jacobian',
    reading: `${masksReading(network)} ${pathsReading(report)} ${jacobianReading(jacobian)}`,
  };
  const draw = (): Figure => {
    const common = { theme, size: { width: PANEL, height: PANEL }, order: 'degree' as const };
    const masks = maskLayers(network).map((layer) => maskFigure({ ...common, network, layer, weights }));
    const product = pathsFigure({ ...common, network });
    const measured = jacobianFigure({ ...common, layers: network.layers, frame: jacobian });
    const panels = [
      ...masks.map(({ title, panel }) => ({ title, drawing: panel.drawing })),
      { title: 'Paths: product of the masks', drawing: product.panel.drawing },
      { title: 'Jacobian, measured', drawing: measured.panel.drawing },
    ];
    const legend = distinct([...masks.flatMap((mask) => mask.legend), ...product.legend, ...measured.legend]);
    return { ...words, drawing: sideBySide(panels), legend };
  };
  const data = {
    connectivity: frame,
    jacobian,
    pathCounts: network.pathMatrix(),
    leaks: report.leaks,
    losses: report.losses,
  };
  return inspectedFigure(run, data, draw, words);
}

function samplesOf(frame: SamplesFrame, run: InspectedRun): Inspected {
  const words = { title: 'Samples', reading: samplesReading(frame) };
  const draw = (): Figure => {
    const layout = sampleLayout(frame, WIDTH);
    const drawing = sampleDrawing(frame, layout, samplePixels(frame, 'draws', layout), theme);
    return { ...words, drawing, legend: [] };
  };
  return inspectedFigure(run, frame, draw, words);
}

/** Panels in rows, each under its title. */
function sideBySide(panels: readonly { readonly title: string; readonly drawing: Drawing }[]): Drawing {
  const across = Math.min(PANELS_ACROSS, panels.length);
  const cell = { width: PANEL + PANEL_GAP, height: PANEL + PANEL_TITLE + PANEL_GAP };
  const placed = panels.map(({ title, drawing }, i) => ({
    title,
    drawing,
    x: (i % across) * cell.width,
    y: Math.floor(i / across) * cell.height,
  }));
  const rasters = placed.flatMap(({ drawing, x, y }) =>
    drawing.rasters.map((raster) => ({ ...raster, x: raster.x + x, y: raster.y + y + PANEL_TITLE })),
  );
  const marks: VNode = (
    <>
      {placed.map(({ title, drawing, x, y }) => (
        <g transform={`translate(${x},${y})`}>
          <text x={0} y={12} font-family={theme.font} font-size={13} font-weight="600" fill={theme.foreground}>
            {title}
          </text>
          <g transform={`translate(0,${PANEL_TITLE})`}>{drawing.marks}</g>
        </g>
      ))}
    </>
  );
  return {
    width: across * cell.width - PANEL_GAP,
    height: Math.ceil(panels.length / across) * cell.height,
    rasters,
    marks,
  };
}

/** Legends of several panels say each thing once. */
function distinct(items: readonly LegendItem[]): LegendItem[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.mark, item.label]), item])).values()];
}
