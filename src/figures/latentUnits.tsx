/** What each latent unit carries: KL now, KL over training, reconstruction against KL, variances of both estimators. */
import { extent, line, scaleLinear, scaleLog } from 'd3';
import type { ComponentChildren, VNode } from 'preact';
import { ACTIVE, type BoundMoment, type LatentUnitsFrame } from '../inspection/frames/latentUnits.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import { latentName } from './latentNames.ts';
import type { LegendItem } from './legend.tsx';
import { textSize, type Theme } from './theme.ts';

export interface LatentUnitsOptions {
  readonly frame: LatentUnitsFrame;
  /** Units from 0, as their bars stand from left to right. */
  readonly order: Int32Array;
  readonly marked: number | null;
  readonly width: number;
  readonly theme: Theme;
}

export interface LatentUnitsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Bar of the unit at a place of the order. */
  readonly boxOf: (place: number) => Box;
  /** Place in the order under a point, px. */
  readonly placeAt: (x: number, y: number) => number | null;
}

const MARGIN = { left: 58, right: 14, top: 26, bottom: 42 };
const HEIGHT = 200;
const NARROW = 620;
/** Units whose KL has a line of its own: the largest. */
const MOST_LINES = 40;

export function latentUnitsFigure(o: LatentUnitsOptions): LatentUnitsFigure {
  const { frame, order, theme } = o;
  const two = o.width >= NARROW;
  const wide = two ? o.width / 2 : o.width;
  const boxOfPanel = (index: number): Box => ({
    x: (two ? (index % 2) * wide : 0) + MARGIN.left,
    y: (two ? Math.floor(index / 2) : index) * (HEIGHT + MARGIN.top + MARGIN.bottom) + MARGIN.top,
    width: wide - MARGIN.left - MARGIN.right,
    height: HEIGHT,
  });
  const bars = boxOfPanel(0);
  const band = bars.width / order.length;
  const top = Math.max(0.1, ...frame.perUnit);
  const y = scaleLinear([Math.min(0, ...frame.perUnit), top * 1.05], [bars.y + bars.height, bars.y]);
  const boxOf = (place: number): Box => {
    const at = y(frame.perUnit[order[place]!]!);
    const gap = band > 6 ? 2 : 0;
    return {
      x: bars.x + place * band + gap / 2,
      y: Math.min(at, y(0)),
      width: Math.max(0.5, band - gap),
      height: Math.abs(y(0) - at),
    };
  };
  return {
    boxOf,
    placeAt(px, py) {
      if (px < bars.x || px >= bars.x + bars.width || py < bars.y - 6 || py > bars.y + bars.height + 10) return null;
      return Math.min(order.length - 1, Math.floor((px - bars.x) / band));
    },
    legend: legendOf(frame, theme),
    drawing: {
      width: o.width,
      height: (two ? 2 : 4) * (HEIGHT + MARGIN.top + MARGIN.bottom),
      rasters: [],
      marks: (
        <>
          <Panel box={bars} title="KL of each unit, now" theme={theme}>
            <Bars {...{ frame, order, boxOf, theme }} />
            <Axis scale={y} side="left" at={bars.x} label="KL, nats" theme={theme} ticks={5} grid={bars.width} />
            <text
              x={bars.x + bars.width}
              y={bars.y + bars.height + 31}
              text-anchor="end"
              font-size={textSize.label}
              fill={theme.muted}
            >
              {order.length === 1 ? 'the only unit' : 'units, the largest KL first'}
            </text>
          </Panel>
          <OverTime {...o} box={boxOfPanel(1)} />
          <Trade frame={frame} box={boxOfPanel(2)} theme={theme} />
          <Variances frame={frame} box={boxOfPanel(3)} theme={theme} />
        </>
      ),
    },
  };
}

function Panel({
  box,
  title,
  theme,
  children,
}: {
  readonly box: Box;
  readonly title: string;
  readonly theme: Theme;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <g font-family={theme.font}>
      <text x={box.x} y={box.y - 10} font-size={textSize.label} fill={theme.foreground}>
        {title}
      </text>
      {children}
    </g>
  );
}

function Bars({
  frame,
  order,
  boxOf,
  theme,
}: {
  readonly frame: LatentUnitsFrame;
  readonly order: Int32Array;
  readonly boxOf: (place: number) => Box;
  readonly theme: Theme;
}): VNode {
  const { colour } = runStyle(theme.kind, 0);
  const named = order.length <= 16;
  return (
    <g class="units">
      {Array.from(order, (unit, place) => {
        const box = boxOf(place);
        const active = frame.activity[unit]! > ACTIVE;
        return (
          <>
            <rect {...box} fill={active ? colour : 'none'} stroke={active ? colour : theme.muted} />
            {named && (
              <text
                x={box.x + box.width / 2}
                y={Math.max(box.y + box.height + 13, box.y + 13)}
                text-anchor="middle"
                font-size={textSize.small}
                fill={theme.muted}
              >
                {latentName(unit)}
              </text>
            )}
          </>
        );
      })}
    </g>
  );
}

const epochs = (moments: readonly BoundMoment[]): readonly [number, number] => {
  const [from = 0, to = 1] = extent(moments, ({ epoch }) => epoch);
  return from === to ? [Math.max(0, from - 0.5), to + 0.5] : [from, to];
};

function OverTime({ frame, order, marked, box, theme }: LatentUnitsOptions & { readonly box: Box }): VNode {
  const { moments, activity } = frame;
  const shown = [...order].slice(0, MOST_LINES);
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const values = moments.flatMap(({ perUnit }) => shown.map((unit) => perUnit[unit]!));
  const [low = 0, high = 1] = extent(values);
  const y = scaleLinear([Math.min(0, low), Math.max(0.1, high) * 1.05], [box.y + box.height, box.y]);
  const path = (unit: number) =>
    line<BoundMoment>(
      ({ epoch }) => x(epoch),
      ({ perUnit }) => y(perUnit[unit]!),
    ).digits(1)(moments) ?? '';
  const { colour } = runStyle(theme.kind, 0);
  const title =
    shown.length < order.length
      ? `KL of the ${shown.length} largest units, over training`
      : 'KL of each unit, over training';
  return (
    <Panel box={box} title={title} theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="KL, nats" xLabel="epoch" />
      <g fill="none" class="histories">
        {shown.map((unit) => (
          <path
            d={path(unit)}
            stroke={unit === marked ? theme.accent : activity[unit]! > ACTIVE ? colour : theme.muted}
            stroke-width={unit === marked ? 3 : 1.5}
            stroke-dasharray={activity[unit]! > ACTIVE ? undefined : '3 3'}
            opacity={unit === marked ? 1 : 0.75}
            stroke-linecap="round"
          />
        ))}
      </g>
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}

interface InBox {
  readonly frame: LatentUnitsFrame;
  readonly box: Box;
  readonly theme: Theme;
}

/** The way of training in the plane of both parts of the bound; where their difference is the same runs a dotted line. */
function Trade({ frame, box, theme }: InBox): VNode {
  const { moments } = frame;
  const padded = (values: readonly number[], least: number): [number, number] => {
    const [low = 0, high = 1] = extent(values);
    const pad = Math.max(least, (high - low) * 0.1);
    return [low - pad, high + pad];
  };
  const x = scaleLinear(
    padded(
      moments.map(({ divergence }) => divergence),
      0.5,
    ),
    [box.x, box.x + box.width],
  );
  const y = scaleLinear(
    padded(
      moments.map(({ reconstruction }) => reconstruction),
      0.5,
    ),
    [box.y + box.height, box.y],
  );
  const { colour } = runStyle(theme.kind, 2);
  const last = moments.at(-1)!;
  const path =
    line<BoundMoment>(
      ({ divergence }) => x(divergence),
      ({ reconstruction }) => y(reconstruction),
    ).digits(1)(moments) ?? '';
  // Along it one nat more of KL buys one nat of reconstruction.
  const bound = last.reconstruction - last.divergence;
  const [left, right] = x.domain() as [number, number];
  const [below, above] = y.domain() as [number, number];
  const from = Math.max(left, below - bound);
  const to = Math.min(right, above - bound);
  return (
    <Panel box={box} title="Reconstruction against KL, over training" theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="E[log p(x|z)], nats" xLabel="KL(q(z|x) ‖ p(z)), nats" />
      {from < to && (
        <line
          x1={x(from)}
          x2={x(to)}
          y1={y(from + bound)}
          y2={y(to + bound)}
          stroke={theme.muted}
          stroke-dasharray="2 3"
        />
      )}
      <path d={path} fill="none" stroke={colour} stroke-width={2} class="trade" />
      <circle cx={x(last.divergence)} cy={y(last.reconstruction)} r={4.5} fill={colour} stroke={theme.background} />
    </Panel>
  );
}

function Variances({ frame, box, theme }: InBox): VNode {
  const { moments } = frame;
  const all = moments.flatMap(({ varianceA, varianceB }) => [varianceA, varianceB ?? varianceA]);
  const above = all.filter((own) => own > 0 && Number.isFinite(own));
  const [low = 0.1, high = 1] = extent(above);
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const y: NumericScale = scaleLog([low / 1.5, high * 1.5], [box.y + box.height, box.y]);
  const lineOf = (value: (moment: BoundMoment) => number | null) => {
    const drawn = moments.filter((moment) => (value(moment) ?? 0) > 0);
    const path =
      line<BoundMoment>(
        ({ epoch }) => x(epoch),
        (moment) => y(value(moment)!),
      ).digits(1)(drawn) ?? '';
    const last = drawn.at(-1);
    return { path, end: last && ([x(last.epoch), y(value(last)!)] as const) };
  };
  const lines = [
    { ...lineOf(({ varianceA }) => varianceA), ...runStyle(theme.kind, 1) },
    ...(frame.estimators.B
      ? [{ ...lineOf(({ varianceB }) => varianceB), ...runStyle(theme.kind, 0), dash: undefined }]
      : []),
  ];
  return (
    <Panel box={box} title="Variance of each estimator over its noise, one row" theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="variance, nats²" xLabel="epoch" />
      {lines.map(({ path, end, colour, dash }) => (
        <g fill="none" stroke={colour} class="variance">
          <path d={path} stroke-width={2} stroke-dasharray={dash} />
          {end && <circle cx={end[0]} cy={end[1]} r={4} fill={colour} stroke={theme.background} />}
        </g>
      ))}
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}

function OneMoment({ box, theme }: { readonly box: Box; readonly theme: Theme }): VNode {
  return (
    <text x={box.x + box.width / 2} y={box.y + 14} text-anchor="middle" font-size={textSize.small} fill={theme.muted}>
      grows while it trains and this is open
    </text>
  );
}

function Frame(o: {
  readonly box: Box;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly theme: Theme;
}): VNode {
  const { box, x, y, theme } = o;
  return (
    <>
      <Axis scale={y} side="left" at={box.x} label={o.yLabel} theme={theme} ticks={5} grid={box.width} />
      <Axis scale={x} side="bottom" at={box.y + box.height} label={o.xLabel} theme={theme} ticks={5} />
    </>
  );
}

function legendOf(frame: LatentUnitsFrame, theme: Theme): LegendItem[] {
  const a = runStyle(theme.kind, 1);
  return [
    { mark: 'patch', label: `active: Cov(E[z|x]) > ${ACTIVE}`, colour: runStyle(theme.kind, 0).colour },
    { mark: 'empty', label: 'not active' },
    { mark: 'line', label: 'the way of training', colour: runStyle(theme.kind, 2).colour, width: 2 },
    { mark: 'line', label: 'as good a bound as now', colour: theme.muted, dash: '2 3' },
    { mark: 'line', label: 'estimator A', colour: a.colour, width: 2, dash: a.dash },
    ...(frame.estimators.B
      ? [{ mark: 'line' as const, label: 'estimator B', colour: runStyle(theme.kind, 0).colour, width: 2 }]
      : []),
  ];
}
