/**
 * The ways on which a recurrent layer goes through an image (van den Oord, Kalchbrenner & Kavukcuoglu 2016, sections 3.1 and
 * 3.2): maps laid out step by step for {@link scan}, and back. By rows, a step is a row of all images. By diagonals, every row
 * is offset by one pixel from the row above it, so that diagonals become columns: [H, W] → [H, W + H − 1], a step a column.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import type { Course } from '../../masks/pixels/network.ts';
import { differentiable } from '../differentiable.ts';
import { cells } from './cells.ts';
import { neighbours } from './neighbours.ts';
import { scan } from './scan.ts';

export interface ImageScan {
  readonly course: Course;
  /** Of states heard from the row above: how many side by side. */
  readonly width: number;
  /** [H, W] */
  readonly size: readonly [number, number];
  /** [N·H·W, 4h] what the inputs contribute to the gates, biases included; pixels row by row. */
  readonly gates: Tensor2D;
  /** [4h, heard · h]: of by-rows courses the states of the row above from left to right, of others that above, that beside. */
  readonly weight: Tensor2D;
}

/** Pixels of images [N·H·W, F] in the order of steps, [T·P, F], and back; each is the other's transpose. */
interface Layout {
  /** T */
  readonly steps: number;
  /** P of one image. */
  readonly positions: number;
  readonly toSteps: (maps: Tensor2D) => Tensor2D;
  readonly toMaps: (steps: Tensor2D) => Tensor2D;
}

/**
 * States h of an LSTM at every pixel, [N·H·W, h]; those before the first step and beside the image are 0. Differentiable in
 * gates and weight.
 */
export function imageScan({ course, width, size, gates, weight }: ImageScan): Tensor2D {
  const { steps, positions, toSteps, toMaps } = course === 'rows' ? byRows(size) : byDiagonals(size, course);
  const laid = differentiable([gates], () => ({
    value: toSteps(gates),
    saved: [],
    gradient: (dy) => [toMaps(dy)],
  }));
  const cell = cells.lstm;
  const rows = laid.shape[0] / steps;
  const half = (width - 1) / 2;
  const offsets = course === 'rows' ? Array.from({ length: width }, (_, i) => i - half) : [-1, 0];
  const zero = tf.zeros<Rank.R2>([rows, weight.shape[0] / cell.gates]);
  const initial = Array.from({ length: cell.states }, () => zero);
  const hearing = neighbours(positions, offsets);
  const states = scan({ cell, inputs: laid, weight, initial, steps, hearing });
  const last = cell.states * rows;
  return differentiable([states], () => ({
    value: toMaps(tf.slice(states, [0, 0], [steps * rows, -1])),
    saved: [],
    // The state after the last step is nobody's.
    gradient: (dy) => [
      tf.pad(toSteps(dy), [
        [0, last],
        [0, 0],
      ]),
    ],
  }));
}

/** [N·H·W, F] ↔ [H·N·W, F] */
function byRows([height, width]: readonly [number, number]): Layout {
  const turned = (x: Tensor2D, shape: [number, number, number]) => {
    const [, units] = x.shape;
    const parts = tf.reshape<Rank.R4>(x, [shape[0], shape[1], shape[2], units]);
    return tf.reshape<Rank.R2>(tf.transpose(parts, [1, 0, 2, 3]), x.shape);
  };
  const images = (x: Tensor2D) => x.shape[0] / (height * width);
  return {
    steps: height,
    positions: width,
    toSteps: (maps) => turned(maps, [images(maps), height, width]),
    toMaps: (steps) => turned(steps, [height, images(steps), width]),
  };
}

/** [N·H·W, F] ↔ [(W + H − 1)·N·H, F]; of diagonals from the upper right every row is turned round. */
function byDiagonals([height, width]: readonly [number, number], course: Course): Layout {
  const steps = width + height - 1;
  const turned = (maps: tf.Tensor4D) => (course === 'mirrored' ? tf.reverse(maps, 2) : maps);
  return {
    steps,
    positions: height,
    // H zeros behind every row, and then rows that are one pixel shorter than that: each begins one pixel later.
    toSteps(maps) {
      const [pixels, units] = maps.shape;
      const images = pixels / (height * width);
      const rows = turned(tf.reshape(maps, [images, height, width, units]));
      const behind = tf.pad(rows, [
        [0, 0],
        [0, 0],
        [0, height],
        [0, 0],
      ]);
      const inLine = tf.reshape<Rank.R3>(behind, [images, height * (width + height), units]);
      const skewed = tf.reshape<Rank.R4>(tf.slice(inLine, [0, 0, 0], [-1, height * steps, -1]), [
        images,
        height,
        steps,
        units,
      ]);
      return tf.reshape<Rank.R2>(tf.transpose(skewed, [2, 0, 1, 3]), [steps * images * height, units]);
    },
    toMaps(laid) {
      const [all, units] = laid.shape;
      const images = all / (steps * height);
      const skewed = tf.transpose(tf.reshape<Rank.R4>(laid, [steps, images, height, units]), [1, 2, 0, 3]);
      const inLine = tf.pad(tf.reshape<Rank.R3>(skewed, [images, height * steps, units]), [
        [0, 0],
        [0, height],
        [0, 0],
      ]);
      const behind = tf.reshape<Rank.R4>(inLine, [images, height, width + height, units]);
      const rows = turned(tf.slice(behind, [0, 0, 0, 0], [-1, -1, width, -1]));
      return tf.reshape<Rank.R2>(rows, [images * height * width, units]);
    },
  };
}

/** Every row that of the row above it, the first one 0: [N·H·W, F] → [N·H·W, F]. Differentiable. */
export function shiftedDown(maps: Tensor2D, [height, width]: readonly [number, number]): Tensor2D {
  const [pixels, units] = maps.shape;
  const images = pixels / (height * width);
  /** Rows moved by one, down or up. */
  const moved = (x: Tensor2D, down: boolean): Tensor2D => {
    if (height === 1) return tf.zerosLike(x);
    const rows = tf.slice(
      tf.reshape<Rank.R3>(x, [images, height, width * units]),
      [0, down ? 0 : 1, 0],
      [-1, height - 1, -1],
    );
    return tf.reshape<Rank.R2>(tf.pad(rows, [[0, 0], down ? [1, 0] : [0, 1], [0, 0]]), x.shape);
  };
  return differentiable([maps], () => ({
    value: moved(maps, true),
    saved: [],
    gradient: (dy) => [moved(dy, false)],
  }));
}
