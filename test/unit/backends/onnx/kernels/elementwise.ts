/** Kernels that compute entry by entry. */
import * as tf from '@tensorflow/tfjs-core';
import { binary, bools, ints, normal, one, positive, unary, type KernelCases } from './kernelCase.ts';

const special = () => tf.tensor1d([0, -0, 1e-30, -1e-30, 1e-4, -0.5, 20, -20, 90, -90, 1e10, -1e10]);

export const elementwise: KernelCases = {
  Abs: unary(tf.abs),
  Atan: unary(tf.atan),
  Ceil: unary(tf.ceil),
  Cos: unary(tf.cos),
  Elu: [
    ...unary(tf.elu),
    one(
      'at the ends',
      () => [special()],
      ([x]) => tf.elu(x!),
    ),
  ],
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Expm1: [
    ...unary(tf.expm1),
    {
      ...one(
        'near 0',
        () => [tf.tensor1d([1e-8, -1e-6, 1e-3, -1e-3, 0, 30, -30])],
        ([x]) => tf.expm1(x!),
      ),
      digits: true,
    },
  ],
  Floor: unary(tf.floor),
  IsNan: [
    one(
      'of a fraction',
      () => [tf.tensor1d([0, 1, NaN, Infinity])],
      ([x]) => tf.isNaN(x!),
    ),
  ],
  Log: unary(tf.log, positive),
  Log1p: [
    ...unary(tf.log1p, positive),
    {
      ...one(
        'near 0 and at the ends',
        () => [tf.tensor1d([1e-8, -1e-6, 1e-3, 0, -1, 1e20, Infinity])],
        ([x]) => tf.log1p(x!),
      ),
      digits: true,
    },
  ],
  LogicalNot: unary(tf.logicalNot, bools),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal, positive),
  Relu: [...unary(tf.relu)],
  Round: [
    ...unary(tf.round),
    one(
      'of halves',
      () => [tf.tensor1d([0.5, 1.5, 2.5, -0.5, -1.5])],
      ([x]) => tf.round(x!),
    ),
  ],
  Rsqrt: unary(tf.rsqrt, positive),
  Sigmoid: [
    ...unary(tf.sigmoid),
    one(
      'at the ends',
      () => [special()],
      ([x]) => tf.sigmoid(x!),
    ),
  ],
  Sign: unary(tf.sign),
  Sin: unary(tf.sin),
  Softplus: [
    ...unary(tf.softplus),
    one(
      'at the ends',
      () => [special()],
      ([x]) => tf.softplus(x!),
    ),
    one(
      'far below 0, where its logarithm is wanted',
      () => [tf.tensor1d([-15, -20, -30, -60, -5])],
      ([x]) => tf.log(tf.softplus(x!)),
    ),
  ],
  Sqrt: unary(tf.sqrt, positive),
  Square: unary(tf.square),
  Step: [
    ...unary((x) => tf.step(x)),
    one(
      'with a slope',
      () => [normal(7)],
      ([x]) => tf.step(x!, 0.25),
    ),
    one(
      'of NaN and zeros',
      () => [tf.tensor1d([NaN, 0, -0, Infinity, -Infinity])],
      ([x]) => tf.step(x!),
    ),
  ],
  Tanh: unary(tf.tanh),

  Add: [
    ...binary(tf.add),
    one(
      'of integers',
      () => [ints(-9, 9, 5), ints(-9, 9, 5)],
      ([a, b]) => tf.add(a!, b!),
    ),
    one(
      'of 0',
      () => [normal(2, 3)],
      ([x]) => [tf.add(x!, 0), tf.add(tf.zeros([2, 3]), x!)],
    ),
    one(
      'of a constant that widens',
      () => [normal(3)],
      ([x]) => tf.add(x!, tf.ones([2, 3])),
    ),
  ],
  Sub: [
    ...binary(tf.sub),
    one(
      'of 0',
      () => [normal(3)],
      ([x]) => [tf.sub(x!, 0), tf.sub(0, x!)],
    ),
  ],
  Multiply: [
    ...binary(tf.mul),
    one(
      'of 1',
      () => [normal(3, 2)],
      ([x]) => [tf.mul(x!, 1), tf.mul(tf.ones([3, 2]), x!)],
    ),
    one(
      'with its own step',
      () => [tf.tensor1d([-2, 0, 3, NaN])],
      ([x]) => tf.mul(x!, tf.step(x!)),
    ),
    one(
      'with the step of another',
      () => [normal(4, 3), normal(4, 3)],
      ([g, h]) => [tf.mul(g!, tf.step(h!)), tf.mul(tf.step(h!), g!)],
    ),
    one(
      'with a step that is widened',
      () => [normal(4, 3), normal(3)],
      ([g, h]) => tf.mul(g!, tf.step(h!)),
    ),
    one(
      'with what was repeated',
      () => [normal(4, 3), normal(1, 3)],
      ([x, row]) => tf.mul(x!, tf.tile(row!, [4, 1])),
    ),
  ],
  RealDiv: [
    ...binary(tf.div, positive),
    one(
      'by 1',
      () => [normal(3)],
      ([x]) => [tf.div(x!, 1), tf.div(1, x!)],
    ),
  ],
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  Pow: binary(tf.pow, positive),
  SquaredDifference: binary(tf.squaredDifference),
  AddN: [
    one(
      'of three',
      () => [normal(2, 3), normal(2, 3), normal(2, 3)],
      (all) => tf.addN(all),
    ),
  ],

  Equal: binary(tf.equal, (...shape) => ints(0, 3, ...shape)),
  NotEqual: binary(tf.notEqual, (...shape) => ints(0, 3, ...shape)),
  Greater: binary(tf.greater),
  GreaterEqual: binary(tf.greaterEqual, (...shape) => ints(0, 3, ...shape)),
  Less: binary(tf.less),
  LessEqual: binary(tf.lessEqual, (...shape) => ints(0, 3, ...shape)),
  LogicalAnd: binary(tf.logicalAnd, bools),
  LogicalOr: binary(tf.logicalOr, bools),
  OnesLike: unary((x) => tf.onesLike(x)),
  ZerosLike: unary((x) => tf.zerosLike(x)),
  ClipByValue: unary((x) => tf.clipByValue(x, -0.5, 1)),
  Select: [
    one(
      'entry by entry',
      () => [bools(3, 4), normal(3, 4), normal(3, 4)],
      ([c, t, e]) => tf.where(c!, t!, e!),
    ),
    one(
      'of what is widened',
      () => [bools(3, 1), normal(3, 4), normal(4)],
      ([c, t, e]) => tf.where(c!, t!, e!),
    ),
  ],
};
