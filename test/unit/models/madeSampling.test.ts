import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { conditionalOf } from '../../../src/distributions/index.ts';
import type { SampleRequest, Samples } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import { anyArchitecture, anyWholeArchitecture } from '../masks/arbitrary.ts';
import { seededStructures } from '../../../src/masks/degrees.ts';
import { createModel } from '../../../src/models/index.ts';
import { allRows, referenceLogProb, referenceLogits, toFloat64 } from './reference.ts';
import { largeParameters, testModel, type TestModel } from './support.ts';
import { plainDrawing } from './plainDrawing.ts';

function draw(
  { model, parameters }: Pick<TestModel, 'model' | 'parameters'>,
  changes: Partial<SampleRequest> & { seed?: number } = {},
): Samples & { progress: number[] } {
  const { seed = 1, ...rest } = changes;
  const random = RandomGenerator.seeded(seed, 'samples');
  const generator = plainDrawing(
    model.sample(parameters, { rows: 10, temperature: 1, mask: 0, random, context: null, given: null, ...rest }),
  );
  const progress: number[] = [];
  for (;;) {
    const { done, value } = generator.next();
    if (done) return { ...value, progress };
    progress.push(value.finished);
  }
}

describe('ancestral sampling', () => {
  it('draws each value from its own conditional: the means are those of the density pass, for every architecture', () => {
    fc.assert(
      fc.property(anyArchitecture({ maxDimension: 9 }), fc.nat(2), (architecture, which) => {
        const { spec, dimension, seed } = architecture;
        const model = createModel(spec, dimension, seed);
        const structures = seededStructures(spec, dimension, seed);
        const parameters = largeParameters(model, seed);
        const mask = which % model.maskCount;
        const { values, means, rows } = draw({ model, parameters }, { rows: 7, mask, seed });
        const float64 = toFloat64(parameters);
        for (let r = 0; r < rows; r++) {
          const x = values.subarray(r * dimension, (r + 1) * dimension);
          expect(x.every((value) => value === 0 || value === 1)).toBe(true);
          const logits = referenceLogits(structures[mask]!, spec.activation, float64, x);
          for (const [d, z] of logits.entries()) {
            expect(Math.abs(means![r * dimension + d]! - 1 / (1 + Math.exp(-z)))).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it('does so under every option: the means are those of the parameters that the density pass gives', async () => {
    await startBackend('cpu');
    fc.assert(
      fc.property(anyWholeArchitecture({ maxDimension: 6 }), fc.nat(2), (architecture, which) => {
        const { spec, dimension, seed, contextDimension } = architecture;
        const model = createModel(spec, dimension, seed, contextDimension);
        const conditional = conditionalOf(spec.conditional);
        // Real values must not run off to infinity: scales are exponentials of what they say.
        const strength = conditional.support === 'real' ? 0.2 : 1;
        const parameters = Object.fromEntries(
          Object.entries(largeParameters(model, seed)).map(([name, { shape, data }]) => [
            name,
            { shape, data: Float32Array.from(data, (value) => strength * value) },
          ]),
        );
        const mask = which % model.maskCount;
        const [rows, k] = [5, conditional.parameterNames.length];
        const random = RandomGenerator.seeded(seed, 'context');
        const context =
          contextDimension > 0 ? Float32Array.from({ length: rows * contextDimension }, () => random.normal()) : null;
        const { values, means } = draw({ model, parameters }, { rows, mask, seed, context });
        const ofDensity = tf.tidy(() =>
          model.network!.conditionalParameters(tf.tensor2d(values, [rows, dimension]), {
            parameters: upload(parameters),
            masks: upload(model.masks(mask)),
            noise: {},
            context: context && tf.tensor2d(context, [rows, contextDimension]),
          }),
        );
        const fromDensity = Float64Array.from(ofDensity.dataSync());
        for (let i = 0; i < rows * dimension; i++) {
          const expected = conditional.mean(fromDensity, i * k, 1);
          // A row that ran off to infinity all the same does so here and there alike.
          if (!Number.isFinite(expected) && !Number.isFinite(means![i])) continue;
          expect(Math.abs(means![i]! - expected) / (1 + Math.abs(expected))).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { hidden: [9], order: [3, 1, 4, 2], direct: true },
    { hidden: [7, 5], order: 'random', activation: 'tanh' },
  ] as const)('draws rows as often as their probability says, by chi-square: %o', (changes) => {
    const test = testModel({ ...changes, hidden: [...changes.hidden], order: changes.order as never }, 4, 5);
    const count = 20_000;
    const { values } = draw(test, { rows: count });
    const frequencies = new Float64Array(16);
    for (let r = 0; r < count; r++) {
      let code = 0;
      for (let d = 0; d < 4; d++) code |= values[r * 4 + d]! << d;
      frequencies[code]! += 1;
    }
    const all = allRows(4);
    const float64 = toFloat64(test.parameters);
    const expected = Array.from(
      { length: 16 },
      (_, code) =>
        count *
        Math.exp(
          referenceLogProb(test.structures[0]!, test.spec.activation, float64, all.subarray(code * 4, code * 4 + 4)),
        ),
    );
    const chiSquare = expected.reduce((sum, e, i) => sum + (frequencies[i]! - e) ** 2 / e, 0);
    // 15 degrees of freedom: 99.9 % lie below 37.7.
    expect(chiSquare).toBeLessThan(37.7);
    // And it is a test that can fail: the rows of another order are told apart at once.
    const shuffled = [...expected.slice(1), expected[0]!];
    expect(shuffled.reduce((sum, e, i) => sum + (frequencies[i]! - e) ** 2 / e, 0)).toBeGreaterThan(100);
  });

  it('gives the same rows for the same seed, and the first ones of a longer draw', () => {
    const test = testModel({ hidden: [8], order: 'random' }, 6);
    const ten = draw(test, { rows: 10 });
    expect(draw(test, { rows: 10 }).values).toEqual(ten.values);
    expect(draw(test, { rows: 10, seed: 2 }).values).not.toEqual(ten.values);
    expect(draw(test, { rows: 70 }).values.subarray(0, 60)).toEqual(ten.values);
    expect(draw(test, { rows: 3 }).values).toEqual(ten.values.subarray(0, 18));
  });

  it('divides logits by the temperature: near 0 it follows the larger conditional, far above 1 it tosses coins', () => {
    const test = testModel({ hidden: [8] }, 5);
    const cold = draw(test, { rows: 50, temperature: 1e-3 });
    expect(new Set(Array.from({ length: 50 }, (_, r) => cold.values.subarray(r * 5, r * 5 + 5).join())).size).toBe(1);
    const hot = draw(test, { rows: 50, temperature: 1e6 });
    expect(Math.max(...hot.means!.map((mean) => Math.abs(mean - 0.5)))).toBeLessThan(1e-4);
    expect(() => draw(test, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
    expect(() => draw(test, { temperature: NaN })).toThrow(RangeError);
  });

  it('draws from the mask that is asked for', () => {
    const test = testModel({ hidden: [8], masks: 2, orderAgnostic: true, order: 'natural' }, 6);
    const second = test.structures[1]!.order;
    const first = [...second].indexOf(1);
    const { means } = draw(test, { mask: 1 });
    // The first variable of an order has the same mean in every row.
    expect(new Set(Array.from({ length: 10 }, (_, r) => means![r * 6 + first])).size).toBe(1);
    expect(() => draw(test, { mask: 2 })).toThrow('there is no mask 2; the model has 2');
  });

  it('tells how many rows are finished, never less than before, all at the end', () => {
    const { progress } = draw(testModel({ hidden: [300, 300] }, 200), { rows: 100 });
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(100);
  });

  it('draws no rows when none are asked for', () => {
    expect(draw(testModel({ hidden: [3] }, 2), { rows: 0 }).values).toHaveLength(0);
  });
});
