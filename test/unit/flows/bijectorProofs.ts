/** What every layer of a flow is asked, on every backend: determinant, structure, inverse, gradients, rows by themselves. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Bijector, BijectorInputs } from '../../../src/flows/bijector.ts';
import { differentiable } from '../../../src/layers/differentiable.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { jacobians, logAbsDet, logDets, tensorsOf, tried, type Tried } from './proofs.ts';

export interface Case {
  readonly name: string;
  readonly layer: Bijector;
  readonly context?: number;
  /** Parameters that no output hears, by a part of their names: with one variable, all but the outputs' biases. */
  readonly unheard?: RegExp;
  /** Parameters that are not drawn; those that are not trained are as the layer starts where they are not given. */
  readonly given?: NamedArrays;
}

/** Entries of each tensor whose gradient is held against finite differences. */
const ENTRIES = 6;

/** Proves every case on every backend that is present and does not imitate a GPU. */
export function proveBijectors(title: string, cases: readonly Case[]): void {
  onEveryBackend(title, () => {
    describe.each(cases)('$name', ({ layer, context = 0, unheard, given = {} }) => {
      const one = tried(layer, { seed: 3, context, given });

      it('has the log-determinant of its measured Jacobian, row by row', async () => {
        const found = await logDets(one);
        for (const [n, matrix] of (await jacobians(one)).entries()) {
          expect(Math.abs(found[n]! - logAbsDet(matrix))).toBeLessThan(1e-4);
        }
      });

      it('depends on what its structure allows, and on all of that', async () => {
        const measured = await jacobians(one);
        for (const [at, allowed] of layer.dependencies.cells.entries()) {
          const largest = Math.max(...measured.map((matrix) => Math.abs(matrix[at]!)));
          if (allowed) expect(largest).toBeGreaterThan(1e-4);
          else expect(largest).toBe(0);
        }
      });

      it('is undone by its inverse, with the opposite log-determinant', async () => {
        const [there, back, sum] = await Promise.all(
          (['x', 'y', 'sum'] as const).map((what) =>
            read(() => {
              const { x, inputs } = tensorsOf(one);
              const { y, logDet } = layer.forward(x, inputs);
              const inverse = layer.inverse(y, inputs);
              if (what === 'sum') return tf.add(logDet, inverse.logDet);
              return what === 'x' ? inverse.x : layer.forward(layer.inverse(x, inputs).x, inputs).y;
            }),
          ),
        );
        for (const [i, value] of one.x.entries()) {
          expect(Math.abs(there![i]! - value)).toBeLessThan(1e-4);
          expect(Math.abs(back![i]! - value)).toBeLessThan(1e-4);
        }
        for (const left of sum!) expect(Math.abs(left)).toBeLessThan(1e-4);
      });

      it('treats every row as if it were the only one', async () => {
        const together = await rowsOf(one);
        for (let n = 0; n < one.rows; n++) {
          const alone = await rowsOf(rowAlone(one, n));
          for (const [d, value] of alone[0]!.entries()) expect(Math.abs(value - together[n]![d]!)).toBeLessThan(1e-5);
        }
      });

      it.each(['forward', 'inverse'] as const)(
        'has the gradients of finite differences %s, in every parameter and in what goes in',
        async (direction) => {
          const parameters = layer.parameters.filter(({ trainable }) => trainable !== false);
          for (const { name, shape, values } of [
            { name: INPUT, shape: [one.rows, layer.dimension], values: one.x },
            ...parameters.map((spec) => ({ ...spec, values: one.parameters[spec.name]! })),
          ]) {
            const gradient = await comparedGradient({ shape, values, entries: ENTRIES }, (tensor) =>
              score(one, direction, name, tensor),
            );
            expect(gradient.some((slope) => slope !== 0)).toBe(!unheard?.test(name));
          }
        },
        120_000,
      );
    });
  });
}

/** The name that the rows have among the parameters. */
const INPUT = 'rows that go in';

/** {@link weightedSum} of what a layer gives, with one tensor in place of its own. */
function score(one: Tried, direction: 'forward' | 'inverse', name: string, tensor: tf.Tensor): tf.Scalar {
  const { x, inputs } = tensorsOf(one);
  const rows = name === INPUT ? (tensor as Tensor2D) : x;
  const own: BijectorInputs =
    name === INPUT ? inputs : { ...inputs, parameters: { ...inputs.parameters, [name]: tensor } };
  const mapped = one.layer[direction](rows, own);
  const value = 'y' in mapped ? mapped.y : mapped.x;
  return weightedSum(value, mapped.logDet);
}

/**
 * The gradient of a function at `values`, after it was compared with finite differences at so many entries.
 * @returns [size]
 */
export async function comparedGradient(
  { shape, values, entries }: { shape: readonly number[]; values: Float32Array; entries: number },
  of: (tensor: tf.Tensor) => tf.Scalar,
): Promise<number[]> {
  const gradient = await read(() => tf.grad(of)(tf.tensor(values, [...shape])));
  const largest = Math.max(...gradient.map(Math.abs));
  const looked = Math.min(entries, gradient.length);
  for (let i = 0; i < looked; i++) {
    const at = Math.floor((i * gradient.length) / looked);
    const [above, below] = await Promise.all(
      [1, -1].map((sign) =>
        read(() => {
          const moved = Float32Array.from(values);
          moved[at]! += sign * 1e-2;
          return of(tf.tensor(moved, [...shape]));
        }),
      ),
    );
    expect(Math.abs(gradient[at]! - (above![0]! - below![0]!) / 2e-2)).toBeLessThan(0.02 * (largest + 1));
  }
  return gradient;
}

/** A sum to which every entry of `value` and every log-determinant contributes differently. Differentiable. */
export function weightedSum(value: Tensor2D, logDet: tf.Tensor1D): tf.Scalar {
  return differentiable([value, logDet], () => {
    const weights = tf.tensor2d(
      Float32Array.from({ length: value.size }, (_, i) => Math.cos(i)),
      value.shape,
    );
    const ofRows = tf.tensor1d(Float32Array.from({ length: logDet.size }, (_, n) => 1 + 0.3 * n));
    return {
      value: tf.add<tf.Scalar>(tf.sum(tf.mul(value, weights)), tf.sum(tf.mul(logDet, ofRows))),
      saved: [weights, ofRows],
      gradient: (dy, [w, l]) => [tf.mul(w!, dy), tf.mul(l!, dy)],
    };
  });
}

/** Of every row what comes out, and its log|det|. */
async function rowsOf(one: Tried): Promise<number[][]> {
  const { dimension } = one.layer;
  const y = await read(() => {
    const { x, inputs } = tensorsOf(one);
    return one.layer.forward(x, inputs).y;
  });
  const logDet = await logDets(one);
  return Array.from(logDet, (own, n) => [...y.slice(n * dimension, (n + 1) * dimension), own]);
}

function rowAlone(one: Tried, n: number): Tried {
  const part = (values: Float32Array, columns: number) => values.slice(n * columns, (n + 1) * columns);
  return {
    ...one,
    rows: 1,
    x: part(one.x, one.layer.dimension),
    context: one.context && part(one.context, one.context.length / one.rows),
  };
}
