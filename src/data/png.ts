/** Images as PNG. */
import { encode } from 'fast-png';
import { channelsOf, type ImageSize, sizeText, variablesIn } from '../spec/imageShape.ts';

export interface ImageGrid {
  /** [count, H·W·C] row-major, colours of a pixel side by side, 0 … 255. */
  readonly values: Uint8Array;
  readonly image: ImageSize;
  readonly count: number;
  /** Images side by side; as square a grid as can be if left out. */
  readonly across?: number;
}

/** Grey between images and in cells that stay empty. */
const GAP_GREY = 128;

/** A PNG of rows as images in a grid, row by row, one pixel between them. @throws RangeError when sizes do not agree. */
export function encodePngGrid({ values, image, count, across }: ImageGrid): Uint8Array {
  const [height, width] = image;
  const channels = channelsOf(image);
  if (count < 1 || values.length !== count * variablesIn(image)) {
    throw new RangeError(`${values.length} values are not ${count} images of ${sizeText(image)}`);
  }
  const columns = Math.min(count, across ?? Math.ceil(Math.sqrt(count)));
  const rows = Math.ceil(count / columns);
  const [gridWidth, gridHeight] = [columns * (width + 1) - 1, rows * (height + 1) - 1];
  const grid = new Uint8Array(gridWidth * gridHeight * channels).fill(GAP_GREY);
  for (let i = 0; i < count; i++) {
    const [left, top] = [(i % columns) * (width + 1), Math.floor(i / columns) * (height + 1)];
    for (let y = 0; y < height; y++) {
      const from = (i * height + y) * width * channels;
      grid.set(values.subarray(from, from + width * channels), ((top + y) * gridWidth + left) * channels);
    }
  }
  return encode({ width: gridWidth, height: gridHeight, data: grid, channels, depth: 8 });
}
