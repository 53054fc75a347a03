/**
 * ActNorm (Kingma & Dhariwal 2018, section 3.1): y = exp(s)∘x + b with a learned log-scale s and shift b for every column,
 * or for every channel of image rows; log|det| = places·Σ s. They start so that the first minibatch comes out with mean 0
 * and variance 1, and are trained from there on as any other parameter: no row's density depends on other rows.
 *
 * Parameters: `logScale` s [C], `shift` b [C].
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { zeros } from '../layers/initial.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { affine, affineInverse } from './affine.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { fromPlaces, placesOf, pooledMoments, sharedLogDet, toPlaces } from './places.ts';
import { inEveryRow, minus } from './sums.ts';

export interface ActNormSettings {
  /** D */
  readonly dimension: number;
  /** C of image rows [H, W, C]; left out where every column has a scale of its own. */
  readonly channels?: number;
}

/**
 * Variances below this are taken for it when the layer starts, so that a column with one value in the first minibatch is
 * not blown up without bounds: scales start below 10³. A pixel that only dequantisation moves, with a variance of
 * (1/256)²/12, stays above.
 */
export const LEAST_VARIANCE = 1e-6;

/** @throws RangeError when the channels do not divide the columns. */
export function actNorm(settings: ActNormSettings): Bijector {
  const { dimension } = settings;
  const layout = placesOf(dimension, settings.channels);
  const { channels } = layout;
  const logScales = ({ parameters }: BijectorInputs) => parameters['logScale'] as Tensor1D;
  /** s and b at every place of `rows` rows, [N·places, C]. */
  const tiled = (inputs: BijectorInputs, rows: number): [s: Tensor2D, b: Tensor2D] => [
    inEveryRow(logScales(inputs), rows * layout.places),
    inEveryRow(inputs.parameters['shift'] as Tensor1D, rows * layout.places),
  ];
  return {
    dimension,
    parameters: [
      { name: 'logScale', shape: [channels], description: '[C] s, log of the scale', masked: false },
      { name: 'shift', shape: [channels], description: '[C] b, shift', masked: false },
    ],
    masks: {},
    initialise: () => ({ logScale: zeros([channels]), shift: zeros([channels]) }),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j),
    normaliser: {
      when: 'start',
      parametersOf(moments) {
        const { mean, variance } = pooledMoments(moments, layout);
        const s = variance.map((own) => -0.5 * Math.log(Math.max(own, LEAST_VARIANCE)));
        return {
          logScale: { shape: [channels], data: Float32Array.from(s) },
          shift: { shape: [channels], data: Float32Array.from(mean, (own, c) => -own * Math.exp(s[c]!)) },
        };
      },
    },
    movement(x, inputs) {
      const [s, b] = tiled(inputs, x.shape[0]);
      return { logScale: fromPlaces(s, layout), shift: fromPlaces(b, layout) };
    },
    forward(x, inputs) {
      const [s, b] = tiled(inputs, x.shape[0]);
      return {
        y: fromPlaces(affine(toPlaces(x, layout), s, b), layout),
        logDet: sharedLogDet(logScales(inputs), x.shape[0], layout),
      };
    },
    inverse(y, inputs) {
      const [s, b] = tiled(inputs, y.shape[0]);
      return {
        x: fromPlaces(affineInverse(toPlaces(y, layout), s, b), layout),
        logDet: minus(sharedLogDet(logScales(inputs), y.shape[0], layout)),
      };
    },
  };
}
