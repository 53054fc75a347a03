import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { joinColumns, takeColumns } from '../../../src/layers/columns.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';

const D = 5;
const ROWS = 3;
/** Row n, column d: 10·n + d + 1. */
const cells = (rows: number, columns: readonly number[]) =>
  Array.from({ length: rows }, (_, n) => columns.map((d) => 10 * n + d + 1)).flat();
const all = [0, 1, 2, 3, 4];
const whole = () => tf.tensor2d(cells(ROWS, all), [ROWS, D]);

onImitatedToo('columns', () => {
  it.each([
    ['the first ones', [0, 1]],
    ['some in the middle', [1, 2, 3]],
    ['the last one', [4]],
    ['all of them', all],
    ['others between', [0, 2, 4]],
    ['another order', [3, 2, 1, 0, 4]],
    ['backwards', [2, 1]],
  ])('are taken, and give their gradients back: %s', async (_, columns) => {
    const indices = Int32Array.from(columns);
    const [taken, gradient] = await readAll(() => {
      const weights = tf.tensor2d(cells(ROWS, columns), [ROWS, columns.length]);
      return [takeColumns(whole(), indices), tf.grad((x) => takeColumns(x as Tensor2D, indices))(whole(), weights)];
    });
    expect(taken).toEqual(cells(ROWS, columns));
    expect(gradient).toEqual(cells(ROWS, all).map((value, at) => (columns.includes(at % D) ? value : 0)));
  });

  it.each([
    ['halves', [0, 1], [2, 3, 4]],
    ['halves, the last one first', [3, 4], [0, 1, 2]],
    ['every other one', [0, 2, 4], [1, 3]],
    ['neighbours between others', [1, 2], [0, 3, 4]],
    ['halves of which one is in another order', [1, 0], [2, 3, 4]],
  ])('are put together again, each with its gradient: %s', async (_, ofA, ofB) => {
    const [placesOfA, placesOfB] = [Int32Array.from(ofA), Int32Array.from(ofB)];
    const [joined, da, db] = await readAll(() => {
      const [a, b] = [ofA, ofB].map((places) => tf.tensor2d(cells(ROWS, places), [ROWS, places.length]));
      const together = (a: tf.Tensor, b: tf.Tensor) => joinColumns(a as Tensor2D, placesOfA, b as Tensor2D, placesOfB);
      return [together(a!, b!), ...tf.grads(together)([a!, b!], whole())];
    });
    expect(joined).toEqual(cells(ROWS, all));
    expect(da).toEqual(cells(ROWS, ofA));
    expect(db).toEqual(cells(ROWS, ofB));
  });

  it('that are neighbours are not gathered one by one', async () => {
    const { kernels, result } = await tf.profile(() =>
      tf.tidy(() => {
        const [a, b] = [takeColumns(whole(), Int32Array.of(0, 1)), takeColumns(whole(), Int32Array.of(2, 3, 4))];
        return joinColumns(a, Int32Array.of(0, 1), b, Int32Array.of(2, 3, 4));
      }),
    );
    tf.dispose(result);
    const names = kernels.map(({ name }) => name);
    expect(names).toContain('Slice');
    expect(names).not.toContain('GatherV2');
  });
});
