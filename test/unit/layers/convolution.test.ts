import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { convolution } from '../../../src/layers/convolution.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { isSoftware, onImitatedToo } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { comparedGradient } from '../flows/bijectorProofs.ts';
import { differentiable } from '../../../src/layers/differentiable.ts';

interface Size {
  readonly rows: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly side: number;
}

const sizes: readonly Size[] = [
  { rows: 2, height: 4, width: 3, inputs: 2, outputs: 5, side: 3 },
  { rows: 1, height: 1, width: 1, inputs: 3, outputs: 2, side: 3 },
  { rows: 3, height: 1, width: 4, inputs: 1, outputs: 1, side: 3 },
  { rows: 2, height: 3, width: 3, inputs: 2, outputs: 2, side: 1 },
  { rows: 1, height: 6, width: 5, inputs: 1, outputs: 2, side: 5 },
];

function drawn({ rows, height, width, inputs, outputs, side }: Size) {
  const random = RandomGenerator.seeded(4, 'convolution');
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  return {
    input: normals(rows * height * width * inputs),
    weight: normals(side * side * inputs * outputs),
    bias: normals(outputs),
  };
}

/** By the definition, in float64. */
function plain(size: Size, { input, weight, bias }: ReturnType<typeof drawn>): number[] {
  const { rows, height, width, inputs, outputs, side } = size;
  const reach = (side - 1) / 2;
  const found: number[] = [];
  for (let n = 0; n < rows; n++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++)
        for (let o = 0; o < outputs; o++) {
          let sum = bias[o]!;
          for (let i = 0; i < side; i++)
            for (let j = 0; j < side; j++) {
              const [r, c] = [h + i - reach, w + j - reach];
              if (r < 0 || r >= height || c < 0 || c >= width) continue;
              for (let k = 0; k < inputs; k++) {
                sum +=
                  input[((n * height + r) * width + c) * inputs + k]! *
                  weight[((i * side + j) * inputs + k) * outputs + o]!;
              }
            }
          found.push(sum);
        }
  return found;
}

onImitatedToo('a convolution', (_, backend) => {
  /** Entries of each tensor that are looked at: finite differences take seconds where a GPU is imitated. */
  const entries = isSoftware(backend) ? 1 : 20;

  it.each(sizes)('is the sum that defines it, $height × $width by $side × $side', async (size) => {
    const { height, width, inputs, outputs, side } = size;
    const values = drawn(size);
    const found = await read(() =>
      convolution({
        input: tf.tensor2d(values.input, [values.input.length / inputs, inputs]),
        size: [height, width],
        weight: tf.tensor4d(values.weight, [side, side, inputs, outputs]),
        bias: tf.tensor1d(values.bias),
      }),
    );
    const expected = plain(size, values);
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4);
  });

  it.each(sizes)(
    'has the gradients of finite differences, $height × $width by $side × $side',
    async (size) => {
      const { rows, height, width, inputs, outputs, side } = size;
      const values = drawn(size);
      const shapes = {
        input: [rows * height * width, inputs],
        weight: [side, side, inputs, outputs],
        bias: [outputs],
      } as const;
      for (const name of ['input', 'weight', 'bias'] as const) {
        const gradient = await comparedGradient({ shape: shapes[name], values: values[name], entries }, (tensor) => {
          const of = (part: typeof name) => (part === name ? tensor : tf.tensor(values[part], [...shapes[part]]));
          return weighted(
            convolution({
              input: of('input') as Tensor2D,
              size: [height, width],
              weight: of('weight') as Tensor4D,
              bias: of('bias') as tf.Tensor1D,
            }),
          );
        });
        expect(gradient.some((slope) => slope !== 0)).toBe(true);
      }
    },
    120_000,
  );
});

/** A sum to which every entry contributes differently. Differentiable. */
function weighted(z: Tensor2D): tf.Scalar {
  return differentiable([z], () => {
    const weights = tf.tensor(
      Float32Array.from({ length: z.size }, (_, i) => Math.cos(i)),
      z.shape,
    );
    return {
      value: tf.sum<tf.Scalar>(tf.mul(z, weights)),
      saved: [weights],
      gradient: (dy, [weights]) => [tf.mul(weights!, dy)],
    };
  });
}
