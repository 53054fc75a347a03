/** The NLL against the number of masks averaged: the ensemble, its masks one by one, and the mean of theirs. */
import { area, extent, line, scaleLinear, scaleLog } from 'd3';
import type { EnsembleFrame } from '../inspection/ensembleFrame.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import { ensembleAt, meanOfMasks, writeNll } from './ensembleCurveWords.ts';
import type { LegendItem } from './legend.tsx';
import { textSize, type Theme } from './theme.ts';
import { lossIn, lossUnitLabel, type LossUnit } from './units.ts';

export interface EnsembleFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly plot: Box;
}

const MARGIN = { left: 58, right: 84, top: 10, bottom: 38 };

export function ensembleCurve(o: {
  readonly frame: EnsembleFrame;
  readonly unit: LossUnit;
  readonly dimension: number;
  readonly logX: boolean;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}): EnsembleFigure {
  const { frame, theme, unit } = o;
  const masks = frame.curve.length;
  const plot: Box = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(40, o.width - MARGIN.left - MARGIN.right),
    height: Math.max(40, o.height - MARGIN.top - MARGIN.bottom),
  };
  const shown = (nats: number) => lossIn(unit, nats, o.dimension);
  const mean = meanOfMasks(frame);
  const whole = frame.curve[masks - 1]!;
  const bar = [whole - frame.standardError, whole + frame.standardError] as const;
  const values = [...frame.single, ...frame.curve, ...frame.low, ...frame.high, ...bar]
    .filter(Number.isFinite)
    .map(shown);
  const [low = 0, high = 1] = extent(values);
  const pad = 0.06 * (high - low || Math.abs(high) || 1);
  const xRange: [number, number] = [plot.x + 10, plot.x + plot.width - 10];
  const last = Math.max(2, masks);
  const x: NumericScale = o.logX ? scaleLog([1, last], xRange) : scaleLinear([1, last], xRange);
  const y = scaleLinear([low - pad, high + pad], [plot.y + plot.height, plot.y]);
  // Beyond the top edge lies what is infinite: lines end before it.
  const place = (nats: number) => (Number.isFinite(nats) ? y(shown(nats)) : plot.y);
  const own = runStyle(theme.kind, 0).colour;
  const curve = line<number>(
    (_, i) => x(i + 1),
    (nats) => y(shown(nats)),
  )
    .defined(Number.isFinite)
    .digits(1);
  const band = area<number>()
    .defined((_, i) => Number.isFinite(frame.low[i]!))
    .x((_, i) => x(i + 1))
    .y0((_, i) => place(frame.low[i]!))
    .y1((_, i) => place(frame.high[i]!))
    .digits(1);
  const write = writeNll(unit, o.dimension);
  const end = ensembleAt(frame, masks);
  const ends = apart(
    [
      { text: 'together', value: end.together, colour: own },
      { text: 'mean of masks', value: end.mean, colour: theme.muted },
    ].map((label) => ({ ...label, at: place(label.value) })),
    plot,
  );
  const marks = (
    <>
      <Axis
        scale={y}
        side="left"
        at={plot.x}
        label={`negative log-likelihood (${lossUnitLabel(unit)})`}
        theme={theme}
        ticks={Math.max(3, Math.round(plot.height / 48))}
        grid={plot.width}
      />
      <Axis
        scale={x}
        side="bottom"
        at={plot.y + plot.height}
        label="masks averaged"
        theme={theme}
        ticks={Math.min(masks, Math.max(2, Math.round(plot.width / 80)))}
      />
      <g fill="none" stroke-linejoin="round">
        <path
          d={band(frame.curve) ?? undefined}
          fill={own}
          fill-opacity={0.22}
          stroke={own}
          stroke-opacity={0.5}
          stroke-width={0.75}
          class="band"
        />
        <path
          d={curve(mean) ?? undefined}
          stroke={theme.muted}
          stroke-width={1.5}
          stroke-dasharray="6 3"
          class="mean-of-masks"
        />
        {Array.from(frame.single, (nats, m) =>
          Number.isFinite(nats) ? (
            <circle cx={x(m + 1)} cy={y(shown(nats))} r={masks > 60 ? 2 : 3} stroke={theme.muted} stroke-width={1.25} />
          ) : (
            <g fill={theme.error} stroke={theme.foreground} class="violations">
              <rect x={x(m + 1) - 4} y={plot.y} width={8} height={8} />
            </g>
          ),
        )}
        <path d={curve(frame.curve) ?? undefined} stroke={own} stroke-width={2.25} class="together" />
        {masks <= 60 &&
          Array.from(
            frame.curve,
            (nats, m) => Number.isFinite(nats) && <circle cx={x(m + 1)} cy={y(shown(nats))} r={2.2} fill={own} />,
          )}
        {bar.every(Number.isFinite) && (
          <ErrorBar x={x(masks)} y={y} low={shown(bar[0])} high={shown(bar[1])} colour={own} />
        )}
      </g>
      <g font-family={theme.font} font-size={textSize.label}>
        {ends.map(({ text, value, colour, at }) => (
          <text x={plot.x + plot.width + 6} y={at} fill={colour} dominant-baseline="central">
            {text}
            <tspan x={plot.x + plot.width + 6} dy={13} fill={theme.foreground} font-weight="600">
              {write(value)}
            </tspan>
          </text>
        ))}
      </g>
    </>
  );
  return {
    drawing: { width: o.width, height: o.height, rasters: [], marks },
    legend: [
      { mark: 'line', label: 'the first m masks together: log of the mean of p', colour: own, width: 2.25 },
      {
        mark: 'line',
        label: `random orders of the masks, nine tenths of ${frame.orders}`,
        colour: own,
        width: 8,
        opacity: 0.3,
      },
      {
        mark: 'line',
        label: 'mean of log p instead: never better (Jensen)',
        colour: theme.muted,
        width: 1.5,
        dash: '6 3',
      },
      { mark: 'dot', label: 'the m-th mask alone', colour: theme.muted, hollow: true },
      ...(frame.single.every(Number.isFinite)
        ? []
        : [{ mark: 'violation' as const, label: '∞: alone it gives some row no probability' }]),
      { mark: 'line', label: 'bar at the end: ± standard error over the rows', colour: own, width: 1.25 },
    ],
    x,
    y,
    plot,
  };
}

function ErrorBar({
  x,
  y,
  low,
  high,
  colour,
}: {
  readonly x: number;
  readonly y: NumericScale;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
}) {
  const [bottom, top] = y.range() as [number, number];
  const [from, to] = [Math.min(bottom, y(low)), Math.max(top, y(high))];
  return <path d={`M${x} ${from}V${to}M${x - 4} ${from}h8M${x - 4} ${to}h8`} stroke={colour} stroke-width={1.25} />;
}

const LABEL = 30;

/** Labels of two lines each, pushed apart where they would overlap, within the plot. */
function apart<L extends { readonly at: number }>(labels: readonly L[], plot: Box): L[] {
  const placed = [...labels].sort((a, b) => a.at - b.at);
  let next = plot.y + 6;
  const downwards = placed.map((label) => {
    const at = Math.max(next, label.at);
    next = at + LABEL;
    return { ...label, at };
  });
  const over = Math.max(0, next - LABEL + 16 - (plot.y + plot.height));
  return downwards.map((label) => ({ ...label, at: label.at - over }));
}

/** The mark of one number of masks: a line across, and a dot on each curve. */
export function EnsembleCursor({
  figure,
  frame,
  masks,
  unit,
  dimension,
  theme,
}: {
  readonly figure: EnsembleFigure;
  readonly frame: EnsembleFrame;
  readonly masks: number;
  readonly unit: LossUnit;
  readonly dimension: number;
  readonly theme: Theme;
}) {
  const { x, y, plot } = figure;
  const { together, mean, alone } = ensembleAt(frame, masks);
  const px = x(masks);
  const dot = (nats: number, colour: string) =>
    Number.isFinite(nats) && (
      <circle
        cx={px}
        cy={y(lossIn(unit, nats, dimension))}
        r={4}
        fill={theme.background}
        stroke={colour}
        stroke-width={2}
      />
    );
  return (
    <g pointer-events="none">
      <line x1={px} x2={px} y1={plot.y} y2={plot.y + plot.height} stroke={theme.accent} />
      {dot(mean, theme.muted)}
      {dot(alone, theme.muted)}
      {dot(together, runStyle(theme.kind, 0).colour)}
    </g>
  );
}
