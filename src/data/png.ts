/** Grey images as PNG. */
import { encode } from 'fast-png';

export interface ImageGrid {
  /** [count, height × width] row-major, 0 … 255. */
  readonly values: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly count: number;
  /** Images side by side; as square a grid as can be if left out. */
  readonly across?: number;
}

/** Grey between images and in cells that stay empty. */
const GAP_GREY = 128;

/** A PNG of rows as images in a grid, row by row, one pixel between them. @throws RangeError when sizes do not agree. */
export function encodePngGrid({ values, height, width, count, across }: ImageGrid): Uint8Array {
  if (count < 1 || values.length !== count * height * width) {
    throw new RangeError(`${values.length} values are not ${count} images of ${height} × ${width}`);
  }
  const columns = Math.min(count, across ?? Math.ceil(Math.sqrt(count)));
  const rows = Math.ceil(count / columns);
  const [gridWidth, gridHeight] = [columns * (width + 1) - 1, rows * (height + 1) - 1];
  const grid = new Uint8Array(gridWidth * gridHeight).fill(GAP_GREY);
  for (let image = 0; image < count; image++) {
    const [left, top] = [(image % columns) * (width + 1), Math.floor(image / columns) * (height + 1)];
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * width;
      grid.set(values.subarray(from, from + width), (top + y) * gridWidth + left);
    }
  }
  return encode({ width: gridWidth, height: gridHeight, data: grid, channels: 1, depth: 8 });
}
