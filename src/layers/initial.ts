/** Initial weights. */
import type { NamedArray } from '../runs/arrays.ts';
import type { RandomGenerator } from '../random/generator.ts';

/**
 * Uniform in ±√(6 / (fan-in + fan-out)), Glorot & Bengio 2010, equation 16: keeps the variance of activations and of
 * gradients about level through the layers. `shape` is [out, in].
 */
export function glorotUniform(shape: readonly [number, number], random: RandomGenerator): NamedArray {
  const [fanOut, fanIn] = shape;
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return { shape, data: Float32Array.from({ length: fanOut * fanIn }, () => bound * (2 * random.uniform() - 1)) };
}

export function zeros(shape: readonly number[]): NamedArray {
  return { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}
