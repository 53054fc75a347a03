/**
 * Coupling: some variables pass and decide how the others move (Dinh, Krueger & Bengio 2014, section 3.2).
 *
 *   y_pass = x_pass,  y_move = g(x_move; m(x_pass, c))
 *
 * `additive` (NICE): g = x + t, log|det| = 0. `affine` (RealNVP, Dinh et al. 2017, equation 4): g = x·exp(s) + t,
 * log|det| = Σ s. m is any network; the Jacobian is triangular up to a permutation whatever it is.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { joinColumns, takeColumns } from '../layers/columns.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { variablesThat, type ImageShape } from '../masks/splits.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { affine, affineInverse } from './affine.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { conditioner } from './conditioner.ts';
import { convolutionalConditioner } from './convolutionalConditioner.ts';
import { scales, type ScaleForm, type ScaleName } from './scales.ts';
import { minus, plus, rowSums } from './sums.ts';

export interface CouplingSettings {
  /** [D], 1 at the variables that pass. */
  readonly passes: Uint8Array;
  /** Units of the network's hidden layers, at least one layer; channels where it is of convolutions. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  /** C, columns of the context; 0 for none. */
  readonly contextDimension: number;
  /** `additive`, or the form of an affine map's scale. */
  readonly law: 'additive' | ScaleName;
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
  const { passes, law, convolutions } = settings;
  const dimension = passes.length;
  const passing = variablesThat(passes, 1);
  const moving = variablesThat(passes, 0);
  if (moving.length === 0) throw new RangeError(`all ${dimension} variables pass; at least one has to move`);
  const form = law === 'additive' ? null : scales[law];
  const perVariable = form ? 2 : 1;
  const network = convolutions
    ? convolutionalConditioner({ ...settings, ...convolutions, perVariable })
    : conditioner({ ...settings, inputs: passing.length, outputs: moving.length * perVariable });
  /** Of every variable, its place among those that pass or among those that move. */
  const places = new Int32Array(dimension);
  for (const part of [passing, moving]) for (const [place, d] of part.entries()) places[d] = place;
  const decides = (j: number, i: number) =>
    passes[i] === 0 && passes[j] === 1 && (network.hears?.(places[i]!, places[j]!) ?? true);

  /** What the movement is: of additive coupling the shift alone. */
  const movement = (pass: Tensor2D | null, rows: number, inputs: BijectorInputs) => {
    const z = network.compute(pass, rows, inputs);
    return form ? parted(z, form, inputs) : { s: null, t: z };
  };
  const split = (x: Tensor2D) => ({
    pass: passing.length === 0 ? null : takeColumns(x, passing),
    move: passing.length === 0 ? x : takeColumns(x, moving),
  });
  const joined = (pass: Tensor2D | null, move: Tensor2D) =>
    pass === null ? move : joinColumns(pass, passing, move, moving);

  return {
    dimension,
    parameters: [
      ...network.parameters,
      ...(form?.learned
        ? [{ name: 'scale', shape: [moving.length], description: '[moving] factors of tanh', masked: false }]
        : []),
    ],
    masks: {},
    initialise: (random) => ({
      ...network.initialise(random),
      ...(form?.learned && { scale: { shape: [moving.length], data: new Float32Array(moving.length).fill(1) } }),
    }),
    moves: passes.map((one) => 1 - one),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j || decides(j, i)),
    movement(x, inputs) {
      const { pass } = split(x);
      const { s, t } = movement(pass, x.shape[0], inputs);
      const still = pass && tf.zerosLike(pass);
      return { logScale: s && joined(still, s), shift: joined(still, t) };
    },
    ...(form?.boundOf && {
      logScaleBounds(parameters: NamedArrays) {
        const bounds = new Float32Array(dimension).fill(Infinity);
        for (const [k, d] of moving.entries()) bounds[d] = form.boundOf!(parameters['scale']?.data[k] ?? 1);
        return bounds;
      },
    }),
    forward(x, inputs) {
      const { pass, move } = split(x);
      const { s, t } = movement(pass, x.shape[0], inputs);
      const moved = s ? affine(move, s, t) : plus(move, t);
      return { y: joined(pass, moved), logDet: s ? rowSums(s) : tf.zeros([x.shape[0]]) };
    },
    inverse(y, inputs) {
      const { pass, move } = split(y);
      const { s, t } = movement(pass, y.shape[0], inputs);
      const back = s ? affineInverse(move, s, t) : plus(move, minus(t));
      return { x: joined(pass, back), logDet: s ? minus(rowSums(s)) : tf.zeros([y.shape[0]]) };
    },
  };
}

/** The network's outputs: shifts first, then scales. */
function parted(z: Tensor2D, form: ScaleForm, { parameters }: BijectorInputs): { s: Tensor2D; t: Tensor2D } {
  const half = z.shape[1] / 2;
  const m = takeColumns(
    z,
    Int32Array.from({ length: half }, (_, i) => i),
  );
  const r = takeColumns(
    z,
    Int32Array.from({ length: half }, (_, i) => half + i),
  );
  return { s: form.logScale(r, (parameters['scale'] as Tensor1D | undefined) ?? null), t: form.shift(m, r) };
}
