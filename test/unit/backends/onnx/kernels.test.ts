/** Each translation against the kernel itself, on random numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import { fusedKernels } from '../../../../src/backends/fused.ts';
import { NotCompilable } from '../../../../src/backends/compiled.ts';
import { traceProgram } from '../../../../src/backends/onnx/program.ts';
import { translations } from '../../../../src/backends/onnx/translate/index.ts';
import { logSumExpOfRows } from '../../../../src/distributions/logSumExp.ts';
import { absent, runner, wholeForm } from './run.ts';
import { kernelCases, sumKernels } from './kernels/index.ts';
import { normal, type KernelCase } from './kernels/kernelCase.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

it('has cases of every translation', () => {
  // Kernels of the engine's own, which no other backend has: `updates.test.ts`.
  const own = new Set<string>(Object.values(fusedKernels));
  expect(Object.keys(kernelCases).sort()).toEqual([...translations.keys()].filter((kernel) => !own.has(kernel)).sort());
});

if (absent === null) {
  for (const [kernel, list] of Object.entries(kernelCases)) {
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
          expectClose(
            found[i]!.dataSync(),
            tensor.dataSync(),
            digits ? 0 : sumKernels.has(kernel) ? largestOf(tensor) : 1,
          );
      }
    } finally {
      compiled.dispose();
    }
  });
}

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
    const program = traceProgram([x, y], () => [tf.add(x, y), tf.add(x, y), x, tf.ones([3]), y, y]);
    const { outputs } = program.encoded(wholeForm);
    expect(new Set(outputs.map(({ name }) => name)).size).toBe(6);
    if (absent !== null) return;
    const compiled = runner(program);
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
