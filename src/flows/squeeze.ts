/**
 * Squeeze (Dinh et al. 2017, section 3.6): every 2 × 2 square of pixels becomes one pixel of four times the channels,
 * [H, W, C] → [H/2, W/2, 4C]. A permutation of the flattened row: no volume is gained or lost.
 *
 * Channel (2·Δr + Δc)·C + c of the new pixel is channel c of the old one in row Δr and column Δc of its square. A channel-wise
 * split afterwards parts upper from lower pixels, and does not repeat what a checkerboard before it has parted.
 */
import { squeezeOrder } from '../masks/flowStructure.ts';
import type { ImageShape } from '../masks/splits.ts';
import type { Bijector } from './bijector.ts';
import { permutation } from './permutation.ts';

/** @throws RangeError when height or width are odd. */
export function squeeze(shape: ImageShape): Bijector {
  return permutation(squeezeOrder(shape));
}
