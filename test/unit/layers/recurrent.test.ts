import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { cells } from '../../../src/layers/recurrent/cells.ts';
import { neighbours } from '../../../src/layers/recurrent/neighbours.ts';
import { itself, scan } from '../../../src/layers/recurrent/scan.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { cellNames, type CellName } from '../../../src/spec/cell.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

const [T, P, H] = [4, 2, 3];

function numbers(cell: CellName) {
  const { gates, states } = cells[cell];
  const random = RandomGenerator.seeded(8, cell);
  const normals = (length: number) => Float64Array.from({ length }, () => Math.fround(0.7 * random.normal()));
  return {
    inputs: normals(T * P * gates * H),
    weight: normals(gates * H * H),
    initial: Array.from({ length: states }, () => normals(P * H)),
    // What the outputs are weighed by.
    cotangent: normals(T * P * H),
  };
}

type Numbers = ReturnType<typeof numbers>;

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** By the papers' equations, unit by unit: [T · P, H] and the last state. */
function plain(cell: CellName, { inputs, weight, initial }: Numbers): number[] {
  const { gates } = cells[cell];
  let [h, c] = [Array.from(initial[0]!), Array.from(initial[1] ?? [])];
  const outputs: number[] = [];
  for (let t = 0; t < T; t++) {
    const [nextH, nextC] = [[...h], [...c]];
    for (let p = 0; p < P; p++) {
      const zx = (gate: number, unit: number) => inputs[((t * P + p) * gates + gate) * H + unit]!;
      const zh = (gate: number, unit: number) => {
        let sum = 0;
        for (let k = 0; k < H; k++) sum += weight[(gate * H + unit) * H + k]! * h[p * H + k]!;
        return sum;
      };
      for (let unit = 0; unit < H; unit++) {
        const at = p * H + unit;
        const z = (gate: number) => zx(gate, unit) + zh(gate, unit);
        if (cell === 'rnn') nextH[at] = Math.tanh(z(0));
        else if (cell === 'lstm') {
          nextC[at] = sigmoid(z(1)) * c[at]! + sigmoid(z(0)) * Math.tanh(z(3));
          nextH[at] = sigmoid(z(2)) * Math.tanh(nextC[at]);
        } else {
          const [r, u] = [sigmoid(z(0)), sigmoid(z(1))];
          nextH[at] = (1 - u) * Math.tanh(zx(2, unit) + r * zh(2, unit)) + u * h[at]!;
        }
      }
    }
    [h, c] = [nextH, nextC];
    outputs.push(...h);
  }
  return [...outputs, ...h, ...c];
}

onImitatedToo('what a position hears of its neighbours', () => {
  const [images, length, width] = [2, 4, 3];
  const random = RandomGenerator.seeded(9, 'neighbours');
  const values = Float32Array.from({ length: images * length * width }, () => random.normal());

  it.each([[[-1, 0, 1]], [[-1, 0]], [[2, -7]]])(
    'are the states at offsets %o, zeros beyond the ends',
    async (offsets) => {
      const found = await read(() =>
        neighbours(length, offsets).forward(tf.tensor2d(values, [images * length, width])),
      );
      for (let n = 0; n < images; n++)
        for (let at = 0; at < length; at++)
          for (const [i, offset] of offsets.entries())
            for (let unit = 0; unit < width; unit++) {
              const from = at + offset;
              const expected = from < 0 || from >= length ? 0 : values[(n * length + from) * width + unit]!;
              expect(found[((n * length + at) * offsets.length + i) * width + unit]).toBe(expected);
            }
    },
  );

  it('go back to where they came from: ⟨forward h, g⟩ = ⟨h, backward g⟩', async () => {
    const hearing = neighbours(length, [-1, 0, 1]);
    const g = Float32Array.from({ length: 3 * values.length }, () => random.normal());
    const heard = await read(() => hearing.forward(tf.tensor2d(values, [images * length, width])));
    const back = await read(() => hearing.backward(tf.tensor2d(g, [images * length, 3 * width])));
    const dot = (a: readonly number[], b: ArrayLike<number>) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    expect(dot(heard, g)).toBeCloseTo(dot(back, values), 4);
  });
});

onImitatedToo('a recurrent layer', () => {
  const tensors = (cell: CellName, own: Numbers) => ({
    cell: cells[cell],
    inputs: tf.tensor2d(Float32Array.from(own.inputs), [T * P, cells[cell].gates * H]),
    weight: tf.tensor2d(Float32Array.from(own.weight), [cells[cell].gates * H, H]),
    initial: own.initial.map((values) => tf.tensor2d(Float32Array.from(values), [P, H])),
    steps: T,
    hearing: itself,
  });

  it.each(cellNames)('computes what its equations say: %s', async (cell) => {
    const own = numbers(cell);
    const found = await read(() => scan(tensors(cell, own)));
    const expected = plain(cell, own);
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
  });

  it.each(cellNames)('goes back through time: %s', async (cell) => {
    const own = numbers(cell);
    const value = (changed: Numbers) =>
      own.cotangent.reduce((sum, weight, i) => sum + weight * plain(cell, changed)[i]!, 0);
    for (const name of ['inputs', 'weight'] as const) {
      const found = await read(() => {
        const given = tensors(cell, own);
        const rows = (T + given.cell.states) * P;
        const dy = tf.concat<Tensor2D>([
          tf.tensor2d(Float32Array.from(own.cotangent), [T * P, H]),
          tf.zeros<tf.Rank.R2>([rows - T * P, H]),
        ]);
        return tf.grad((x) => scan({ ...given, [name]: x as Tensor2D }))(given[name], dy);
      });
      for (let k = 0; k < own[name].length; k += 3) {
        const shifted = (by: number) => {
          const values = own[name].slice();
          values[k]! += by;
          return value({ ...own, [name]: values });
        };
        expect(Math.abs(found[k]! - (shifted(1e-5) - shifted(-1e-5)) / 2e-5)).toBeLessThan(1e-4);
      }
    }
  });
});
