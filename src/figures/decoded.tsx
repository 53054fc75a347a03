/** Rows led back from a flow's base: pictures in a line or a grid, points in a plane with a way through them, or cells. */
import type { VNode } from 'preact';
import { line, scaleLinear } from 'd3';
import type { HeatFrame, WalkFrame } from '../inspection/frames/latent.ts';
import type { SamplesFrame } from '../inspection/frames.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import { windowOf } from '../inspection/transportWindow.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { pathStrips } from './walkPaths.tsx';
import { sampleDrawing, sampleLayout, sampleLegend, samplePixels, type SampleLayout } from './sampleGrid.tsx';
import { formatFixed, inputName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface DecodedFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
}

const MARGIN = { left: 52, right: 12, top: 8, bottom: 38 };
const LARGEST = 380;
/** Below pictures: log p. */
const FOOT = 34;

export function walkFigure(frame: WalkFrame, width: number, theme: Theme): DecodedFigure {
  const { decoded, logProb } = frame;
  if (frame.points) return plane(decoded, frame.points, frame.space, width, theme);
  if (frame.ends) return pathStrips({ ...frame, ends: frame.ends }, width, theme);
  if (!decoded.image || !logProb) return cells(decoded, width, theme);
  const layout = lineOf(decoded, decoded.image, width);
  const own = sampleDrawing(decoded, layout, samplePixels(decoded, 'draws', layout), theme);
  const pitch = (decoded.image[1] + layout.gap) * layout.scale.x;
  const text = { 'font-family': theme.font, 'font-size': textSize.small, 'text-anchor': 'middle' } as const;
  const tall = (decoded.image[0] + layout.gap) * layout.scale.y;
  return {
    legend: sampleLegend(decoded),
    drawing: {
      ...own,
      height: own.height + FOOT,
      marks: (
        <>
          {own.marks}
          {Array.from(logProb, (value, k) => {
            const x = (k % layout.columns) * pitch + (decoded.image![1] * layout.scale.x) / 2;
            const y = Math.floor(k / layout.columns) * tall + decoded.image![0] * layout.scale.y;
            if (layout.rows > 1) return null;
            return (
              <>
                <text x={x} y={y + 13} {...text} fill={theme.foreground}>
                  {formatFixed(value, Math.abs(value) < 100 ? 1 : 0)}
                </text>
                {k === 0 && (
                  <text x={0} y={y + 28} {...text} text-anchor="start" fill={theme.muted}>
                    log p, nats
                  </text>
                )}
              </>
            );
          })}
        </>
      ),
    },
  };
}

export function heatFigure(frame: HeatFrame, width: number, theme: Theme): DecodedFigure {
  const { decoded } = frame;
  if (frame.points) return plane(decoded, frame.points, null, width, theme);
  if (!decoded.image) return cells(decoded, width, theme);
  const layout = sampleLayout(decoded, width);
  return {
    legend: sampleLegend(decoded),
    drawing: sampleDrawing(decoded, layout, samplePixels(decoded, 'draws', layout), theme),
  };
}

/** Cells of which one row follows the other. */
function cells(decoded: SamplesFrame, width: number, theme: Theme): DecodedFigure {
  const layout = sampleLayout(decoded, width);
  const drawing = sampleDrawing(decoded, layout, samplePixels(decoded, 'draws', layout), theme);
  return { drawing, legend: sampleLegend(decoded) };
}

/** All pictures in one line where they fit, in whole pixels of the screen. */
function lineOf(decoded: SamplesFrame, [height, wide]: ImageSize, width: number): SampleLayout {
  const gap = 2;
  const fitting = Math.floor((width + gap) / (decoded.rows * (wide + gap)));
  if (fitting < 1) return sampleLayout(decoded, width);
  const scale = Math.max(1, Math.min(fitting, Math.floor(84 / wide) || 1));
  return {
    columns: decoded.rows,
    rows: 1,
    scale: { x: scale, y: scale },
    gap,
    width: (decoded.rows * (wide + gap) - gap) * scale,
    height: height * scale,
    left: 0,
    top: 0,
  };
}

function plane(
  decoded: SamplesFrame,
  around: Float32Array,
  /** The space in which the rows are evenly apart along a way; null where they are draws. */
  along: WalkFrame['space'] | null,
  width: number,
  theme: Theme,
): DecodedFigure {
  const joined = along !== null;
  const values = decoded.exact?.values ?? new Float32Array();
  const side = Math.max(140, Math.min(LARGEST, width - MARGIN.left - MARGIN.right));
  // The data decide what is looked at, and the way, which is what one came for; draws that are far out are left out.
  const window = windowOf(joined ? Float32Array.of(...around, ...values) : around);
  const [left, top] = [MARGIN.left, MARGIN.top];
  const x = scaleLinear([window.x, window.x + window.side], [left, left + side]);
  const y = scaleLinear([window.y, window.y + window.side], [top + side, top]);
  const dots = (all: Float32Array) =>
    Array.from({ length: all.length / 2 }, (_, i) => [x(all[2 * i]!), y(all[2 * i + 1]!)] as const)
      .filter(([px, py]) => px >= left && px <= left + side && py >= top && py <= top + side)
      .map(([px, py]) => `M${px.toFixed(1)},${py.toFixed(1)}h0`)
      .join('');
  const colour = runStyle(theme.kind, 0).colour;
  const legend: LegendItem[] = [
    { mark: 'dot', label: 'rows of the data', colour: theme.neutral },
    joined
      ? {
          mark: 'line',
          label: `the way, even in ${along === 'base' ? 'u' : 'z'}: dots are evenly apart there`,
          colour,
          width: 2,
        }
      : { mark: 'dot', label: 'draws', colour },
  ];
  return {
    legend,
    drawing: {
      width: side + MARGIN.left + MARGIN.right,
      height: side + MARGIN.top + MARGIN.bottom,
      rasters: [],
      marks: (
        <>
          <rect x={left} y={top} width={side} height={side} fill="none" stroke={theme.rule} />
          <path
            d={dots(around)}
            fill="none"
            stroke={theme.neutral}
            stroke-width={3.5}
            stroke-linecap="round"
            opacity={0.7}
          />
          {joined && <Way values={values} place={(px, py) => [x(px), y(py)]} colour={colour} theme={theme} />}
          {!joined && (
            <path d={dots(values)} fill="none" stroke={theme.background} stroke-width={6.5} stroke-linecap="round" />
          )}
          {!joined && <path d={dots(values)} fill="none" stroke={colour} stroke-width={4.5} stroke-linecap="round" />}
          <Axis scale={y} side="left" at={left} label={inputName(1)} theme={theme} ticks={5} labelOffset={40} />
          <Axis scale={x} side="bottom" at={top + side} label={inputName(0)} theme={theme} ticks={5} />
        </>
      ),
    },
  };
}

function Way({
  values,
  place,
  colour,
  theme,
}: {
  readonly values: Float32Array;
  readonly place: (x: number, y: number) => readonly [number, number];
  readonly colour: string;
  readonly theme: Theme;
}): VNode {
  const points = Array.from({ length: values.length / 2 }, (_, i) => place(values[2 * i]!, values[2 * i + 1]!)).filter(
    ([px, py]) => Number.isFinite(px + py),
  );
  const path = line<readonly [number, number]>(
    ([px]) => px,
    ([, py]) => py,
  ).digits(1)(points);
  return (
    <g fill="none">
      <path d={path ?? undefined} stroke={theme.background} stroke-width={4.5} />
      <path d={path ?? undefined} stroke={colour} stroke-width={2} />
      {points.map(([px, py], k) => {
        const end = k === 0 || k === points.length - 1;
        if (!end && k % 4 !== 0) return null;
        return (
          <circle
            cx={px}
            cy={py}
            r={end ? 5.5 : 2.6}
            fill={end ? theme.background : colour}
            stroke={colour}
            stroke-width={end ? 2.5 : 0}
          />
        );
      })}
    </g>
  );
}
