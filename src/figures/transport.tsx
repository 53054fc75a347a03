/** Transport: data, draws from the base and a grid at one moment of their way from x to u, with the contours of the density. */
import type { VNode } from 'preact';
import { massShares, type TransportFrame } from '../inspection/frames/transport.ts';
import { Axis } from './axis.tsx';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { placeKey, placeRgb } from './placeColours.ts';
import { rgbText } from './ramps.ts';
import { textSize, type Theme } from './theme.ts';
import { stageTitle } from './transportWords.ts';
import { Plane, planeScales, type TransportShown } from './transportPlane.tsx';

export interface TransportFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** The square that the plane is drawn in. */
  readonly plot: Box;
  /** Where a point [x, y] of the moment stands, px. */
  place(x: number, y: number): readonly [number, number];
}

const MARGIN = { left: 52, right: 12, top: 26, bottom: 38 };
export const KEY = 58;

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
export function KeyName({
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
