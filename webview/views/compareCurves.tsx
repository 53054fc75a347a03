/** The learning curves of two runs on the same axes. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { runStyle } from '../../src/figures/colours.ts';
import { readTogether, togetherText } from '../../src/figures/curveReadout.ts';
import { measuresApart } from '../../src/figures/compareWords.ts';
import { curves, type CurveRun } from '../../src/figures/curves.tsx';
import type { LegendItem } from '../../src/figures/legend.tsx';
import { curvesReading } from '../../src/figures/runSentences.ts';
import { fittingSpan, xAxes, type XAxis } from '../../src/figures/series.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { lossScale } from '../../src/figures/units.ts';
import { Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import type { PartProps } from './compareView.tsx';
import { CurvesPlot, CurvesZoomButtons } from './curvesPlot.tsx';
import { epochTable } from './curvesTables.ts';
import type { XWindow, XZoom } from './curvesZoom.ts';
import type { PageModel, Table } from './view.ts';

const axisNames: Readonly<Record<XAxis, string>> = { epoch: 'Epoch', step: 'Step', time: 'Time' };
const HEIGHT = 340;

export function ComparedCurves({ page, a, b, names }: PartProps): VNode {
  const [axis, setAxis] = page.saved<XAxis>('axis', 'epoch');
  const [window, setWindow] = page.saved<XWindow | null>(`window ${axis}`, null);
  const zoom = useRef<XZoom | null>(null);
  const { width } = page;
  const { lossUnit, theme } = a;
  const runs = [measured('A', a), measured('B', b)] as const;
  const smoothing = fittingSpan(Math.max(a.metrics.length, b.metrics.length), width);
  const draw = (of: Theme, drawnWidth: number) =>
    curves({
      runs,
      unit: lossUnit,
      axis,
      logX: false,
      logY: false,
      wholeRange: false,
      smoothing,
      window,
      width: drawnWidth,
      height: HEIGHT,
      theme: of,
    });
  const figure = useMemo(
    () => draw(theme, width),
    [
      a.metrics,
      b.metrics,
      lossUnit,
      theme,
      axis,
      smoothing,
      window,
      width,
      ...runs.flatMap(({ dimension, quantity }) => [dimension, quantity]),
    ],
  );
  const said = ({ name, metrics, dimension }: CurveRun, { run }: PageModel) =>
    `${name}: ${curvesReading(metrics, lossUnit, dimension, run?.manifest.model)}`;
  const apart = measuresApart(...runs);
  const reading = [said(runs[0], a), said(runs[1], b), ...(apart === null ? [] : [apart])].join(' ');
  const title = 'Learning curves of both';
  const read = runs.map((run, i) => ({
    name: run.name,
    series: figure.series[i]!,
    scale: lossScale(lossUnit, run.dimension, run.quantity),
  }));
  return (
    <FigureFrame
      page={page}
      title={title}
      reading={reading}
      topic="curves"
      name="compared-curves"
      legend={legendOf(theme, names)}
      tools={
        <>
          <Segments
            label="Horizontal axis"
            value={axis}
            options={xAxes.map((value) => ({ value, label: axisNames[value] }))}
            onChange={setAxis}
          />
          <CurvesZoomButtons zoomed={window !== null} controls={() => zoom.current} />
        </>
      }
      figure={(of, exported) => ({ title, reading, drawing: draw(of, exported).drawing, legend: legendOf(of, names) })}
      table={() => bothTables(runs.map((run) => epochTable(run.metrics, lossUnit, run.dimension, run.quantity)))}
      json={() => ({ a: { run: a.run, metrics: a.metrics }, b: { run: b.run, metrics: b.metrics } })}
    >
      <CurvesPlot
        figure={figure}
        theme={theme}
        window={window}
        onWindow={setWindow}
        label="Place on the learning curves of both"
        reading={reading}
        read={(at) => ({
          at,
          readouts: read.map((run) => {
            const here = readTogether(run, at);
            return 'ended' in here ? null : here;
          }),
          text: togetherText(read, at, axis, figure),
        })}
        controls={(own) => {
          zoom.current = own;
        }}
      />
    </FigureFrame>
  );
}

function legendOf(theme: Theme, names: readonly [string, string]): LegendItem[] {
  return [
    ...names.map((label, index): LegendItem => {
      const { colour, dash } = runStyle(theme.kind, index);
      return { mark: 'line', label, colour, dash, width: 2 };
    }),
    { mark: 'line', label: 'thick: validation', colour: theme.foreground, width: 2.5 },
    { mark: 'line', label: 'thin: train, averaged (A’s is grey)', colour: theme.muted, width: 1.5 },
    { mark: 'dot', label: 'best epoch', colour: theme.foreground, hollow: true },
  ];
}

function measured(name: string, { run, metrics }: PageModel): CurveRun {
  return { name, metrics, dimension: run?.manifest.dimension ?? 1, quantity: run?.manifest.model?.quantity };
}

/** The rows of both, told apart by a column: each under what was measured of its run. */
function bothTables(tables: readonly Table[]): Table {
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  return {
    columns: ['Run', ...columns],
    rows: tables.flatMap((table, i) =>
      table.rows.map((row) => [
        'AB'[i]!,
        ...columns.map((column) => {
          const at = table.columns.indexOf(column);
          return at < 0 ? null : (row[at] ?? null);
        }),
      ]),
    ),
  };
}
