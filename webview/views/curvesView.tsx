/** Learning curves as they grow: axes, smoothing, zoom, and what they say at the place pointed at. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { readCurves, readoutText } from '../../src/figures/curveReadout.ts';
import { curves } from '../../src/figures/curves.tsx';
import { curvesReading } from '../../src/figures/runSentences.ts';
import { fittingSpan, SMOOTHING_BATCHES, smoothingSpans, type XAxis } from '../../src/figures/series.ts';
import { formatCount } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { lossScale } from '../../src/figures/units.ts';
import { Checkbox, Range } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { AxisChoice, axisShown, LogChoice } from './curveAxes.tsx';
import { batchTable, epochTable } from './curvesTables.ts';
import { CurvesPlot, CurvesZoomButtons } from './curvesPlot.tsx';
import type { XWindow, XZoom } from './curvesZoom.ts';
import type { ViewProps } from './view.ts';

export function CurvesView(page: ViewProps): VNode {
  const { model, width, saved } = page;
  const [wishedAxis, setAxis] = saved<XAxis>('axis', 'epoch');
  const axis = axisShown(wishedAxis, [model.metrics]);
  const [logX, setLogX] = saved('logX', false);
  const [logY, setLogY] = saved('logY', false);
  const [wholeRange, setWholeRange] = saved('wholeRange', false);
  const [wishedSpan, setSmoothing] = saved<number | null>('smoothing', null);
  const smoothing = wishedSpan ?? fittingSpan(model.metrics.length, width);
  const [window, setWindow] = saved<XWindow | null>(`window ${axis}`, null);
  const zoom = useRef<XZoom | null>(null);
  const dimension = model.run?.manifest.dimension ?? 1;
  const trained = model.run?.manifest.model;
  const quantity = trained?.quantity;
  const scale = lossScale(model.lossUnit, dimension, quantity);
  const height = Math.max(260, Math.min(480, page.height - 90));

  const draw = (theme: Theme, drawnWidth: number, drawnHeight: number) =>
    curves({
      runs: [{ name: model.experiment, metrics: model.metrics, dimension, quantity }],
      unit: model.lossUnit,
      axis,
      logX,
      logY,
      wholeRange,
      smoothing,
      window,
      width: drawnWidth,
      height: drawnHeight,
      theme,
    });
  const figure = useMemo(
    () => draw(model.theme, width, height),
    [
      model.metrics,
      model.lossUnit,
      model.theme,
      dimension,
      quantity,
      axis,
      logX,
      logY,
      wholeRange,
      smoothing,
      window,
      width,
      height,
    ],
  );
  const title = 'Learning curves';
  const reading = curvesReading(model.metrics, model.lossUnit, dimension, trained);

  return (
    <FigureFrame
      page={page}
      title={title}
      reading={reading}
      topic="curves"
      name="curves"
      legend={figure.legend}
      tools={
        <>
          <AxisChoice axis={axis} runs={[model.metrics]} onChange={setAxis} />
          <LogChoice label="Log x" value={logX} legal={figure.logLegal.x} onChange={setLogX} />
          <LogChoice label="Log y" value={logY} legal={figure.logLegal.y} onChange={setLogY} />
          <Checkbox checked={wholeRange} onChange={setWholeRange} title="Shows every value, the steep start included">
            Whole range
          </Checkbox>
          <Smoothing span={smoothing} onChange={setSmoothing} />
          <CurvesZoomButtons zoomed={window !== null} controls={() => zoom.current} />
        </>
      }
      figure={(theme, exportWidth) => {
        const { drawing, legend } = draw(theme, exportWidth, height);
        return { title: `${title}: ${model.experiment}`, reading, drawing, legend };
      }}
      table={() => epochTable(model.metrics, model.lossUnit, dimension, quantity)}
      series={() => batchTable(model.metrics, model.lossUnit, dimension, smoothing, quantity)}
      json={() => ({ experiment: model.experiment, run: model.run, metrics: model.metrics })}
    >
      <CurvesPlot
        figure={figure}
        theme={model.theme}
        window={window}
        onWindow={setWindow}
        label="Place on the learning curves"
        reading={reading}
        read={(at) => {
          const readout = readCurves(figure.series[0]!, at);
          return readout && { at: readout.x, readouts: [readout], text: readoutText(readout, axis, figure, scale) };
        }}
        controls={(own) => {
          zoom.current = own;
        }}
      />
    </FigureFrame>
  );
}

function Smoothing({ span, onChange }: { readonly span: number; readonly onChange: (span: number) => void }) {
  const index = smoothingSpans.indexOf(span);
  return (
    <Range
      label="Smoothing"
      min={0}
      max={smoothingSpans.length - 1}
      step={1}
      value={index < 0 ? smoothingSpans.indexOf(SMOOTHING_BATCHES) : index}
      text={span <= 1 ? 'off' : `${formatCount(span)} batches`}
      onInput={(at) => onChange(smoothingSpans[at] ?? SMOOTHING_BATCHES)}
    />
  );
}
