/**
 * Squeeze (Dinh et al. 2017, section 3.6): every 2 × 2 square of pixels becomes one pixel of four times the channels,
 * [H, W, C] → [H/2, W/2, 4C]. A permutation of the flattened row: no volume is gained or lost.
 *
 * Channel (2·Δr + Δc)·C + c of the new pixel is channel c of the old one in row Δr and column Δc of its square. A channel-wise
 * split afterwards parts upper from lower pixels, and does not repeat what a checkerboard before it has parted.
 */
import { squeezedShape } from '../masks/imageScales.ts';
import type { ImageShape } from '../masks/splits.ts';
import type { Bijector } from './bijector.ts';
import { permutation } from './permutation.ts';

/** @throws RangeError when height or width are odd. */
export function squeeze(shape: ImageShape): Bijector {
  const [height, width, channels] = squeezedShape(shape);
  const [, wide, few] = shape;
  const order = new Int32Array(height * width * channels);
  for (let to = 0; to < order.length; to++) {
    const pixel = Math.floor(to / channels);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const square = Math.floor((to % channels) / few);
    const from = (2 * row + (square >> 1)) * wide + 2 * column + (square & 1);
    order[to] = from * few + (to % few);
  }
  return permutation(order);
}
