/** The density of one or two real variables on the grid that it was integrated over. */
import type { VNode } from 'preact';
import { line, scaleLinear } from 'd3';
import type { GridSum } from '../inspection/probabilityFrame.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import { wholeSource, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { matrixPixels } from './pixels.ts';
import { magnitudeRamp } from './ramps.ts';
import { labelText } from './probabilityWords.ts';
import { formatValue, inputName } from './text.ts';
import type { Theme } from './theme.ts';

const MARGIN = { left: 58, right: 14, top: 6, bottom: 38 };
const HEIGHT = 260;
const WIDEST = 640;
const LARGEST_SQUARE = 420;

export interface DensityPlot {
  readonly height: number;
  readonly rasters: readonly RasterMark[];
  readonly marks: VNode;
  readonly legend: LegendItem[];
}

export function densityPlot(sum: GridSum, width: number, theme: Theme): DensityPlot {
  return sum.variables.length === 1 ? curve(sum, width, theme) : plane(sum, width, theme);
}

const peakOf = (values: Float32Array) => values.reduce((most, value) => (value > most ? value : most), 0);
const pointsText = ({ given, label }: GridSum) =>
  given ? 'the row’s own value' : `some training rows${label ? ` of ${labelText(label)}` : ''}`;

function curve(sum: GridSum, width: number, theme: Theme): DensityPlot {
  const right = Math.min(width, WIDEST) - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = scaleLinear([sum.low[0]!, sum.high[0]!], [MARGIN.left, right]);
  const y = scaleLinear([0, peakOf(sum.values) * 1.05 || 1], [bottom, MARGIN.top]);
  const { colour } = runStyle(theme.kind, 0);
  const data = runStyle(theme.kind, 1).colour;
  const step = (sum.high[0]! - sum.low[0]!) / (sum.shown - 1);
  const path = line<number>(
    (_, i) => x(sum.low[0]! + i * step),
    (value) => y(value),
  ).digits(1);
  const name = inputName(sum.variables[0]!);
  return {
    height: HEIGHT,
    rasters: [],
    marks: (
      <>
        <Axis
          scale={y}
          side="left"
          at={MARGIN.left}
          label={`density of ${name}`}
          theme={theme}
          ticks={5}
          grid={right - MARGIN.left}
        />
        <Axis scale={x} side="bottom" at={bottom} label={`${name}, in the data’s units`} theme={theme} ticks={6} />
        <path d={path(sum.values) ?? undefined} fill="none" stroke={colour} stroke-width={2.25} />
        {Array.from(sum.points, (value) => (
          <line
            x1={x(value)}
            x2={x(value)}
            y1={bottom}
            y2={sum.given ? MARGIN.top : bottom - 7}
            stroke={data}
            stroke-width={sum.given ? 1.75 : 1}
            stroke-dasharray={sum.given ? '6 3' : undefined}
            opacity={sum.given ? 1 : 0.5}
          />
        ))}
      </>
    ),
    legend: [
      { mark: 'line', label: 'density', colour, width: 2.25 },
      { mark: 'line', label: pointsText(sum), colour: data, ...(sum.given && { dash: '6 3' }) },
    ],
  };
}

function plane(sum: GridSum, width: number, theme: Theme): DensityPlot {
  const side = Math.min(LARGEST_SQUARE, width - MARGIN.left - MARGIN.right);
  const [x0, y0] = [MARGIN.left, MARGIN.top];
  const x = scaleLinear([sum.low[0]!, sum.high[0]!], [x0, x0 + side]);
  const y = scaleLinear([sum.low[1]!, sum.high[1]!], [y0 + side, y0]);
  const { shown, values } = sum;
  const peak = peakOf(values);
  const pixels = matrixPixels({
    rows: shown,
    columns: shown,
    ramp: magnitudeRamp(),
    // The square root lifts what is low; nodes run upwards, rows of pixels downwards.
    position: (row, column) => (peak > 0 ? Math.sqrt(values[(shown - 1 - row) * shown + column]! / peak) : 0),
  });
  const dots: VNode[] = [];
  for (let i = 0; i + 1 < sum.points.length; i += 2) {
    dots.push(<circle cx={x(sum.points[i]!)} cy={y(sum.points[i + 1]!)} r={1.5} />);
  }
  return {
    height: side + MARGIN.top + MARGIN.bottom,
    rasters: [{ x: x0, y: y0, width: side, height: side, pixels, source: wholeSource(pixels), hatched: false }],
    marks: (
      <>
        <rect x={x0} y={y0} width={side} height={side} fill="none" stroke={theme.rule} />
        <g fill="#ffffff" stroke="#000000" stroke-width={0.5}>
          {dots}
        </g>
        <Axis scale={y} side="left" at={x0} label={inputName(sum.variables[1]!)} theme={theme} ticks={5} />
        <Axis scale={x} side="bottom" at={y0 + side} label={inputName(sum.variables[0]!)} theme={theme} ticks={5} />
      </>
    ),
    legend: [
      { mark: 'ramp', label: 'density (root scale)', ramp: magnitudeRamp(), low: '0', high: formatValue(peak) },
      { mark: 'dot', label: pointsText(sum), colour: '#ffffff', outline: '#000000' },
    ],
  };
}
