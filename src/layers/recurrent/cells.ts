/**
 * Recurrent cells: one step of a state by its pre-activations, with the way back. Products are not theirs (`scan.ts`): a cell
 * is given what the input contributes, zx, and what the state before contributes, zh, [P, gates · H] each, biases included.
 * Where the backend has a kernel of its own for a whole step, that is taken (`fusedCells.ts`).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { CellName } from '../../spec/cell.ts';
import { fusedBackward, fusedForward } from './fusedCells.ts';

/** What a cell keeps from step to step: what is seen of it, h [P, H], and of an LSTM its memory c [P, H]. */
export type State = readonly Tensor2D[];

export interface Stepped {
  readonly state: State;
  /** What the way back needs, beside the state before. */
  readonly saved: readonly Tensor2D[];
}

/** Gradients by what a step was computed from. */
export interface SteppedBack {
  readonly zx: Tensor2D;
  readonly zh: Tensor2D;
  /** Those by the state before that do not go through zh; null for none. */
  readonly state: readonly (Tensor2D | null)[];
}

export interface Cell {
  /** Blocks of H pre-activations. */
  readonly gates: number;
  /** Tensors of a state. */
  readonly states: number;
  forward(zx: Tensor2D, zh: Tensor2D, before: State): Stepped;
  /** @param gradients by the state after. */
  backward(gradients: State, before: State, saved: readonly Tensor2D[]): SteppedBack;
}

const times = (a: Tensor2D, b: Tensor2D): Tensor2D => tf.mul(a, b);
const less = (a: Tensor2D, b: Tensor2D): Tensor2D => tf.sub(a, b);
const complement = (a: Tensor2D): Tensor2D => tf.sub(1, a);
const slopeOfSigmoid = (open: Tensor2D): Tensor2D => times(open, complement(open));
const slopeOfTanh = (value: Tensor2D): Tensor2D => complement(tf.square(value));
const parts = (z: Tensor2D, count: number): Tensor2D[] => tf.split(z, count, 1);

/** Elman's: h = tanh(zx + zh). */
const rnn: Cell = {
  gates: 1,
  states: 1,
  forward(zx, zh) {
    const h = tf.tanh(tf.add<Tensor2D>(zx, zh));
    return { state: [h], saved: [h] };
  },
  backward([dh], _before, [h]) {
    const dz = times(dh!, slopeOfTanh(h!));
    return { zx: dz, zh: dz, state: [null] };
  },
};

/**
 * LSTM with a forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), gates in the order input,
 * forget, output, candidate: c = f∘c + i∘g, h = o∘tanh(c).
 */
const lstm: Cell = {
  gates: 4,
  states: 2,
  forward(zx, zh, [, memory]) {
    const z = tf.add<Tensor2D>(zx, zh);
    const [, width] = z.shape;
    const gates = tf.sigmoid(tf.slice(z, [0, 0], [-1, (3 * width) / 4]));
    const [i, f, o] = parts(gates, 3) as [Tensor2D, Tensor2D, Tensor2D];
    const g = tf.tanh(tf.slice(z, [0, (3 * width) / 4], [-1, width / 4]));
    const c = tf.add<Tensor2D>(times(f, memory!), times(i, g));
    const seen = tf.tanh(c);
    return { state: [times(o, seen), c], saved: [i, f, o, g, seen] };
  },
  backward([dh, dc], [, memory], saved) {
    const [i, f, o, g, seen] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const dMemory = tf.add<Tensor2D>(dc!, times(times(dh!, o), slopeOfTanh(seen)));
    const dz = tf.concat<Tensor2D>(
      [
        times(times(dMemory, g), slopeOfSigmoid(i)),
        times(times(dMemory, memory!), slopeOfSigmoid(f)),
        times(times(dh!, seen), slopeOfSigmoid(o)),
        times(times(dMemory, i), slopeOfTanh(g)),
      ],
      1,
    );
    return { zx: dz, zh: dz, state: [null, times(dMemory, f)] };
  },
};

/**
 * GRU (Cho et al. 2014) in the form whose reset gate acts on the product (Chung et al. 2014's variant that libraries compute):
 * gates in the order reset, update, candidate; n = tanh(zx + r∘zh), h = (1 − u)∘n + u∘h.
 */
const gru: Cell = {
  gates: 3,
  states: 1,
  forward(zx, zh, [before]) {
    const [xr, xu, xn] = parts(zx, 3) as [Tensor2D, Tensor2D, Tensor2D];
    const [hr, hu, hn] = parts(zh, 3) as [Tensor2D, Tensor2D, Tensor2D];
    const r = tf.sigmoid(tf.add<Tensor2D>(xr, hr));
    const u = tf.sigmoid(tf.add<Tensor2D>(xu, hu));
    const n = tf.tanh(tf.add<Tensor2D>(xn, times(r, hn)));
    return { state: [tf.add(n, times(u, less(before!, n)))], saved: [r, u, n, hn] };
  },
  backward([dh], [before], saved) {
    const [r, u, n, hn] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const dn = times(times(dh!, complement(u)), slopeOfTanh(n));
    const dr = times(times(dn, hn), slopeOfSigmoid(r));
    const du = times(times(dh!, less(before!, n)), slopeOfSigmoid(u));
    return {
      zx: tf.concat<Tensor2D>([dr, du, dn], 1),
      zh: tf.concat<Tensor2D>([dr, du, times(dn, r)], 1),
      state: [times(dh!, u)],
    };
  },
};

/** Which of the two ways a step has taken is told by what it saved: one tensor is the kernel's, or the same in both. */
function withKernels(name: CellName, cell: Cell): Cell {
  return {
    ...cell,
    forward: (zx, zh, before) => fusedForward(name, zx, zh, before) ?? cell.forward(zx, zh, before),
    backward: (gradients, before, saved) =>
      (saved.length === 1 ? fusedBackward(name, gradients, before, saved[0]!) : null) ??
      cell.backward(gradients, before, saved),
  };
}

export const cells: Readonly<Record<CellName, Cell>> = {
  rnn: withKernels('rnn', rnn),
  lstm: withKernels('lstm', lstm),
  gru: withKernels('gru', gru),
};
