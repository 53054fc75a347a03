import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { seededStructures, type MadeStructure } from '../../../src/masks/degrees.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';

export interface TestModel {
  readonly spec: MadeSpec;
  readonly model: Model;
  readonly structures: readonly MadeStructure[];
  /** Initial weights, biases included, made large: conditionals far from ½. */
  readonly parameters: NamedArrays;
}

export function testModel(changes: Partial<MadeSpec> & { hidden: number[] }, dimension: number, seed = 1): TestModel {
  const spec = madeSpec.parse({ type: 'made', ...changes });
  const model = createModel(spec, dimension, seed);
  return {
    spec,
    model,
    structures: seededStructures(spec, dimension, seed),
    parameters: largeParameters(model, seed),
  };
}

/** Normal deviates of scale about 1 everywhere, masked-out weights included. */
export function largeParameters(model: Model, seed: number): NamedArrays {
  const random = RandomGenerator.seeded(seed, 'test parameters');
  return Object.fromEntries(
    model.parameters.map(({ name, shape }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const scale = shape.length === 2 ? 2 / Math.sqrt(shape[1]!) : 0.5;
      return [name, { shape, data: Float32Array.from({ length }, () => scale * random.normal()) }];
    }),
  );
}
