/**
 * NADE's running pre-activations in tensor operations: positions in blocks of B, whose B hidden vectors a row exist
 * together. Inside a block the running sum is one product with a strict triangle,
 *
 *   A[p, n, :] = a_start[n, :] + Σ_q [q < p] x[n, q] W[q, :],
 *
 * so that a block takes a handful of kernels, whatever B. All of it in the order: columns of x and rows of W and V are
 * sorted by position. Nothing here is differentiable; `nade.ts` makes it so.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { ActivationName } from '../spec/activation.ts';
import { activationFunctions } from './activations.ts';

/** One dense layer. */
export interface HiddenLayer {
  /** [out, in] */
  readonly weight: Tensor2D;
  /** [out] */
  readonly bias: Tensor1D;
}

/** What the conditionals are computed from, sorted by position. */
export interface Ordered {
  readonly activation: ActivationName;
  /** [N, D] */
  readonly x: Tensor2D;
  /** [D, H] */
  readonly w: Tensor2D;
  /** What the sum starts from: [1, H], or [D, H] where it differs from position to position. */
  readonly base: Tensor2D;
  readonly further: readonly HiddenLayer[];
  /** [D, H of the last layer] */
  readonly v: Tensor2D;
}

/** By the names of {@link Ordered}; `base` is summed over positions. */
export type NadeGradients = {
  readonly w: Tensor2D;
  readonly v: Tensor2D;
  /** [1, H] */
  readonly base: Tensor2D;
  /** Where it is wanted. */
  readonly x: Tensor2D | undefined;
};

/** Values in one block of hidden vectors, about: they should stay in a cache, and pay for the kernels' calls. */
const BLOCK_VALUES = 2 ** 19;
/** More positions would cost more in the product with the triangle than they save in calls. */
const MOST_POSITIONS = 32;

/** z [N, D] without the biases c. */
export function blocksForward(o: Ordered): Tensor2D {
  return tf.tidy(() => {
    const parts: Tensor2D[] = [];
    let running = startOf(o);
    for (const block of blocksOf(o)) {
      const [z, next] = tf.tidy((): [Tensor2D, Tensor2D] => {
        const { h } = hiddenVectors(o, running, block);
        const weights = tf.expandDims<Tensor3D>(rowsOf(o.v, block), 2);
        const products = tf.matMul(vectors(h.at(-1)!, block), weights);
        return [tf.reshape(products, [block.size, block.rows]), tf.add(running, contribution(o, block))];
      });
      running.dispose();
      running = next;
      parts.push(z);
    }
    return tf.transpose(tf.concat(parts, 0));
  });
}

/** Gradients by dz [N, D]; those in x on demand. With further layers only x's is meant. */
export function blocksBackward(o: Ordered, dz: Tensor2D, inputs: boolean): NadeGradients {
  return tf.tidy(() => {
    const parts: { w: Tensor2D; v: Tensor2D; x: Tensor2D | undefined }[] = [];
    let running = tf.tidy(() => tf.add<Tensor2D>(startOf(o), tf.matMul(o.x, o.w)));
    /** Σ over later positions of the pre-activations' gradient, [N, H]. */
    let later: Tensor2D = tf.zerosLike(running);
    for (const block of [...blocksOf(o)].reverse()) {
      const next = tf.tidy(() => {
        const before = tf.sub<Tensor2D>(running, contribution(o, block));
        const { within, a, h } = hiddenVectors(o, before, block);
        const dzBlock = tf.transpose(columnsOf(dz, block));
        const [xBlock, wBlock, vBlock] = [columnsOf(o.x, block), rowsOf(o.w, block), rowsOf(o.v, block)];
        const v = tf.matMul(tf.expandDims<Tensor3D>(dzBlock, 1), vectors(h.at(-1)!, block));
        const da = pullBack(o, a, h, flat(tf.mul(tf.expandDims(dzBlock, 2), tf.expandDims(vBlock, 1)), block));
        const w = tf.add(tf.matMul(xBlock, later, true, false), tf.matMul(within, da, true, false));
        return {
          before,
          later: tf.add<Tensor2D>(later, tf.sum(vectors(da, block), 0)),
          w: w as Tensor2D,
          v: tf.squeeze<Tensor2D>(v, [1]),
          x: inputs ? gradientInInputs(later, da, wBlock, block) : undefined,
        };
      });
      tf.dispose([running, later]);
      running = next.before;
      later = next.later;
      parts.unshift(next);
    }
    return {
      w: tf.concat(parts.map(({ w }) => w)),
      v: tf.concat(parts.map(({ v }) => v)),
      base: tf.sum<Tensor2D>(later, 0, true),
      x: inputs
        ? tf.concat(
            parts.flatMap(({ x }) => x ?? []),
            1,
          )
        : undefined,
    };
  });
}

/** Positions `begin` … `begin` + `size` − 1. */
interface Block {
  readonly begin: number;
  readonly size: number;
  readonly rows: number;
}

function blocksOf({ x, w, further }: Ordered): Block[] {
  const [rows, positions] = x.shape;
  const units = Math.max(w.shape[1], ...further.map(({ weight }) => weight.shape[0]));
  const fitting = Math.round(BLOCK_VALUES / Math.max(1, rows * units));
  const most = Math.max(1, Math.min(fitting, MOST_POSITIONS, positions));
  const count = Math.ceil(positions / most);
  const size = Math.ceil(positions / count);
  return Array.from({ length: Math.ceil(positions / size) }, (_, i) => ({
    begin: i * size,
    size: Math.min(size, positions - i * size),
    rows,
  }));
}

/** Where the running sum begins, [N, H]: at what is the same for all positions. */
function startOf({ x, w, base }: Ordered): Tensor2D {
  const rows = x.shape[0];
  return isSame(base) ? tf.tile(base, [rows, 1]) : tf.zeros([rows, w.shape[1]]);
}

function isSame(base: Tensor2D): boolean {
  return base.shape[0] === 1;
}

/** Pre-activations a and activations h of a block's hidden vectors, layer by layer, [B·N, H_l]; and what led there. */
function hiddenVectors(o: Ordered, start: Tensor2D, block: Block) {
  const { size, rows } = block;
  const x = tf.expandDims<Tensor3D>(columnsOf(o.x, block), 0);
  /** [B·N, B]: of every row the values before each position of the block. */
  const within: Tensor2D = tf.reshape(tf.mul(strictTriangle(size), x), [size * rows, size]);
  const sums = tf.add<Tensor3D>(vectors(tf.matMul(within, rowsOf(o.w, block)), block), start);
  const all = isSame(o.base) ? sums : tf.add<Tensor3D>(sums, tf.expandDims(rowsOf(o.base, block), 1));
  const { forward } = activationFunctions[o.activation];
  const a = [flat(all, block)];
  const h = [forward(a[0]!)];
  for (const { weight, bias } of o.further) {
    const z = tf.add<Tensor2D>(tf.matMul(h.at(-1)!, weight, false, true), bias);
    a.push(z);
    h.push(forward(z));
  }
  return { within, a, h };
}

/** From the gradient in the last hidden layer, [B·N, H_L], to that in the first one's pre-activations. */
function pullBack(o: Ordered, a: readonly Tensor2D[], h: readonly Tensor2D[], dh: Tensor2D): Tensor2D {
  const { derivative } = activationFunctions[o.activation];
  return a.reduceRight<Tensor2D>((gradient, z, l) => {
    const da = tf.mul<Tensor2D>(gradient, derivative(z, h[l]!));
    return l === 0 ? da : tf.matMul(da, o.further[l - 1]!.weight);
  }, dh);
}

/** [N, B]: what positions after the block, and those after it inside the block, want of each value. */
function gradientInInputs(later: Tensor2D, da: Tensor2D, w: Tensor2D, block: Block): Tensor2D {
  const inside = tf.mul(strictTriangle(block.size), vectors(tf.matMul(da, w, false, true), block));
  return tf.add(tf.matMul(later, w, false, true), tf.sum(inside, 0));
}

/** What a block adds to the running sum, [N, H]. */
function contribution({ x, w }: Ordered, block: Block): Tensor2D {
  return tf.matMul(columnsOf(x, block), rowsOf(w, block));
}

/** [B, 1, B], 1 where the column's position comes before the row's. */
function strictTriangle(size: number): Tensor3D {
  const cells = Float32Array.from({ length: size * size }, (_, i) => (i % size < Math.floor(i / size) ? 1 : 0));
  return tf.tensor3d(cells, [size, 1, size]);
}

const columnsOf = (matrix: Tensor2D, { begin, size }: Block): Tensor2D => tf.slice(matrix, [0, begin], [-1, size]);
const rowsOf = (matrix: Tensor2D, { begin, size }: Block): Tensor2D => tf.slice(matrix, [begin, 0], [size, -1]);
/** [B·N, H] as [B, N, H], … */
const vectors = (matrix: Tensor2D, { size, rows }: Block): Tensor3D =>
  tf.reshape(matrix, [size, rows, matrix.shape[1]]);
/** … and back. */
const flat = (matrix: tf.Tensor, { size, rows }: Block): Tensor2D =>
  tf.reshape(matrix, [size * rows, matrix.shape[2]!]);
