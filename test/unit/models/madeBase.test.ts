import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Base, BaseDraw } from '../../../src/flows/base.ts';
import { madeBase, type MadeBaseSettings } from '../../../src/models/madeBase.ts';
import { createMade } from '../../../src/models/made.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type NamedArrays, sizeOf } from '../../../src/runs/arrays.ts';
import { made } from '../../../src/spec/models/made.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

/** Of three coordinates, in the order u₃, u₁, u₂. */
function settings(o: Partial<MadeBaseSettings> = {}): MadeBaseSettings {
  return {
    structure: {
      order: Int32Array.of(2, 3, 1),
      hidden: [Int32Array.of(1, 2, 1, 2, 0), Int32Array.of(2, 1, 2, 1)],
      direct: false,
    },
    activation: 'tanh',
    contextDimension: 0,
    components: 3,
    ...o,
  };
}

const two = { order: Int32Array.of(2, 1), hidden: [Int32Array.of(1, 1, 1, 1)], direct: false };

/** All of them drawn: at the start the conditionals hear nothing. */
function drawnParameters(base: Base, spread = 0.6): NamedArrays {
  const random = RandomGenerator.seeded(3, 'parameters');
  const start = base.initialise(RandomGenerator.seeded(3, 'start'));
  return Object.fromEntries(
    base.parameters.map(({ name, shape }) => [
      name,
      {
        shape,
        data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => start[name]!.data[i]! + spread * random.normal()),
      },
    ]),
  );
}

const tensors = (arrays: NamedArrays) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, tf.tensor(data as Float32Array, [...shape])]),
  );

interface Asked {
  readonly base: Base;
  readonly parameters: NamedArrays;
  readonly u: Float32Array;
  /** [rows, C] */
  readonly context?: Float32Array;
}

function logProbs({ base, parameters, u, context }: Asked): Promise<number[]> {
  const rows = u.length / base.dimension;
  return read(() =>
    base.logProb(tf.tensor2d(u, [rows, base.dimension]), {
      parameters: tensors(parameters),
      masks: tensors(base.masks),
      context: context ? tf.tensor2d(context, [rows, context.length / rows]) : null,
    }),
  );
}

function draw(base: Base, parameters: NamedArrays, o: Partial<BaseDraw> & { rows: number }) {
  const random = RandomGenerator.seeded(6, 'base');
  const drawing = base.draw({ random, temperature: 1, parameters, context: null, ...o });
  const shares = [];
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return { values: value, shares };
    shares.push(value);
  }
}

const normals = (count: number, seed: number) => {
  const random = RandomGenerator.seeded(seed, 'rows');
  return Float32Array.from({ length: count }, () => random.normal());
};

onEveryBackend('a MADE as base', () => {
  it('is the MADE of these sizes with mixtures of Gaussians', async () => {
    const base = madeBase(settings());
    const { order, hidden } = settings().structure;
    const spec = made.schema.parse({
      type: 'made',
      hidden: [5, 4],
      activation: 'tanh',
      order: [...order],
      degrees: hidden.map((degrees) => [...degrees]),
      conditional: { type: 'gaussian-mixture', components: 3 },
    });
    const model = createMade(spec, 3, 1);
    expect(base.parameters).toEqual(model.parameters);
    const parameters = drawnParameters(base);
    const u = normals(21, 2);
    const expected = await read(() => {
      const inputs = { parameters: tensors(parameters), masks: tensors(model.masks(0)), noise: {}, context: null };
      return model.logProb(tf.tensor2d(u, [7, 3]), inputs);
    });
    expect(await logProbs({ base, parameters, u })).toEqual(expected);
  });

  it.each([
    { name: 'of three coordinates', o: settings(), context: 0 },
    { name: 'with a context', o: settings({ contextDimension: 2 }), context: 2 },
    {
      name: 'of one coordinate',
      o: settings({ structure: { order: Int32Array.of(1), hidden: [Int32Array.of(0, 0)], direct: false } }),
      context: 0,
    },
  ])('has the gradient in u and in every parameter $name', async ({ o, context }) => {
    const base = madeBase(o);
    const { dimension } = base;
    const rows = 4;
    const arrays: NamedArrays = {
      ...drawnParameters(base),
      u: { shape: [rows, dimension], data: normals(rows * dimension, 5) },
      ...(context > 0 && { context: { shape: [rows, context], data: normals(rows * context, 6) } }),
    };
    /** Every row counts for something else, so that no error of one hides behind another's. */
    const score = (given: Readonly<Record<string, tf.Tensor>>): tf.Tensor1D =>
      base.logProb(given['u'] as Tensor2D, {
        parameters: given,
        masks: tensors(base.masks),
        context: (given['context'] as Tensor2D | undefined) ?? null,
      });
    const weights = [1, -2, 0.5, 3];
    const sum = (values: readonly number[]) => values.reduce((all, value, n) => all + value * weights[n]!, 0);
    for (const [name, { data, shape }] of Object.entries(arrays)) {
      const gradient = await read(() => {
        const given = tensors(arrays);
        return tf.grad((one: tf.Tensor) => score({ ...given, [name]: one }))(given[name]!, tf.tensor1d(weights));
      });
      // A coordinate alone is heard by no hidden unit; their biases are.
      const heard = !(dimension === 1 && name === 'hidden.0.weight');
      expect(gradient.some((slope) => slope !== 0)).toBe(heard);
      const largest = Math.max(...gradient.map(Math.abs));
      for (let i = 0; i < Math.min(5, data.length); i++) {
        const at = (i * 7) % data.length;
        const [above, below] = await Promise.all(
          [1, -1].map((sign) => {
            const moved = Float32Array.from(data);
            moved[at]! += sign * 1e-2;
            return read(() => score(tensors({ ...arrays, [name]: { shape, data: moved } })));
          }),
        );
        const slope = (sum(above!) - sum(below!)) / 2e-2;
        expect(Math.abs(gradient[at]! - slope)).toBeLessThan(0.02 * (largest + 1));
      }
    }
  });

  /** The density on a grid in the plane, in cells around these points, and what each cell counts for. */
  async function onGrid(base: Base, parameters: NamedArrays) {
    const [half, side] = [14, 281];
    const step = (2 * half) / (side - 1);
    const u = Float32Array.from({ length: 2 * side * side }, (_, i) => {
      const cell = Math.floor(i / 2);
      return -half + step * (i % 2 === 0 ? Math.floor(cell / side) : cell % side);
    });
    return { u, step, logs: await logProbs({ base, parameters, u }) };
  }

  it('integrates to 1, and gives a row the same density in any company', async () => {
    const base = madeBase(settings({ structure: two }));
    const parameters = drawnParameters(base, 0.3);
    const { u, step, logs } = await onGrid(base, parameters);
    const total = logs.reduce((sum, log) => sum + Math.exp(log), 0) * step ** 2;
    expect(Math.abs(total - 1)).toBeLessThan(1e-3);
    const alone = await logProbs({ base, parameters, u: u.slice(2 * 39_000, 2 * 39_001) });
    expect(Math.abs(alone[0]! - logs[39_000]!)).toBeLessThan(1e-5);
  });

  it('draws rows of that density', async () => {
    const base = madeBase(settings({ structure: two }));
    const parameters = drawnParameters(base, 0.3);
    const rows = 20_000;
    const { values } = draw(base, parameters, { rows });
    const { u, step, logs } = await onGrid(base, parameters);
    // Bounds between two cells, so that each cell is on one side.
    const bounds = [-0.95, -0.05, 0.75];
    let least = 1;
    for (const a of bounds) {
      for (const b of bounds) {
        const inside = (of: Float32Array, n: number) => of[2 * n]! < a && of[2 * n + 1]! < b;
        const share = logs.reduce((sum, log, n) => sum + (inside(u, n) ? Math.exp(log) * step ** 2 : 0), 0);
        let found = 0;
        for (let n = 0; n < rows; n++) if (inside(values, n)) found += 1 / rows;
        expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / rows) + 1e-3);
        least = Math.min(least, share);
      }
    }
    // All nine say something.
    expect(least).toBeGreaterThan(0.01);
  });
});

describe('a MADE as base', () => {
  it('says what it is', () => {
    expect(madeBase(settings()).name).toBe('MADE with mixtures of 3 Gaussians');
    expect(madeBase(settings({ components: 1 })).name).toBe('MADE with mixtures of 1 Gaussian');
    expect(madeBase(settings()).marginal).toBeNull();
  });

  it('draws nearer to the middle of its modes at a lower temperature, tells how far it is, and the same row again', () => {
    const base = madeBase(settings({ structure: two, components: 1 }));
    const parameters = drawnParameters(base, 0.1);
    const spread = (temperature: number) => {
      const { values } = draw(base, parameters, { rows: 2000, temperature });
      const mean = values.reduce((sum, u) => sum + u, 0) / values.length;
      return values.reduce((sum, u) => sum + (u - mean) ** 2, 0);
    };
    expect(spread(0.3)).toBeLessThan(0.5 * spread(1));
    const [many, few] = [draw(base, parameters, { rows: 600 }), draw(base, parameters, { rows: 20 })];
    expect(many.values.subarray(0, 40)).toEqual(few.values);
    expect(many.shares.length).toBeGreaterThan(1);
    expect(many.shares.at(-1)).toBe(1);
  });

  it('hears its context, and only where it was made for one', () => {
    const context = Float32Array.of(2, -2, 2, -2);
    const conditional = madeBase(settings({ contextDimension: 2 }));
    const parameters = drawnParameters(conditional);
    expect(draw(conditional, parameters, { rows: 2, context }).values).not.toEqual(
      draw(conditional, parameters, { rows: 2, context: context.map((c) => -c) }).values,
    );
    const alone = madeBase(settings());
    const own = drawnParameters(alone);
    expect(draw(alone, own, { rows: 2, context }).values).toEqual(draw(alone, own, { rows: 2 }).values);
  });

  it('refuses an order that is none', () => {
    const structure = { ...settings().structure, order: Int32Array.of(1, 1, 2) };
    expect(() => madeBase(settings({ structure }))).toThrow('order');
  });
});

describe('a MADE of discrete values', () => {
  it('has no gradient by them, and says so', () => {
    const spec = made.schema.parse({ type: 'made', hidden: [3] });
    const inputs = { parameters: {}, masks: {}, noise: {}, context: null };
    expect(() => createMade(spec, 2, 1).logProbByValue(tf.tensor2d([[0, 1]]), inputs)).toThrow(
      'values of the conditional "bernoulli" are discrete',
    );
  });
});
