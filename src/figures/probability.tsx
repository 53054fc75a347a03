/**
 * The total probability as a card: the number, how far from 1 it is, how few rows carry it, and the most probable rows
 * beside how often they occur in the data. Of real variables: the density on its grid.
 */
import type { VNode } from 'preact';
import type { ProbabilityFrame } from '../inspection/probabilityFrame.ts';
import type { Drawing, RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { cumulativePlot } from './probabilityCumulative.tsx';
import { densityPlot } from './probabilityDensity.tsx';
import { mostProbable, type MostLayout } from './probabilityRows.tsx';
import { isDensity, probabilityStats, totalSymbol, totalText } from './probabilityWords.ts';
import { textWidth } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface ProbabilityFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Where the most probable rows stand; null where there are none. */
  readonly most: MostLayout | null;
}

const HEADLINE = 30;
const HEADLINE_HEIGHT = 44;
const STAT_HEIGHT = 40;
const GAP = 24;
/** From here on, plot and rows stand side by side, px. */
const BESIDE = 720;
const PLOT_HEIGHT = 250;
const TALLEST_PLOT = 380;

export function probabilityFigure({
  frame,
  width,
  theme,
}: {
  readonly frame: ProbabilityFrame;
  readonly width: number;
  readonly theme: Theme;
}): ProbabilityFigure {
  const { sum } = frame;
  const head = headline(frame, width, theme);
  if (!sum) {
    return { drawing: { width, height: head.height, rasters: [], marks: head.marks }, legend: [], most: null };
  }
  const top = head.height + 8;
  if (sum.over === 'grid') {
    const plot = densityPlot(sum, width, theme);
    return {
      drawing: {
        width,
        height: top + plot.height,
        rasters: moved(plot.rasters, 0, top),
        marks: (
          <>
            {head.marks}
            <g transform={`translate(0,${top})`}>{plot.marks}</g>
          </>
        ),
      },
      legend: plot.legend,
      most: null,
    };
  }
  const beside = width >= BESIDE;
  const left = beside ? Math.floor((width - GAP) * 0.5) : width;
  const at = beside ? { x: left + GAP, y: top } : { x: 0, y: top + PLOT_HEIGHT + 16 };
  const most = mostProbable(frame, sum, { ...at, width: beside ? width - left - GAP : width }, theme);
  const tall = beside ? Math.min(TALLEST_PLOT, Math.max(PLOT_HEIGHT, most.drawing.height)) : PLOT_HEIGHT;
  const plot = cumulativePlot(frame, sum, { width: left, height: tall }, theme);
  const height = beside ? top + Math.max(tall, most.drawing.height) : top + PLOT_HEIGHT + 16 + most.drawing.height;
  return {
    drawing: {
      width,
      height,
      rasters: most.drawing.rasters,
      marks: (
        <>
          {head.marks}
          <g transform={`translate(0,${top})`}>{plot.marks}</g>
          {most.drawing.marks}
        </>
      ),
    },
    legend: [...plot.legend, ...most.legend],
    most: most.layout,
  };
}

const moved = (rasters: readonly RasterMark[], x: number, y: number): RasterMark[] =>
  rasters.map((raster) => ({ ...raster, x: raster.x + x, y: raster.y + y }));

/** How much wider letters are in bold, in wide fonts. */
const BOLD = 1.18;

/** What the number comes to, beside it: never by colour alone. */
function verdict(frame: ProbabilityFrame): { readonly text: string; readonly wrong: boolean } {
  if (frame.quantity.kind === 'bound') return { text: 'of a lower bound', wrong: false };
  if (frame.quantity.kind === 'loss') return { text: 'no density', wrong: true };
  return isDensity(frame) ? { text: 'a density', wrong: false } : { text: '≠ 1: no density', wrong: true };
}

function headline(
  frame: ProbabilityFrame,
  width: number,
  theme: Theme,
): { readonly marks: VNode; readonly height: number } {
  const { sum } = frame;
  const number = `${totalSymbol(frame)} = ${sum ? totalText(sum) : '?'}`;
  const own = verdict(frame);
  const size = Math.min(HEADLINE, (HEADLINE * (width - 8)) / (BOLD * textWidth(number, HEADLINE)));
  const end = BOLD * textWidth(number, size) + 14;
  const tag = textWidth(own.text, textSize.label) + 16;
  const below = end + tag > width;
  const stats = laidOut(frame, width);
  const statsTop = HEADLINE_HEIGHT + (below ? 22 : 0);
  return {
    height: statsTop + stats.rows * STAT_HEIGHT,
    marks: (
      <g font-family={theme.font}>
        <text
          x={0}
          y={32}
          font-size={size}
          font-weight="600"
          fill={theme.foreground}
          style="font-variant-numeric: tabular-nums"
        >
          {number}
        </text>
        {sum && (
          <g transform={below ? 'translate(0,40)' : `translate(${end},12)`}>
            <rect
              x={0.5}
              y={0.5}
              width={tag}
              height={19}
              rx={3}
              fill="none"
              stroke={own.wrong ? theme.error : theme.rule}
              stroke-width={own.wrong ? 1.5 : 1}
            />
            <text
              x={tag / 2}
              y={10.5}
              text-anchor="middle"
              dominant-baseline="central"
              font-size={textSize.label}
              font-weight={own.wrong ? '600' : '400'}
              fill={own.wrong ? theme.error : theme.foreground}
            >
              {own.text}
            </text>
          </g>
        )}
        <g transform={`translate(0,${statsTop})`}>
          {stats.placed.map(({ stat, x, y }) => (
            <g transform={`translate(${x},${y})`}>
              <text x={0} y={10} font-size={textSize.small} fill={theme.muted}>
                {stat.label}
              </text>
              <text
                x={0}
                y={26}
                font-size={13}
                font-weight="600"
                fill={theme.foreground}
                style="font-variant-numeric: tabular-nums"
              >
                {stat.value}
              </text>
            </g>
          ))}
        </g>
      </g>
    ),
  };
}

function laidOut(frame: ProbabilityFrame, width: number) {
  let [x, y] = [0, 0];
  const placed = probabilityStats(frame).map((stat) => {
    const own = Math.max(textWidth(stat.label, textSize.small), textWidth(stat.value, 13)) + 26;
    if (x > 0 && x + own - 26 > width) [x, y] = [0, y + STAT_HEIGHT];
    const at = { stat, x, y };
    x += own;
    return at;
  });
  return { placed, rows: placed.length === 0 ? 0 : y / STAT_HEIGHT + 1 };
}
