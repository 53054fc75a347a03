/** The learning curves of two runs on the same axes. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import {
  COMPARED_CURVES_TITLE,
  comparedCurves,
  comparedCurvesReading,
  type ComparedCurve,
} from '../../src/figures/comparedCurves.ts';
import { readTogether, togetherText } from '../../src/figures/curveReadout.ts';
import { fittingSpan, type XAxis } from '../../src/figures/series.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { lossScale } from '../../src/figures/units.ts';
import { FigureFrame } from '../figureFrame.tsx';
import type { PartProps } from './compareView.tsx';
import { AxisChoice, axisShown, LogChoice } from './curveAxes.tsx';
import { CurvesPlot, CurvesZoomButtons } from './curvesPlot.tsx';
import { epochTable } from './curvesTables.ts';
import type { XWindow, XZoom } from './curvesZoom.ts';
import type { PageModel, Table } from './view.ts';

const HEIGHT = 340;

export function ComparedCurves({ page, a, b, names }: PartProps): VNode {
  const [wishedAxis, setAxis] = page.saved<XAxis>('axis', 'epoch');
  const axis = axisShown(wishedAxis, [a.metrics, b.metrics]);
  const [logX, setLogX] = page.saved('logX', false);
  const [logY, setLogY] = page.saved('logY', false);
  const [window, setWindow] = page.saved<XWindow | null>(`window ${axis}`, null);
  const zoom = useRef<XZoom | null>(null);
  const { width } = page;
  const { lossUnit, theme } = a;
  const runs = [measured('A', a), measured('B', b)] as const;
  const smoothing = fittingSpan(Math.max(a.metrics.length, b.metrics.length), width);
  const draw = (of: Theme, drawnWidth: number) =>
    comparedCurves({
      runs,
      names,
      unit: lossUnit,
      axis,
      logX,
      logY,
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
      logX,
      logY,
      smoothing,
      window,
      width,
      ...names,
      ...runs.flatMap(({ dimension, quantity }) => [dimension, quantity]),
    ],
  );
  const reading = comparedCurvesReading(runs, lossUnit);
  const title = COMPARED_CURVES_TITLE;
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
      legend={figure.legend}
      tools={
        <>
          <AxisChoice axis={axis} runs={[a.metrics, b.metrics]} onChange={setAxis} />
          <LogChoice label="Log x" value={logX} legal={figure.logLegal.x} onChange={setLogX} />
          <LogChoice label="Log y" value={logY} legal={figure.logLegal.y} onChange={setLogY} />
          <CurvesZoomButtons zoomed={window !== null} controls={() => zoom.current} />
        </>
      }
      figure={(of, exported) => {
        const { drawing, legend } = draw(of, exported);
        return { title, reading, drawing, legend };
      }}
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

function measured(name: string, { run, metrics }: PageModel): ComparedCurve {
  const model = run?.manifest.model;
  return { name, metrics, dimension: run?.manifest.dimension ?? 1, quantity: model?.quantity, model };
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
