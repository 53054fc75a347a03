/** What every bijector owes: its Jacobian measured, log|det| of it, and random parameters to try it with. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Bijector, BijectorInputs } from '../../../src/flows/bijector.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { sizeOf, type NamedArrays } from '../../../src/runs/arrays.ts';
import { read } from '../backends/read.ts';

export { logAbsDet } from '../../../src/flows/determinant.ts';

export interface Tried {
  readonly layer: Bijector;
  /** By name, all of them drawn: a layer that starts as the identity proves nothing. */
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly rows: number;
  /** [rows, D] */
  readonly x: Float32Array;
  /** [rows, C], null for none. */
  readonly context: Float32Array | null;
}

/**
 * A layer with random parameters of about `spread`, and rows from N(0, 1).
 * @param o.given parameters that are not drawn; those that are not trained are as the layer starts where they are not given
 */
export function tried(
  layer: Bijector,
  o: { seed: number; spread?: number; rows?: number; context?: number; given?: NamedArrays },
): Tried {
  const random = RandomGenerator.seeded(o.seed, 'flow');
  const { rows = 4, spread = 0.7, context = 0, given = {} } = o;
  const start = layer.initialise(RandomGenerator.seeded(o.seed, 'start'));
  const normals = (count: number, scale = 1) => Float32Array.from({ length: count }, () => scale * random.normal());
  return {
    layer,
    rows,
    parameters: Object.fromEntries(
      layer.parameters.map(({ name, shape, trainable }) => {
        const fixed = given[name] ?? (trainable === false ? start[name] : undefined);
        return [name, fixed ? Float32Array.from(fixed.data) : normals(sizeOf(shape), spread)];
      }),
    ),
    x: normals(rows * layer.dimension),
    context: context > 0 ? normals(rows * context) : null,
  };
}

/** The tensors of it; call inside of `read`. */
export function tensorsOf({ layer, parameters, rows, x, context }: Tried): { x: Tensor2D; inputs: BijectorInputs } {
  const named = Object.fromEntries(
    layer.parameters.map(({ name, shape }) => [name, tf.tensor(parameters[name]!, [...shape])]),
  );
  return {
    x: tf.tensor2d(x, [rows, layer.dimension]),
    inputs: {
      parameters: named,
      masks: Object.fromEntries(
        Object.entries(layer.masks).map(([name, { data, shape }]) => [
          name,
          tf.tensor(data as Float32Array, [...shape]),
        ]),
      ),
      context: context && tf.tensor2d(context, [rows, context.length / rows]),
    },
  };
}

/** ∂y/∂x of every row as gradients have it: [rows][D · D] row-major. */
export async function jacobians(one: Tried): Promise<Float64Array[]> {
  const { dimension } = one.layer;
  const found = Array.from({ length: one.rows }, () => new Float64Array(dimension * dimension));
  for (let i = 0; i < dimension; i++) {
    const gradient = await read(() => {
      const { x, inputs } = tensorsOf(one);
      const column = Float32Array.from({ length: one.rows * dimension }, (_, at) => (at % dimension === i ? 1 : 0));
      const chosen = tf.tensor2d(column, [one.rows, dimension]);
      return tf.grad((rows: tf.Tensor) => one.layer.forward(rows as Tensor2D, inputs).y)(x, chosen);
    });
    for (let n = 0; n < one.rows; n++) {
      for (let j = 0; j < dimension; j++) found[n]![i * dimension + j] = gradient[n * dimension + j]!;
    }
  }
  return found;
}

/** log|det| of every row, of one direction. */
export async function logDets(one: Tried, direction: 'forward' | 'inverse' = 'forward'): Promise<Float32Array> {
  return Float32Array.from(
    await read(() => {
      const { x, inputs } = tensorsOf(one);
      const found: { logDet: Tensor1D } = one.layer[direction](x, inputs);
      return found.logDet;
    }),
  );
}
