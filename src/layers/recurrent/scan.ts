/**
 * A recurrent layer along a sequence, forwards and back through time, as one block: the inputs' products are made for all
 * steps at once before it, those of the state step by step, and the gradient of its weights in one product over all steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.ts';
import type { Cell, State } from './cells.ts';

/** What of a state the next step hears: the state itself, or its neighbours along a row of an image. */
export interface Hearing {
  /** [P, H] → [P, K] */
  forward(h: Tensor2D): Tensor2D;
  /** The gradient by h of what was heard: [P, K] → [P, H]. */
  backward(dHeard: Tensor2D): Tensor2D;
}

export const itself: Hearing = { forward: (h) => h, backward: (dHeard) => dHeard };

export interface Scan {
  readonly cell: Cell;
  /** [T · P, gates · H] what the inputs contribute, biases included, step by step. */
  readonly inputs: Tensor2D;
  /** [gates · H, K] */
  readonly weight: Tensor2D;
  /** [P, H] each: where the state begins. Data: no gradient flows into it, as truncated back-propagation has it. */
  readonly initial: State;
  /** T */
  readonly steps: number;
  readonly hearing: Hearing;
}

/**
 * h of every step [T · P, H], and below it the state after the last one, [states · P, H], which no gradient flows through.
 * Differentiable in inputs and weight.
 */
export function scan({ cell, inputs, weight, initial, steps, hearing }: Scan): Tensor2D {
  return differentiable([inputs, weight], () => {
    const each = tf.split<Tensor2D>(inputs, steps, 0);
    const states: State[] = [initial];
    const heard: Tensor2D[] = [];
    const saved: (readonly Tensor2D[])[] = [];
    const upright = tf.transpose<Tensor2D>(weight);
    for (const zx of each) {
      const before = states.at(-1)!;
      const h = hearing.forward(before[0]!);
      const stepped = cell.forward(zx, tf.matMul(h, upright), before);
      heard.push(h);
      saved.push(stepped.saved);
      states.push(stepped.state);
    }
    const outputs = states.slice(1).map(([h]) => h!);
    const perStep = saved[0]!.length;
    return {
      value: tf.concat<Tensor2D>([...outputs, ...states.at(-1)!], 0),
      saved: [weight, ...states.slice(0, -1).flat(), ...heard, ...saved.flat()],
      gradient: (dy, kept) => back({ cell, steps, hearing, perStep }, dy, kept as readonly Tensor2D[]),
    };
  });
}

interface Back extends Pick<Scan, 'cell' | 'steps' | 'hearing'> {
  /** Tensors that each step has saved. */
  readonly perStep: number;
}

function back({ cell, steps, hearing, perStep }: Back, dy: Tensor2D, kept: readonly Tensor2D[]): Tensor[] {
  const rest = [...kept];
  const take = (count: number) => rest.splice(0, count);
  const [weight] = take(1) as [Tensor2D];
  const states = take(steps * cell.states);
  const heard = take(steps);
  const rows = dy.shape[0] / (steps + cell.states);
  const [, width] = dy.shape;
  const zero = tf.zeros<tf.Rank.R2>([rows, width]);
  let gradients: State = Array.from({ length: cell.states }, () => zero);
  const byInputs: Tensor2D[] = [];
  const byState: Tensor2D[] = [];
  for (let t = steps - 1; t >= 0; t--) {
    const [dh, ...others] = gradients;
    const told = tf.add<Tensor2D>(dh!, tf.slice(dy, [t * rows, 0], [rows, width]));
    const before = states.slice(t * cell.states, (t + 1) * cell.states);
    const saved = rest.slice(t * perStep, (t + 1) * perStep);
    const { zx, zh, state } = cell.backward([told, ...others], before, saved);
    byInputs.unshift(zx);
    byState.unshift(zh);
    const throughProduct = hearing.backward(tf.matMul(zh, weight));
    gradients = state.map((direct, i) => (i > 0 ? direct! : direct ? tf.add(direct, throughProduct) : throughProduct));
  }
  const all = (list: Tensor2D[]) => tf.concat<Tensor2D>(list, 0);
  const ofInputs = all(byInputs);
  const ofState = byState[0] === byInputs[0] ? ofInputs : all(byState);
  return [ofInputs, tf.matMul(ofState, all([...heard]), true, false)];
}
