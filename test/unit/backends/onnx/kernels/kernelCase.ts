/** What a case of a kernel is, and what it is made of: tensors of random numbers, and several shapes at once. */
import * as tf from '@tensorflow/tfjs-core';
import { RandomGenerator } from '../../../../../src/random/generator.ts';

type Shape = readonly number[];
export type Ts = tf.Tensor[];

export interface KernelCase {
  readonly title: string;
  readonly inputs: () => Ts;
  readonly compute: (inputs: Ts) => tf.Tensor | Ts;
  /** To five digits, however small a result is. */
  readonly digits?: true;
}

const random = RandomGenerator.seeded(11, 'kernels');
const sizeOf = (shape: Shape) => shape.reduce((product, size) => product * size, 1);
export const normal = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.normal()),
    shape,
  );
export const positive = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 0.01 + 3 * random.uniform()),
    shape,
  );
export const ints = (least: number, below: number, ...shape: number[]) =>
  tf.tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => least + Math.floor((below - least) * random.uniform())),
    shape,
    'int32',
  );
export const bools = (...shape: number[]) =>
  tf.tensor(
    Uint8Array.from({ length: sizeOf(shape) }, () => Math.round(random.uniform())),
    shape,
    'bool',
  );

/** Of one input, of several shapes: none, one number, nothing, many. */
export const unary = (f: (x: tf.Tensor) => tf.Tensor, make: (...shape: number[]) => tf.Tensor = normal): KernelCase[] =>
  [[], [1], [3, 4], [2, 3, 5]].map((shape) => ({
    title: `of [${shape.join()}]`,
    inputs: () => [make(...shape)],
    compute: ([x]) => f(x!),
  }));

const pairs: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [[], [2, 3]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[1], [1]],
];
export const binary = (
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  make: (...shape: number[]) => tf.Tensor = normal,
): KernelCase[] =>
  pairs.map(([a, b]) => ({
    title: `of [${a.join()}] and [${b.join()}]`,
    inputs: () => [make(...a), make(...b)],
    compute: ([x, y]) => f(x!, y!),
  }));

export const one = (title: string, inputs: () => Ts, compute: KernelCase['compute']): KernelCase => ({
  title,
  inputs,
  compute,
});

export const runKernel = (name: string, inputs: Record<string, tf.Tensor>, attributes: object) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, attributes as tf.NamedAttrMap);

export type KernelCases = Readonly<Record<string, readonly KernelCase[]>>;
