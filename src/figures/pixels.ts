/** Dense marks as pixels: matrices and images to RGBA. Pure, so that Node encodes them and the page paints them. */
import { channelsOf, type ImageSize } from '../spec/imageShape.ts';
import type { Rgb } from './colours.ts';
import type { Ramp } from './ramps.ts';

/** RGBA, row-major, not premultiplied. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Makes a data URI of pixels: fast-png in Node, a canvas in the page. */
export type EncodePixels = (pixels: Pixels) => string;

export interface FlaggedCells {
  readonly colour: Rgb;
  readonly at: (row: number, column: number) => boolean;
}

export interface MatrixPixelOptions {
  readonly rows: number;
  readonly columns: number;
  /** Position in the ramp, 0 … 1, of a cell; NaN leaves it transparent (nothing there). */
  readonly position: (row: number, column: number) => number;
  readonly ramp: Ramp;
  /** Cells in a colour of their own, whatever their value: violations. */
  readonly flagged?: FlaggedCells;
  /** Cells of which nothing is known. */
  readonly unknown?: FlaggedCells;
  /** Cells whose value is 0 though it need not be. */
  readonly silent?: FlaggedCells;
}

/** One pixel a cell. */
export function matrixPixels({ rows, columns, position, ramp, flagged, unknown, silent }: MatrixPixelOptions): Pixels {
  const data = new Uint8ClampedArray(rows * columns * 4);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, at += 4) {
      const colour = [flagged, unknown, silent].find((cells) => cells?.at(r, c))?.colour;
      if (colour) {
        data.set(colour, at);
        data[at + 3] = 255;
        continue;
      }
      const t = position(r, c);
      if (Number.isNaN(t)) continue;
      const entry = (t <= 0 ? 0 : t >= 1 ? 255 : (t * 255 + 0.5) | 0) * 3;
      data[at] = ramp[entry]!;
      data[at + 1] = ramp[entry + 1]!;
      data[at + 2] = ramp[entry + 2]!;
      data[at + 3] = 255;
    }
  }
  return { width: columns, height: rows, data };
}

/** Images, grey or in colour, in a grid, `columns` a row of the grid, `gap` transparent pixels between them. */
export function imageGridPixels(o: {
  readonly values: Uint8Array;
  readonly count: number;
  readonly image: ImageSize;
  readonly columns: number;
  readonly gap: number;
  /** Values whose pixels are left transparent, by index; of a pixel's colours the last is asked for. */
  readonly hidden?: (index: number) => boolean;
}): Pixels {
  const [height, width] = o.image;
  const channels = channelsOf(o.image);
  const gridRows = Math.ceil(o.count / o.columns);
  const gridColumns = Math.min(o.columns, o.count);
  const total = gridColumns * (width + o.gap) - o.gap;
  const tall = gridRows * (height + o.gap) - o.gap;
  const data = new Uint8ClampedArray(Math.max(0, total * tall * 4));
  for (let i = 0; i < o.count; i++) {
    const left = (i % o.columns) * (width + o.gap);
    const top = Math.floor(i / o.columns) * (height + o.gap);
    for (let y = 0; y < height; y++) {
      let at = ((top + y) * total + left) * 4;
      let from = (i * height + y) * width * channels;
      for (let x = 0; x < width; x++, at += 4, from += channels) {
        for (let c = 0; c < 3; c++) data[at + c] = o.values[channels === 1 ? from : from + c] ?? 0;
        data[at + 3] = o.hidden?.(from + channels - 1) ? 0 : 255;
      }
    }
  }
  return { width: total, height: tall, data };
}

/**
 * Where magnitudes lie on a logarithmic ramp from `low` to `high`, 0 … 1; NaN for exactly 0, which is drawn as nothing.
 */
export function logScale(low: number, high: number): (value: number) => number {
  const start = Math.log(low);
  const span = Math.log(high) - start;
  return (value) => {
    if (value === 0) return NaN;
    return span <= 0 ? 1 : Math.min(1, Math.max(0, (Math.log(value) - start) / span));
  };
}
