/** The maps of one layer for one row: the row, one map as large as it, and all of them small. */
import { imageGridPixels, matrixPixels, type Pixels } from './pixels.ts';
import type { FeatureMapsFrame } from '../inspection/frames/pixelRows.ts';
import { finiteExtent, MOST_MAPS } from './featureMapsWords.ts';
import { wholeSource, type Box, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { sampleLegend } from './sampleGrid.tsx';
import { neutralRgb, rgbText, signedRamp } from './ramps.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** A pixel of a map, or (null) of the row itself. */
export interface MapPlace {
  readonly channel: number | null;
  /** In raster order, from 0. */
  readonly pixel: number;
}

export interface FeatureMapsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly placeAt: (x: number, y: number) => MapPlace | null;
  /** Everywhere that a pixel is drawn: in the row, in the large map, in the small one of a channel. */
  readonly boxesOf: (place: MapPlace) => readonly Box[];
  /** The small map of a channel; null where it is not among those drawn. */
  readonly tileOf: (channel: number) => Box | null;
  /** Small maps side by side. */
  readonly across: number;
}

export interface FeatureMapsOptions {
  readonly frame: FeatureMapsFrame;
  /** The map that is drawn large. */
  readonly channel: number;
  readonly width: number;
  readonly theme: Theme;
}

const LARGE = 224;
const SMALL = 64;
const GAP = 20;
const TILE_GAP = 8;
const TITLE = 18;
const TILE_TITLE = 13;

export function featureMaps({ frame, channel, width, theme }: FeatureMapsOptions): FeatureMapsFigure {
  const { size, values, picture } = frame;
  const [rows, columns] = size;
  const plane = rows * columns;
  const channels = values.length / plane;
  const furthest = finiteExtent(values);
  const ramp = signedRamp(theme.kind);
  const pixelsOf = (of: number): Pixels =>
    matrixPixels({
      ...{ rows, columns, ramp },
      position: (r, c) => 0.5 + values[of * plane + r * columns + c]! / (2 * furthest),
      unknown: {
        colour: neutralRgb(theme.kind),
        at: (r, c) => !Number.isFinite(values[of * plane + r * columns + c]!),
      },
    });
  const scaled = (room: number) => {
    const fitting = room / Math.max(rows, columns);
    return fitting >= 1 ? Math.floor(fitting) : fitting;
  };
  const cell = scaled(Math.min(LARGE, (width - GAP) / 2));
  const small = scaled(SMALL);
  const large: Box = {
    x: picture.image ? columns * cell + GAP : 0,
    y: TITLE,
    width: columns * cell,
    height: rows * cell,
  };
  const own: Box = { ...large, x: 0 };
  const tile = { width: columns * small, height: rows * small };
  const across = Math.max(1, Math.floor((width + TILE_GAP) / (tile.width + TILE_GAP)));
  const shown = Math.min(channels, MOST_MAPS);
  const top = TITLE + large.height + GAP;
  const tileOf = (of: number): Box | null =>
    of < shown
      ? {
          x: (of % across) * (tile.width + TILE_GAP),
          y: top + TILE_TITLE + Math.floor(of / across) * (tile.height + TILE_GAP + TILE_TITLE),
          ...tile,
        }
      : null;
  const tiles = Array.from({ length: shown }, (_, of) => tileOf(of)!);
  const last = tiles.at(-1)!;
  const chosen = pixelsOf(channel);
  const ownPixels =
    picture.image && imageGridPixels({ values: picture.values, count: 1, image: picture.image, columns: 1, gap: 0 });
  const within = (box: Box, side: number, x: number, y: number): number | null => {
    const [c, r] = [Math.floor((x - box.x) / side), Math.floor((y - box.y) / side)];
    return c < 0 || c >= columns || r < 0 || r >= rows ? null : r * columns + c;
  };
  const cellIn = (box: Box, side: number, pixel: number): Box => ({
    x: box.x + (pixel % columns) * side,
    y: box.y + Math.floor(pixel / columns) * side,
    width: side,
    height: side,
  });
  return {
    across,
    tileOf,
    placeAt: (x, y) => {
      const inRow = picture.image ? within(own, cell, x, y) : null;
      if (inRow !== null) return { channel: null, pixel: inRow };
      const inLarge = within(large, cell, x, y);
      if (inLarge !== null) return { channel, pixel: inLarge };
      for (const [of, box] of tiles.entries()) {
        const pixel = within(box, small, x, y);
        if (pixel !== null) return { channel: of, pixel };
      }
      return null;
    },
    boxesOf: ({ channel: of, pixel }) => {
      const tile = of === null ? null : tileOf(of);
      return [
        ...(picture.image ? [cellIn(own, cell, pixel)] : []),
        cellIn(large, cell, pixel),
        ...(tile ? [cellIn(tile, small, pixel)] : []),
      ];
    },
    drawing: {
      width,
      height: last.y + last.height + 2,
      rasters: [
        ...(ownPixels ? [{ ...own, pixels: ownPixels, source: wholeSource(ownPixels), hatched: false }] : []),
        { ...large, pixels: chosen, source: wholeSource(chosen), hatched: false },
        ...tiles.map((box, of) => {
          const pixels = pixelsOf(of);
          return { ...box, pixels, source: wholeSource(pixels), hatched: false };
        }),
      ],
      marks: (
        <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground} class="feature-maps">
          {picture.image && (
            <>
              <text x={0} y={12}>
                the row
              </text>
              <rect {...own} fill="none" stroke={theme.rule} />
            </>
          )}
          <text x={large.x} y={12}>{`map ${channel + 1}`}</text>
          <rect {...large} fill="none" stroke={theme.rule} />
          {tiles.map((box, of) => (
            <>
              <text x={box.x} y={box.y - 3} font-size={textSize.small} fill={theme.muted}>
                {of + 1}
              </text>
              <rect
                {...box}
                fill="none"
                stroke={of === channel ? theme.accent : theme.rule}
                stroke-width={of === channel ? 2.5 : 1}
              />
            </>
          ))}
        </g>
      ),
    },
    legend: [
      { mark: 'ramp', label: 'value', ramp, low: formatValue(-furthest), high: formatValue(furthest) },
      ...(values.every(Number.isFinite)
        ? []
        : [{ mark: 'patch' as const, label: 'no finite number', colour: rgbText(neutralRgb(theme.kind)) }]),
      ...(picture.image ? sampleLegend(picture) : []),
    ],
  };
}
