/** A MADE with all its options beside its float64 reference. */
import { conditionalOf } from '../../../src/distributions/index.ts';
import { seededStructures, type MadeStructure } from '../../../src/masks/degrees.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model, NamedArrays } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { MadeSpec } from '../../../src/spec/models/made.ts';
import type { WholeArchitecture } from '../masks/arbitrary.ts';
import { referenceLogits, toFloat64, type Values } from './reference.ts';
import { largeParameters } from './support.ts';

export interface WholeModel {
  readonly spec: MadeSpec;
  readonly model: Model;
  readonly structures: readonly MadeStructure[];
  readonly parameters: NamedArrays;
  readonly values: Values;
  /** [C] what every row is conditioned on. */
  readonly context: Float32Array;
  /** L, or null for real values. */
  readonly levels: number | null;
}

export function wholeModel({ spec, dimension, seed, contextDimension }: WholeArchitecture): WholeModel {
  const model = createModel(spec, dimension, seed, contextDimension);
  const parameters = largeParameters(model, seed);
  const random = RandomGenerator.seeded(seed, 'context');
  const { support } = model;
  return {
    spec,
    model,
    structures: seededStructures(spec, dimension, seed, contextDimension),
    parameters,
    values: toFloat64(parameters),
    context: Float32Array.from({ length: contextDimension }, () => random.normal()),
    levels: support === 'binary' ? 2 : support === 'real' ? null : support.levels,
  };
}

/** k parameters of every variable for one row. */
export function referenceParameters(
  { spec, model, context, levels }: WholeModel,
  structure: MadeStructure,
  values: Values,
  x: ArrayLike<number>,
): Float64Array {
  const found = referenceLogits(structure, spec.activation, values, x, {
    context,
    perVariable: model.network!.parametersPerVariable,
    levels: spec.conditional.type === 'bernoulli' ? null : levels,
  });
  return Float64Array.from(found);
}

/** log p(x) of one row under one structure, the conditionals in float64. */
export function referenceLog(
  whole: WholeModel,
  structure: MadeStructure,
  x: ArrayLike<number>,
  values: Values = whole.values,
): number {
  const conditional = conditionalOf(whole.spec.conditional);
  const parameters = referenceParameters(whole, structure, values, x);
  const k = conditional.parameterNames.length;
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += conditional.logProb(x[d]!, parameters, d * k);
  return sum;
}

/** The log of the mean of p over these structures. */
export function referenceMean(whole: WholeModel, structures: readonly MadeStructure[], x: ArrayLike<number>): number {
  const logs = structures.map((structure) => referenceLog(whole, structure, x));
  const max = Math.max(...logs);
  return max + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - max), 0) / logs.length);
}

/** Every row of {0 … L − 1}^D, [L^D, D]; of real values some rows at random. */
export function rowsFor({ model, levels }: WholeModel): Float32Array {
  const { dimension } = model;
  const random = RandomGenerator.seeded(8, 'rows');
  if (levels === null) return Float32Array.from({ length: 24 * dimension }, () => 1.5 * random.normal());
  const rows = levels ** dimension;
  return Float32Array.from({ length: rows * dimension }, (_, i) => {
    const [row, d] = [Math.floor(i / dimension), i % dimension];
    return Math.floor(row / levels ** d) % levels;
  });
}
