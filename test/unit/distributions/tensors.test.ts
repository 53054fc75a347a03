/** The tensor side of every conditional against the float64 side, on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Conditional } from '../../../src/distributions/conditional.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { cases, continuous, parametersOf, valuesOf, type Case } from './conditionals.ts';

/** Rows of three variables. */
const D = 3;

interface Table {
  readonly rows: number;
  readonly x: number[];
  /** [rows, D·k] */
  readonly parameters: number[];
}

function tableOf(one: Case, values: readonly number[], parameters = parametersOf): Table {
  const random = RandomGenerator.seeded(4, one.title);
  const rows = Math.ceil(values.length / D);
  const x = Array.from({ length: rows * D }, (_, i) => values[i % values.length]!);
  return { rows, x, parameters: x.flatMap(() => [...parameters(one, random)]) };
}

const tensorsOf = ({ rows, x, parameters }: Table): [Tensor2D, Tensor2D] => [
  tf.tensor2d(x, [rows, D]),
  tf.tensor2d(parameters, [rows, parameters.length / rows]),
];

/** ∂ −log p / ∂ parameter i of one entry, measured in float64. */
function measured(conditional: Conditional, x: number, parameters: Float64Array, i: number): number {
  const at = (delta: number) =>
    conditional.logProb(
      x,
      parameters.map((value, j) => (j === i ? value + delta : value)),
      0,
    );
  const step = 1e-5;
  return -(at(step) - at(-step)) / (2 * step);
}

onImitatedToo('conditionals', () => {
  it.each(cases)('$title: log p of every entry is that of the float64 side', async (one) => {
    const table = tableOf(one, valuesOf(one, RandomGenerator.seeded(5, one.title)));
    const found = await read(() => one.conditional.entries(...tensorsOf(table)));
    for (const [i, x] of table.x.entries()) {
      const expected = one.conditional.logProb(x, Float64Array.from(table.parameters), i * one.size);
      expect(Math.abs(found[i]! - expected)).toBeLessThan(4e-6 * (1 + Math.abs(expected)));
    }
  });

  it.each(cases)(
    '$title: the NLL of a row is the sum of its entries, its gradient that of the formula',
    async (one) => {
      const { conditional, size } = one;
      const table = tableOf(one, valuesOf(one, RandomGenerator.seeded(5, one.title)));
      const weights = Array.from({ length: table.rows }, (_, row) => (row % 2 === 0 ? 1 : -2));
      const [nll, gradient] = await readAll(() => {
        const [x, parameters] = tensorsOf(table);
        const ofParameters = (p: tf.Tensor) => conditional.nll(x, p as Tensor2D);
        return [ofParameters(parameters), tf.grad(ofParameters)(parameters, tf.tensor1d(weights))];
      });
      const all = Float64Array.from(table.parameters);
      for (let row = 0; row < table.rows; row++) {
        let sum = 0;
        for (let d = 0; d < D; d++) sum -= conditional.logProb(table.x[row * D + d]!, all, (row * D + d) * size);
        expect(Math.abs(nll![row]! - sum)).toBeLessThan(1e-5 * (1 + Math.abs(sum)));
      }
      for (const [i, x] of table.x.entries()) {
        const own = all.slice(i * size, (i + 1) * size);
        for (let k = 0; k < size; k++) {
          // Of 256 logits only some: those at the ends and at the value itself.
          if (size > 100 && k > 2 && k < size - 2 && Math.abs(k - x) > 1) continue;
          const expected = weights[Math.floor(i / D)]! * measured(conditional, x, own, k);
          expect(Math.abs(gradient![i * size + k]! - expected)).toBeLessThan(3e-5 * (1 + Math.abs(expected)));
        }
      }
    },
  );

  it.each(cases)(
    '$title: has a gradient by the value where that is real, beside the one by the parameters',
    async (one) => {
      const { conditional, levels, size } = one;
      const { nllByValue } = conditional;
      expect(nllByValue === undefined).toBe(levels !== null);
      if (!nllByValue) return;
      const table = tableOf(one, valuesOf(one, RandomGenerator.seeded(5, one.title)));
      const weights = Array.from({ length: table.rows }, (_, row) => (row % 2 === 0 ? 1 : -2));
      const [nll, known, byValue, byParameters, knownByParameters] = await readAll(() => {
        const [x, parameters] = tensorsOf(table);
        const dy = tf.tensor1d(weights);
        const of = (x: tf.Tensor, p: tf.Tensor) => nllByValue(x as Tensor2D, p as Tensor2D);
        const ofParameters = (p: tf.Tensor) => conditional.nll(x, p as Tensor2D);
        return [
          nllByValue(x, parameters),
          conditional.nll(x, parameters),
          ...tf.grads(of)([x, parameters], dy),
          tf.grad(ofParameters)(parameters, dy),
        ];
      });
      expect([nll, byParameters]).toEqual([known, knownByParameters]);
      const all = Float64Array.from(table.parameters);
      for (const [i, x] of table.x.entries()) {
        const step = 1e-5;
        const at = (value: number) => conditional.logProb(value, all, i * size);
        const expected = (weights[Math.floor(i / D)]! * (at(x - step) - at(x + step))) / (2 * step);
        expect(Math.abs(byValue![i]! - expected)).toBeLessThan(3e-5 * (1 + Math.abs(expected)));
      }
    },
  );

  it.each(cases)('$title: probabilities over all values, ∫ or Σ, are 1', async (one) => {
    const { conditional, levels, size } = one;
    const step = 1 / 32;
    const values =
      levels === null
        ? Array.from({ length: 4096 }, (_, i) => (i - 2048) * step)
        : Array.from({ length: levels }, (_, x) => x);
    const parameters = [...parametersOf(one, RandomGenerator.seeded(6, one.title))];
    const logs = await read(() =>
      conditional.entries(
        tf.tensor2d(values, [values.length, 1]),
        tf.tile(tf.tensor2d(parameters, [1, size]), [values.length, 1]),
      ),
    );
    const total = logs.reduce((sum, log) => sum + Math.exp(log), 0) * (levels === null ? step : 1);
    expect(Math.abs(total - 1)).toBeLessThan(1e-5);
  });

  it.each(continuous)('$title: log p and gradient are finite and right far away', async (one) => {
    const { conditional, size } = one;
    const table = tableOf(one, [1e3, -1e5, 1e7, -1e9, 1e11, 50]);
    const [entries, gradient] = await readAll(() => {
      const [x, parameters] = tensorsOf(table);
      const ofParameters = (p: tf.Tensor) => conditional.nll(x, p as Tensor2D);
      return [conditional.entries(x, parameters), tf.grad(ofParameters)(parameters)];
    });
    const all = Float64Array.from(table.parameters);
    for (const [i, x] of table.x.entries()) {
      const expected = conditional.logProb(x, all, i * size);
      expect(Math.abs(entries![i]! - expected)).toBeLessThan(1e-5 * Math.abs(expected));
    }
    expect(gradient!.every(Number.isFinite)).toBe(true);
    expect(gradient!.some((value) => value !== 0)).toBe(true);
  });

  it.each(cases)('$title: extreme parameters give finite log p and gradients', async (one) => {
    const { conditional, size, levels } = one;
    const values = levels === null ? [0, 1, -3] : [0, Math.floor(levels / 2), levels - 1];
    for (const extreme of [-60, 60]) {
      const table = tableOf(one, values, () =>
        Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? extreme : -0.5 * extreme)),
      );
      const found = await readAll(() => {
        const [x, parameters] = tensorsOf(table);
        const ofParameters = (p: tf.Tensor) => conditional.nll(x, p as Tensor2D);
        return [conditional.entries(x, parameters), tf.grad(ofParameters)(parameters)];
      });
      for (const values of found) expect(values.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(cases)('$title: keeps NaN', async (one) => {
    const { conditional, size } = one;
    const table = tableOf(one, [0, 1, 1], () => new Float64Array(size).fill(NaN));
    const found = await read(() => conditional.nll(...tensorsOf(table)));
    expect(found.every(Number.isNaN)).toBe(true);
  });

  it.each(cases)('$title: keeps no tensors', (one) => {
    const table = tableOf(one, [0, 1, 1]);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [x, parameters] = tensorsOf(table);
      one.conditional.entries(x, parameters);
      tf.grad((p: tf.Tensor) => one.conditional.nll(x, p as Tensor2D))(parameters);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
