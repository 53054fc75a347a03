import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model, NamedArrays, SampleRequest } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { eonade, eonadeSpec, type EonadeSpec } from '../../../src/spec/models/eonade.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/training/tensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { bernoulliLog, logitGiven, nadeLogProb, nadeReference, type NadeNumbers } from '../layers/nadeReference.ts';
import { newRun, newTrainer, temporaryFolder } from '../training/support.ts';
import { allRows, toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

interface Specimen {
  readonly spec: EonadeSpec;
  readonly model: Model;
  readonly parameters: NamedArrays;
}

type Entry = Partial<EonadeSpec> & { hidden: number[] };

function specimen(entry: Entry, dimension: number, seed = 1): Specimen {
  const spec = eonadeSpec.parse({ type: 'eonade', ...entry });
  const model = createModel(spec, dimension, seed);
  return { spec, model, parameters: largeParameters(model, seed) };
}

function numbers({ hidden, activation }: EonadeSpec, values: Values, order: ArrayLike<number>): NadeNumbers {
  return {
    order,
    hidden,
    activation,
    weight: values['hidden.0.weight']!,
    bias: values['hidden.0.bias']!,
    maskWeight: values['mask.weight']!,
    further: hidden
      .slice(1)
      .map((_, l) => ({ weight: values[`hidden.${l + 1}.weight`]!, bias: values[`hidden.${l + 1}.bias`]! })),
    outputWeight: values['output.weight']!,
    outputBias: values['output.bias']!,
  };
}

/** log p of every row of {0, 1}^D under each order by the reference: [orders][rows]. */
function referenceOfAll({ spec, model, parameters }: Specimen, orders = model.maskCount): number[][] {
  const values = toFloat64(parameters);
  const rows = rowsOf(model.dimension);
  return Array.from({ length: orders }, (_, mask) => {
    const o = numbers(spec, values, model.network!.order(mask));
    return rows.map((x) => nadeLogProb(o, x));
  });
}

function rowsOf(dimension: number): Uint8Array[] {
  const all = allRows(dimension);
  return Array.from({ length: 2 ** dimension }, (_, i) => all.subarray(i * dimension, (i + 1) * dimension));
}

/** log of the mean of p over the orders. */
function ensemble(logs: readonly number[][]): number[] {
  return logs[0]!.map((_, i) => Math.log(logs.reduce((sum, of) => sum + Math.exp(of[i]!), 0) / logs.length));
}

const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

/** Every set of known variables, [D] of 0 and 1, that leaves one to be told, with the chance that training draws it. */
function everyKnown(dimension: number): { known: Float32Array; chance: number }[] {
  return rowsOf(dimension)
    .filter((known) => known.includes(0))
    .map((known) => {
      const count = known.reduce((a, b) => a + b, 0);
      let sets = 1;
      for (let i = 0; i < count; i++) sets = (sets * (dimension - i)) / (i + 1);
      return { known: Float32Array.from(known), chance: 1 / dimension / sets };
    });
}

function permutations(dimension: number): number[][] {
  if (dimension === 1) return [[1]];
  return permutations(dimension - 1).flatMap((shorter) =>
    Array.from({ length: dimension }, (_, at) => [...shorter.slice(0, at), dimension, ...shorter.slice(at)]),
  );
}

const entries: readonly (readonly [Entry, number])[] = [
  [{ hidden: [3], orders: 1 }, 1],
  [{ hidden: [4, 2], orders: 2 }, 1],
  [{ hidden: [1], orders: 2, order: 'reversed' }, 2],
  [{ hidden: [5, 3], orders: 3, activation: 'tanh' }, 3],
  [{ hidden: [9], orders: 4, activation: 'sigmoid', order: 'random' }, 5],
  [{ hidden: [6, 4, 5], orders: 2, activation: 'softplus' }, 5],
  [{ hidden: [16], orders: 3 }, 12],
  [{ hidden: [8, 5], orders: 2, activation: 'elu' }, 12],
];

describe('EoNADE: total probability in float64', () => {
  it.each(entries)('is 1 to 1e-9 under every order and for the ensemble: %o with D = %i', (entry, dimension) => {
    const logs = referenceOfAll(specimen(entry, dimension));
    for (const of of [...logs, ensemble(logs)]) expect(Math.abs(total(of) - 1)).toBeLessThan(1e-9);
  });
});

describe('EoNADE: the draw of what is known', () => {
  it('has the chances of a random order and a random position, whatever the size of the batch', () => {
    const { model } = specimen({ hidden: [2] }, 3);
    const random = RandomGenerator.seeded(4, 'noise');
    for (const rows of [1, 4, 7]) {
      const counts = new Map<string, number>();
      const draws = 21_000 / rows;
      for (let i = 0; i < draws; i++) {
        const { shape, data } = model.noise(rows, random)['known']!;
        expect(shape).toEqual([rows, 3]);
        // A row of the batch always at the same place: each by itself must be fair.
        const key = [...data.subarray(0, 3)].join('');
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const all = everyKnown(3);
      expect([...counts.keys()].sort()).toEqual(all.map(({ known }) => [...known].join('')).sort());
      const chiSquare = all.reduce((sum, { known, chance }) => {
        const expected = draws * chance;
        return sum + (counts.get([...known].join(''))! - expected) ** 2 / expected;
      }, 0);
      // 6 degrees of freedom: 99.9 % lie below 22.5.
      expect(chiSquare).toBeLessThan(22.5);
    }
  });

  it('spreads the positions of one batch evenly', () => {
    const { model } = specimen({ hidden: [2] }, 10);
    const { data } = model.noise(20, RandomGenerator.seeded(4, 'noise'))['known']!;
    const counts = new Array<number>(10).fill(0);
    for (let n = 0; n < 20; n++) counts[Array.from(data.subarray(n * 10, n * 10 + 10)).reduce((a, b) => a + b)]!++;
    expect(counts).toEqual(new Array<number>(10).fill(2));
  });
});

describe('EoNADE: orders', () => {
  it('are the given one and random others, and beyond the ensemble there is one for every number', () => {
    const { model } = specimen({ hidden: [2], order: 'reversed', orders: 3 }, 6);
    const orders = [0, 1, 2, 3, 900].map((mask) => [...model.network!.order(mask)].join());
    expect(orders[0]).toBe('6,5,4,3,2,1');
    expect(new Set(orders).size).toBe(5);
    const more = specimen({ hidden: [2], order: 'reversed', orders: 5 }, 6).model;
    expect([0, 1, 2, 3].map((mask) => [...more.network!.order(mask)].join())).toEqual(orders.slice(0, 4));
    expect([...model.masks(900)['order']!.data].join()).toBe(orders[4]);
    expect(specimen({ hidden: [2], orders: 3 }, 6, 2).model.network!.order(1)).not.toEqual(model.network!.order(1));
  });

  it('move through safetensors, and are refused when they do not fit', () => {
    const { model, spec, parameters } = specimen({ hidden: [2, 3], orders: 3 }, 4);
    const { arrays } = decodeSafetensors(encodeSafetensors({ ...parameters, ...model.buffers() }), 'a.safetensors');
    const moved = createModel(spec, 4, 99).withBuffers(arrays);
    expect(moved.buffers()).toEqual(model.buffers());
    for (const { name } of model.parameters) expect(arrays[name]).toEqual(parameters[name]);
    const withOrder = (data: number[], shape: number[]) =>
      model.withBuffers({ order: { shape, data: Int32Array.from(data) } });
    expect(() => model.withBuffers({})).toThrow('order is missing; an EoNADE needs it as int32 [orders, 4]');
    expect(() => withOrder([1, 2, 3], [1, 3])).toThrow('order has shape [1, 3], expected [orders, 4]');
    expect(() => withOrder([1, 2, 3, 4, 1, 1, 2, 3], [2, 4])).toThrow(/^order 2 of 2 has 1 twice/);
    const floats = { order: { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) } };
    expect(() => model.withBuffers(floats)).toThrow('order is float32, expected int32');
    expect(withOrder([4, 3, 2, 1], [1, 4]).maskCount).toBe(1);
  });

  it('cannot be validated under more orders than there are', () => {
    const situation = { dimension: 4, written: new Set<string>() };
    const wrong = eonade.check(eonadeSpec.parse({ type: 'eonade', hidden: [2], validationOrders: 5 }), situation);
    expect(wrong.map(({ message }) => message)).toEqual(['validationOrders is 5; the ensemble has 4 (orders)']);
    expect(eonade.check(eonadeSpec.parse({ type: 'eonade', hidden: [2] }), situation)).toEqual([]);
  });

  it('are drawn as hidden vectors of every layer, joined one by one', () => {
    const { model } = specimen({ hidden: [2, 7] }, 3);
    const { masks, vectors } = model.network!.connections(0);
    expect(masks.map(({ cells }) => [...cells].join(''))).toEqual(['000100110', '100010001', '100010001']);
    expect(vectors).toEqual([
      'hidden vectors h_d of layer 1, 2 units each',
      'hidden vectors h_d of layer 2, 7 units each',
    ]);
    expect(model.network!.weightNames).toEqual(['hidden.0.weight', 'hidden.1.weight', 'output.weight']);
  });
});

function drawn({ model, parameters }: Pick<Specimen, 'model' | 'parameters'>, changes: Partial<SampleRequest>) {
  const random = RandomGenerator.seeded(1, 'samples');
  const request = { rows: 10, temperature: 1, mask: 0, random, context: null, given: null, ...changes };
  const drawing = model.sample(parameters, request);
  for (;;) {
    const step = drawing.next();
    if (step.done) return step.value;
  }
}

describe('EoNADE: ancestral sampling', () => {
  const quantile = 37.7; // 15 degrees of freedom: 99.9 % lie below.
  const chiSquare = (values: Float32Array, expected: readonly number[], bits: readonly number[], columns: number) => {
    const counts = new Float64Array(expected.length);
    for (let r = 0; r * columns < values.length; r++) {
      counts[bits.reduce((code, d, i) => code | (values[r * columns + d]! << i), 0)]! += 1;
    }
    return expected.reduce((sum, e, i) => sum + (counts[i]! - e) ** 2 / e, 0);
  };

  it.each([{ hidden: [7] }, { hidden: [5, 4], activation: 'tanh' }] as const)(
    'draws rows of any order as often as their probability says, by chi-square: %o',
    (entry) => {
      const own = specimen({ ...entry, hidden: [...entry.hidden], orders: 2 }, 4, 5);
      const all = referenceOfAll(own, 4);
      for (const mask of [0, 1, 3]) {
        const { values } = drawn(own, { rows: 10_000, mask });
        const expected = all[mask]!.map((log) => 10_000 * Math.exp(log));
        expect(chiSquare(values, expected, [0, 1, 2, 3], 4)).toBeLessThan(quantile);
        expect(chiSquare(values, [...expected.slice(1), expected[0]!], [0, 1, 2, 3], 4)).toBeGreaterThan(100);
      }
    },
  );

  it.each([
    { hidden: [6], known: [0, 1, 0, 0, 1] },
    { hidden: [4, 3], known: [0, 0, 1, 0, 0] },
    { hidden: [6], known: [1, 0, 1, 1, 1] },
  ])('completes whatever is known with the exact conditionals, under a new order: %o', ({ hidden, known }) => {
    const own = specimen({ hidden, order: 'random' }, 5, 3);
    const of = own.model.completing(Uint8Array.from(known));
    if ('reason' in of) throw new Error(of.reason);
    const order = of.model.network!.order(of.mask);
    const o = numbers(own.spec, toFloat64(own.parameters), order);
    const free = known.flatMap((one, d) => (one === 1 ? [] : [d]));
    const given = [1, 0, 1, 0, 1];
    // p(rest | given) is the product of the conditionals of the rest alone.
    const chances = Array.from({ length: 2 ** free.length }, (_, code) => {
      const x = given.map((value, d) => (known[d] === 1 ? value : (code >> free.indexOf(d)) & 1));
      const z = nadeReference(o, x);
      return Math.exp(free.reduce((sum, d) => sum + bernoulliLog(x[d]!, z[d]!), 0));
    });
    expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    const rows = 10_000;
    const values = new Float32Array(rows * 5).map((_, i) => (known[i % 5] === 1 ? given[i % 5]! : NaN));
    const found = drawn(
      { ...own, model: of.model },
      { rows, mask: of.mask, given: { known: Uint8Array.from(known), values } },
    );
    for (let i = 0; i < rows * 5; i++) if (known[i % 5] === 1) expect(found.values[i]).toBe(given[i % 5]);
    expect(
      chiSquare(
        found.values,
        chances.map((chance) => rows * chance),
        free,
        5,
      ),
    ).toBeLessThan(quantile);
    // The first free variable has the same mean in every row: σ of its logit given exactly what is known.
    const first = free.reduce((a, b) => (order[a]! < order[b]! ? a : b));
    const z = logitGiven(o, given, first, (j) => known[j] === 1);
    expect(found.means![first]).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
  });

  it('refuses what does not come first under an order of its own, naming it', () => {
    const own = specimen({ hidden: [6] }, 3);
    const given = { known: Uint8Array.of(0, 1, 0), values: new Float32Array(30) };
    expect(() => drawn(own, { given })).toThrow(/x₂ is given but comes at position 2/);
    expect(() => drawn(own, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
    const hot = drawn(own, { temperature: 1e6 });
    expect(Math.max(...hot.means!.map((mean) => Math.abs(mean - 0.5)))).toBeLessThan(1e-4);
    expect(drawn(own, { rows: 70 }).values.subarray(0, 30)).toEqual(drawn(own, {}).values);
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

// Hundreds of steps: minutes on a backend that imitates a GPU.
onEveryBackend(
  'EoNADE in training',
  (backend) => {
    it('learns bars and stripes, tells the estimate from the score, and goes on bit for bit with its noise', async () => {
      const experiment = experimentSpec.parse({
        model: { type: 'eonade', hidden: [20], orders: 2 },
        data: { generate: 'bars-and-stripes', rows: 400 },
        training: { epochs: 12, batchSize: 50, optimizer: { type: 'adam', learningRate: 0.03 } },
      });
      const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
      const whole = await newTrainer(backend(), { experiment, dataset });
      await whole.run();
      const { test, best, validation, model } = whole.manifest;
      const independent = 16 * Math.LN2;
      expect(test!.nats).toBeLessThan(independent - 2);
      expect(test!.quantity).toBe('log-likelihood');
      expect(model!.quantity.estimate).toBe('estimate over orders');
      // A mean of logarithms over orders, not the logarithm of a mean: never better but for its noise.
      expect(best!.nats).not.toBe(validation!.nats);
      expect(best!.nats).toBeGreaterThan(validation!.nats - 1);

      const folder = await newRun(temporaryFolder());
      const first = await newTrainer(backend(), {
        experiment,
        dataset,
        folder,
        betweenBatches: (trainer) => {
          if (trainer.stepsDone >= 17) void trainer.stop();
        },
      });
      expect((await first.run()).state).toBe('stopped');
      first.dispose();
      const second = await newTrainer(backend(), {
        experiment,
        dataset,
        folder: await RunFolder.open(folder.path),
        resume: true,
      });
      await second.run();
      expect(second.manifest.test).toEqual(test);
      const last = whole.manifest.checkpoints.last!;
      expect((await second.folder.readCheckpoint(last)).model).toEqual((await whole.folder.readCheckpoint(last)).model);
    });

    it('is validated exactly when it is asked to be', async () => {
      const experiment = experimentSpec.parse({
        model: { type: 'eonade', hidden: [10], orders: 2, validationOrders: 2 },
        data: { generate: 'bars-and-stripes', rows: 200 },
        training: { epochs: 1, batchSize: 50 },
      });
      const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
      const trainer = await newTrainer(backend(), { experiment, dataset });
      await trainer.run();
      expect(trainer.manifest.best!.nats).toBe(trainer.manifest.validation!.nats);
    });
  },
  { software: false },
);
