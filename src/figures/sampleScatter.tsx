/** Samples of two real variables: draws over rows of data, as points of their plane. */
import { scaleLinear } from 'd3';
import type { SamplesFrame } from '../inspection/frames.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import type { SampleValues } from './sampleGrid.tsx';
import { sampleCells } from './sampleWords.ts';
import { formatCount, plural } from './text.ts';
import type { Theme } from './theme.ts';

/** Samples that come with rows of data are points of a plane. */
export type PointsFrame = SamplesFrame & Required<Pick<SamplesFrame, 'data'>>;
export const isPoints = (frame: SamplesFrame): frame is PointsFrame => frame.data !== undefined;

/** The part of the plane that is shown: [least, greatest] of either variable. */
export type Window = readonly [x: readonly [number, number], y: readonly [number, number]];

/** More points than these say no more, and take long to draw. */
const MOST = 2_000;
/** Share of the data at either end that does not decide what is shown. */
const BEYOND = 0.002;
/** Room around the data, of their extent: a model that spreads too far should be seen to. */
const AROUND = 0.25;
/** Extents that differ by less are drawn to one scale. */
const ALIKE = 4;
const MARGIN = { left: 52, right: 12, top: 8, bottom: 38 };
const MARK = { data: 1.7, arm: 3 };

/** What is shown follows from the data alone, and stays while the model learns. Of two runs: what holds both. */
export function scatterWindow(frames: readonly PointsFrame[]): Window {
  const extents = [0, 1].map((side) => {
    const ends = frames.map(({ data }) => {
      const values = data.values.filter((value, i) => i % 2 === side && Number.isFinite(value)).sort();
      const beyond = Math.floor(BEYOND * values.length);
      return [values[beyond] ?? 0, values[values.length - 1 - beyond] ?? 1] as const;
    });
    const low = Math.min(...ends.map(([from]) => from));
    const high = Math.max(...ends.map(([, to]) => to));
    return { middle: (low + high) / 2, extent: high > low ? high - low : 1 };
  });
  const [least, most] = [Math.min, Math.max].map((pick) => pick(...extents.map(({ extent }) => extent))) as [
    number,
    number,
  ];
  const [x, y] = extents.map(({ middle, extent }) => {
    const half = (0.5 + AROUND) * (most < ALIKE * least ? most : extent);
    return [middle - half, middle + half] as const;
  });
  return [x!, y!];
}

/** [n, 2] the points of the first samples, NaN where one is not drawn yet. */
export function samplePoints(frame: SamplesFrame, which: SampleValues): Float64Array {
  const cells = sampleCells(frame, which);
  const points = new Float64Array(2 * Math.min(MOST, frame.rows));
  for (let row = 0; 2 * row < points.length; row++)
    points.set(
      cells(row).map((value) => value ?? NaN),
      2 * row,
    );
  return points;
}

export interface ScatterFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly plot: Box;
  /** Where each sample stands, px. */
  readonly stands: readonly (readonly [x: number, y: number])[];
}

export function sampleScatter({
  frame,
  which,
  window,
  width,
  height,
  theme,
}: {
  readonly frame: PointsFrame;
  readonly which: SampleValues;
  readonly window: Window;
  readonly width: number;
  /** px at most. */
  readonly height: number;
  readonly theme: Theme;
}): ScatterFigure {
  const side = Math.max(120, Math.min(width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom));
  const plot: Box = { x: MARGIN.left, y: MARGIN.top, width: side, height: side };
  const bottom = plot.y + side;
  const x = scaleLinear(window[0], [plot.x, plot.x + side]);
  const y = scaleLinear(window[1], [bottom, plot.y]);
  const stands = placed(samplePoints(frame, which), x, y);
  const dots = path(placed(frame.data.values, x, y), plot, 'h0');
  const { arm } = MARK;
  const crosses = path(stands, plot, `m${-arm},0h${2 * arm}m${-arm},${-arm}v${2 * arm}`);
  const colour = drawColour(theme);
  return {
    plot,
    stands,
    legend: scatterLegend(frame, which, theme),
    drawing: {
      width: plot.x + side + MARGIN.right,
      height: bottom + MARGIN.bottom,
      rasters: [],
      marks: (
        <>
          <g fill="none" stroke-linecap="round">
            <path class="data" d={dots} stroke={theme.neutral} stroke-width={2 * MARK.data} />
            <path d={crosses} stroke={theme.background} stroke-width={3.4} />
            <path class="draws" d={crosses} stroke={colour} stroke-width={1.5} />
          </g>
          <rect {...plot} fill="none" stroke={theme.rule} />
          <Axis scale={y} side="left" at={plot.x} label="x₂" theme={theme} ticks={5} labelOffset={40} />
          <Axis scale={x} side="bottom" at={bottom} label="x₁" theme={theme} ticks={5} />
        </>
      ),
    },
  };
}

const drawColour = (theme: Theme) => runStyle(theme.kind, 1).colour;

function placed(points: ArrayLike<number>, x: NumericScale, y: NumericScale): (readonly [number, number])[] {
  return Array.from({ length: points.length / 2 }, (_, i) => [x(points[2 * i]!), y(points[2 * i + 1]!)] as const);
}

/** Whether a place, px, lies within the plot; NaN does not. */
export function isWithin(plot: Box, [x, y]: readonly [number, number]): boolean {
  return x >= plot.x && x <= plot.x + plot.width && y >= plot.y && y <= plot.y + plot.height;
}

function path(places: readonly (readonly [number, number])[], plot: Box, mark: string): string {
  return places
    .filter((place) => isWithin(plot, place))
    .map(([x, y]) => `M${x.toFixed(1)},${y.toFixed(1)}${mark}`)
    .join('');
}

export function scatterLegend({ data }: PointsFrame, which: SampleValues, theme: Theme): LegendItem[] {
  const rows = data.values.length / 2;
  const some = rows < data.of ? ` of ${formatCount(data.of)}` : '';
  return [
    {
      mark: 'cross',
      label: which === 'means' ? 'conditional means of the draws' : 'draws from the model',
      colour: drawColour(theme),
    },
    { mark: 'dot', label: `${formatCount(rows)}${some} ${data.split} rows`, colour: theme.neutral },
  ];
}

/** What the picture leaves out: "3 of them lie beyond the picture." '' where it shows all. */
export function beyondText(frame: PointsFrame, which: SampleValues, window: Window = scatterWindow([frame])): string {
  const points = samplePoints(frame, which);
  const shown = points.length / 2;
  let beyond = 0;
  for (let i = 0; i < points.length; i += 2) {
    const inside = window.every(([low, high], side) => !(points[i + side]! < low || points[i + side]! > high));
    if (!inside) beyond++;
  }
  const some = shown < frame.rows ? [`The first ${formatCount(shown)} of them are drawn.`] : [];
  const far =
    beyond === 0 ? [] : [`${plural(beyond, 'draw lies', 'draws lie')} beyond the picture, which holds the data.`];
  return [...some, ...far].join(' ');
}
