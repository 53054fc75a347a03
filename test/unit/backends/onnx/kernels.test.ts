/** Each translation against the kernel itself, on random numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import { NotCompilable } from '../../../../src/backends/compiled.ts';
import { traceProgram } from '../../../../src/backends/onnx/program.ts';
import { translations } from '../../../../src/backends/onnx/translate/index.ts';
import { logSumExpOfRows } from '../../../../src/distributions/logSumExp.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { absent, runner } from './run.ts';

type Shape = readonly number[];
type Ts = tf.Tensor[];

interface KernelCase {
  readonly title: string;
  readonly inputs: () => Ts;
  readonly compute: (inputs: Ts) => tf.Tensor | Ts;
  /** To five digits, however small a result is. */
  readonly digits?: true;
}

const random = RandomGenerator.seeded(11, 'kernels');
const sizeOf = (shape: Shape) => shape.reduce((product, size) => product * size, 1);
const normal = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.normal()),
    shape,
  );
const positive = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 0.01 + 3 * random.uniform()),
    shape,
  );
const ints = (least: number, below: number, ...shape: number[]) =>
  tf.tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => least + Math.floor((below - least) * random.uniform())),
    shape,
    'int32',
  );
const bools = (...shape: number[]) =>
  tf.tensor(
    Uint8Array.from({ length: sizeOf(shape) }, () => Math.round(random.uniform())),
    shape,
    'bool',
  );

/** Of one input, of several shapes: none, one number, nothing, many. */
const unary = (f: (x: tf.Tensor) => tf.Tensor, make: (...shape: number[]) => tf.Tensor = normal): KernelCase[] =>
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
const binary = (
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  make: (...shape: number[]) => tf.Tensor = normal,
): KernelCase[] =>
  pairs.map(([a, b]) => ({
    title: `of [${a.join()}] and [${b.join()}]`,
    inputs: () => [make(...a), make(...b)],
    compute: ([x, y]) => f(x!, y!),
  }));

const one = (title: string, inputs: () => Ts, compute: KernelCase['compute']): KernelCase => ({
  title,
  inputs,
  compute,
});

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

const special = () => tf.tensor1d([0, -0, 1e-30, -1e-30, 1e-4, -0.5, 20, -20, 90, -90, 1e10, -1e10]);
const runKernel = (name: string, inputs: Record<string, tf.Tensor>, attributes: object) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, attributes as tf.NamedAttrMap);

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

const cases: Readonly<Record<string, readonly KernelCase[]>> = {
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
  Conv2DBackpropFilter: convolutions.map(({ pad, strides, size: [h, w] }) => {
    const [oh, ow] =
      pad === 'same'
        ? [h, w].map((n) => Math.ceil(n / strides))
        : [Math.ceil((h - 2) / strides), Math.ceil((w - 1) / strides)];
    return one(
      `${pad}, stride ${strides}, ${h}×${w}`,
      () => [normal(2, h, w, 3), normal(2, oh!, ow!, 4)],
      ([x, dy]) =>
        runKernel(
          tf.Conv2DBackpropFilter,
          { x: x!, dy: dy! },
          { strides, pad, dataFormat: 'NHWC', filterShape: [3, 2, 3, 4] },
        ),
    );
  }),
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

beforeAll(async () => {
  await startBackend('cpu');
}, 60_000);

it('has cases of every translation', () => {
  expect(Object.keys(cases).sort()).toEqual([...translations.keys()].sort());
});

if (absent === null) {
  for (const [kernel, list] of Object.entries(cases)) {
    describe(kernel, () => {
      it.each([...list])('$title', (one) => same(kernel, one));
    });
  }
} else it('computes as the kernels do', (context) => context.skip(absent ?? undefined));

/** As the cpu backend has it, of other numbers than those that were traced, too. */
function same(kernel: string, { inputs, compute, digits }: KernelCase): void {
  tf.tidy(() => {
    const [examples, others] = [inputs(), inputs()];
    const program = traceProgram(examples, () => [compute(examples)].flat());
    const compiled = runner(program);
    try {
      for (const given of [examples, others]) {
        const expected = [compute(given)].flat();
        const found = compiled.run(given);
        expect(found.map(({ shape, dtype }) => [shape, dtype])).toEqual(
          expected.map(({ shape, dtype }) => [shape, dtype]),
        );
        for (const [i, tensor] of expected.entries())
          expectClose(found[i]!.dataSync(), tensor.dataSync(), digits ? 0 : sums.has(kernel) ? largestOf(tensor) : 1);
      }
    } finally {
      compiled.dispose();
    }
  });
}

/** Kernels that add up: terms may cancel, so that the largest result says how exact all of them are. */
const sums = new Set([
  'BatchMatMul',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'Cumsum',
  'Mean',
  'Sum',
  'UnsortedSegmentSum',
]);

function largestOf(tensor: tf.Tensor): number {
  return Math.max(1, ...Array.from(tensor.dataSync(), Math.abs));
}

/** To five digits of each number, or the last of `unit` in float32; NaN and infinities as they are. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, unit: number): void {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i]!, expected[i]!];
    if (Number.isFinite(b))
      expect(Math.abs(a - b), `${a} for ${b}`).toBeLessThanOrEqual(1e-5 * Math.abs(b) + 1e-6 * unit);
    else expect(a).toBe(b);
  }
}

/** On as many numbers as fill a vector register several times over, and some more: there are two ways to compute them. */
const broken = () => tf.tensor1d(Float32Array.from({ length: 77 }, (_, i) => (i % 5 === 0 ? NaN : (i % 9) - 4)));
const keepingNaN: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor])[] = [
  ['relu', (x) => tf.mul(x, tf.step(x))],
  ['step', (x) => tf.step(x)],
  ['tanh', tf.tanh],
  ['sigmoid', tf.sigmoid],
  ['softplus', tf.softplus],
  ['elu', tf.elu],
  ['exp', tf.exp],
  ['maximum', (x) => tf.maximum(x, 0)],
  ['minimum', (x) => tf.minimum(x, 0)],
  ['sum', (x) => tf.sum(tf.reshape(x, [7, 11]), 0)],
  ['logSumExp', (x) => logSumExpOfRows(tf.reshape<tf.Rank.R2>(x, [7, 11]))],
];

/** A run whose weights are lost must look lost: no operation may make a number of NaN. */
if (absent === null) {
  it.each(keepingNaN)('%s keeps NaN', (_, compute) => {
    tf.tidy(() => {
      const x = broken();
      const compiled = runner(traceProgram([x], () => [compute(x)]));
      const [found] = compiled.run([x]);
      const lost = [...compute(x).dataSync()].map(Number.isNaN);
      expect(lost).toContain(true);
      expect([...found!.dataSync()].map(Number.isNaN)).toEqual(lost);
      compiled.dispose();
    });
  });
}

it('gives every result a tensor of its own', () => {
  tf.tidy(() => {
    const [x, y] = [normal(3), normal(3)];
    const sum = tf.add(x, y);
    const { outputs } = traceProgram([x, y], () => [tf.add(x, y), tf.add(x, y), x, tf.ones([3]), y, y]);
    expect(new Set(outputs.map(({ name }) => name)).size).toBe(6);
    if (absent !== null) return;
    const compiled = runner(traceProgram([x, y], () => [tf.add(x, y), tf.add(x, y), x, tf.ones([3]), y, y]));
    const expected = [sum, sum, x, tf.ones([3]), y, y];
    expect(compiled.run([x, y]).map((tensor) => [...tensor.dataSync()])).toEqual(
      expected.map((tensor) => [...tensor.dataSync()]),
    );
    compiled.dispose();
  });
});

describe('what a graph cannot do', () => {
  it('names a kernel without a translation and the line that calls it', () => {
    tf.tidy(() => {
      const x = normal(3);
      expect(() => traceProgram([x], () => [tf.acosh(x)])).toThrow(
        /^there is no ONNX translation of the kernel Acosh, called at test\/unit\/backends\/onnx\/kernels\.test\.ts:\d+$/,
      );
      expect(() => traceProgram([x], () => [tf.acosh(x)])).toThrow(NotCompilable);
      // What comes of nothing needs none.
      expect(traceProgram([x], () => (tf.acosh(x), [tf.neg(x)])).nodes).toBe(1);
    });
  });

  it('reads no value, and takes no tensor from elsewhere', () => {
    tf.tidy(() => {
      const [x, other] = [normal(3), normal(3)];
      expect(() => traceProgram([x], () => [tf.mul(x, tf.neg(x).dataSync()[0]!)])).toThrow(
        /^a value is read at test\/unit\/backends\/onnx\/kernels\.test\.ts:\d+$/,
      );
      expect(() => traceProgram([x], () => [tf.add(x, other)])).toThrow(
        'Add takes a tensor of shape [3] that is no input',
      );
      // The engine is as it was.
      expect(tf.add(x, other).dataSync()).toHaveLength(3);
    });
  });
});
