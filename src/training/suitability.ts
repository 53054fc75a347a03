/** What is refused before training: data that the model cannot score, models that cannot fit. */
import type { Backend } from '../backends/backend.ts';
import { doesNotFit } from '../backends/choose.ts';
import { DataError, type Dataset, type Matrix } from '../data/dataset.ts';
import type { Model } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { sizeOf } from '../runs/arrays.ts';
import type { DataSpec } from '../spec/data.ts';
import { supportText } from '../spec/support.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { maskBytes } from './maskCache.ts';
import { makeOptimizer } from './optimizers/index.ts';

/**
 * @param advise Whether to say what to change in `data`: not for rows that no experiment names.
 * @throws DataError naming the rows, the value found and what would be right.
 */
export function checkData(model: Model, dataset: Dataset, spec: DataSpec, { advise = true } = {}): void {
  for (const split of ['train', 'validation', 'test'] as const) {
    const matrix = dataset[split];
    if (matrix === null) continue;
    const name = nameOf(spec, split);
    if (matrix.rows === 0) throw new DataError(`${name} has no rows`);
    if (matrix.columns !== model.dimension) {
      throw new DataError(`${name} has ${matrix.columns} columns; the model has ${model.dimension} variables`);
    }
    if (model.support === 'binary') checkBinary(matrix, name, advise);
  }
}

function checkBinary({ values, columns }: Matrix, name: string, advise: boolean): void {
  const at = values.findIndex((value) => value !== 0 && value !== 1);
  if (at < 0) return;
  const [row, column] = [Math.floor(at / columns) + 1, (at % columns) + 1];
  const advice =
    advise && isGrey(values)
      ? ' Set "binarize" to "threshold" or "stochastic" in "data" to make grey values binary.'
      : '';
  throw new DataError(
    `${name}: row ${row}, column ${column} is ${values[at]!}; the model scores ${supportText('binary')}.${advice}`,
  );
}

/** Whether values may be shades of grey: between 0 and 1, or bytes. */
function isGrey(values: Matrix['values']): boolean {
  const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
  return values.every((value) => value >= 0 && value <= 1) || values.every(isByte);
}

function nameOf(spec: DataSpec, split: 'train' | 'validation' | 'test'): string {
  if ('train' in spec) return spec[split] ?? split;
  const source = 'source' in spec ? spec.source : `generated ${spec.generate}`;
  return `${source}, ${split === 'train' ? 'training' : split} split`;
}

/**
 * Bytes that training needs at least: three generations of parameters and optimiser state (before the last step, now,
 * and the one being computed), the gradient, the masked weights and their transposition, one set of masks, and what
 * a batch keeps of every unit for the gradient.
 */
export function trainingBytes(
  model: Model,
  { optimizer, batchSize }: Pick<TrainingSpec, 'optimizer' | 'batchSize'>,
): number {
  const parameters = parameterCount(model);
  const units = model.parameters.reduce((sum, { shape }) => sum + (shape.length === 1 ? sizeOf(shape) : 0), 0);
  const perParameter = 3 * (1 + makeOptimizer(optimizer).slots.length) + 3;
  return 4 * parameters * perParameter + maskBytes(model) + 4 * batchSize * (6 * units + 2 * model.dimension);
}

/** Bytes of the largest tensor: a weight matrix, or what a layer says of a batch. */
export function largestTensorBytes(model: Model, { batchSize }: Pick<TrainingSpec, 'batchSize'>): number {
  const sizes = model.parameters.map(({ shape }) => (shape.length === 1 ? batchSize * sizeOf(shape) : sizeOf(shape)));
  return 4 * Math.max(batchSize * model.dimension, ...sizes);
}

/** @throws RangeError with what is needed, what there is, and what to do. */
export function checkSize(
  model: Model,
  training: Pick<TrainingSpec, 'optimizer' | 'batchSize'>,
  backend: Pick<Backend, 'name' | 'memoryBytes' | 'largestTensorBytes'>,
): void {
  const needs = { bytes: trainingBytes(model, training), largestTensorBytes: largestTensorBytes(model, training) };
  const problem = doesNotFit(needs, backend);
  if (problem === null) return;
  const parameters = parameterCount(model);
  throw new RangeError(
    `The model has ${parameters.toLocaleString('en')} parameters and is trained with ${training.optimizer.type} in batches ` +
      `of ${training.batchSize}; on ${backend.name} ${problem}. Take fewer hidden units or smaller batches.`,
  );
}
