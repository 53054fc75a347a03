/** Kernels that make fewer numbers of many: along axes, as matrix products, as convolutions. */
import * as tf from '@tensorflow/tfjs-core';
import { bools, ints, normal, one, runKernel, type KernelCases, type KernelCase } from './kernelCase.ts';

/** Along each axis, counted from either end, along several, and along all, sizes kept or not. */
const reduction = (f: (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor): KernelCase[] =>
  ([undefined, 0, -1, [0, 2], [1, -1]] as const).flatMap((axis) =>
    [true, false].map((keep) =>
      one(
        `along ${JSON.stringify(axis)}, sizes ${keep ? 'kept' : 'dropped'}`,
        () => [normal(2, 3, 4)],
        ([x]) => f(x!, axis as number[] | undefined, keep),
      ),
    ),
  );

const convolutions = (
  [
    { pad: 'same', strides: 1, dilations: 1 },
    { pad: 'valid', strides: 1, dilations: 1 },
    { pad: 'same', strides: 2, dilations: 1 },
    { pad: 'valid', strides: 2, dilations: 1 },
  ] as const
).flatMap((o) =>
  (
    [
      [5, 6],
      [4, 4],
    ] as const
  ).map((size) => ({ ...o, size })),
);

export const sums: KernelCases = {
  ArgMax: [0, -1].map((axis) =>
    one(
      `along ${axis}`,
      () => [normal(3, 5)],
      ([x]) => tf.argMax(x!, axis),
    ),
  ),
  ArgMin: [0, -1].map((axis) =>
    one(
      `along ${axis}`,
      () => [normal(3, 5)],
      ([x]) => tf.argMin(x!, axis),
    ),
  ),
  Max: reduction(tf.max),
  Mean: reduction(tf.mean),
  Min: reduction(tf.min),
  Prod: reduction(tf.prod),
  Sum: [
    ...reduction(tf.sum),
    one(
      'of integers',
      () => [ints(-9, 9, 3, 4)],
      ([x]) => tf.sum(x!, 1),
    ),
    one(
      'of bool',
      () => [bools(3, 4)],
      ([x]) => tf.sum(x!, 1),
    ),
    one(
      'along no axis',
      () => [normal(3, 4)],
      ([x]) => tf.sum(x!, []),
    ),
    one(
      'of nothing',
      () => [normal(3, 0)],
      ([x]) => tf.sum(x!, 1),
    ),
  ],

  BatchMatMul: [
    ...[false, true].flatMap((a) =>
      [false, true].map((b) =>
        one(
          `a ${a}, b ${b}`,
          () => [a ? normal(4, 3) : normal(3, 4), b ? normal(5, 4) : normal(4, 5)],
          ([x, y]) => tf.matMul(x!, y!, a, b),
        ),
      ),
    ),
    ...[false, true].flatMap((a) =>
      [false, true].map((b) =>
        one(
          `in batches, a ${a}, b ${b}`,
          () => [a ? normal(2, 4, 3) : normal(2, 3, 4), b ? normal(2, 5, 4) : normal(2, 4, 5)],
          ([x, y]) => tf.matMul(x!, y!, a, b),
        ),
      ),
    ),
    one(
      'of a batch and one',
      () => [normal(3, 2, 4), normal(1, 4, 5)],
      ([x, y]) => tf.matMul(x!, y!),
    ),
    one(
      'of single rows',
      () => [normal(1, 1), normal(1, 1)],
      ([x, y]) => tf.matMul(x!, y!),
    ),
  ],
  Conv2D: convolutions.map(({ pad, strides, size: [h, w] }) =>
    one(
      `${pad}, stride ${strides}, ${h}×${w}`,
      () => [normal(2, h, w, 3), normal(3, 2, 3, 4)],
      ([x, filter]) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
    ),
  ),
  Conv2DBackpropFilter: [
    ...convolutions.flatMap(({ pad, strides, size: [h, w] }) => {
      const [oh, ow] =
        pad === 'same'
          ? [h, w].map((n) => Math.ceil(n / strides))
          : [Math.ceil((h - 2) / strides), Math.ceil((w - 1) / strides)];
      // As a convolution, and as products.
      return [3, 9].map((channels) =>
        one(
          `${pad}, stride ${strides}, ${h}×${w}×${channels}`,
          () => [normal(2, h, w, channels), normal(2, oh!, ow!, 4)],
          ([x, dy]) =>
            runKernel(
              tf.Conv2DBackpropFilter,
              { x: x!, dy: dy! },
              { strides, pad, dataFormat: 'NHWC', filterShape: [3, 2, channels, 4] },
            ),
        ),
      );
    }),
    one(
      'of a filter of one place',
      () => [normal(2, 3, 4, 8), normal(2, 3, 4, 5)],
      ([x, dy]) =>
        runKernel(
          tf.Conv2DBackpropFilter,
          { x: x!, dy: dy! },
          { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [1, 1, 8, 5] },
        ),
    ),
  ],
  Conv2DBackpropInput: convolutions.map(({ pad, strides, size: [h, w] }) => {
    const [oh, ow] =
      pad === 'same'
        ? [h, w].map((n) => Math.ceil(n / strides))
        : [Math.ceil((h - 2) / strides), Math.ceil((w - 1) / strides)];
    return one(
      `${pad}, stride ${strides}, ${h}×${w}`,
      () => [normal(2, oh!, ow!, 4), normal(3, 2, 3, 4)],
      ([dy, filter]) =>
        runKernel(
          tf.Conv2DBackpropInput,
          { dy: dy!, filter: filter! },
          { strides, pad, dataFormat: 'NHWC', inputShape: [2, h, w, 3] },
        ),
    );
  }),
};
