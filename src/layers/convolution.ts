/** A convolution over images whose pixels are rows: stride 1, zeros around the image, so that it keeps its size. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

export interface Convolution {
  /** [N·H·W, in], the pixels of the images one after the other, row by row. */
  readonly input: Tensor2D;
  /** [H, W] */
  readonly size: readonly [number, number];
  /** [k, k, in, out], k odd */
  readonly weight: Tensor4D;
  /** [out] */
  readonly bias: Tensor1D;
}

/**
 * z[n, h, w, :] = b + Σ_{i,j} x[n, h + i − r, w + j − r, :] W[i, j], r = (k − 1)/2: [N·H·W, out]. Differentiable in input,
 * weight and bias.
 */
export function convolution({ input, size: [height, width], weight, bias }: Convolution): Tensor2D {
  const [, , inputs, outputs] = weight.shape;
  const images = (pixels: Tensor2D, channels: number): Tensor4D =>
    tf.reshape<Rank.R4>(pixels, [-1, height, width, channels]);
  const pixels = (x: Tensor4D, channels: number): Tensor2D => tf.reshape<Rank.R2>(x, [-1, channels]);
  return differentiable([input, weight, bias], () => ({
    value: tf.add(pixels(tf.conv2d(images(input, inputs), weight, 1, 'same'), outputs), bias),
    saved: [input, weight],
    gradient: (dz, [input, weight]) => {
      const x = images(input as Tensor2D, inputs);
      const dy = images(dz, outputs);
      const filter = weight as Tensor4D;
      return [
        pixels(tf.conv2dTranspose(dy, filter, x.shape, 1, 'same'), inputs),
        filterGradient(x, dy, filter.shape),
        tf.sum(dz, 0),
      ];
    },
  }));
}

/** ∂/∂W: a kernel that every backend has, and TensorFlow.js no function for. */
export function filterGradient(
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  pad: 'same' | 'valid' = 'same',
): Tensor4D {
  const attributes = { strides: 1, pad, dataFormat: 'NHWC', filterShape };
  return tf.engine().runKernel<Tensor4D>(tf.Conv2DBackpropFilter, { x, dy }, attributes);
}
