import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { nadeLogits, type NadeParts } from '../../../src/layers/nade.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { nadeReference, type NadeNumbers } from './nadeReference.ts';

interface Shape {
  readonly rows: number;
  readonly dimension: number;
  readonly hidden: readonly number[];
  readonly activation: NadeNumbers['activation'];
  readonly masked?: boolean;
}

/** Numbers as float32 stores them, so that both sides compute with the same. */
function numbersOf({ rows, dimension, hidden, activation, masked }: Shape, seed = 1) {
  const random = RandomGenerator.seeded(seed, 'nade');
  const normal = (count: number, scale = 1) => Float32Array.from({ length: count }, () => scale * random.normal());
  const [first, last] = [hidden[0]!, hidden.at(-1)!];
  const o: NadeNumbers = {
    order: random.permutation(dimension).map((p) => p + 1),
    hidden,
    activation,
    weight: normal(first * dimension),
    bias: normal(first),
    maskWeight: masked ? normal(first * dimension, 0.5) : null,
    further: hidden.slice(1).map((units, l) => ({ weight: normal(units * hidden[l]!, 0.6), bias: normal(units) })),
    outputWeight: normal(dimension * last),
    outputBias: normal(dimension),
  };
  // Real values, so that a derivative in x says something.
  return { o, x: normal(rows * dimension), dy: normal(rows * dimension) };
}

function partsOf(o: NadeNumbers): NadeParts {
  const dimension = o.outputBias.length;
  const tensor = (values: ArrayLike<number>, shape: number[]) => tf.tensor(Float32Array.from(values), shape);
  const variables = new Int32Array(dimension);
  for (let d = 0; d < dimension; d++) variables[o.order[d]! - 1] = d;
  const first = o.hidden[0]!;
  return {
    activation: o.activation,
    order: tf.tensor1d(Int32Array.from(o.order), 'int32'),
    variables: tf.tensor1d(variables, 'int32'),
    weight: tensor(o.weight, [first, dimension]) as Tensor2D,
    bias: tensor(o.bias, [first]) as Tensor1D,
    maskWeight: o.maskWeight && (tensor(o.maskWeight, [first, dimension]) as Tensor2D),
    further: o.further.map(({ weight, bias }, l) => ({
      weight: tensor(weight, [bias.length, o.hidden[l]!]) as Tensor2D,
      bias: tensor(bias, [bias.length]) as Tensor1D,
    })),
    outputWeight: tensor(o.outputWeight, [dimension, o.hidden.at(-1)!]) as Tensor2D,
    outputBias: tensor(o.outputBias, [dimension]) as Tensor1D,
  };
}

const rowsOf = (x: Float32Array, dimension: number) =>
  Array.from({ length: x.length / dimension }, (_, n) => x.subarray(n * dimension, (n + 1) * dimension));

/** Σ dy ∘ z in float64. */
function weighted(o: NadeNumbers, x: Float64Array, dy: Float32Array): number {
  const dimension = o.outputBias.length;
  let total = 0;
  for (let n = 0; n * dimension < x.length; n++) {
    const z = nadeReference(o, x.subarray(n * dimension, (n + 1) * dimension));
    for (const [d, value] of z.entries()) total += dy[n * dimension + d]! * value;
  }
  return total;
}

/** (f(v + ε e_i) − f(v − ε e_i)) / 2ε for every i. */
function differences(values: ArrayLike<number>, f: (values: Float64Array) => number): number[] {
  const step = 1e-5;
  return Array.from({ length: values.length }, (_, i) => {
    const at = (by: number) => f(Float64Array.from(values, (value, j) => (i === j ? value + by : value)));
    return (at(step) - at(-step)) / (2 * step);
  });
}

const expectClose = (found: readonly number[], expected: readonly number[], tolerance: number) => {
  expect(found).toHaveLength(expected.length);
  const worst = found.reduce(
    (max, value, i) => Math.max(max, Math.abs(value - expected[i]!) / (1 + Math.abs(expected[i]!))),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
};

const shapes: Shape[] = [
  { rows: 3, dimension: 5, hidden: [4], activation: 'sigmoid' },
  { rows: 9, dimension: 4, hidden: [8], activation: 'relu' },
  { rows: 2, dimension: 6, hidden: [3], activation: 'tanh' },
  { rows: 3, dimension: 5, hidden: [11], activation: 'sigmoid', masked: true },
  { rows: 1, dimension: 1, hidden: [2], activation: 'sigmoid' },
  { rows: 2, dimension: 2, hidden: [1], activation: 'relu', masked: true },
];
const deep: Shape[] = [
  { rows: 3, dimension: 5, hidden: [4, 3], activation: 'tanh', masked: true },
  { rows: 2, dimension: 4, hidden: [3, 5, 2], activation: 'sigmoid' },
];

onEveryBackend('NADE layer', (_, name) => {
  it.each([...shapes, ...deep])('equals its definition in O(D²H): %o', async (shape) => {
    const { o, x } = numbersOf(shape);
    const found = await read(() => nadeLogits(tf.tensor2d(x, [shape.rows, shape.dimension]), partsOf(o), 'inputs'));
    expectClose(
      found,
      rowsOf(x, shape.dimension).flatMap((row) => nadeReference(o, row)),
      1e-5,
    );
  });

  it.each(shapes)('has the gradients of finite differences in weights and biases: %o', async (shape) => {
    const { o, x, dy } = numbersOf(shape);
    const found = await readAll(() => {
      const parts = partsOf(o);
      const logits = (...[weight, bias, outputWeight, outputBias]: Tensor[]) =>
        nadeLogits(
          tf.tensor2d(x, [shape.rows, shape.dimension]),
          { ...parts, weight, bias, outputWeight, outputBias } as NadeParts,
          'weights',
        );
      const { weight, bias, outputWeight, outputBias } = parts;
      return tf.grads(logits)([weight, bias, outputWeight, outputBias], tf.tensor2d(dy, [shape.rows, shape.dimension]));
    });
    const data = Float64Array.from(x);
    for (const [i, key] of (['weight', 'bias', 'outputWeight', 'outputBias'] as const).entries()) {
      expectClose(
        found[i]!,
        differences(o[key], (values) => weighted({ ...o, [key]: values }, data, dy)),
        1e-4,
      );
    }
  });

  it.each([...shapes, ...deep])(
    'has the gradient of finite differences in x, 0 where the order says: %o',
    async (shape) => {
      const { o, x, dy } = numbersOf(shape);
      const { rows, dimension } = shape;
      const gradient = (weights: Float32Array) =>
        read(() => {
          const parts = partsOf(o);
          return tf.grad((input: Tensor) => nadeLogits(input as Tensor2D, parts, 'inputs'))(
            tf.tensor2d(x, [rows, dimension]),
            tf.tensor2d(weights, [rows, dimension]),
          );
        });
      expectClose(
        await gradient(dy),
        differences(x, (values) => weighted(o, values, dy)),
        1e-4,
      );
      for (let output = 0; output < dimension; output++) {
        const one = dy.map((_, i) => (i % dimension === output ? 1 : 0));
        const of = await gradient(one);
        for (const [i, value] of of.entries()) {
          if (o.order[i % dimension]! >= o.order[output]!) expect(Math.abs(value)).toBe(0);
        }
      }
    },
  );

  // Several blocks of positions, the last one short; several chunks of rows, the last one short.
  it('equals its definition over blocks and chunks, with the gradients of the fused kernel and of tensor operations', async () => {
    const shape = name === 'cpu' ? { rows: 11, dimension: 40, hidden: [9] } : { rows: 43, dimension: 70, hidden: [41] };
    const { rows, dimension } = shape;
    for (const activation of ['sigmoid', 'relu', 'elu'] as const) {
      const { o, x, dy } = numbersOf({ ...shape, activation });
      // Binary, and small enough that elementwise comparison means something.
      const bits = x.map((value) => (value > 0.8 ? 1 : 0));
      const small = {
        ...o,
        weight: Float32Array.from(o.weight, (w) => w / 8),
        outputWeight: Float32Array.from(o.outputWeight, (v) => v / 8),
      };
      const [logits, w, b, v, c] = await readAll(() => {
        const parts = partsOf(small);
        const { weight, bias, outputWeight, outputBias } = parts;
        const inputs = [weight, bias, outputWeight, outputBias];
        const { value, grads } = tf.valueAndGrads((...[weight, bias, outputWeight, outputBias]: Tensor[]) =>
          nadeLogits(
            tf.tensor2d(bits, [rows, dimension]),
            { ...parts, weight, bias, outputWeight, outputBias } as NadeParts,
            'weights',
          ),
        )(inputs, tf.tensor2d(dy, [rows, dimension]));
        return [value, ...grads];
      });
      const some = [0, 7, 8, rows - 1];
      const expected = some.flatMap((n) => nadeReference(small, bits.subarray(n * dimension, (n + 1) * dimension)));
      expectClose(
        some.flatMap((n) => logits!.slice(n * dimension, (n + 1) * dimension)),
        expected,
        2e-5,
      );
      const gradient = analyticGradient(small, bits, dy);
      expectClose(w!, gradient.weight, 2e-4);
      expectClose(b!, gradient.bias, 2e-4);
      expectClose(v!, gradient.outputWeight, 2e-4);
      expectClose(c!, gradient.outputBias, 2e-4);
    }
  });

  it('keeps no tensors, and NaN', async () => {
    const { o, x } = numbersOf(shapes[0]!);
    const logits = (parts: NadeParts) => nadeLogits(tf.tensor2d(x, [3, 5]), parts, 'weights');
    const before = tf.memory().numTensors;
    tf.dispose(tf.tidy(() => logits(partsOf(o))));
    tf.dispose(
      tf.tidy(() => {
        const parts = partsOf(o);
        return tf.grads((weight: Tensor, bias: Tensor) => logits({ ...parts, weight, bias } as NadeParts))([
          parts.weight,
          parts.bias,
        ]);
      }),
    );
    expect(tf.memory().numTensors).toBe(before);
    const broken = await read(() => logits(partsOf({ ...o, bias: Float32Array.from(o.bias, () => NaN) })));
    expect(broken.every(Number.isNaN)).toBe(true);
  });
});

const derivative: Record<'sigmoid' | 'relu' | 'elu', (h: number) => number> = {
  sigmoid: (h) => h * (1 - h),
  relu: (h) => (h > 0 ? 1 : 0),
  elu: (h) => (h > 0 ? 1 : h + 1),
};
const g = {
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  relu: (z: number) => Math.max(z, 0),
  elu: (z: number) => (z > 0 ? z : Math.expm1(z)),
};

/** The gradient of Σ dy ∘ z written down by hand, in float64: finite differences of so many parameters take too long. */
function analyticGradient(o: NadeNumbers, x: Float32Array, dy: Float32Array) {
  const dimension = o.outputBias.length;
  const units = o.hidden[0]!;
  const name = o.activation as keyof typeof g;
  const [weight, bias, outputWeight, outputBias] = [units * dimension, units, dimension * units, dimension].map(
    (size) => new Array<number>(size).fill(0),
  ) as [number[], number[], number[], number[]];
  const variables = Array.from({ length: dimension }, (_, p) => Array.from(o.order).indexOf(p + 1));
  for (let n = 0; n * dimension < x.length; n++) {
    for (let k = 0; k < units; k++) {
      let a = o.bias[k]!;
      const pulls = new Float64Array(dimension);
      for (const [p, d] of variables.entries()) {
        const h = g[name](a);
        const dz = dy[n * dimension + d]!;
        outputWeight[d * units + k]! += dz * h;
        pulls[p] = dz * o.outputWeight[d * units + k]! * derivative[name](h);
        bias[k]! += pulls[p];
        a += o.weight[k * dimension + d]! * x[n * dimension + d]!;
      }
      let later = 0;
      for (let p = dimension - 1; p >= 0; p--) {
        const d = variables[p]!;
        weight[k * dimension + d]! += later * x[n * dimension + d]!;
        later += pulls[p]!;
      }
    }
    for (let d = 0; d < dimension; d++) outputBias[d]! += dy[n * dimension + d]!;
  }
  return { weight, bias, outputWeight, outputBias };
}

describe('the reference', () => {
  it('has the gradients written down by hand, so that either may be trusted', () => {
    const { o, x, dy } = numbersOf({ rows: 3, dimension: 5, hidden: [4], activation: 'elu' });
    const byHand = analyticGradient(o, x, dy);
    const data = Float64Array.from(x);
    for (const key of ['weight', 'bias', 'outputWeight', 'outputBias'] as const) {
      expectClose(
        byHand[key],
        differences(o[key], (values) => weighted({ ...o, [key]: values }, data, dy)),
        1e-7,
      );
    }
  });
});
