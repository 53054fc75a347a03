/**
 * Coupling laws: how a variable that moves is mapped, y = g(x; m), by the numbers m that a network gives for it (Dinh,
 * Krueger & Bengio 2014, section 3.2: "general coupling layer"). Any g does that is monotone in x for every m.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { takeColumns } from '../layers/columns.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { affine, affineInverse } from './affine.ts';
import type { Movement } from './bijector.ts';
import { scales, type ScaleName } from './scales.ts';
import { minus, plus, rowSums } from './sums.ts';

/** A law whose numbers are known: an invertible map of [N, M], each entry by itself. All of it differentiable. */
export interface ElementwiseMap {
  /** x [N, M] → y = g(x; m). */
  apply(x: Tensor2D): Tensor2D;
  /** y [N, M] → the x that {@link apply} leads there. */
  invert(y: Tensor2D): Tensor2D;
  /** [N] Σ log|∂g/∂x| of every row at x, in nats. */
  logDet(x: Tensor2D): Tensor1D;
  /** y = x·exp(logScale) + shift; left out of maps that are not affine. */
  movement?(): Movement;
}

/** A law for any numbers. M: the variables that move. */
export interface CouplingLaw {
  /** k, numbers that it takes for each variable. */
  readonly perVariable: number;
  /** Whether its maps are affine and tell their {@link ElementwiseMap.movement}. */
  readonly affine: boolean;
  /** What is trained beside the network, with its values at the start. @param moving M */
  parameters?(moving: number): { readonly specs: readonly ParameterSpec[]; readonly initial: () => NamedArrays };
  /** @param numbers k times [N, M] @param parameters by the names of {@link CouplingLaw.parameters}, among others. */
  given(numbers: readonly Tensor2D[], parameters: NamedTensors): ElementwiseMap;
  /** [M] what |log-scale| never exceeds; left out where there is no such bound, or no log-scale. */
  logScaleBounds?(parameters: NamedArrays, moving: number): Float32Array;
}

/** NICE's: y = x + t. */
export const additiveLaw: CouplingLaw = {
  perVariable: 1,
  affine: true,
  given: ([t]) => ({
    apply: (x) => plus(x, t!),
    invert: (y) => plus(y, minus(t!)),
    logDet: (x) => tf.zeros([x.shape[0]]),
    movement: () => ({ logScale: null, shift: t! }),
  }),
};

/** y = x·exp(s) + t, s and t by one of the forms of scales (Dinh et al. 2017, equation 4). */
export function affineLaw(name: ScaleName): CouplingLaw {
  const form = scales[name];
  return {
    perVariable: 2,
    affine: true,
    ...(form.learned && {
      parameters: (moving: number) => ({
        specs: [{ name: 'scale', shape: [moving], description: '[moving] factors of tanh', masked: false }],
        initial: () => ({ scale: { shape: [moving], data: new Float32Array(moving).fill(1) } }),
      }),
    }),
    given([m, r], parameters) {
      const s = form.logScale(r!, (parameters['scale'] as Tensor1D | undefined) ?? null);
      const t = form.shift(m!, r!);
      return {
        apply: (x) => affine(x, s, t),
        invert: (y) => affineInverse(y, s, t),
        logDet: () => rowSums(s),
        movement: () => ({ logScale: s, shift: t }),
      };
    },
    ...(form.boundOf && {
      logScaleBounds: (parameters: NamedArrays, moving: number) =>
        Float32Array.from({ length: moving }, (_, k) => form.boundOf!(parameters['scale']?.data[k] ?? 1)),
    }),
  };
}

/** A law by its name, or as it is. */
export function lawOf(law: 'additive' | ScaleName | CouplingLaw): CouplingLaw {
  if (typeof law !== 'string') return law;
  return law === 'additive' ? additiveLaw : affineLaw(law);
}

/** [N, k·M], the first number of every variable, then the second … → k times [N, M]. */
export function numbersOf(z: Tensor2D, perVariable: number): Tensor2D[] {
  if (perVariable === 1) return [z];
  const moving = z.shape[1] / perVariable;
  return Array.from({ length: perVariable }, (_, k) =>
    takeColumns(
      z,
      Int32Array.from({ length: moving }, (_, i) => k * moving + i),
    ),
  );
}
