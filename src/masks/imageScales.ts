/**
 * Scales of a flow of images (Dinh et al. 2017, section 3.6): which columns of a row are still transformed, and the image
 * that these are by themselves. Plain arrays, without tensors.
 */
import type { ImageShape } from './splits.ts';

export interface ImageScale {
  /** Of a whole row, rising. */
  readonly columns: Int32Array;
  readonly shape: ImageShape;
}

/** All columns of an image. */
export const wholeScale = (shape: ImageShape): ImageScale => ({
  columns: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, d) => d),
  shape,
});

/** What a squeeze makes of an image. @throws RangeError when height or width are odd. */
export function squeezedShape([height, width, channels]: ImageShape): ImageShape {
  if (height % 2 !== 0 || width % 2 !== 0) {
    const odd = [height % 2 === 0 ? [] : `height ${height}`, width % 2 === 0 ? [] : `width ${width}`].flat();
    throw new RangeError(
      `an image of ${height} × ${width} pixels cannot be squeezed: ${odd.join(' and ')} cannot be halved, both have to be even`,
    );
  }
  return [height / 2, width / 2, 4 * channels];
}

/** The same columns as a squeeze leaves them. @throws RangeError when height or width are odd. */
export const squeezed = ({ columns, shape }: ImageScale): ImageScale => ({ columns, shape: squeezedShape(shape) });

/**
 * What goes on when half of the channels are factored out of a squeezed image: the second and third quarter, which are the
 * pixels of one colour of a checkerboard, spread evenly over the image.
 * @throws RangeError when the channels are not four times something
 */
export function factoredOut({ columns, shape: [height, width, channels] }: ImageScale): ImageScale {
  if (channels % 4 !== 0) {
    throw new RangeError(
      `half of ${channels} channels cannot be factored out; a squeeze before makes them a multiple of 4`,
    );
  }
  const quarter = (at: number) => Math.floor((4 * (at % channels)) / channels);
  return {
    columns: columns.filter((_, at) => quarter(at) === 1 || quarter(at) === 2),
    shape: [height, width, channels / 2],
  };
}
