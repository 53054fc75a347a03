/** Rows as small pictures side by side: images as they are, the variables of others as patches in reading order. */
import type { SamplesFrame } from '../inspection/frames.ts';
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
  if (image) return { size: image, gap: image[1] < SMALL ? 1 : 0 };
  const width = Math.ceil(Math.sqrt(dimension));
  return { size: [Math.ceil(dimension / width), width], gap: 1 };
}

export function tilePixels(rows: Rows, columns: number, { size, gap }: Tile): Pixels {
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

/** "x₁, x₂ in the upper line, then x₃": how a row that is no image is to be read. */
export function tileLegend({ image, dimension }: Pick<Rows, 'image' | 'dimension'>): string | null {
  return image ? null : `each tile is a row: ${dimension === 1 ? 'x₁' : `its ${dimension} variables in reading order`}`;
}
