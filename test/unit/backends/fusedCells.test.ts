/** Steps of recurrent cells by the wasm backend's own kernels, beside the same in tensor operations. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasFused, runFused, withoutFused } from '../../../src/backends/fused.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { CELL_LANES } from '../../../src/backends/wasm/cells.ts';
import { cells } from '../../../src/layers/recurrent/cells.ts';
import { neighbours } from '../../../src/layers/recurrent/neighbours.ts';
import { itself, scan } from '../../../src/layers/recurrent/scan.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { cellNames, type CellName } from '../../../src/spec/cell.ts';
import { assembled } from './assembled.ts';

const [T, P] = [3, 6];

/** Outputs of a layer of H units and its gradients by inputs and weights; with neighbours, every position hears three. */
function through(cell: CellName, units: number, hears: 'itself' | 'neighbours'): Float32Array[] {
  const { gates, states } = cells[cell];
  const random = RandomGenerator.seeded(8, cell);
  const normals = (rows: number, columns: number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * columns }, () => random.normal()),
      [rows, columns],
    );
  return tf.tidy(() => {
    const hearing = hears === 'itself' ? itself : neighbours(3, [-1, 0, 1]);
    const heard = hears === 'itself' ? units : 3 * units;
    const [inputs, weight] = [normals(T * P, gates * units), normals(gates * units, heard)];
    const initial = Array.from({ length: states }, () => normals(P, units));
    const dy = tf.concat<Tensor2D>([normals(T * P, units), tf.zeros<Rank.R2>([states * P, units])]);
    const layer = (x: Tensor2D, w: Tensor2D) =>
      scan({ cell: cells[cell], inputs: x, weight: w, initial, steps: T, hearing });
    const { value, grads } = tf.valueAndGrads((x, w) => layer(x as Tensor2D, w as Tensor2D))([inputs, weight], dy);
    return [value, ...grads].map((tensor) => tensor.dataSync<'float32'>());
  });
}

/** h of Elman's cell for these pre-activations, or the input gate of an LSTM: tanh and σ. */
function activated(name: 'tanh' | 'sigmoid', values: readonly number[]): Float32Array {
  return tf.tidy(() => {
    const z = tf.tensor2d([...values], [values.length / CELL_LANES, CELL_LANES]);
    const nothing = tf.zerosLike(z);
    if (name === 'tanh')
      return runFused('cellForward', { zx: z, zh: nothing, h: z }, { cell: 'rnn' })![0]!.dataSync<'float32'>();
    const zx = tf.concat([z, z, z, z], 1);
    const inputs = { zx, zh: tf.zerosLike(zx), h: z, c: z };
    const [saved] = runFused('cellForward', inputs, { cell: 'lstm' })!;
    return tf.slice(saved as Tensor2D, [0, 0], [-1, CELL_LANES]).dataSync<'float32'>();
  });
}

describe('fused recurrent cells on wasm', () => {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  const cases = cellNames.flatMap((cell) =>
    [4, 12].flatMap((units) => (['itself', 'neighbours'] as const).map((hears) => [cell, units, hears] as const)),
  );
  it.each(cases)('compute and go back as tensor operations do: %s, %i units that hear %s', (cell, units, hears) => {
    const [found, expected] = [through(cell, units, hears), withoutFused(() => through(cell, units, hears))];
    for (const [i, values] of expected.entries()) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeGreaterThan(0.1);
      const worst = values.reduce((most, value, j) => Math.max(most, Math.abs(found[i]![j]! - value)), 0);
      expect(worst / largest).toBeLessThan(2e-6);
    }
  });

  it.each(cellNames)('are what is taken where units fill their lanes, and not otherwise: %s', (cell) => {
    const kernels = (units: number) => {
      const { kernels } = tf.engine().state.activeProfile;
      kernels.length = 0;
      tf.engine().state.profiling = true;
      through(cell, units, 'itself');
      tf.engine().state.profiling = false;
      return kernels.filter(({ name }) => name.startsWith('LensCell')).map(({ name }) => name);
    };
    expect(kernels(8)).toEqual([
      ...Array.from({ length: T }, () => 'LensCellForward'),
      ...Array.from({ length: T }, () => 'LensCellBackward'),
    ]);
    expect(kernels(6)).toEqual([]);
  });

  it('have σ and tanh as exact as float32 over their whole range, saturated beyond, and keep NaN', () => {
    const points = Array.from({ length: 8000 }, (_, i) => Math.fround((i - 4000) / 45.7));
    const small = Array.from({ length: 400 }, (_, i) => Math.fround((i - 200) * 1e-4));
    for (const at of [points, small]) {
      const [open, bent] = [activated('sigmoid', at), activated('tanh', at)];
      for (const [i, point] of at.entries()) {
        const exact = 1 / (1 + Math.exp(-point));
        // Where float32 has numbers of full precision.
        expect(Math.abs(open[i]! - exact)).toBeLessThan(4e-7 * exact + 1e-38);
        expect(Math.abs(bent[i]! - Math.tanh(point))).toBeLessThanOrEqual(2.5e-7 * Math.abs(Math.tanh(point)));
      }
    }
    const beyond = [-Infinity, Infinity, 200, -200];
    expect([...activated('tanh', beyond)]).toEqual([-1, 1, 1, -1]);
    expect([...activated('sigmoid', beyond)].map((value) => value + 1)).toEqual([1, 2, 2, 1]);
    for (const name of ['tanh', 'sigmoid'] as const) expect([...activated(name, [NaN, 0, NaN, 1])][0]).toBeNaN();
  });

  it('refuse units that do not fill their lanes', () => {
    tf.tidy(() => {
      const z = tf.zeros([1, 7]);
      expect(() => runFused('cellForward', { zx: z, zh: z, h: z }, { cell: 'rnn' })).toThrow(
        '7 hidden units, expected a multiple of 4',
      );
    });
  });

  it('are what cells.wat says; `npx vitest run --update --project unit` with this file assembles it anew', async () => {
    await expect(await assembled('cells')).toMatchFileSnapshot('../../../src/backends/wasm/cellsModule.ts');
  });

  it('are not there on the cpu backend, which takes tensor operations', async () => {
    await startBackend('cpu');
    expect(hasFused('cellForward')).toBe(false);
    expect(through('lstm', 4, 'itself')).toHaveLength(3);
  });
});
