import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { seededStructures } from '../../../src/masks/degrees.ts';
import { activationName } from '../../../src/models/activation.ts';
import { madeSpec } from '../../../src/spec/models/made.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';
import { anyArchitecture, type Architecture } from '../masks/arbitrary.ts';
import { allRows, referenceEnsemble, referenceLogits, toFloat64 } from './reference.ts';
import { largeParameters, testModel, type TestModel } from './support.ts';

/** log p of every row of {0, 1}^D by the reference. */
function referenceOfAll({ structures, spec, parameters }: TestModel): number[] {
  const dimension = structures[0]!.order.length;
  const values = toFloat64(parameters);
  const rows = allRows(dimension);
  return Array.from({ length: 2 ** dimension }, (_, i) =>
    referenceEnsemble(structures, spec.activation, values, rows.subarray(i * dimension, (i + 1) * dimension)),
  );
}

const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

const toTestModel = ({ spec, dimension, seed }: Architecture): TestModel => {
  const model = createModel(spec, dimension, seed);
  return {
    spec,
    model,
    structures: seededStructures(spec, dimension, seed),
    parameters: largeParameters(model, seed),
  };
};

describe('total probability in float64', () => {
  it('is 1 to 1e-9 for every architecture, ensembles included', () => {
    fc.assert(
      fc.property(anyArchitecture({ maxDimension: 6 }), (architecture) => {
        expect(Math.abs(total(referenceOfAll(toTestModel(architecture))) - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('is 1 to 1e-9 over 12 variables', () => {
    const model = testModel({ hidden: [20, 15], order: 'random', masks: 2, orderAgnostic: true, direct: true }, 12);
    expect(Math.abs(total(referenceOfAll(model)) - 1)).toBeLessThan(1e-9);
  });

  it('is not 1 for an average of logits, so that the check can fail', () => {
    const model = testModel({ hidden: [12], masks: 4, orderAgnostic: true }, 5);
    const values = toFloat64(model.parameters);
    const rows = allRows(5);
    const averaged = Array.from({ length: 32 }, (_, i) => {
      const x = rows.subarray(i * 5, (i + 1) * 5);
      const logits = model.structures.map((s) => referenceLogits(s, model.spec.activation, values, x));
      return x.reduce((sum, value, d) => {
        const z = logits.reduce((mean, all) => mean + all[d]! / logits.length, 0);
        return sum - Math.log1p(Math.exp((1 - 2 * value) * z));
      }, 0);
    });
    expect(Math.abs(total(averaged) - 1)).toBeGreaterThan(0.01);
  });
});

onEveryBackend('MADE', (backend) => {
  /** log p of every row of {0, 1}^D by the engine. */
  async function engineOfAll({ model, parameters }: TestModel): Promise<Float64Array> {
    const tensors = upload(parameters);
    const rows = 2 ** model.dimension;
    const matrix = { rows, columns: model.dimension, values: allRows(model.dimension) };
    const { perRow } = await scoreRows(model, tensors, matrix, { backend: backend() });
    disposeTensors(tensors);
    return perRow;
  }

  it('gives the log-likelihoods of the reference, for every architecture', async () => {
    await fc.assert(
      fc.asyncProperty(anyArchitecture({ maxDimension: 5 }), async (architecture) => {
        const model = toTestModel(architecture);
        const expected = referenceOfAll(model);
        const found = await engineOfAll(model);
        const worst = found.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
        expect(worst).toBeLessThan(2e-5);
        expect(Math.abs(total(found) - 1)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    { hidden: [30], order: 'natural', direct: false, activation: 'relu', masks: 1 },
    { hidden: [30], order: 'reversed', direct: true, activation: 'tanh', masks: 1 },
    { hidden: [24, 17], order: 'random', direct: true, activation: 'sigmoid', masks: 3, orderAgnostic: true },
    { hidden: [5], order: 'random', direct: false, activation: 'softplus', masks: 2, degrees: 'even' },
    { hidden: [11, 11, 11], order: 'random', direct: false, activation: 'elu', masks: 1, degrees: 'even' },
  ] as const)('sums to 1 within 1e-5 over all 4,096 rows of 12 variables: %o', async (changes) => {
    const model = testModel({ ...changes, hidden: [...changes.hidden] }, 12);
    const logs = await engineOfAll(model);
    expect(Math.abs(total(logs) - 1)).toBeLessThan(1e-5);
  });

  it.each([1, 2, 3])('works with D = %i and with fewer hidden units than variables', async (dimension) => {
    const both = [{ hidden: [1] }, { hidden: [2, 1], masks: 2, orderAgnostic: true, direct: true }];
    for (const changes of both) {
      const model = testModel(changes, dimension);
      expect(Math.abs(total(await engineOfAll(model)) - 1)).toBeLessThan(1e-5);
    }
  });

  it('with D = 1 does not depend on x', async () => {
    const { model, parameters } = testModel({ hidden: [4], direct: true }, 1);
    const { tf } = backend();
    const tensors = upload(parameters);
    const masks = upload(model.masks(0));
    const logits = await read(() =>
      model.network!.conditionalParameters(tf.tensor2d([[0], [1]]), {
        parameters: tensors,
        masks,
        noise: {},
        context: null,
      }),
    );
    expect(logits[0]).toBe(logits[1]);
    disposeTensors(tensors, masks);
  });

  it('traces pre-activations and activations by name, first to last', async () => {
    const { model, parameters } = testModel({ hidden: [4, 3], direct: true }, 5);
    const { tf } = backend();
    const tensors = upload(parameters);
    const masks = upload(model.masks(0));
    const [traced, logits, entries, logProb] = await readAll(() => {
      const x = tf.tensor2d([[0, 1, 1, 0, 1]]);
      const inputs = { parameters: tensors, masks, noise: {}, context: null };
      const trace = model.activations(x, inputs);
      expect(trace.map((activation) => [activationName(activation), activation.value.shape])).toEqual([
        ['hidden.0.preactivation', [1, 4]],
        ['hidden.0.activation', [1, 4]],
        ['hidden.1.preactivation', [1, 3]],
        ['hidden.1.activation', [1, 3]],
        ['output.preactivation', [1, 5]],
        ['output.logProb', [1, 5]],
      ]);
      const last = [trace[4]!.value, model.network!.conditionalParameters(x, inputs)];
      return [...last, trace[5]!.value, model.logProb!(x, inputs)];
    });
    expect(traced).toEqual(logits);
    expect(entries!.reduce((a, b) => a + b, 0)).toBeCloseTo(logProb![0]!, 5);
    disposeTensors(tensors, masks);
  });

  it('has exactly zero derivatives where the order forbids a dependency, and the measured ones elsewhere', async () => {
    const { model, parameters, structures, spec } = testModel(
      { hidden: [12, 12], order: [2, 3, 1, 5, 4], activation: 'tanh', degrees: 'even', direct: true },
      5,
    );
    const { tf } = backend();
    const tensors = upload(parameters);
    const masks = upload(model.masks(0));
    const x = [0.3, 0.1, 0.7, 0.2, 0.9];
    const jacobian = await read(() => {
      const logits = (input: Tensor) =>
        model.network!.conditionalParameters(input as never, { parameters: tensors, masks, noise: {}, context: null });
      return tf.grad(logits)(tf.tile(tf.tensor2d([x]), [5, 1]), tf.eye(5));
    });
    const values = toFloat64(parameters);
    const step = 1e-5;
    const shifted = (j: number, by: number) =>
      referenceLogits(
        structures[0]!,
        spec.activation,
        values,
        x.map((v, i) => (i === j ? v + by : v)),
      );
    const { order } = structures[0]!;
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        const measured = (shifted(j, step)[i]! - shifted(j, -step)[i]!) / (2 * step);
        if (order[i]! <= order[j]!) expect(jacobian[i * 5 + j]).toBe(0);
        else expect(jacobian[i * 5 + j]).not.toBe(0);
        expect(jacobian[i * 5 + j]).toBeCloseTo(measured, 4);
      }
    }
    disposeTensors(tensors, masks);
  });
});

describe('parameters and buffers', () => {
  it('have the documented names and shapes', () => {
    const { model } = testModel({ hidden: [4, 3], direct: true, masks: 2, orderAgnostic: true }, 5);
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'hidden.0.weight 4×5',
      'hidden.0.bias 4',
      'hidden.1.weight 3×4',
      'hidden.1.bias 3',
      'output.weight 5×3',
      'output.bias 5',
      'direct.weight 5×5',
    ]);
    expect(model.network!.weightNames).toEqual([
      'hidden.0.weight',
      'hidden.1.weight',
      'output.weight',
      'direct.weight',
    ]);
    expect(Object.entries(model.buffers()).map(([name, { shape }]) => `${name} ${shape.join('×')}`)).toEqual([
      'order 2×5',
      'degrees.0 2×4',
      'degrees.1 2×3',
    ]);
    expect(Object.keys(model.masks(1))).toEqual(model.network!.weightNames);
    expect(() => model.masks(2)).toThrow('there is no mask 2; the model has 2');
  });

  it('start the same for the same seed, within Glorot’s bound, biases 0, and 0 where a single mask forbids', () => {
    const { model } = testModel({ hidden: [40], direct: true }, 30);
    const first = model.initialise(RandomGenerator.seeded(3, 'weights'));
    expect(model.initialise(RandomGenerator.seeded(3, 'weights'))).toEqual(first);
    expect(Object.keys(first)).toEqual(model.parameters.map(({ name }) => name));
    const masks = model.masks(0);
    for (const { name, shape } of model.parameters) {
      const { data } = first[name]!;
      expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
      if (shape.length === 1) {
        expect(data.every((value) => value === 0)).toBe(true);
        continue;
      }
      const bound = Math.sqrt(6 / (shape[0]! + shape[1]!));
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(bound);
      expect(data.every((value, i) => (value === 0) === (masks[name]!.data[i] === 0))).toBe(true);
    }
  });

  it('move to another model whole: the same structures again', () => {
    fc.assert(
      fc.property(anyArchitecture(), ({ spec, dimension, seed }) => {
        const model = createModel(spec, dimension, seed);
        const other = createModel(spec, dimension, seed + 1).withBuffers(model.buffers());
        expect(other.maskCount).toBe(model.maskCount);
        expect(other.buffers()).toEqual(model.buffers());
        for (let mask = 0; mask < model.maskCount; mask++) expect(other.masks(mask)).toEqual(model.masks(mask));
      }),
    );
  });

  it('are refused when they do not fit, with the buffer named', () => {
    const { model } = testModel({ hidden: [4], masks: 2 }, 3);
    const buffers = model.buffers();
    const withOrder = (data: number[], shape = [2, 3]) => ({
      ...buffers,
      order: { shape, data: Int32Array.from(data) },
    });
    expect(() => model.withBuffers({})).toThrow('order is missing; a MADE needs it as int32 [masks, 3]');
    expect(() => model.withBuffers(withOrder([1, 2, 3, 4], [2, 2]))).toThrow(
      'order has shape [2, 2], expected [masks, 3]',
    );
    expect(() => model.withBuffers(withOrder([1, 2, 3, 1, 1, 2]))).toThrow(/^order 2 of 2 has 1 twice/);
    expect(() => model.withBuffers({ order: buffers['order']! })).toThrow(
      'degrees.0 is missing; a MADE needs it as int32 [2, 4]',
    );
    const degrees = { shape: [2, 4], data: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 9) };
    expect(() => model.withBuffers({ ...buffers, 'degrees.0': degrees })).toThrow(
      'degrees.0, mask 1: unit 3 has degree 9, expected 0 … 3',
    );
    const floats = { shape: [2, 4], data: new Float32Array(8) };
    expect(() => model.withBuffers({ ...buffers, 'degrees.0': floats })).toThrow(
      'degrees.0 is float32, expected int32',
    );
  });

  it('follow an order or degrees that the spec gives, and refuse what does not fit the data', () => {
    const spec = madeSpec.parse({ type: 'made', hidden: [2], order: [2, 3, 1], degrees: [[1, 2]] });
    const model = createModel(spec, 3, 1);
    expect([...model.buffers()['order']!.data]).toEqual([2, 3, 1]);
    expect([...model.buffers()['degrees.0']!.data]).toEqual([1, 2]);
    expect(() => createModel(spec, 4, 1)).toThrow('order has 3 entries; the data has 4 columns');
  });
});
