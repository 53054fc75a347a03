/**
 * Shift t and log-scale s of an affine map y = x·exp(s) + t, from a network's two outputs for each variable: m and r.
 * Every form comes twice, for tensors and for plain numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { scaleNames, type ScaleName } from '../spec/models/flowKeys.ts';
import { differentiable } from '../layers/differentiable.ts';

export type { ScaleName };
export const scaleForms = scaleNames;

export interface ScaleForm {
  /** What stands for the form in a text: "s = r". */
  readonly formula: string;
  /** Whether it takes a learned factor for every variable, 1 at the start. */
  readonly learned: boolean;
  /** s [N, D] of r [N, D] and the learned factors [D]. Differentiable in both. */
  logScale(r: Tensor2D, factors: Tensor1D | null): Tensor2D;
  /** t [N, D]. Differentiable in m and r. */
  shift(m: Tensor2D, r: Tensor2D): Tensor2D;
  /** s of one variable. */
  logScaleOf(r: number, factor: number): number;
  /** t of one variable. */
  shiftOf(m: number, r: number): number;
  /** What |s| of one variable comes near to for large |r|, from both sides; left out where it has no such bound. */
  boundOf?(factor: number): number;
}

/** Added to r of the gate: starts it open (Kingma et al. 2016, algorithm 1). */
const FORGET_BIAS = 2;
/** softplus(0 + START) = 1: the map starts at scale 1. */
const START = Math.log(Math.E - 1);
/** Bound of the soft clip: scales between e^−3 and e^3. */
const CLIP = 3;

/** Below this log softplus z is z, as far as float32 tells: e^z, which it is the logarithm of, would one day be 0. */
const LINEAR = -15;

const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
/** `own`, but for z below {@link LINEAR}. */
const orLinear = (z: Tensor2D, linear: Tensor2D, own: Tensor2D) => tf.where<Tensor2D>(tf.less(z, LINEAR), linear, own);

/** t = m: differentiable as it is. */
const asItIs = { shift: (m: Tensor2D) => m, shiftOf: (m: number) => m };

/** s = f(r), with its derivative by r. */
function ofRaw(f: (r: Tensor2D) => Tensor2D, slope: (r: Tensor2D) => Tensor2D): ScaleForm['logScale'] {
  return (r) =>
    differentiable([r], () => ({
      value: f(r),
      saved: [r],
      gradient: (ds, [r]) => [tf.mul(ds, slope(r as Tensor2D))],
    }));
}

export const scales: Readonly<Record<ScaleName, ScaleForm>> = {
  // MAF and IAF as they are written (Papamakarios et al. 2017, equation 3).
  exponential: { formula: 's = r', learned: false, ...asItIs, logScale: (r) => r, logScaleOf: (r) => r },

  // RealNVP: "a hyperbolic tangent … multiplied by a trainable parameter" (Dinh et al. 2017, section 4.1).
  tanh: {
    formula: 's = a·tanh r, a learned',
    learned: true,
    ...asItIs,
    logScale: (r, factors) =>
      differentiable([r, factors!], () => {
        const h = tf.tanh(r);
        return {
          value: tf.mul(h, factors!),
          saved: [h, factors!],
          gradient: (ds, [h, a]) => [
            tf.mul(tf.mul(ds, a!), tf.sub(1, tf.square(h!))),
            tf.sum(tf.mul<Tensor2D>(ds, h!), 0),
          ],
        };
      }),
    logScaleOf: (r, factor) => factor * Math.tanh(r),
    boundOf: Math.abs,
  },

  // y = σ·x + (1 − σ)·m, σ = sigmoid(r + 2) (Kingma et al. 2016, equations 13 and 14).
  gate: {
    formula: `s = log σ(r + ${FORGET_BIAS}), t = (1 − σ(r + ${FORGET_BIAS}))·m`,
    learned: false,
    logScale: ofRaw(
      (r) => tf.neg(tf.softplus(tf.sub<Tensor2D>(-FORGET_BIAS, r))),
      (r) => tf.sigmoid(tf.sub<Tensor2D>(-FORGET_BIAS, r)),
    ),
    shift: (m, r) =>
      differentiable([m, r], () => {
        const closed = tf.sigmoid(tf.sub<Tensor2D>(-FORGET_BIAS, r));
        return {
          value: tf.mul<Tensor2D>(closed, m),
          saved: [m, closed],
          gradient: (dt, [m, closed]) => [
            tf.mul(dt, closed!),
            tf.neg(tf.mul(tf.mul(dt, m!), tf.mul(closed!, tf.sub(1, closed!)))),
          ],
        };
      }),
    logScaleOf: (r) => -softplus(-FORGET_BIAS - r),
    shiftOf: (m, r) => m / (1 + Math.exp(r + FORGET_BIAS)),
  },

  softplus: {
    formula: 's = log softplus(r + log(e − 1))',
    learned: false,
    ...asItIs,
    logScale: ofRaw(
      (r) => {
        const z = tf.add<Tensor2D>(r, START);
        return orLinear(z, z, tf.log(tf.softplus(z)));
      },
      (r) => {
        const z = tf.add<Tensor2D>(r, START);
        return orLinear(z, tf.onesLike(z), tf.div(tf.sigmoid(z), tf.softplus(z)));
      },
    ),
    logScaleOf: (r) => (r + START < LINEAR ? r + START : Math.log(softplus(r + START))),
  },

  // Ardizzone et al. 2019, appendix: an arctangent, nearly r itself where r is small.
  'soft-clip': {
    formula: `s = ${CLIP}·(2/π)·arctan(r/${CLIP})`,
    learned: false,
    ...asItIs,
    logScale: ofRaw(
      (r) => tf.mul(tf.atan(tf.div<Tensor2D>(r, CLIP)), (2 * CLIP) / Math.PI),
      (r) => tf.div(2 / Math.PI, tf.add(1, tf.square(tf.div<Tensor2D>(r, CLIP)))),
    ),
    logScaleOf: (r) => ((2 * CLIP) / Math.PI) * Math.atan(r / CLIP),
    boundOf: () => CLIP,
  },
};
