/** What rows look like that are images, grey or in colour, and where in one a variable lies. Pure. */

/**
 * Height and width, and 3 channels where images are in colour: those of a pixel lie side by side in the row, red, green and
 * blue. Grey images have one channel, left out.
 */
export type ImageSize = readonly [height: number, width: number] | readonly [height: number, width: number, 3];

/** C */
export const channelsOf = (image: ImageSize): 1 | 3 => image[2] ?? 1;

/** D = H·W·C */
export const variablesIn = (image: ImageSize): number => image[0] * image[1] * channelsOf(image);

/** "8 × 8" or "8 × 8 × 3" */
export const sizeText = (image: readonly number[]): string => image.join(' × ');

export interface PlaceInImage {
  readonly row: number;
  readonly column: number;
  readonly channel: number;
}

/** Where a variable lies, all counted from 0. */
export function placeIn([, width, channels = 1]: readonly number[], variable: number): PlaceInImage {
  const pixel = Math.floor(variable / channels);
  return { row: Math.floor(pixel / width!), column: pixel % width!, channel: variable % channels };
}

/** The variable at a place. */
export function variableIn([, width, channels = 1]: readonly number[], { row, column, channel }: PlaceInImage): number {
  return (row * width! + column) * channels + channel;
}

/** An image as pictures show it; null where it has neither one channel nor the three of a colour. */
export function shownImage([height, width, channels = 1]: readonly number[]): ImageSize | null {
  if (height === undefined || width === undefined) return null;
  if (channels === 1) return [height, width];
  return channels === 3 ? [height, width, 3] : null;
}

/**
 * Size of the images that an array's rows are: [N, H, W], with an axis of one channel, or three, behind them or before;
 * null for others. Colours before the pixels are plane after plane, see {@link hasPlanes}.
 */
export function imageOfShape(shape: readonly number[]): ImageSize | null {
  const [, a, b, c] = shape;
  if (a === undefined || b === undefined) return null;
  if (shape.length === 3) return [a, b];
  if (shape.length !== 4 || c === undefined) return null;
  if (c === 1 || c === 3) return shownImage([a, b, c]);
  return a === 1 || a === 3 ? shownImage([b, c, a]) : null;
}

/** How the colours of an array's images lie, by its shape; null where that does not tell: for flat rows, and grey images. */
export function layoutOfShape(shape: readonly number[]): 'pixels' | 'planes' | null {
  if (hasPlanes(shape)) return 'planes';
  return shape.length === 4 && shape[3] === 3 ? 'pixels' : null;
}

/** Whether an array's rows are images plane after plane, [N, 3, H, W], and not pixel after pixel. */
export function hasPlanes({ length, 1: first, 3: last }: readonly number[]): boolean {
  return length === 4 && first === 3 && last !== 3 && last !== 1;
}
