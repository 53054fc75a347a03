/** Initial weights. */
import type { NamedArray } from '../runs/arrays.ts';
import type { RandomGenerator } from '../random/generator.ts';

/**
 * Uniform in ±√(6 / (fan-in + fan-out)), Glorot & Bengio 2010, equation 16: keeps the variance of activations and of
 * gradients about level through the layers. `shape` is [out, in].
 */
export function glorotUniform(shape: readonly [number, number], random: RandomGenerator): NamedArray {
  const [fanOut, fanIn] = shape;
  return glorot(shape, fanIn + fanOut, random);
}

/** The same of the filters of a convolution, [k, k, in, out]: every output hears k·k·in values, every input k·k·out. */
export function glorotConvolution(
  shape: readonly [number, number, number, number],
  random: RandomGenerator,
): NamedArray {
  const [height, width, inputs, outputs] = shape;
  return glorot(shape, height * width * (inputs + outputs), random);
}

/** Glorot's of any weight by its shape: a matrix [out, in] or filters [k, k, in, out]; zeros of a bias. */
export function initialWeights(shape: readonly number[], random: RandomGenerator): NamedArray {
  if (shape.length === 1) return zeros(shape);
  return shape.length === 2
    ? glorotUniform(shape as readonly [number, number], random)
    : glorotConvolution(shape as readonly [number, number, number, number], random);
}

function glorot(shape: readonly number[], fans: number, random: RandomGenerator): NamedArray {
  const bound = Math.sqrt(6 / fans);
  const length = shape.reduce((product, size) => product * size, 1);
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = bound * (2 * random.uniform() - 1);
  return { shape, data };
}

export function zeros(shape: readonly number[]): NamedArray {
  return { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}
