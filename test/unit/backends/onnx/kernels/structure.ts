/** Kernels that move numbers about. */
import * as tf from '@tensorflow/tfjs-core';
import { bools, ints, normal, one, type KernelCases } from './kernelCase.ts';

export const structure: KernelCases = {
  Cast: [
    one(
      'to floats',
      () => [bools(5), ints(-3, 4, 5)],
      ([b, i]) => [tf.cast(b!, 'float32'), tf.cast(i!, 'float32')],
    ),
    one(
      'to integers',
      () => [bools(5), tf.tensor1d([-1.7, -0.2, 0.9, 2.5])],
      ([b, x]) => [tf.cast(b!, 'int32'), tf.cast(x!, 'int32')],
    ),
    one(
      'to bool',
      () => [tf.tensor1d([0, 0.3, -2])],
      ([x]) => tf.cast(x!, 'bool'),
    ),
  ],
  Concat: [
    one(
      'of rows',
      () => [normal(2, 3), normal(1, 3)],
      (all) => tf.concat(all, 0),
    ),
    one(
      'of columns, counted from the end',
      () => [normal(2, 3), normal(2, 1), normal(2, 2)],
      (all) => tf.concat(all, -1),
    ),
    one(
      'with nothing',
      () => [normal(2, 3), normal(0, 3)],
      (all) => tf.concat(all, 0),
    ),
  ],
  Cumsum: [0, 1].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((reverse) =>
        one(
          `along ${axis}, ${exclusive}, ${reverse}`,
          () => [normal(3, 5)],
          ([x]) => tf.cumsum(x!, axis, exclusive, reverse),
        ),
      ),
    ),
  ),
  ExpandDims: [0, 1, -1].map((axis) =>
    one(
      `at ${axis}`,
      () => [normal(3, 4)],
      ([x]) => tf.expandDims(x!, axis),
    ),
  ),
  GatherV2: [0, 1, -1].flatMap((axis) => [
    one(
      `along ${axis}`,
      () => [normal(3, 4), ints(0, 3, 5)],
      ([x, i]) => tf.gather(x!, i as tf.Tensor1D, axis),
    ),
    one(
      `along ${axis}, in two dimensions`,
      () => [normal(3, 4), ints(0, 3, 2, 2)],
      ([x, i]) => tf.gather(x!, i as tf.Tensor1D, axis),
    ),
  ]),
  Pack: [0, 1, -1].map((axis) =>
    one(
      `at ${axis}`,
      () => [normal(2, 3), normal(2, 3)],
      (all) => tf.stack(all, axis),
    ),
  ),
  PadV2: [
    one(
      'on both sides',
      () => [normal(2, 3)],
      ([x]) =>
        tf.pad(
          x!,
          [
            [1, 0],
            [2, 3],
          ],
          0.5,
        ),
    ),
    one(
      'of integers',
      () => [ints(0, 9, 3)],
      ([x]) => tf.pad(x!, [[1, 1]]),
    ),
    one(
      'nowhere',
      () => [normal(2, 3)],
      ([x]) =>
        tf.pad(x!, [
          [0, 0],
          [0, 0],
        ]),
    ),
  ],
  Reshape: [
    one(
      'one after another',
      () => [normal(2, 6)],
      ([x]) => tf.reshape(tf.reshape(x!, [3, 4]), [12]),
    ),
    one(
      'there and back',
      () => [normal(2, 6)],
      ([x]) => tf.reshape(tf.reshape(x!, [3, 4]), [2, 6]),
    ),
    one(
      'of one number',
      () => [normal()],
      ([x]) => tf.reshape(x!, [1, 1]),
    ),
    one(
      'of nothing',
      () => [normal(0, 3)],
      ([x]) => tf.reshape(x!, [3, 0]),
    ),
  ],
  Reverse: [
    one(
      'of the first axes',
      () => [normal(3, 2, 4)],
      ([x]) => tf.reverse(x!, [0, 1]),
    ),
    one(
      'of the last',
      () => [normal(3, 5)],
      ([x]) => tf.reverse(x!, -1),
    ),
  ],
  Slice: [
    one(
      'of both axes',
      () => [normal(4, 5)],
      ([x]) => tf.slice(x!, [1, 2], [2, 3]),
    ),
    one(
      'to the end',
      () => [normal(4, 5)],
      ([x]) => tf.slice(x!, [0, 2], [-1, -1]),
    ),
    one(
      'of the first axes',
      () => [normal(4, 5)],
      ([x]) => tf.slice(x!, [1], [2]),
    ),
    one(
      'of all',
      () => [normal(4, 5)],
      ([x]) => tf.slice(x!, [0, 0], [4, 5]),
    ),
    one(
      'of nothing',
      () => [normal(4, 5)],
      ([x]) => tf.slice(x!, [1, 0], [0, 5]),
    ),
  ],
  SplitV: [
    one(
      'evenly',
      () => [normal(4, 6)],
      ([x]) => tf.split(x!, 3, 1),
    ),
    one(
      'unevenly, counted from the end',
      () => [normal(4, 6)],
      ([x]) => tf.split(x!, [1, 5], -1),
    ),
  ],
  Tile: [
    one(
      'of rows',
      () => [normal(1, 3)],
      ([x]) => tf.tile(x!, [4, 1]),
    ),
    one(
      'of many',
      () => [normal(2, 3)],
      ([x]) => tf.tile(x!, [2, 3]),
    ),
    one(
      'once',
      () => [normal(2, 3)],
      ([x]) => tf.tile(x!, [1, 1]),
    ),
  ],
  Transpose: [
    one(
      'of two axes',
      () => [normal(2, 3)],
      ([x]) => tf.transpose(x!),
    ),
    one(
      'of three',
      () => [normal(2, 3, 4)],
      ([x]) => tf.transpose(x!, [2, 0, 1]),
    ),
    one(
      'of none',
      () => [normal(2, 3)],
      ([x]) => tf.transpose(x!, [0, 1]),
    ),
  ],
  Unpack: [0, -1].map((axis) =>
    one(
      `along ${axis}`,
      () => [normal(2, 3)],
      ([x]) => tf.unstack(x!, axis),
    ),
  ),
  UnsortedSegmentSum: [
    one(
      'of rows, some of none',
      () => [normal(5, 3), tf.tensor1d([0, 2, 0, 7, -1], 'int32')],
      ([x, ids]) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 3),
    ),
    one(
      'of numbers',
      () => [normal(6), ints(0, 4, 6)],
      ([x, ids]) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 4),
    ),
  ],
};
