import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { inverted, type Bijector } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { maskedAutoregressive, type MaskedAutoregressiveSettings } from '../../../src/flows/maskedAutoregressive.ts';
import { permutation, reversal } from '../../../src/flows/permutation.ts';
import { scaleForms } from '../../../src/flows/scales.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { differentiable } from '../../../src/layers/differentiable.ts';
import { isSoftware, onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { jacobians, logAbsDet, logDets, tensorsOf, tried } from './proofs.ts';

const settings = { hidden: [7, 6], activation: 'tanh', contextDimension: 0 } as const;
const bits = (...passes: number[]) => Uint8Array.from(passes);

/** Of four variables, in the order x₃, x₁, x₄, x₂. */
function autoregressive(o: Partial<MaskedAutoregressiveSettings>): Bijector {
  return maskedAutoregressive({
    structure: {
      order: Int32Array.of(2, 4, 1, 3),
      hidden: [Int32Array.of(1, 2, 3, 1, 2, 3, 2), Int32Array.of(3, 1, 2, 1, 2, 3)],
      direct: false,
    },
    activation: 'tanh',
    contextDimension: 0,
    scale: 'exponential',
    networks: 'one',
    ...o,
  });
}

/** IAF: what the inverse may depend on is the same triangle. */
const backwards = (layer: Bijector) => inverted(layer, layer.dependencies);

interface Case {
  readonly name: string;
  readonly layer: Bijector;
  readonly context?: number;
  /** Parameters that no output hears, by a part of their names: with one variable, all but the outputs' biases. */
  readonly unheard?: RegExp;
}

const cases: readonly Case[] = [
  { name: 'a reversal', layer: permutation(reversal(5)) },
  // Three in a ring: its own inverse neither once nor twice.
  { name: 'a permutation that is not its own inverse', layer: permutation(Int32Array.of(2, 0, 1, 4, 3)) },
  { name: 'a diagonal scaling', layer: scaling(4) },
  { name: 'additive coupling', layer: coupling({ ...settings, passes: bits(1, 1, 0, 0, 0), law: 'additive' }) },
  ...scaleForms.map((law): Case => ({
    name: `affine coupling, ${law}, every other variable`,
    layer: coupling({ ...settings, passes: bits(1, 0, 1, 0, 1), law }),
  })),
  { name: 'coupling of one variable', layer: coupling({ ...settings, passes: bits(0), law: 'tanh' }) },
  { name: 'coupling of two', layer: coupling({ ...settings, passes: bits(0, 1), law: 'exponential' }) },
  {
    name: 'coupling with a context',
    layer: coupling({ ...settings, contextDimension: 2, passes: bits(0, 1, 1), law: 'softplus' }),
    context: 2,
  },
  ...(['one', 'two'] as const).map((networks): Case => ({
    name: `a masked autoregressive layer of ${networks === 'one' ? 'one network' : 'two networks'}`,
    layer: autoregressive({ networks }),
  })),
  { name: 'a gated autoregressive layer', layer: autoregressive({ scale: 'gate' }) },
  {
    name: 'the inverse of an autoregressive layer, conditional, in an order that is not its own inverse',
    layer: backwards(autoregressive({ scale: 'tanh', contextDimension: 2 })),
    context: 2,
  },
  {
    name: 'an autoregressive layer of one variable',
    layer: autoregressive({ structure: { order: Int32Array.of(1), hidden: [Int32Array.of(1, 1)], direct: false } }),
    unheard: /weight|hidden/,
  },
  {
    name: 'coupling in which the context alone decides',
    layer: coupling({ ...settings, contextDimension: 2, passes: bits(0, 0), law: 'gate' }),
    context: 2,
  },
];

onEveryBackend('a bijector', (_, backend) => {
  /** Entries of each parameter that are looked at: finite differences take seconds where a GPU is imitated. */
  const entries = isSoftware(backend) ? 1 : 6;

  describe.each(cases)('$name', ({ layer, context = 0, unheard }) => {
    const one = tried(layer, { seed: 3, context });

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

    it('has the gradients of finite differences, for every parameter and both directions', async () => {
      for (const direction of ['forward', 'inverse'] as const) {
        /** A sum to which every output and every log-determinant contributes differently. */
        const score = (x: Tensor2D, inputs: Parameters<Bijector['forward']>[1]): tf.Scalar => {
          const mapped = direction === 'forward' ? layer.forward(x, inputs) : layer.inverse(x, inputs);
          const value = 'y' in mapped ? mapped.y : mapped.x;
          const weights = tf.tensor2d(
            Float32Array.from({ length: value.size }, (_, i) => Math.cos(i)),
            value.shape,
          );
          return weighted(value, mapped.logDet, weights);
        };
        for (const { name, shape } of layer.parameters) {
          const gradient = await read(() => {
            const { x, inputs } = tensorsOf(one);
            const of = (parameter: tf.Tensor) =>
              score(x, { ...inputs, parameters: { ...inputs.parameters, [name]: parameter } });
            return tf.grad(of)(inputs.parameters[name]!);
          });
          expect(gradient.some((slope) => slope !== 0)).toBe(!unheard?.test(name));
          const largest = Math.max(...gradient.map(Math.abs));
          for (let i = 0; i < Math.min(entries, gradient.length); i++) {
            const at = (i * 5) % gradient.length;
            const [above, below] = await Promise.all(
              [1, -1].map((sign) =>
                read(() => {
                  const { x, inputs } = tensorsOf(one);
                  const moved = Float32Array.from(one.parameters[name]!);
                  moved[at]! += sign * 1e-2;
                  return score(x, {
                    ...inputs,
                    parameters: { ...inputs.parameters, [name]: tf.tensor(moved, [...shape]) },
                  });
                }),
              ),
            );
            expect(Math.abs(gradient[at]! - (above![0]! - below![0]!) / 2e-2)).toBeLessThan(0.02 * (largest + 1));
          }
        }
      }
    }, 120_000);
  });
});

/** Σ w ∘ value + Σ logDet, with a derivative. */
function weighted(value: Tensor2D, logDet: tf.Tensor1D, weights: Tensor2D): tf.Scalar {
  return differentiable([value, logDet], () => ({
    value: tf.add<tf.Scalar>(tf.sum(tf.mul(value, weights)), tf.sum(logDet)),
    saved: [weights, logDet],
    gradient: (dy, [w, l]) => [tf.mul(w!, dy), tf.mul(tf.onesLike(l!), dy)],
  }));
}

describe('a permutation', () => {
  it('is refused where it is none, naming the entries', () => {
    expect(() => permutation(Int32Array.of(0, 2, 2))).toThrow('entries 1 and 2 of the permutation are both 2');
    expect(() => permutation(Int32Array.of(0, 3, 1))).toThrow('entry 1 of the permutation is 3; 0 … 2 are possible');
  });
});

describe('coupling', () => {
  it('is refused where nothing would move', () => {
    expect(() => coupling({ ...settings, passes: bits(1, 1), law: 'tanh' })).toThrow('all 2 variables pass');
  });
});
