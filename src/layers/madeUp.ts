/** Tensors of numbers that no training has seen, for trying out a program. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from './parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import { sizeOf } from '../runs/arrays.ts';

/** Different random numbers; they repeat, since drawing some for every weight of a large model takes seconds. */
const NUMBERS = 4093;

/** The same ones every time; the tensors are the caller's. */
export class MadeUp {
  /** For whatever else is to be drawn. */
  readonly random = RandomGenerator.seeded(0, 'made-up inputs');
  readonly #numbers = Float64Array.from({ length: NUMBERS }, () => this.random.uniform());
  #drawn = 0;

  /** Of the shape of another, whose values are not read. @param of The entries by numbers from 0 to 1. */
  like<T extends Tensor>({ shape }: T, of: (u: number) => number): T {
    const values = new Float32Array(sizeOf(shape));
    const first = this.#drawn % NUMBERS;
    const own = Float32Array.from({ length: NUMBERS }, (_, i) => of(this.#numbers[(first + i) % NUMBERS]!));
    for (let at = 0; at < values.length; at += NUMBERS) values.set(own.subarray(0, values.length - at), at);
    this.#drawn += values.length;
    return tf.tensor(values, shape) as T;
  }

  /** All of a record, in an order that does not depend on who made it. */
  all(tensors: NamedTensors, of: (u: number, tensor: Tensor, name: string) => number): NamedTensors {
    return Object.fromEntries(
      Object.keys(tensors)
        .sort()
        .map((name) => [name, this.like(tensors[name]!, (u) => of(u, tensors[name]!, name))] as const),
    );
  }
}

/** An entry of a weight, of the size that Glorot would give it. */
export function madeUpWeight(u: number, { shape }: Tensor): number {
  return (2 * u - 1) / Math.sqrt(shape.length < 2 ? 1 : shape.at(-1)!);
}
