/**
 * The plane at one moment of transport: rows, draws, a grid and contours of the density within a box. Points are drawn as
 * the round ends of lines without length, those of one colour in one path: many of them move at once.
 */
import type { VNode } from 'preact';
import { scaleLinear } from 'd3';
import { massShares, type TransportFrame } from '../inspection/frames/transport.ts';
import { type NumericScale } from './axis.tsx';
import { type Box } from './drawing.tsx';
import { bucketColour, placeBucket, type PlaceColouring } from './placeColours.ts';
import { type Theme } from './theme.ts';
import { contoursAt, momentOf, placesAt, squareAt } from './transportStages.ts';

export const transportGrids = ['x', 'u', 'none'] as const;
export type TransportGrid = (typeof transportGrids)[number];

/** What is drawn. */
export interface TransportShown {
  readonly grid: TransportGrid;
  readonly data: boolean;
  readonly samples: boolean;
  readonly contours: boolean;
  readonly colouring: PlaceColouring;
}

export const everythingShown: TransportShown = {
  grid: 'x',
  data: true,
  samples: false,
  contours: true,
  colouring: 'angle',
};

/** Contours are those of a stage: they are gone this far from it. */
const FADE = 0.3;
const DOT = { radius: 2.6, rim: 0.9 };

export function planeScales(frame: TransportFrame, at: number, plot: Box): { x: NumericScale; y: NumericScale } {
  const square = squareAt(frame, at);
  return {
    x: scaleLinear([square.x, square.x + square.side], [plot.x, plot.x + plot.width]),
    y: scaleLinear([square.y, square.y + square.side], [plot.y + plot.height, plot.y]),
  };
}

/** The plane of one moment within a box, nothing beyond it. */
export function Plane({
  frame,
  at,
  shown,
  plot,
  theme,
  id,
  dot = DOT.radius,
}: {
  readonly frame: TransportFrame;
  readonly at: number;
  readonly shown: TransportShown;
  readonly plot: Box;
  readonly theme: Theme;
  /** Of the clip, once a document. */
  readonly id: string;
  readonly dot?: number;
}): VNode {
  const { x, y } = planeScales(frame, at, plot);
  const clip = `clip-${id}`;
  return (
    <>
      <clipPath id={clip}>
        <rect x={plot.x} y={plot.y} width={plot.width} height={plot.height} />
      </clipPath>
      <g clip-path={`url(#${clip})`} fill="none" stroke-linejoin="round">
        {shown.grid !== 'none' && (
          <path d={gridPath(frame, at, shown.grid, x, y)} stroke={theme.neutral} stroke-width={0.75} opacity={0.75} />
        )}
        {shown.contours && <Contours frame={frame} at={at} x={x} y={y} theme={theme} />}
        {shown.samples && (
          <Crosses
            places={placesAt(frame.samples, frame, at)}
            of={frame.samplePlace}
            {...{ x, y, theme, shown }}
            size={dot}
          />
        )}
        {shown.data && (
          <Dots places={placesAt(frame.points, frame, at)} of={frame.place} {...{ x, y, theme, shown }} size={dot} />
        )}
      </g>
      <rect x={plot.x} y={plot.y} width={plot.width} height={plot.height} fill="none" stroke={theme.rule} />
    </>
  );
}

function gridPath(frame: TransportFrame, at: number, grid: 'x' | 'u', x: NumericScale, y: NumericScale): string {
  const places = placesAt(grid === 'x' ? frame.evenInX : frame.evenInU, frame, at);
  const parts: string[] = [];
  for (let line = 0; line < frame.lines; line++) {
    let draws = false;
    for (let node = 0; node < frame.nodes; node++) {
      const i = 2 * (line * frame.nodes + node);
      const [px, py] = [x(places[i]!), y(places[i + 1]!)];
      // What has run off to where no number reaches breaks the line.
      if (!(Math.abs(px) < 1e5 && Math.abs(py) < 1e5)) {
        draws = false;
        continue;
      }
      parts.push(`${draws ? 'L' : 'M'}${px.toFixed(1)},${py.toFixed(1)}`);
      draws = true;
    }
  }
  return parts.join('');
}

function Contours({
  frame,
  at,
  x,
  y,
  theme,
}: {
  readonly frame: TransportFrame;
  readonly at: number;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly theme: Theme;
}): VNode | null {
  const { from, share } = momentOf(frame, at);
  const stage = share < 0.5 ? from : from + 1;
  const there = 1 - Math.min(1, Math.abs(at - stage) / FADE);
  if (there <= 0) return null;
  return (
    <g stroke={theme.foreground} opacity={Number(there.toFixed(2))} class="contours">
      {contoursAt(frame, stage).map(({ share: mass, lines }) => (
        <path
          d={lines.map((line) => `${ringPath(line, x, y)}Z`).join('')}
          stroke-width={1.1}
          fill={theme.foreground}
          fill-opacity={0.05}
          stroke-opacity={0.35 + 0.5 * (1 - mass)}
          stroke-dasharray={mass === massShares.at(-1) ? '4 3' : undefined}
          fill-rule="evenodd"
        />
      ))}
    </g>
  );
}

function ringPath(line: Float32Array, x: NumericScale, y: NumericScale): string {
  let path = '';
  for (let i = 0; i + 1 < line.length; i += 2) {
    path += `${i === 0 ? 'M' : 'L'}${x(line[i]!).toFixed(1)},${y(line[i + 1]!).toFixed(1)}`;
  }
  return path;
}

interface Marked {
  /** [n, 2] */
  readonly places: Float32Array;
  /** [n, 2] in the base. */
  readonly of: Float32Array;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly theme: Theme;
  readonly shown: TransportShown;
  readonly size: number;
}

/** One path for every colour. */
function byColour({ places, of, x, y, shown }: Marked, mark: (px: string, py: string) => string): [number, string][] {
  const paths = new Map<number, string[]>();
  for (let i = 0; i + 1 < places.length; i += 2) {
    const [px, py] = [x(places[i]!), y(places[i + 1]!)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    const bucket = placeBucket(shown.colouring, of[i]!, of[i + 1]!);
    const own = paths.get(bucket);
    const text = mark(px.toFixed(1), py.toFixed(1));
    if (own) own.push(text);
    else paths.set(bucket, [text]);
  }
  return [...paths].sort(([a], [b]) => a - b).map(([bucket, all]) => [bucket, all.join('')]);
}

function Dots(o: Marked): VNode {
  const paths = byColour(o, (px, py) => `M${px},${py}h0`);
  const rim = 2 * (o.size + DOT.rim);
  return (
    <g stroke-linecap="round" class="points">
      <path d={paths.map(([, path]) => path).join('')} stroke={o.theme.background} stroke-width={rim + 0.8} />
      <path d={paths.map(([, path]) => path).join('')} stroke={o.theme.foreground} stroke-width={rim - 0.6} />
      {paths.map(([bucket, path]) => (
        <path d={path} stroke={bucketColour(o.theme.kind, o.shown.colouring, bucket)} stroke-width={2 * o.size} />
      ))}
    </g>
  );
}

function Crosses(o: Marked): VNode {
  const arm = o.size + 0.6;
  const paths = byColour(o, (px, py) => `M${px},${py}m${-arm},0h${2 * arm}m${-arm},${-arm}v${2 * arm}`);
  return (
    <g stroke-linecap="round" class="draws">
      <path d={paths.map(([, path]) => path).join('')} stroke={o.theme.background} stroke-width={3} />
      {paths.map(([bucket, path]) => (
        <path d={path} stroke={bucketColour(o.theme.kind, o.shown.colouring, bucket)} stroke-width={1.5} />
      ))}
    </g>
  );
}
