/** MADE with every option on every backend: conditionals, context, connectivity conditioning weights, fresh masks. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { lossAndGradients } from '../../../src/training/makeStep.ts';
import { MaskCache } from '../../../src/training/maskCache.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll, valuesOf } from '../backends/read.ts';
import { anyWholeArchitecture, smallConditionals } from '../masks/arbitrary.ts';
import { referenceLog, rowsFor, wholeModel, type WholeModel } from './referenceMade.ts';
import { whole, calmed, rowOf, total, referenceOfAll, inputsOf } from './madeWholes.ts';

onEveryBackend('MADE with its options', (backend) => {
  async function engineOfAll(one: WholeModel, masks?: number): Promise<Float64Array> {
    const tensors = upload(one.parameters);
    const values = rowsFor(one);
    const columns = one.model.dimension;
    const rows = values.length / columns;
    const size = one.context.length;
    const context = {
      rows,
      columns: size,
      values: Float32Array.from({ length: rows * size }, (_, i) => one.context[i % size]!),
    };
    const { perRow } = await scoreRows(
      one.model,
      tensors,
      { rows, columns, values, ...(size > 0 && { context }) },
      {
        backend: backend(),
        batchSize: 5000,
        ...(masks !== undefined && { masks }),
      },
    );
    disposeTensors(tensors);
    return perRow;
  }

  it('gives the log-likelihoods of the reference, ensembles included, for every architecture', async () => {
    await fc.assert(
      fc.asyncProperty(anyWholeArchitecture({ maxDimension: 4 }), async (architecture) => {
        const large = wholeModel(architecture);
        // Densities of σ = 0.001 at x = 10 σ a thousand times over are beyond float32.
        const one = large.levels === null ? calmed(large, 0.5) : large;
        const [expected, found] = [referenceOfAll(one), await engineOfAll(one)];
        for (const [i, value] of found.entries()) {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(3e-5 * (1 + Math.abs(expected[i]!)));
        }
        if (one.levels !== null) expect(Math.abs(total(found) - 1)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  it('sums to 1 within 1e-5 over all 4,096 rows of 12 variables, 32 fresh masks beyond its own included', async () => {
    const options = { hidden: [24], order: 'random', orderAgnostic: true, freshMasks: true } as const;
    const one = whole({ ...options, hidden: [24], direct: true, conditioning: true }, 12, 2);
    expect(Math.abs(total(await engineOfAll(one)) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(total(await engineOfAll(one, 33)) - 1)).toBeLessThan(1e-5);
  });

  it('integrates to 1 over the plane where its conditionals are densities', async () => {
    for (const conditional of smallConditionals.filter(({ type }) => type !== 'bernoulli').slice(0, 3)) {
      // Moderate weights: what the grid can resolve.
      const one = calmed(whole({ hidden: [6], conditional, direct: true, activation: 'tanh' }, 2), 0.15);
      // As wide on what imitates a GPU, and as fine as its conditional, the first, needs.
      const [side, step] = [281, 0.15];
      const values = Float32Array.from({ length: 2 * side * side }, (_, i) => {
        const cell = Math.floor(i / 2);
        return step * ((i % 2 === 0 ? cell % side : Math.floor(cell / side)) - (side - 1) / 2);
      });
      const tensors = upload(one.parameters);
      const { perRow } = await scoreRows(
        one.model,
        tensors,
        { rows: side * side, columns: 2, values },
        { backend: backend() },
      );
      disposeTensors(tensors);
      expect(Math.abs(step * step * total(perRow) - 1)).toBeLessThan(1e-3);
    }
  });

  it.each([1, 2, 3])(
    'works with D = %i and fewer hidden units than variables, with every conditional',
    async (dimension) => {
      // Each of them in one of the three.
      const conditionals = smallConditionals;
      for (const conditional of conditionals) {
        for (const contextDimension of [0, 2]) {
          const changes = {
            hidden: [2, 1],
            conditional,
            conditioning: true,
            direct: true,
            masks: 2,
            orderAgnostic: true,
          };
          const one = whole(changes, dimension, contextDimension);
          const [expected, found] = [referenceOfAll(one), await engineOfAll(one)];
          for (const [i, value] of found.entries()) {
            expect(Math.abs(value - expected[i]!)).toBeLessThan(3e-5 * (1 + Math.abs(expected[i]!)));
          }
        }
      }
    },
  );

  it('has the gradients of finite differences, of every parameter, exactly 0 where a mask is', async () => {
    const numRuns = 12;
    await fc.assert(
      fc.asyncProperty(anyWholeArchitecture({ maxDimension: 4, maxMasks: 1, smooth: true }), async (architecture) => {
        const one = calmed(wholeModel(architecture), 0.5);
        const { model, structures, values } = one;
        const x = rowOf(rowsFor(one), 1, model.dimension);
        const inputs = inputsOf(one, 0, 1);
        const { loss, gradients } = tf.tidy(
          () => lossAndGradients(model, { ...inputs, batch: tf.tensor2d(x, [1, model.dimension]) }) as never,
        ) as ReturnType<typeof lossAndGradients>;
        const found = await valuesOf(gradients);
        // Rounding in float32 is as large as the largest numbers that were added on the way.
        const largest = Math.max(...Object.values(found).map((all) => Math.max(...all.map(Math.abs))));
        const masks = model.masks(0);
        const random = RandomGenerator.seeded(architecture.seed, 'entries');
        for (const { name, shape } of model.parameters) {
          const size = shape.reduce((a, b) => a * b, 1);
          const mask = masks[name] ?? masks[name.replace('companion', 'weight')];
          for (let trial = 0; trial < Math.min(size, 12); trial++) {
            const at = random.integer(0, size - 1);
            const shifted = (by: number) => {
              const moved = Float64Array.from(values[name]!);
              moved[at]! += by;
              return -referenceLog(one, structures[0]!, x, { ...values, [name]: moved });
            };
            const measured = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            const gradient = found[name]![at]!;
            if (!name.endsWith('bias') && !name.startsWith('context') && mask!.data[at] === 0)
              expect(gradient === 0).toBe(true);
            expect(Math.abs(gradient - measured)).toBeLessThan(1e-5 * (1 + largest));
          }
        }
        disposeTensors(gradients, inputs.parameters, inputs.masks, { loss });
        inputs.context?.dispose();
      }),
      { numRuns },
    );
  });

  it('lets every column of the context reach every parameter of every variable, the first included', async () => {
    for (const conditional of smallConditionals) {
      const one = whole({ hidden: [5], order: [2, 3, 1], activation: 'tanh', conditional }, 3, 2);
      const network = one.model.network!;
      const outputs = 3 * network.parametersPerVariable;
      const inputs = inputsOf(one, 0, outputs);
      const jacobian = await read(() => {
        const x = tf.tile(tf.tensor2d([[0, 1, 1]]), [outputs, 1]);
        const ofContext = (context: Tensor) =>
          network.conditionalParameters(x, { ...inputs, context: context as Tensor2D });
        return tf.grad(ofContext)(inputs.context!, tf.eye(outputs));
      });
      expect(jacobian).toHaveLength(outputs * 2);
      expect(jacobian.every((value) => value !== 0)).toBe(true);
      disposeTensors(inputs.parameters, inputs.masks);
      inputs.context!.dispose();
    }
  });

  it('lets the first variable depend on the context through hidden units, not linearly alone', async () => {
    const one = whole({ hidden: [8], degrees: 'even', activation: 'tanh' }, 3, 1);
    const inputs = inputsOf(one, 0, 1);
    const logits = await read(() =>
      one.model.network!.conditionalParameters(tf.zeros([3, 3]), { ...inputs, context: tf.tensor2d([[-1], [0], [1]]) }),
    );
    const [low, middle, high] = [0, 3, 6].map((i) => logits[i]!);
    expect(Math.abs(low! + high! - 2 * middle!)).toBeGreaterThan(1e-3);
    disposeTensors(inputs.parameters, inputs.masks);
    inputs.context!.dispose();
  });

  it('builds the same masks on the device as in plain arrays', async () => {
    await fc.assert(
      fc.asyncProperty(anyWholeArchitecture(), async (architecture) => {
        const { model, spec } = wholeModel(architecture);
        const mask = spec.freshMasks ? 77 : model.maskCount - 1;
        const tensors = model.maskTensors!(mask);
        const expected = model.masks(mask);
        expect(Object.keys(tensors)).toEqual(Object.keys(expected));
        const found = await valuesOf(tensors);
        for (const [key, { shape, data }] of Object.entries(expected)) {
          expect(tensors[key]!.shape).toEqual(shape);
          expect(found[key]).toEqual([...data]);
        }
        disposeTensors(tensors);
      }),
      { numRuns: 10 },
    );
  });

  it('keeps one fresh mask at a time', () => {
    const { model } = whole({ hidden: [6], masks: 3, orderAgnostic: true, freshMasks: true }, 5);
    const before = tf.memory().numTensors;
    const cache = new MaskCache(model);
    for (let step = 0; step < 40; step++) cache.get(model.trainingMask(step));
    const mask = model.trainingMask(39);
    expect(cache.get(mask)).toBe(cache.get(mask));
    expect(tf.memory().numTensors - before).toBe(2);
    for (let listed = 0; listed < 3; listed++) cache.get(listed);
    expect(tf.memory().numTensors - before).toBe(8);
    cache.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('traces as many pre-activations as its conditionals have parameters, and one log p a variable', async () => {
    const one = whole({ hidden: [4], conditional: { type: 'gaussian-mixture', components: 2 }, conditioning: true }, 3);
    const inputs = inputsOf(one, 0, 1);
    const x = rowOf(rowsFor(one), 0, 3);
    const [entries, logProb] = await readAll(() => {
      const row = tf.tensor2d(x, [1, 3]);
      const trace = one.model.activations(row, inputs);
      expect(trace.map(({ layer, role, value }) => [layer, role, value.shape.join()])).toEqual([
        ['hidden.0', 'preactivation', '1,4'],
        ['hidden.0', 'activation', '1,4'],
        ['output', 'preactivation', '1,18'],
        ['output', 'logProb', '1,3'],
      ]);
      return [trace[3]!.value, one.model.logProb!(row, inputs)];
    });
    const sum = entries!.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - logProb![0]!)).toBeLessThan(1e-6 * Math.abs(sum));
    disposeTensors(inputs.parameters, inputs.masks);
  });

  it('shows of several parameters a variable the Euclidean norm of their weights, companions and context beside', async () => {
    const one = whole({ hidden: [4], conditional: { type: 'gaussian' }, conditioning: true, direct: true }, 3, 2);
    const tensors = upload(one.parameters);
    const { weightNames } = one.model.network!;
    const found = await readAll(() => {
      const { joints, companions, context } = one.model.network!.weights(tensors);
      expect([joints, companions, context].map((all) => all.map((t) => t!.shape.join()))).toEqual([
        ['4,3', '3,4', '3,3'],
        ['4,3', '3,4', '3,3'],
        ['4,2', '3,2'],
      ]);
      return [...joints, ...companions.map((t) => t!), ...context].map((t) => tf.clone(t));
    });
    expect(weightNames).toEqual(['hidden.0.weight', 'output.weight', 'direct.weight']);
    const { data } = one.parameters['output.weight']!;
    // Variable 2, unit 3: rows 2 and 3 of six.
    expect(found[1]![1 * 4 + 2]).toBeCloseTo(Math.hypot(data[2 * 4 + 2]!, data[3 * 4 + 2]!), 5);
    expect(found[0]).toEqual([...one.parameters['hidden.0.weight']!.data]);
    disposeTensors(tensors);
  });
});
