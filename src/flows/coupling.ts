/**
 * Coupling: some variables pass and decide how the others move (Dinh, Krueger & Bengio 2014, section 3.2).
 *
 *   y_pass = x_pass,  y_move = g(x_move; m(x_pass, c))
 *
 * g is any law that maps each variable by itself ({@link CouplingLaw}): additive (NICE), g = x + t, log|det| = 0; affine
 * (RealNVP, Dinh et al. 2017, equation 4), g = x·exp(s) + t, log|det| = Σ s; or another. m is any network; the Jacobian is
 * triangular up to a permutation whatever it is.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { joinColumns, takeColumns } from '../layers/columns.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { variablesThat, type ImageShape } from '../masks/splits.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { conditioner } from './conditioner.ts';
import { convolutionalConditioner } from './convolutionalConditioner.ts';
import { lawOf, numbersOf, type CouplingLaw } from './couplingLaws.ts';
import type { ScaleName } from './scales.ts';
import { minus } from './sums.ts';

export interface CouplingSettings {
  /** [D], 1 at the variables that pass. */
  readonly passes: Uint8Array;
  /** Units of the network's hidden layers, at least one layer; channels where it is of convolutions. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** C, columns of the context; 0 for none. */
  readonly contextDimension: number;
  /** `additive`, the form of an affine map's scale, or any other law. */
  readonly law: 'additive' | ScaleName | CouplingLaw;
  /** Left out: the network is dense. Given: rows are images, and it is of convolutions. */
  readonly convolutions?: Convolutions;
}

export interface Convolutions {
  readonly image: ImageShape;
  /** Residual blocks behind the hidden layers. */
  readonly blocks: number;
}

/** @throws RangeError when every variable passes: the layer would do nothing. */
export function coupling(settings: CouplingSettings): Bijector {
  const { passes, convolutions } = settings;
  const dimension = passes.length;
  const passing = variablesThat(passes, 1);
  const moving = variablesThat(passes, 0);
  if (moving.length === 0) throw new RangeError(`all ${dimension} variables pass; at least one has to move`);
  const law = lawOf(settings.law);
  const { perVariable } = law;
  const own = law.parameters?.(moving.length);
  const network = convolutions
    ? convolutionalConditioner({ ...settings, ...convolutions, perVariable })
    : conditioner({ ...settings, inputs: passing.length, outputs: moving.length * perVariable });
  /** Of every variable, its place among those that pass or among those that move. */
  const places = new Int32Array(dimension);
  for (const part of [passing, moving]) for (const [place, d] of part.entries()) places[d] = place;
  const decides = (j: number, i: number) =>
    passes[i] === 0 && passes[j] === 1 && (network.hears?.(places[i]!, places[j]!) ?? true);

  /** The law with the numbers that the rows' passing variables give. */
  const mapOf = (pass: Tensor2D | null, rows: number, inputs: BijectorInputs) =>
    law.given(numbersOf(network.compute(pass, rows, inputs), perVariable), inputs.parameters);
  const split = (x: Tensor2D) => ({
    pass: passing.length === 0 ? null : takeColumns(x, passing),
    move: passing.length === 0 ? x : takeColumns(x, moving),
  });
  const joined = (pass: Tensor2D | null, move: Tensor2D) =>
    pass === null ? move : joinColumns(pass, passing, move, moving);

  return {
    dimension,
    parameters: [...network.parameters, ...(own?.specs ?? [])],
    masks: {},
    initialise: (random) => ({ ...network.initialise(random), ...own?.initial() }),
    moves: passes.map((one) => 1 - one),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j || decides(j, i)),
    ...(law.affine && {
      movement(x: Tensor2D, inputs: BijectorInputs) {
        const { pass } = split(x);
        const { logScale, shift } = mapOf(pass, x.shape[0], inputs).movement!();
        const still = pass && tf.zerosLike(pass);
        return { logScale: logScale && joined(still, logScale), shift: joined(still, shift) };
      },
    }),
    ...(law.logScaleBounds && {
      logScaleBounds(parameters: NamedArrays) {
        const bounds = new Float32Array(dimension).fill(Infinity);
        for (const [k, bound] of law.logScaleBounds!(parameters, moving.length).entries()) bounds[moving[k]!] = bound;
        return bounds;
      },
    }),
    forward(x, inputs) {
      const { pass, move } = split(x);
      const map = mapOf(pass, x.shape[0], inputs);
      return { y: joined(pass, map.apply(move)), logDet: map.logDet(move) };
    },
    inverse(y, inputs) {
      const { pass, move } = split(y);
      const map = mapOf(pass, y.shape[0], inputs);
      const back = map.invert(move);
      return { x: joined(pass, back), logDet: minus(map.logDet(back)) };
    },
  };
}
