import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cotangentRows, linearised } from '../../../src/layers/differentiable.ts';
import { createModel } from '../../../src/models/index.ts';
import type { DensityInputs } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { made } from '../inspection/specimens.ts';
import { largeParameters } from '../models/support.ts';
import { anyWholeArchitecture } from '../masks/arbitrary.ts';

onEveryBackend('a linearised network', () => {
  it('gives what tf.grad gives for equal rows, whatever a MADE has', async () => {
    await fc.assert(
      fc.asyncProperty(anyWholeArchitecture({ maxDimension: 7 }), fc.nat(2), async (architecture, which) => {
        const { spec, dimension: D, seed, contextDimension: C } = architecture;
        const model = createModel(spec, D, seed, C);
        const random = RandomGenerator.seeded(seed, 'linearised');
        const k = model.network!.parametersPerVariable;
        const direction = Float32Array.from({ length: k }, () => random.normal());
        const groups = [...Array(D).keys(), 0];
        const row = Float32Array.from({ length: D }, () => Math.round(random.uniform()));
        const parameters = upload(largeParameters(model, seed));
        const masks = upload(model.masks(which % model.maskCount));
        const contextRow = Float32Array.from({ length: C }, () => random.normal());
        const given = (rows: number): { x: Tensor2D; inputs: DensityInputs } => {
          const tiled = (values: Float32Array) =>
            tf.tensor2d(
              Float32Array.from({ length: rows * values.length }, (_, i) => values[i % values.length]!),
              [rows, values.length],
            );
          return { x: tiled(row), inputs: { parameters, masks, noise: {}, context: C > 0 ? tiled(contextRow) : null } };
        };
        const [found, expected] = await readAll(() => {
          const [one, many] = [given(1), given(groups.length)];
          const derivative = linearised(
            (x) => model.network!.conditionalParameters(x, one.inputs),
            one.x,
            one.inputs.context ? [one.inputs.context] : [],
          );
          const tiled = tf.grad((x) => model.network!.conditionalParameters(x as Tensor2D, many.inputs));
          const cotangents = { groups: tf.tensor1d(groups, 'int32'), direction: tf.tensor1d(direction) };
          return [derivative!(cotangents), tiled(many.x, cotangentRows(cotangents, D * k))];
        });
        disposeTensors(parameters, masks);
        // Weights are of order 1, and so are the terms of a sum: where they cancel, what is left is as exact as they are.
        const largest = Math.max(0.1, ...expected!.map(Math.abs));
        for (const [i, value] of expected!.entries()) {
          expect(Math.abs(found![i]! - value)).toBeLessThanOrEqual(1e-5 * largest);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is none where something between x and y is no block of its own', () => {
    tf.tidy(() => {
      const model = made(4, { hidden: [5] });
      const inputs = {
        parameters: upload(model.initialise(RandomGenerator.seeded(1, 'weights'))),
        masks: upload(model.masks(0)),
        noise: {},
        context: null,
      };
      const f = (x: Tensor2D) => model.network!.conditionalParameters(x, inputs);
      const x = tf.tensor2d([1, 0, 1, 1], [1, 4]);
      expect(linearised(f, x, [])).not.toBeNull();
      expect(linearised((own) => f(tf.mul(own, 2)), x, [])).toBeNull();
      expect(linearised((own) => tf.add(f(own), own), x, [])).toBeNull();
    });
  });
});
