/**
 * Every kernel that models use (`onnx/models.test.ts` finds which those are), on every backend against the cpu backend.
 * Where a GPU is imitated this stands for suites that are left out there.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../../../src/backends/backend.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { operatesOn, presentBackends } from './everyBackend.ts';
import { kernelCases, sumKernels } from './onnx/kernels/index.ts';

/** Cases in which a backend differs from TensorFlow.js by what it is; no model computes any of them. */
const different: Readonly<Partial<Record<BackendName, Readonly<Record<string, string>>>>> = {
  wasm: { 'Cast to bool': 'fractions are cut off before they are compared with 0; models cast only 0 and 1' },
  tensorflow: {
    'UnsortedSegmentSum of rows, some of none': 'TensorFlow refuses segments that do not exist',
    'GatherV2 along -1': 'axes are not counted from the end',
    'GatherV2 along -1, in two dimensions': 'axes are not counted from the end',
  },
  webgpu: {
    'UnsortedSegmentSum of rows, some of none': 'segments that do not exist are added to those beside them',
    'Sum of nothing': 'a buffer of no size cannot be made',
    'Log1p near 0 and at the ends': 'the logarithm of 0 is that of the smallest number in shaders without infinities',
  },
};

/** WGSL promises an absolute error of 2⁻¹¹ of these (WebGPU Shading Language, "Concrete floating point accuracy"). */
const coarse: ReadonlySet<string> = new Set(['Cos', 'Sin']);

interface Values {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: ArrayLike<number>;
}

const valuesOf = (tensors: readonly tf.Tensor[]): Promise<Values[]> =>
  Promise.all(
    tensors.map(async (tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: (await tensor.data<'float32'>()).slice(),
    })),
  );

/** What a backend makes of the same inputs, which it gets as its own. */
async function computedOn(
  name: BackendName,
  inputs: readonly Values[],
  compute: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Promise<Values[]> {
  await startBackend(name);
  const outputs = tf.tidy(() =>
    [compute(inputs.map(({ values, shape, dtype }) => tf.tensor(Float32Array.from(values), [...shape], dtype)))].flat(),
  );
  const found = await valuesOf(outputs);
  tf.dispose(outputs);
  return found;
}

describe.each(presentBackends.filter((name) => name !== 'cpu' && operatesOn(name) === name))(
  'every kernel on %s',
  (name) => {
    // Small tensors are computed on the processor otherwise, and no shader is seen.
    const shadersOnly = async (only: boolean) => {
      await startBackend(name);
      if (name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', !only);
    };
    beforeAll(() => shadersOnly(true));
    afterAll(() => shadersOnly(false));

    const others = different[name] ?? {};
    it.each(Object.entries(kernelCases))('%s', async (kernel, cases) => {
      const share = coarse.has(kernel) && name === 'webgpu' ? 2 ** -11 : 2e-5;
      for (const { title, inputs, compute } of cases) {
        if (`${kernel} ${title}` in others) continue;
        await startBackend('cpu');
        const made = tf.tidy(inputs);
        const given = await valuesOf(made);
        tf.dispose(made);
        const expected = await computedOn('cpu', given, compute);
        const found = await computedOn(name, given, compute);
        expect(found.map(({ shape, dtype }) => [shape, dtype])).toEqual(
          expected.map(({ shape, dtype }) => [shape, dtype]),
        );
        for (const [i, { values }] of expected.entries()) {
          // Terms of a sum may cancel, so that the largest result says how exact all of them are.
          const largest = sumKernels.has(kernel) ? Math.max(1, ...Array.from(values, Math.abs)) : 1;
          for (let j = 0; j < values.length; j++) {
            const [value, other] = [values[j]!, found[i]!.values[j]!];
            if (Number.isFinite(value)) {
              expect(Math.abs(other - value), `${title}: ${other} for ${value}`).toBeLessThanOrEqual(
                share * Math.max(largest, Math.abs(value)),
              );
            } else expect(other, title).toBe(value);
          }
        }
      }
    });

    it.for(Object.entries(others))('%s', ([, reason], context) => context.skip(reason));
  },
);
