/** MADE with every option: conditionals, context, connectivity conditioning weights, fresh masks, completion. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionFault } from '../../../src/models/completion.ts';
import { createModel } from '../../../src/models/index.ts';
import type { DensityInputs } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { conditionalSpec } from '../../../src/spec/conditional.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { lossAndGradients } from '../../../src/training/makeStep.ts';
import { MaskCache } from '../../../src/training/maskCache.ts';
import { disposeTensors, upload } from '../../../src/training/tensors.ts';
import { isSoftware, onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll, valuesOf } from '../backends/read.ts';
import { anyWholeArchitecture, smallConditionals, type WholeArchitecture } from '../masks/arbitrary.ts';
import { reachability } from '../masks/walk.ts';
import { toFloat64 } from './reference.ts';
import { referenceLog, referenceMean, rowsFor, wholeModel, type WholeModel } from './referenceMade.ts';

const discrete = smallConditionals.filter((one) => one.type === 'bernoulli' || 'levels' in one);

const whole = (
  changes: Partial<Omit<MadeSpec, 'type'>> & { hidden: number[] },
  dimension: number,
  contextDimension = 0,
  seed = 1,
): WholeModel => wholeModel({ spec: madeSpec.parse({ type: 'made', ...changes }), dimension, seed, contextDimension });

/** The same with all parameters so much smaller: conditionals of ordinary scale. */
function calmed(one: WholeModel, factor: number): WholeModel {
  const parameters = Object.fromEntries(
    Object.entries(one.parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, (value) => factor * value) },
    ]),
  );
  return { ...one, parameters, values: toFloat64(parameters) };
}

const rowOf = (rows: Float32Array, i: number, dimension: number) => rows.subarray(i * dimension, (i + 1) * dimension);
const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

function referenceOfAll(one: WholeModel): number[] {
  const { dimension } = one.model;
  const rows = rowsFor(one);
  return Array.from({ length: rows.length / dimension }, (_, i) =>
    referenceMean(one, one.structures, rowOf(rows, i, dimension)),
  );
}

/** Parameters, one structure's masks and the context of so many rows, on the device. */
function inputsOf({ model, parameters, context }: WholeModel, mask: number, rows: number): DensityInputs {
  const given = context.length === 0 ? null : tf.tile(tf.tensor2d(context, [1, context.length]), [rows, 1]);
  return { parameters: upload(parameters), masks: upload(model.masks(mask)), noise: {}, context: given };
}

describe('total probability in float64', () => {
  it('is 1 to 1e-9 for every architecture with every option', () => {
    fc.assert(
      fc.property(anyWholeArchitecture({ maxDimension: 5, conditionals: discrete }), (architecture) => {
        expect(Math.abs(total(referenceOfAll(wholeModel(architecture))) - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('is 1 to 1e-9 over 12 variables with all options at once', () => {
    const one = whole(
      { hidden: [20, 15], order: 'random', masks: 2, orderAgnostic: true, direct: true, conditioning: true },
      12,
      3,
    );
    expect(Math.abs(total(referenceOfAll(one)) - 1)).toBeLessThan(1e-9);
  });
});

describe('reachability', () => {
  it('never leaks, and with a direct connection is the strict triangle, under listed and fresh masks', () => {
    fc.assert(
      fc.property(anyWholeArchitecture(), (architecture) => {
        const { model, spec } = wholeModel(architecture);
        const masks = [...Array(model.maskCount).keys(), ...(spec.freshMasks ? [1000, 1001] : [])];
        for (const mask of masks) {
          const order = model.network!.order(mask);
          const network = model.network!.connections(mask);
          const { cells } = reachability(network);
          for (const [i, cell] of cells.entries()) {
            const [output, input] = [Math.floor(i / order.length), i % order.length];
            const wanted = order[output]! > order[input]!;
            if (!wanted || spec.direct) expect(cell === 1).toBe(wanted);
          }
          const into = architecture.contextDimension === 0 ? undefined : [1, spec.hidden.length + 1];
          expect(network.context?.into).toEqual(into);
        }
      }),
    );
  });

  it('is the whole triangle by hidden units alone where every degree is there', () => {
    for (const contextDimension of [0, 2]) {
      for (const dimension of [2, 3, 7]) {
        const { model } = whole({ hidden: [12, 12], degrees: 'even', order: 'random' }, dimension, contextDimension);
        const order = model.network!.order(0);
        const { cells } = reachability(model.network!.connections(0));
        for (const [i, cell] of cells.entries()) {
          expect(cell === 1).toBe(order[Math.floor(i / dimension)]! > order[i % dimension]!);
        }
        const lowest = model.network!.degrees(0).map((degrees) => Math.min(...degrees!));
        expect(lowest).toEqual(contextDimension > 0 ? [0, 0] : [1, 1]);
      }
    }
  });
});

onEveryBackend('MADE with its options', (backend, name) => {
  // What imitates a GPU takes a hundred times as long for every small step.
  const slow = isSoftware(name);

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
      { numRuns: slow ? 3 : 40 },
    );
  });

  it('sums to 1 within 1e-5 over all 4,096 rows of 12 variables, 32 fresh masks beyond its own included', async () => {
    const options = { hidden: [24], order: 'random', orderAgnostic: true, freshMasks: true } as const;
    const one = whole({ ...options, hidden: [24], direct: true, conditioning: true }, 12, 2);
    expect(Math.abs(total(await engineOfAll(one)) - 1)).toBeLessThan(1e-5);
    expect(Math.abs(total(await engineOfAll(one, slow ? 3 : 33)) - 1)).toBeLessThan(1e-5);
  });

  it('integrates to 1 over the plane where its conditionals are densities', async () => {
    for (const conditional of smallConditionals.filter(({ type }) => type !== 'bernoulli').slice(0, slow ? 1 : 3)) {
      // Moderate weights: what the grid can resolve.
      const one = calmed(whole({ hidden: [6], conditional, direct: true, activation: 'tanh' }, 2), 0.15);
      // As wide on what imitates a GPU, and as fine as its conditional, the first, needs.
      const [side, step] = slow ? [85, 0.5] : [281, 0.15];
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
      const conditionals = smallConditionals.filter((_, i) => !slow || i % 3 === dimension - 1);
      for (const conditional of conditionals) {
        for (const contextDimension of slow ? [2] : [0, 2]) {
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
    const numRuns = slow ? 3 : 12;
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

describe('fresh masks', () => {
  const one = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6);

  it('have a number of their own at every step, the same structure for the same number and seed', () => {
    const { model } = one;
    expect([0, 1, 2].map((step) => model.trainingMask(step))).toEqual([2, 3, 4]);
    const again = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6).model;
    const restored = again.withBuffers(model.buffers());
    const other = whole({ hidden: [9], masks: 2, orderAgnostic: true, freshMasks: true }, 6, 0, 2).model;
    expect(again.masks(500)).toEqual(model.masks(500));
    expect(restored.masks(500)).toEqual(model.masks(500));
    expect(other.masks(500)).not.toEqual(model.masks(500));
    const orders = new Set(Array.from({ length: 50 }, (_, i) => [...model.network!.order(2 + i)].join()));
    expect(orders.size).toBeGreaterThan(40);
    expect(model.buffers()['order']!.shape).toEqual([2, 6]);
  });

  it('draw what the specification says and keep the rest', () => {
    const orders = whole({ hidden: [9], orderAgnostic: true, connectivityAgnostic: false, freshMasks: true }, 6).model;
    expect(orders.network!.degrees(9)).toEqual(orders.network!.degrees(0));
    expect(orders.network!.order(9)).not.toEqual(orders.network!.order(0));
    const degrees = whole({ hidden: [9], freshMasks: true }, 6).model;
    expect(degrees.network!.order(9)).toEqual(degrees.network!.order(0));
    expect(degrees.network!.degrees(9)).not.toEqual(degrees.network!.degrees(0));
  });

  it('are there for whole numbers alone, and for models that draw them', () => {
    expect(() => one.model.masks(-1)).toThrow('there is no mask -1; the model has 2');
    expect(() => one.model.masks(2.5)).toThrow('there is no mask 2.5');
    const listed = whole({ hidden: [9], masks: 2 }, 6).model;
    expect(() => listed.masks(2)).toThrow('there is no mask 2; the model has 2');
    expect([0, 1, 2].map((step) => listed.trainingMask(step))).toEqual([0, 1, 0]);
  });
});

describe('completing', () => {
  const known = Uint8Array.of(0, 1, 0, 1, 0);

  it('takes a structure that has the known variables first', () => {
    const { model } = whole({ hidden: [5], order: [3, 1, 4, 2, 5] }, 5);
    expect(model.completing(known)).toEqual({ model, mask: 0 });
    expect(model.completing(Uint8Array.of(0, 0, 0, 0, 0))).toEqual({ model, mask: 0 });
    expect(model.completing(Uint8Array.of(1, 1, 1, 1, 1))).toEqual({ model, mask: 0 });
  });

  it('names the first variable in the way where there is one order', () => {
    for (const changes of [{ masks: 1 }, { masks: 3 }, { masks: 1, orderAgnostic: true }]) {
      const { model } = whole({ hidden: [5], ...changes }, 5);
      const answer = model.completing(known);
      expect(answer).toEqual({ reason: completionFault(model.network!.order(0), known) });
      expect('reason' in answer && answer.reason).toMatch(
        /^x[₂₄] is given but comes at position [24] in the order, after x₁/,
      );
    }
  });

  it('makes an order for a model that was trained for any', () => {
    for (const changes of [{ masks: 2 }, { masks: 1, freshMasks: true }]) {
      const { model } = whole({ hidden: [5], orderAgnostic: true, ...changes }, 5);
      const never = Array.from({ length: 32 }, (_, i) => Uint8Array.from({ length: 5 }, (_, d) => (i >> d) & 1));
      for (const some of never) {
        const answer = model.completing(some);
        if ('reason' in answer) throw new Error(answer.reason);
        const order = answer.model.network!.order(answer.mask);
        expect(completionFault(order, some)).toBeNull();
        expect([...order].sort()).toEqual([1, 2, 3, 4, 5]);
        expect(answer.model.parameters).toEqual(model.parameters);
        if (answer.model !== model) {
          expect(answer.model.network!.degrees(answer.mask)).toEqual(model.network!.degrees(0));
          expect(answer.model.network!.connections(0)).toEqual(model.network!.connections(0));
        }
      }
    }
  });
});

describe('parameters', () => {
  it('are named and shaped as documented, with every option', () => {
    const { model } = whole(
      { hidden: [4, 2], conditional: { type: 'gaussian' }, conditioning: true, direct: true },
      3,
      2,
    );
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.0.weight 4×3',
      'hidden.0.companion 4×3',
      'hidden.0.bias 4',
      'hidden.1.weight 2×4',
      'hidden.1.companion 2×4',
      'hidden.1.bias 2',
      'output.weight 6×2',
      'output.companion 6×2',
      'output.bias 6',
      'direct.weight 6×3',
      'direct.companion 6×3',
      'context.hidden.weight 4×2',
      'context.output.weight 6×2',
    ]);
    expect(Object.entries(model.masks(0)).map(([name, { shape }]) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.0.weight 4×3',
      'hidden.1.weight 2×4',
      'output.weight 6×2',
      'direct.weight 6×3',
    ]);
  });

  it('start with sensible conditionals, and as the model without connectivity conditioning weights', () => {
    for (const conditional of smallConditionals) {
      const { model } = whole({ hidden: [4], conditional, conditioning: true, direct: true }, 3, 2);
      const initial = model.initialise(RandomGenerator.seeded(1));
      const start = model.network!.conditional!.initialBias();
      expect([...initial['output.bias']!.data]).toEqual([...start, ...start, ...start]);
      for (const [name, { data }] of Object.entries(initial)) {
        if (name.endsWith('companion')) expect(data.every((value) => value === 0)).toBe(true);
        if (name.endsWith('weight')) expect(data.some((value) => value !== 0)).toBe(true);
      }
    }
  });

  it('survive safetensors, bit for bit, with the buffers', () => {
    fc.assert(
      fc.property(anyWholeArchitecture(), (architecture: WholeArchitecture) => {
        const { model, parameters, spec } = wholeModel(architecture);
        const arrays = decodeSafetensors(
          encodeSafetensors({ ...parameters, ...model.buffers() }),
          'model.safetensors',
        ).arrays;
        for (const { name } of model.parameters) expect(arrays[name]).toEqual(parameters[name]);
        const { dimension, seed, contextDimension } = architecture;
        const restored = createModel(spec, dimension, seed, contextDimension).withBuffers(arrays);
        expect(restored.buffers()).toEqual(model.buffers());
        expect(restored.masks(0)).toEqual(model.masks(0));
      }),
      { numRuns: 30 },
    );
  });

  it('have defaults for every size of a conditional', () => {
    expect(conditionalSpec.parse({ type: 'discretised-logistic-mixture' })).toEqual({
      type: 'discretised-logistic-mixture',
      components: 10,
      levels: 256,
    });
    expect(madeSpec.parse({ type: 'made', hidden: [3] }).conditional).toEqual({ type: 'bernoulli' });
  });
});
