/**
 * NICE's last layer: y = S∘x with a diagonal S, log|det| = Σ log|S_dd| (Dinh et al. 2014, section 3.3). S_dd = exp(a_d) > 0, a learned.
 * A large S_dd means that the variable matters little; σ_d = 1/S_dd, sorted, is read as PCA's spectrum is.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { zeros } from '../layers/initial.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { affine, affineInverse } from './affine.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { inEveryRow, minus, rowSums } from './sums.ts';

export function scaling(dimension: number): Bijector {
  const logScales = ({ parameters }: BijectorInputs, rows: number) => inEveryRow(parameters['scale'] as Tensor1D, rows);
  const noShift = (like: Tensor2D) => tf.fill<Rank.R2>(like.shape, 0);
  return {
    dimension,
    parameters: [{ name: 'scale', shape: [dimension], description: '[D] log S, of the diagonal', masked: false }],
    masks: {},
    initialise: () => ({ scale: zeros([dimension]) }),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j),
    forward(x, inputs) {
      const s = logScales(inputs, x.shape[0]);
      return { y: affine(x, s, noShift(x)), logDet: rowSums(s) };
    },
    movement: (x, inputs) => ({ logScale: logScales(inputs, x.shape[0]), shift: noShift(x) }),
    inverse(y, inputs) {
      const s = logScales(inputs, y.shape[0]);
      return { x: affineInverse(y, s, noShift(y)), logDet: minus(rowSums(s)) };
    },
  };
}
