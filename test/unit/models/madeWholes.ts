/** Whole MADEs with every option, for the tests of them. */
import * as tf from '@tensorflow/tfjs-core';
import type { DensityInputs } from '../../../src/models/model.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import { smallConditionals } from '../masks/arbitrary.ts';
import { toFloat64 } from './reference.ts';
import { referenceMean, rowsFor, wholeModel, type WholeModel } from './referenceMade.ts';

export const discrete = smallConditionals.filter((one) => one.type === 'bernoulli' || 'levels' in one);

export const whole = (
  changes: Partial<Omit<MadeSpec, 'type'>> & { hidden: number[] },
  dimension: number,
  contextDimension = 0,
  seed = 1,
): WholeModel => wholeModel({ spec: madeSpec.parse({ type: 'made', ...changes }), dimension, seed, contextDimension });

/** The same with all parameters so much smaller: conditionals of ordinary scale. */
export function calmed(one: WholeModel, factor: number): WholeModel {
  const parameters = Object.fromEntries(
    Object.entries(one.parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, (value) => factor * value) },
    ]),
  );
  return { ...one, parameters, values: toFloat64(parameters) };
}

export const rowOf = (rows: Float32Array, i: number, dimension: number) =>
  rows.subarray(i * dimension, (i + 1) * dimension);
export const total = (logs: ArrayLike<number>) => Array.from(logs).reduce((sum, log) => sum + Math.exp(log), 0);

export function referenceOfAll(one: WholeModel): number[] {
  const { dimension } = one.model;
  const rows = rowsFor(one);
  return Array.from({ length: rows.length / dimension }, (_, i) =>
    referenceMean(one, one.structures, rowOf(rows, i, dimension)),
  );
}

/** Parameters, one structure's masks and the context of so many rows, on the device. */
export function inputsOf({ model, parameters, context }: WholeModel, mask: number, rows: number): DensityInputs {
  const given = context.length === 0 ? null : tf.tile(tf.tensor2d(context, [1, context.length]), [rows, 1]);
  return { parameters: upload(parameters), masks: upload(model.masks(mask)), noise: {}, context: given };
}
