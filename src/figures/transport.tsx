/**
 * Transport: data, draws from the base and a grid at one moment of their way from x to u, with the contours of the density.
 * Points are drawn as the round ends of lines without length, those of one colour in one path: many of them move at once.
 */
import type { VNode } from 'preact';
import { scaleLinear } from 'd3';
import { massShares, type TransportFrame } from '../inspection/frames/transport.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { bucketColour, placeBucket, placeKey, placeRgb, type PlaceColouring } from './placeColours.ts';
import { rgbText } from './ramps.ts';
import { subscript } from '../text/notation.ts';
import { wrapText } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { contoursAt, momentOf, placesAt, squareAt, stagesOf } from './transportStages.ts';
import { stageTitle } from './transportWords.ts';

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

export interface TransportFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** The square that the plane is drawn in. */
  readonly plot: Box;
  /** Where a point [x, y] of the moment stands, px. */
  place(x: number, y: number): readonly [number, number];
}

const MARGIN = { left: 52, right: 12, top: 26, bottom: 38 };
const KEY = 58;
/** Contours are those of a stage: they are gone this far from it. */
const FADE = 0.3;
const DOT = { radius: 2.6, rim: 0.9 };

export function transportFigure({
  frame,
  at,
  shown,
  width,
  height,
  theme,
}: {
  readonly frame: TransportFrame;
  /** Stage, 0 … L; between two of them where it is not whole. */
  readonly at: number;
  readonly shown: TransportShown;
  readonly width: number;
  /** px at most. */
  readonly height: number;
  readonly theme: Theme;
}): TransportFigure {
  const beside = width >= 420;
  const side = Math.max(
    120,
    Math.min(width - MARGIN.left - MARGIN.right - (beside ? KEY + 24 : 0), height - MARGIN.top - MARGIN.bottom),
  );
  const plot: Box = { x: MARGIN.left, y: MARGIN.top, width: side, height: side };
  const { x, y } = planeScales(frame, at, plot);
  const place = (px: number, py: number) => [x(px), y(py)] as const;
  const bottom = plot.y + side;
  const letter = coordinate(frame, at);
  const key = placeKey(theme.kind, shown.colouring, KEY);
  const keyAt = { x: plot.x + side + 20, y: plot.y + 16 };
  return {
    plot,
    place,
    drawing: {
      width: beside ? keyAt.x + KEY + 6 : plot.x + side + MARGIN.right,
      height: bottom + MARGIN.bottom,
      rasters: beside
        ? [{ ...keyAt, width: KEY, height: KEY, pixels: key, source: wholeSource(key), hatched: false }]
        : [],
      marks: (
        <>
          <text x={plot.x} y={15} font-family={theme.font} font-size={textSize.body} fill={theme.foreground}>
            {stageTitle(frame, at)}
          </text>
          {beside && <KeyName x={keyAt.x + KEY / 2} y={keyAt.y - 6} anchor="middle" theme={theme} />}
          <Plane frame={frame} at={at} shown={shown} plot={plot} theme={theme} id="plane" />
          <Axis scale={y} side="left" at={plot.x} label={`${letter}₂`} theme={theme} ticks={5} labelOffset={40} />
          <Axis scale={x} side="bottom" at={bottom} label={`${letter}₁`} theme={theme} ticks={5} />
        </>
      ),
    },
    legend: transportLegend(frame, shown, theme),
  };
}

/** What the wheel of colours stands for. */
function KeyName({
  x,
  y,
  anchor,
  theme,
}: {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'middle';
  readonly theme: Theme;
}): VNode {
  return (
    <text x={x} y={y} text-anchor={anchor} font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
      place in u
    </text>
  );
}

/** x at the first stage, u at the last, y between them. */
function coordinate(frame: TransportFrame, at: number): string {
  if (at <= 0) return 'x';
  return at >= frame.layers.length ? 'u' : 'y';
}

function planeScales(frame: TransportFrame, at: number, plot: Box): { x: NumericScale; y: NumericScale } {
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

export function transportLegend(frame: TransportFrame, shown: TransportShown, theme: Theme): LegendItem[] {
  const colour = rgbText(placeRgb(theme.kind, shown.colouring, 0.7, 0.7));
  const by =
    shown.colouring === 'angle' ? 'their direction from the middle of u' : 'their distance from the middle of u';
  const items: LegendItem[] = [];
  if (shown.data) {
    items.push({ mark: 'dot', label: `${frame.split} rows, coloured by ${by}`, colour, outline: theme.foreground });
  }
  if (shown.samples) items.push({ mark: 'cross', label: 'draws from the base, coloured alike', colour });
  if (shown.contours) {
    const inner = massShares.slice(0, -1).map((share) => `${share * 100}`);
    const label = `${inner.join(', ')} % of the probability`;
    items.push({ mark: 'line', label, colour: theme.foreground, width: 1.1 });
    // Until nothing trains, only the two ends have contours.
    const between = frame.complete || frame.layers.length < 2 ? '' : '; while the model trains, at x and at u alone';
    const widest = `${massShares.at(-1)! * 100} %${between}`;
    items.push({ mark: 'line', label: widest, colour: theme.foreground, dash: '4 3' });
  }
  if (shown.grid !== 'none') {
    items.push({ mark: 'line', label: `a grid that is even in ${shown.grid}`, colour: theme.neutral, width: 1 });
  }
  return items;
}

/** Pictures of the film are at least so wide. */
const NARROWEST = 150;
/** Room for the name of a stage and one line of its caption; each more takes another. */
const CAPTION = 32;
const CAPTION_LINE = 13;
const APART = 14;

/** Every stage beside the others, from x to u. */
export function transportFilm({
  frame,
  shown,
  width,
  theme,
}: {
  readonly frame: TransportFrame;
  readonly shown: TransportShown;
  readonly width: number;
  readonly theme: Theme;
}): { readonly drawing: Drawing; readonly legend: readonly LegendItem[]; boxOf(stage: number): Box } {
  const count = stagesOf(frame);
  const keyed = shown.data || shown.samples;
  const key = placeKey(theme.kind, shown.colouring, KEY);
  const most = Math.max(1, Math.floor((width + APART) / (NARROWEST + APART)));
  const rows = Math.ceil(count / most);
  const columns = Math.ceil(count / rows);
  const side = Math.floor(Math.min(260, (width - APART * (columns - 1)) / columns));
  const captions = Array.from({ length: count }, (_, stage) =>
    caption(frame.layers[stage - 1]?.title ?? `${frame.split} rows`, side),
  );
  const deep = Math.max(...captions.map(({ length }) => length));
  const top = CAPTION + CAPTION_LINE * (deep - 1);
  const boxOf = (stage: number): Box => ({
    x: (stage % columns) * (side + APART),
    y: Math.floor(stage / columns) * (side + top + APART) + top,
    width: side,
    height: side,
  });
  const bottom = rows * (side + top + APART) - APART;
  return {
    boxOf,
    legend: transportLegend(frame, shown, theme),
    drawing: {
      width: columns * (side + APART) - APART,
      height: bottom + (keyed ? APART + KEY : 2),
      rasters: keyed
        ? [{ x: 0, y: bottom + APART, width: KEY, height: KEY, pixels: key, source: wholeSource(key), hatched: false }]
        : [],
      marks: [
        keyed && <KeyName x={KEY + 10} y={bottom + APART + KEY / 2 + 4} theme={theme} />,
        ...Array.from({ length: count }, (_, stage) => {
          const plot = boxOf(stage);
          return (
            <g class="stage">
              <text
                x={plot.x}
                y={plot.y - 18 - CAPTION_LINE * (deep - 1)}
                font-family={theme.font}
                font-size={textSize.label}
                fill={theme.foreground}
              >
                {stage === 0 ? 'x' : stage === count - 1 ? `y${subscript(stage)} = u` : `y${subscript(stage)}`}
              </text>
              <text
                x={plot.x}
                y={plot.y - 5 - CAPTION_LINE * (deep - 1)}
                font-family={theme.font}
                font-size={textSize.small}
                fill={theme.muted}
              >
                {captions[stage]!.map((part, i) => (
                  <tspan x={plot.x} dy={i === 0 ? 0 : CAPTION_LINE}>
                    {part}
                  </tspan>
                ))}
              </text>
              <Plane frame={frame} at={stage} shown={shown} plot={plot} theme={theme} id={`stage-${stage}`} dot={1.5} />
            </g>
          );
        }),
      ],
    },
  };
}

const LINES = 2;

/** A caption in lines that fit above its picture; what is longer than those is cut. */
function caption(text: string, width: number): string[] {
  const lines = wrapText(text, textSize.small, width);
  return lines.length <= LINES ? lines : [...lines.slice(0, LINES - 1), `${lines[LINES - 1]!} …`];
}
