/** Learning curves as they grow: axes, smoothing, zoom, and what they say at the place pointed at. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { CurveCursor, readCurves, type CurveReadout } from '../../src/figures/curveCursor.tsx';
import { curves, type CurvesFigure } from '../../src/figures/curves.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { curvesReading } from '../../src/figures/runSentences.ts';
import { fittingSpan, SMOOTHING_BATCHES, smoothingSpans, xAxes, type XAxis } from '../../src/figures/series.ts';
import { formatCount, formatFixed } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { lossScale, type LossScale } from '../../src/figures/units.ts';
import { Checkbox, IconButton, Range, Segments } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { batchTable, epochTable } from './curvesTables.ts';
import { useXZoom, type XWindow } from './curvesZoom.ts';
import type { ViewProps } from './view.ts';

const axisNames: Readonly<Record<XAxis, string>> = { epoch: 'Epoch', step: 'Step', time: 'Time' };
const ZOOM_STEP = 1.6;

export function CurvesView(page: ViewProps): VNode {
  const { model, width, saved } = page;
  const [axis, setAxis] = saved<XAxis>('axis', 'epoch');
  const [logX, setLogX] = saved('logX', false);
  const [logY, setLogY] = saved('logY', false);
  const [wholeRange, setWholeRange] = saved('wholeRange', false);
  const [wishedSpan, setSmoothing] = saved<number | null>('smoothing', null);
  const smoothing = wishedSpan ?? fittingSpan(model.metrics.length, width);
  const [window, setWindow] = saved<XWindow | null>(`window ${axis}`, null);
  const [at, pointAt] = useState<number | null>(null);
  const svg = useRef<SVGSVGElement>(null);
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
  const zoom = useXZoom(svg, figure, window, setWindow);
  const series = figure.series[0]!;
  const readout = at === null ? null : readCurves(series, at);
  const title = 'Learning curves';
  const reading = curvesReading(model.metrics, model.lossUnit, dimension, trained);
  const describe = (what: CurveReadout) => readoutText(what, axis, figure, scale);

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
          <Segments
            label="Horizontal axis"
            value={axis}
            options={xAxes.map((value) => ({ value, label: axisNames[value] }))}
            onChange={setAxis}
          />
          <LogChoice label="Log x" value={logX} legal={figure.logLegal.x} onChange={setLogX} />
          <LogChoice label="Log y" value={logY} legal={figure.logLegal.y} onChange={setLogY} />
          <Checkbox checked={wholeRange} onChange={setWholeRange} title="Shows every value, the steep start included">
            Whole range
          </Checkbox>
          <Smoothing span={smoothing} onChange={setSmoothing} />
          <span class="zoom" role="group" aria-label="Zoom">
            <IconButton label="Zoom in (Ctrl+wheel, +)" onClick={() => zoom.by(ZOOM_STEP)}>
              +
            </IconButton>
            <IconButton
              label="Zoom out (Ctrl+wheel, −)"
              disabled={window === null}
              onClick={() => zoom.by(1 / ZOOM_STEP)}
            >
              −
            </IconButton>
            <IconButton label="Fit: show the whole axis (0)" disabled={window === null} onClick={zoom.fit}>
              Fit
            </IconButton>
          </span>
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
      <svg
        ref={svg}
        class="curves"
        width={width}
        height={height}
        tabIndex={0}
        role="slider"
        aria-label="Place on the learning curves"
        aria-orientation="horizontal"
        aria-valuemin={figure.wholeX[0]}
        aria-valuemax={figure.wholeX[1]}
        aria-valuenow={readout?.x ?? figure.wholeX[1]}
        aria-valuetext={readout ? describe(readout) : reading}
        onPointerMove={(event) => {
          pointAt(placeOf(event.clientX - event.currentTarget.getBoundingClientRect().left, figure));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={(event) => {
          const next = moved(event, at, figure);
          if (next !== null) pointAt(next);
          else if (event.key === '+' || event.key === '=') zoom.by(ZOOM_STEP);
          else if (event.key === '-') zoom.by(1 / ZOOM_STEP);
          else if (event.key === '0') zoom.fit();
          else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <DrawingMarks drawing={figure.drawing} theme={model.theme} encode={canvasDataUri} />
        {readout && <CurveCursor figure={figure} readout={readout} theme={model.theme} />}
      </svg>
      <p class="readout" aria-hidden="true">
        {readout
          ? describe(readout)
          : 'Point at the curves, or focus them and use the arrow keys, to read their values.'}
      </p>
    </FigureFrame>
  );
}

function LogChoice({
  label,
  value,
  legal,
  onChange,
}: {
  readonly label: string;
  readonly value: boolean;
  readonly legal: boolean;
  readonly onChange: (value: boolean) => void;
}) {
  return (
    <Checkbox
      checked={value && legal}
      disabled={!legal}
      onChange={onChange}
      {...(!legal && { title: 'Not every value is positive: a logarithmic axis cannot show them' })}
    >
      {label}
    </Checkbox>
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

/** Where on the x axis a pixel lies; null beside the plot. */
function placeOf(px: number, { x, plot }: CurvesFigure): number | null {
  return px < plot.x || px > plot.x + plot.width ? null : x.invert(px);
}

/** The next place for a key, or null when the key moves nothing. Moves are in pixels, so that they follow the zoom. */
function moved(event: KeyboardEvent, at: number | null, { x, plot }: CurvesFigure): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -plot.width / 100,
    ArrowRight: plot.width / 100,
    ArrowDown: -plot.width / 100,
    ArrowUp: plot.width / 100,
    PageDown: -plot.width / 10,
    PageUp: plot.width / 10,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  const from = at === null ? plot.x + plot.width : x(at);
  return x.invert(Math.min(plot.x + plot.width, Math.max(plot.x, from + step)));
}

function readoutText(
  { x, train, smoothed, validation }: CurveReadout,
  axis: XAxis,
  { xLabel }: CurvesFigure,
  { unit, decimals }: LossScale,
): string {
  const value = (loss: number) => formatFixed(loss, decimals);
  const place = {
    epoch: () => `epoch ${formatFixed(x, 2)}`,
    step: () => `step ${formatCount(x)}`,
    time: () => `${formatFixed(x, 1)} ${/\((.*)\)/.exec(xLabel)?.[1] ?? ''} of training`,
  }[axis]();
  return [
    place,
    ...(train === null ? [] : [`train ${value(train)}`]),
    ...(smoothed === null ? [] : [`smoothed ${value(smoothed)}`]),
    ...(validation
      ? [`validation ${value(validation.value)} (epoch ${validation.epoch}${validation.best ? ', best' : ''})`]
      : []),
    unit,
  ].join(' · ');
}
