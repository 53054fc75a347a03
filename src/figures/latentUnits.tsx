/** What each latent unit carries: KL now; over training KL, active units, the parts of the bound, variances of both estimators. */
import { scaleLinear } from 'd3';
import { ACTIVE, type LatentUnitsFrame } from '../inspection/frames/latentUnits.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import { Active } from './latentUnitsActive.tsx';
import { Bars } from './latentUnitsBars.tsx';
import { OverTime } from './latentUnitsHistory.tsx';
import { Panel, shownMoment } from './latentUnitsPanel.tsx';
import { Parts } from './latentUnitsParts.tsx';
import { Trade } from './latentUnitsTrade.tsx';
import { Variances } from './latentUnitsVariances.tsx';
import { ofEachUnit } from './latentUnitsWords.ts';
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
      height: (two ? 3 : 6) * (HEIGHT + MARGIN.top + MARGIN.bottom),
      rasters: [],
      marks: (
        <>
          <Panel box={bars} title={`${ofEachUnit(frame)}, now`} theme={theme}>
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
          <Active frame={frame} box={boxOfPanel(2)} theme={theme} />
          <Parts frame={frame} box={boxOfPanel(3)} theme={theme} />
          <Trade frame={frame} box={boxOfPanel(4)} theme={theme} />
          <Variances frame={frame} box={boxOfPanel(5)} theme={theme} />
        </>
      ),
    },
  };
}

function legendOf(frame: LatentUnitsFrame, theme: Theme): LegendItem[] {
  const a = runStyle(theme.kind, 1);
  return [
    { mark: 'patch', label: `active: Cov(E[z|x]) > ${ACTIVE}`, colour: runStyle(theme.kind, 0).colour },
    { mark: 'empty', label: 'not active' },
    { mark: 'line', label: 'the way of training', colour: runStyle(theme.kind, 2).colour, width: 2 },
    { mark: 'line', label: 'as good a bound as now', colour: theme.muted, dash: '2 3' },
    ...(shownMoment(frame) === frame.moments.at(-1)
      ? []
      : [{ mark: 'line' as const, label: 'the epoch shown', colour: theme.muted, width: 1 }]),
    { mark: 'line', label: 'estimator A', colour: a.colour, width: 2, dash: a.dash },
    ...(frame.estimators.B
      ? [{ mark: 'line' as const, label: 'estimator B', colour: runStyle(theme.kind, 0).colour, width: 2 }]
      : []),
  ];
}
