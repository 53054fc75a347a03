/**
 * Batch normalisation as a layer of a flow (Dinh et al. 2017, section 3.7; Papamakarios et al. 2017, section 3.3):
 *
 *   y = (x − m)/√(v + ε)·exp(γ) + β,   log|det| = Σ (γ − ½ log(v + ε))
 *
 * m and v are mean and variance of every column: in training (`moments: 'batch'`) of the rows at hand, and gradients flow
 * through them; otherwise those of all training rows, which are stored. What then becomes of a row depends on no other row.
 *
 * Of image rows a channel's places have m, v, γ and β in common. Parameters: `logScale` γ [C], `shift` β [C]; measured, not
 * trained: `mean` [C], `variance` [C].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { zeros } from '../layers/initial.ts';
import type { ParameterSpec } from '../layers/parameters.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { affine, affineInverse } from './affine.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { fromPlaces, placesOf, pooledMoments, sharedLogDet, toPlaces } from './places.ts';
import { inEveryRow, minus, plus } from './sums.ts';

export interface BatchNormSettings {
  /** D */
  readonly dimension: number;
  /** C of image rows [H, W, C]; left out where every column has statistics of its own. */
  readonly channels?: number;
}

/** ε, added to variances (Papamakarios et al. 2017, section 3.3): what a column that does not vary is divided by. */
export const BATCH_NORM_EPSILON = 1e-5;

/** @throws RangeError when the channels do not divide the columns. */
export function batchNorm(settings: BatchNormSettings): Bijector {
  const { dimension } = settings;
  const layout = placesOf(dimension, settings.channels);
  const { channels } = layout;
  const spec = (name: string, description: string): ParameterSpec => ({
    name,
    shape: [channels],
    description,
    masked: false,
  });

  /** m and log-scale γ − ½ log(v + ε), both [C]; `h` are the rows' places, null where they are not known yet. */
  const statistics = (h: Tensor2D | null, { parameters, moments }: BijectorInputs) => {
    const ofBatch = moments === 'batch';
    if (ofBatch && h === null) {
      throw new Error(
        'batch normalisation cannot be inverted with the moments of a batch: they belong to rows that are only being computed. ' +
          'Invert it with the stored statistics of the training rows, by leaving out `moments`',
      );
    }
    const named = (name: string) => parameters[name] as Tensor1D;
    return {
      mean: ofBatch ? columnMeans(h!) : named('mean'),
      s: plus(named('logScale'), ofBatch ? minusLogDeviations(h!) : minusLogDeviationOf(named('variance'))),
      shift: named('shift'),
    };
  };

  return {
    dimension,
    parameters: [
      spec('logScale', '[C] γ, log of the learned scale'),
      spec('shift', '[C] β, learned shift'),
      { ...spec('mean', '[C] mean of the training rows, measured'), trainable: false },
      { ...spec('variance', '[C] variance of the training rows, measured'), trainable: false },
    ],
    masks: {},
    initialise: () => ({
      logScale: zeros([channels]),
      shift: zeros([channels]),
      mean: zeros([channels]),
      variance: { shape: [channels], data: new Float32Array(channels).fill(1) },
    }),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j),
    normaliser: {
      when: 'stored',
      parametersOf(moments) {
        const { mean, variance } = pooledMoments(moments, layout);
        return {
          mean: { shape: [channels], data: Float32Array.from(mean) },
          variance: { shape: [channels], data: Float32Array.from(variance) },
        };
      },
    },
    movement(x, inputs) {
      const h = toPlaces(x, layout);
      const { mean, s, shift } = statistics(h, inputs);
      const rows = h.shape[0];
      const scales = inEveryRow(s, rows);
      const ofNought = affine(minus(inEveryRow(mean, rows)), scales, inEveryRow(shift, rows));
      return { logScale: fromPlaces(scales, layout), shift: fromPlaces(ofNought, layout) };
    },
    forward(x, inputs) {
      const h = toPlaces(x, layout);
      const { mean, s, shift } = statistics(h, inputs);
      const rows = h.shape[0];
      const centred = plus(h, minus(inEveryRow(mean, rows)));
      const y = affine(centred, inEveryRow(s, rows), inEveryRow(shift, rows));
      return { y: fromPlaces(y, layout), logDet: sharedLogDet(s, x.shape[0], layout) };
    },
    inverse(y, inputs) {
      const h = toPlaces(y, layout);
      const { mean, s, shift } = statistics(null, inputs);
      const rows = h.shape[0];
      const centred = affineInverse(h, inEveryRow(s, rows), inEveryRow(shift, rows));
      const x = plus(centred, inEveryRow(mean, rows));
      return { x: fromPlaces(x, layout), logDet: minus(sharedLogDet(s, y.shape[0], layout)) };
    },
  };
}

/** Mean of every column, [N, C] → [C]. Differentiable. */
function columnMeans(x: Tensor2D): Tensor1D {
  const [rows] = x.shape;
  return differentiable([x], () => ({
    value: tf.mean<Tensor1D>(x, 0),
    saved: [],
    gradient: (dm) => [tf.tile(tf.expandDims<Tensor2D>(tf.div(dm, rows), 0), [rows, 1])],
  }));
}

/** −½ log(v + ε) of every column's variance, [N, C] → [C]. Differentiable. */
function minusLogDeviations(x: Tensor2D): Tensor1D {
  const [rows] = x.shape;
  return differentiable([x], () => {
    const centred = tf.sub<Tensor2D>(x, tf.mean(x, 0));
    const raised = tf.add<Tensor1D>(tf.mean<Tensor1D>(tf.square(centred), 0), BATCH_NORM_EPSILON);
    return {
      value: tf.mul(tf.log(raised), -0.5),
      saved: [centred, raised],
      // ∂v/∂x_n = 2(x_n − m)/N: what the mean adds to it sums to 0.
      gradient: (ds, [centred, raised]) => [tf.mul(centred!, tf.div(ds, tf.mul(raised!, -rows)))],
    };
  });
}

/** −½ log(v + ε) of variances [C]. Differentiable. */
function minusLogDeviationOf(variance: Tensor1D): Tensor1D {
  return differentiable([variance], () => {
    const raised = tf.add<Tensor1D>(variance, BATCH_NORM_EPSILON);
    return {
      value: tf.mul(tf.log(raised), -0.5),
      saved: [raised],
      gradient: (ds, [raised]) => [tf.div(ds, tf.mul(raised!, -2))],
    };
  });
}
