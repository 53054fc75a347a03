/** Rows as small pictures side by side: images as they are, the variables of others as patches in reading order. */
import type { SamplesFrame } from '../inspection/frames.ts';
import { wholeSource, type Box, type RasterMark } from './drawing.tsx';
import { imageGridPixels, type Pixels } from './pixels.ts';

export interface Tile {
  /** Height and width in patches. */
  readonly size: readonly [height: number, width: number];
  /** Patches between two tiles. */
  readonly gap: number;
}

type Rows = Pick<SamplesFrame, 'image' | 'dimension' | 'rows' | 'values'>;

/** Narrower images have so few pixels that where one ends cannot be seen. */
const SMALL = 12;

/** Large images lie edge to edge, as one plane; others keep apart, so that one is told from the next. */
export function tileOf({ image, dimension }: Pick<Rows, 'image' | 'dimension'>): Tile {
  if (image) return { size: [image[0], image[1]], gap: image[1] < SMALL ? 1 : 0 };
  const width = Math.ceil(Math.sqrt(dimension));
  return { size: [Math.ceil(dimension / width), width], gap: 1 };
}

export function tilePixels(rows: Rows, columns: number, { size, gap }: Tile): Pixels {
  if (rows.image) return imageGridPixels({ values: rows.values, count: rows.rows, image: rows.image, columns, gap });
  const cells = size[0] * size[1];
  const { dimension } = rows;
  const padded = cells === dimension ? rows.values : new Uint8Array(rows.rows * cells);
  if (cells !== dimension) {
    for (let i = 0; i < rows.rows; i++) {
      padded.set(rows.values.subarray(i * dimension, (i + 1) * dimension), i * cells);
    }
  }
  const hidden = cells === dimension ? {} : { hidden: (at: number) => at % cells >= dimension };
  return imageGridPixels({ values: padded, count: rows.rows, image: size, columns, gap, ...hidden });
}

/** One of the rows by itself. */
export function tileRaster(frame: SamplesFrame, index: number, box: Box): RasterMark {
  const values = frame.values.subarray(index * frame.dimension, (index + 1) * frame.dimension);
  const pixels = tilePixels({ ...frame, rows: 1, values }, 1, tileOf(frame));
  return { ...box, pixels, source: wholeSource(pixels), hatched: false };
}

/** Outlines just outside the pictures: without them white ones end nowhere on a white page. */
export const outlinePath = (boxes: readonly Box[]): string =>
  boxes.map(({ x, y, width, height }) => `M${x - 0.5} ${y - 0.5}h${width + 1}v${height + 1}h${-width - 1}z`).join('');

/** Size of pictures of which so many stand in a line, px: whole pixels of the screen where there is room for them. */
export function lineTile(
  frame: Pick<Rows, 'image' | 'dimension'>,
  o: { readonly count: number; readonly room: number; readonly gap: number; readonly largest: number },
): { readonly width: number; readonly height: number } {
  const { size } = tileOf(frame);
  const most = Math.min(o.largest / Math.max(...size), (o.room / o.count - o.gap) / size[1]);
  const scale = most >= 1 ? Math.floor(most) : Math.max(most, 4 / size[1]);
  return { width: size[1] * scale, height: size[0] * scale };
}

/** "x₁, x₂ in the upper line, then x₃": how a row that is no image is to be read. */
export function tileLegend({ image, dimension }: Pick<Rows, 'image' | 'dimension'>): string | null {
  return image ? null : `each tile is a row: ${dimension === 1 ? 'x₁' : `its ${dimension} variables in reading order`}`;
}
