/**
 * A masked convolution over images whose pixels are rows: its kernel reaches up and to both sides, never down, and zeros
 * stand around the image, so that it keeps its size. The convolution of PixelCNN (van den Oord, Kalchbrenner & Kavukcuoglu
 * 2016, section 3.4): stored are the rows of the kernel that are not masked as a whole.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { filterGradient } from './convolution.ts';
import { differentiable, type Wanted } from './differentiable.ts';

export interface CausalConvolution {
  /** [N·H·W, in], the pixels of the images one after the other, row by row. */
  readonly input: Tensor2D;
  /** [H, W] */
  readonly size: readonly [number, number];
  /** [rows, columns, in, out]: the last row is the pixel's own. */
  readonly weight: Tensor4D;
  /** Of the same shape, entries 0 or 1. */
  readonly mask: Tensor4D;
  /** [out], or null where something else is added. */
  readonly bias: Tensor1D | null;
  /** Columns of the kernel to the left of the pixel. */
  readonly left: number;
  /** Data: no gradient is wanted in `input`. */
  readonly constant: boolean;
}

/** Zeros around an image: rows above and below, columns to the left and to the right. */
type Padding = readonly [above: number, below: number, left: number, right: number];

/**
 * z[n, h, w, :] = b + Σ_{i,j} x[n, h + i − rows + 1, w + j − left, :] (W∘M)[i, j]: [N·H·W, out]. Differentiable in weight, bias
 * and an input that is not constant; the gradient of a masked-out weight is exactly 0.
 * @param wanted `inputs`: no gradient in weight and bias is wanted (a Jacobian)
 */
export function causalConvolution(convolution: CausalConvolution, wanted: Wanted = 'weights'): Tensor2D {
  const { input, size, weight, mask, bias, left, constant } = convolution;
  const [rows, columns, inputs, outputs] = weight.shape;
  const pointwise = rows === 1 && columns === 1;
  const padding: Padding = [rows - 1, 0, left, columns - 1 - left];
  const parameters: Tensor[] = wanted === 'weights' ? [weight, ...(bias ? [bias] : [])] : [];
  return differentiable([...parameters, ...(constant ? [] : [input])], () => {
    const masked = tf.mul<Tensor4D>(weight, mask);
    const product: Tensor2D = pointwise
      ? tf.matMul(input, asMatrix(masked))
      : pixels(tf.conv2d(padded(images(input, size), padding), masked, 1, 'valid'));
    return {
      value: bias ? tf.add<Tensor2D>(product, bias) : product,
      saved: [input, mask, masked],
      gradient: (dz, saved) => {
        const [input, mask, masked] = saved as [Tensor2D, Tensor4D, Tensor4D];
        const ofWeight = () => {
          if (pointwise) return tf.reshape<Rank.R4>(tf.matMul(input, dz, true, false), [1, 1, inputs, outputs]);
          return filterGradient(padded(images(input, size), padding), images(dz, size), weight.shape, 'valid');
        };
        return [
          ...(wanted === 'weights' ? [tf.mul(ofWeight(), mask), ...(bias ? [tf.sum(dz, 0)] : [])] : []),
          ...(constant ? [] : [inputGradient(dz, masked, size, padding)]),
        ];
      },
    };
  });
}

/** ∂/∂x: a convolution with the filter turned round, from the other side. */
function inputGradient(dz: Tensor2D, filter: Tensor4D, size: readonly [number, number], padding: Padding): Tensor2D {
  const [rows, columns] = filter.shape;
  if (rows === 1 && columns === 1) return tf.matMul(dz, asMatrix(filter), false, true);
  const [above, below, left, right] = padding;
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return pixels(tf.conv2d(padded(images(dz, size), [below, above, right, left]), turned, 1, 'valid'));
}

function asMatrix(filter: Tensor4D): Tensor2D {
  return tf.reshape<Rank.R2>(filter, [filter.shape[2], filter.shape[3]]);
}

function images(rows: Tensor2D, [height, width]: readonly [number, number]): Tensor4D {
  return tf.reshape<Rank.R4>(rows, [-1, height, width, rows.shape[1]]);
}

function pixels(maps: Tensor4D): Tensor2D {
  return tf.reshape<Rank.R2>(maps, [-1, maps.shape[3]]);
}

function padded(maps: Tensor4D, [above, below, left, right]: Padding): Tensor4D {
  return tf.pad(maps, [
    [0, 0],
    [above, below],
    [left, right],
    [0, 0],
  ]);
}
