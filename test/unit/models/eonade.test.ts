import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { bernoulliLog, logitGiven, nadeLogProb } from '../layers/nadeReference.ts';
import { allRows, toFloat64, type Values } from './reference.ts';
import {
  specimen,
  numbers,
  referenceOfAll,
  rowsOf,
  ensemble,
  total,
  everyKnown,
  permutations,
  entries,
  type Specimen,
} from './eonadeSpecimens.ts';

describe('EoNADE: total probability in float64', () => {
  it.each(entries)('is 1 to 1e-9 under every order and for the ensemble: %o with D = %i', (entry, dimension) => {
    const logs = referenceOfAll(specimen(entry, dimension));
    for (const of of [...logs, ensemble(logs)]) expect(Math.abs(total(of) - 1)).toBeLessThan(1e-9);
  });
});

onEveryBackend('EoNADE', (backend) => {
  async function logsOf({ model, parameters }: Specimen, o: { masks?: number; batchSize?: number } = {}) {
    const tensors = upload(parameters);
    const { dimension } = model;
    const matrix = { rows: 2 ** dimension, columns: dimension, values: allRows(dimension) };
    const { perRow } = await scoreRows(model, tensors, matrix, { backend: backend(), ...o });
    disposeTensors(tensors);
    return perRow;
  }

  it.each(entries)('equals the reference and sums to 1 within 1e-5: %o with D = %i', async (entry, dimension) => {
    const own = specimen(entry, dimension);
    const found = await logsOf(own);
    const expected = ensemble(referenceOfAll(own));
    expect(found.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0)).toBeLessThan(3e-5);
    expect(Math.abs(total(found) - 1)).toBeLessThan(1e-5);
  });

  it('averages over more orders than it has when it is asked to', async () => {
    const own = specimen({ hidden: [5], orders: 2 }, 4);
    const found = await logsOf(own, { masks: 7 });
    const expected = ensemble(referenceOfAll(own, 7));
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
    expect(found[0]).not.toBeCloseTo((await logsOf(own))[0]!, 4);
  });

  it.each([
    [{ hidden: [5] }, 1],
    [{ hidden: [5], activation: 'sigmoid' }, 2],
    [{ hidden: [4, 3] }, 3],
    [{ hidden: [6, 5], activation: 'tanh' }, 4],
  ] as const)(
    'has an objective whose exact expectation is the mean of −log p over all orders: %o with D = %i',
    async (entry, dimension) => {
      const own = specimen({ ...entry, hidden: [...entry.hidden] }, dimension);
      const sets = everyKnown(dimension);
      const rows = rowsOf(dimension);
      const tensors = upload(own.parameters);
      // Every row with every set of what may be known.
      const found = await read(() => {
        const x = tf.tensor2d(Float32Array.from(rows.flatMap((row) => sets.flatMap(() => [...row]))), [
          rows.length * sets.length,
          dimension,
        ]);
        const known = tf.tensor2d(
          Float32Array.from(rows.flatMap(() => sets.flatMap((set) => [...set.known]))),
          x.shape,
        );
        return own.model.objective(x, { parameters: tensors, masks: {}, noise: { known }, context: null });
      });
      disposeTensors(tensors);
      const values = toFloat64(own.parameters);
      const orders = permutations(dimension);
      for (const [i, x] of rows.entries()) {
        const estimate = sets.reduce((sum, { chance }, s) => sum + chance * found[i * sets.length + s]!, 0);
        const exact = orders.reduce((sum, order) => sum - nadeLogProb(numbers(own.spec, values, order), x), 0);
        expect(Math.abs(estimate - exact / orders.length)).toBeLessThan(2e-5 * (1 + estimate));
      }
      expect(sets.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 12);
    },
  );

  it.each([
    { hidden: [4], activation: 'sigmoid' },
    { hidden: [4, 3], activation: 'softplus' },
  ] as const)('has the gradients of finite differences in its objective: %o', async (entry) => {
    const own = specimen({ ...entry, hidden: [...entry.hidden] }, 5);
    const { model, spec, parameters } = own;
    const rows = rowsOf(5).slice(11, 15);
    const known = [
      [0, 0, 0, 0, 0],
      [1, 0, 1, 0, 0],
      [0, 1, 1, 1, 1],
      [0, 0, 0, 0, 1],
    ];
    const weights = [0.7, -1.3, 0.4, 0.9];
    const tensors = upload(parameters);
    const names = model.parameters.map(({ name }) => name);
    const gradients = tf.tidy(() =>
      tf.grads((...values: Tensor[]) =>
        model.objective(tf.tensor2d(rows.map((row) => [...row])), {
          parameters: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
          masks: {},
          noise: { known: tf.tensor2d(known) },
          context: null,
        }),
      )(
        names.map((name) => tensors[name]!),
        tf.tensor1d(weights),
      ),
    );
    const loss = (values: Values) => {
      const o = numbers(spec, values, [1, 2, 3, 4, 5]);
      return rows.reduce((sum, x, n) => {
        const unknown = [0, 1, 2, 3, 4].filter((d) => known[n]![d] === 0);
        const terms = unknown.map(
          (d) =>
            -bernoulliLog(
              x[d]!,
              logitGiven(o, x, d, (j) => known[n]![j] === 1),
            ),
        );
        return sum + (weights[n]! * 5 * terms.reduce((a, b) => a + b)) / unknown.length;
      }, 0);
    };
    for (const [i, parameter] of names.entries()) {
      const found = await gradients[i]!.data();
      for (let k = 0; k < found.length; k++) {
        const shifted = (by: number) => {
          const values = toFloat64(parameters);
          values[parameter]![k]! += by;
          return loss(values);
        };
        const measured = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        expect(Math.abs(found[k]! - measured)).toBeLessThan(3e-4 * (1 + Math.abs(measured)));
      }
    }
    tf.dispose(gradients);
    disposeTensors(tensors);
  });

  it.each([{ hidden: [6] }, { hidden: [5, 4] }])('depends on exactly what its order says: %o', async ({ hidden }) => {
    const { model, parameters } = specimen({ hidden, activation: 'tanh', orders: 3 }, 5);
    const tensors = upload(parameters);
    for (const mask of [0, 2]) {
      const order = model.network!.order(mask);
      const masks = upload(model.masks(mask));
      const jacobian = await read(() => {
        const logits = (x: Tensor) =>
          model.network!.conditionalParameters(x as Tensor2D, { parameters: tensors, masks, noise: {}, context: null });
        return tf.grad(logits)(tf.tile(tf.tensor2d([[0.3, 0.1, 0.7, 0.2, 0.9]]), [5, 1]), tf.eye(5));
      });
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) expect(jacobian[i * 5 + j] === 0).toBe(order[i]! <= order[j]!);
      }
      disposeTensors(masks);
    }
    disposeTensors(tensors);
  });
});
