/** A recurrent network over characters, computed for whole rows at once: all that does not wait for the state before. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { characterCodes } from '../../layers/characterCodes.ts';
import { dense } from '../../layers/dense.ts';
import { differentiable, type Wanted } from '../../layers/differentiable.ts';
import type { NamedTensors } from '../../layers/parameters.ts';
import { cells } from '../../layers/recurrent/cells.ts';
import { itself, scan } from '../../layers/recurrent/scan.ts';
import { sumOfRows } from '../../distributions/sum.ts';
import type { CharacterNetwork } from './parameters.ts';

/** Names of what a state consists of: `before`, the character before; `layers.<l>.h`, of an LSTM also `layers.<l>.c`. */
export const BEFORE = 'before';
export const stateNames = ({ cell }: Pick<CharacterNetwork, 'cell'>, layer: number): string[] =>
  ['h', 'c'].slice(0, cells[cell].states).map((name) => `layers.${layer}.${name}`);

/** Name of the noise that leaves out some of what a layer tells, [T · N, H]: 0, or 1 / (1 − p). */
export const dropoutName = (layer: number) => `dropout.${layer}`;

export interface CharacterInputs {
  /** [N, T] */
  readonly x: Tensor2D;
  readonly state: NamedTensors;
  readonly parameters: NamedTensors;
  /** What is left out; names that are missing leave nothing out. */
  readonly noise: NamedTensors;
}

export interface CharacterPass {
  readonly wanted: Wanted;
  /** Whether x is data, for which no gradient is wanted. */
  readonly constant: boolean;
  /** Told of what every layer computes, [T · N, units], step by step; left out where nobody looks. */
  readonly tell?: (layer: string, role: 'preactivation' | 'activation', value: Tensor2D) => void;
}

export interface CharacterOutputs {
  /** [T · N, V] of the character of every step, the rows of a step side by side. Differentiable. */
  readonly logits: Tensor2D;
  /** After the last character of each row. Not differentiable. */
  readonly state: NamedTensors;
}

export function characterForward(
  network: CharacterNetwork,
  { x, state, parameters, noise }: CharacterInputs,
  { wanted, constant, tell }: CharacterPass,
): CharacterOutputs {
  const { vocabulary, hidden, embedding } = network;
  const [rows, steps] = x.shape;
  const cell = cells[network.cell];
  const codes = characterCodes(heardBefore(x, state[BEFORE] as Tensor2D, constant), vocabulary);
  let below =
    embedding === null ? codes : embedded(codes, parameters['embedding.weight'] as Tensor2D, { constant, wanted });
  const after: Record<string, Tensor> = { [BEFORE]: tf.slice(x, [0, steps - 1], [rows, 1]) };
  for (let l = 0; l < hidden.length; l++) {
    const name = `layers.${l}`;
    const inputs = dense(
      {
        input: below,
        weight: parameters[`${name}.input.weight`] as Tensor2D,
        bias: parameters[`${name}.bias`] as Tensor1D,
        constant: constant && below === codes,
      },
      wanted,
    );
    tell?.(name, 'preactivation', inputs);
    const names = stateNames(network, l);
    const all = scan({
      cell,
      inputs,
      weight: parameters[`${name}.state.weight`] as Tensor2D,
      initial: names.map((own) => state[own] as Tensor2D),
      steps,
      hearing: itself,
    });
    for (const [i, own] of names.entries()) after[own] = tf.slice(all, [(steps + i) * rows, 0], [rows, -1]);
    const h = firstRows(all, steps * rows);
    tell?.(name, 'activation', h);
    const left = noise[dropoutName(l)] as Tensor2D | undefined;
    below = left === undefined ? h : thinned(h, left);
  }
  const logits = dense(
    {
      input: below,
      weight: parameters['output.weight'] as Tensor2D,
      bias: parameters['output.bias'] as Tensor1D,
      constant: false,
    },
    wanted,
  );
  tell?.('output', 'preactivation', logits);
  return { logits, state: after };
}

/** Rows [N, T] step by step, [T · N, 1]. Not differentiable. */
export function byStep(x: Tensor2D): Tensor2D {
  return tf.reshape(tf.transpose(x), [x.size, 1]);
}

/** [T · N] step by step → Σ over the steps of each row, [N]. Differentiable. */
export function sumOverSteps(terms: Tensor1D, rows: number): Tensor1D {
  const steps = terms.size / rows;
  return differentiable([terms], () => ({
    value: sumOfRows(tf.transpose(tf.reshape<tf.Rank.R2>(terms, [steps, rows]))),
    saved: [],
    gradient: (dy) => [tf.reshape(tf.tile(tf.expandDims(dy, 0), [steps, 1]), [steps * rows])],
  }));
}

/** [T · N, K] step by step → [N, T · K], those of a row side by side. Differentiable. */
export function byRow(values: Tensor2D, rows: number): Tensor2D {
  const [all, units] = values.shape;
  const steps = all / rows;
  const turned = (from: Tensor, shape: [number, number, number]) => tf.transpose(tf.reshape(from, shape), [1, 0, 2]);
  return differentiable([values], () => ({
    value: tf.reshape<tf.Rank.R2>(turned(values, [steps, rows, units]), [rows, steps * units]),
    saved: [],
    gradient: (dy) => [tf.reshape(turned(dy, [rows, steps, units]), [all, units])],
  }));
}

/** The character before each step: that of the state, then those of the row but its last. [N, T] → [T · N, 1]. */
function heardBefore(x: Tensor2D, before: Tensor2D, constant: boolean): Tensor2D {
  const [rows, steps] = x.shape;
  const value = () =>
    byStep(steps === 1 ? before : tf.concat<Tensor2D>([before, tf.slice(x, [0, 0], [rows, steps - 1])], 1));
  if (constant) return value();
  return differentiable([x], () => ({
    value: value(),
    saved: [],
    gradient: (dy) => {
      const byRows = tf.transpose(tf.reshape<tf.Rank.R2>(dy, [steps, rows]));
      const none = tf.zeros<tf.Rank.R2>([rows, 1]);
      return [steps === 1 ? none : tf.concat<Tensor2D>([tf.slice(byRows, [0, 1], [rows, steps - 1]), none], 1)];
    },
  }));
}

/** Codes [M, V] times the embeddings [V, E]. Differentiable in both, in the codes unless they are data. */
function embedded(
  codes: Tensor2D,
  weight: Tensor2D,
  { constant, wanted }: Pick<CharacterPass, 'constant' | 'wanted'>,
): Tensor2D {
  const inputs = [...(wanted === 'weights' ? [weight] : []), ...(constant ? [] : [codes])];
  return differentiable(inputs, () => ({
    value: tf.matMul(codes, weight),
    saved: [codes, weight],
    gradient: (dy, saved) => {
      const [codes, weight] = saved as [Tensor2D, Tensor2D];
      return [
        ...(wanted === 'weights' ? [tf.matMul(codes, dy, true, false)] : []),
        ...(constant ? [] : [tf.matMul(dy, weight, false, true)]),
      ];
    },
  }));
}

/** The first so many rows. Differentiable. */
function firstRows(values: Tensor2D, rows: number): Tensor2D {
  const [all, units] = values.shape;
  return differentiable([values], () => ({
    value: tf.slice(values, [0, 0], [rows, units]),
    saved: [],
    gradient: (dy) => [
      tf.pad(dy, [
        [0, all - rows],
        [0, 0],
      ]),
    ],
  }));
}

/** Entries left out, and the others as much larger (inverted dropout, so that scores need no other scale). */
function thinned(h: Tensor2D, left: Tensor2D): Tensor2D {
  return differentiable([h], () => ({
    value: tf.mul<Tensor2D>(h, left),
    saved: [left],
    gradient: (dy, [left]) => [tf.mul(dy, left!)],
  }));
}
