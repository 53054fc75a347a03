/** What is refused before training: data that the model cannot score, models that cannot fit. */
import type { Backend } from '../backends/backend.ts';
import { doesNotFit } from '../backends/choose.ts';
import { DataError, type Dataset, type Matrix } from '../data/dataset.ts';
import type { Model } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { sizeOf } from '../runs/arrays.ts';
import type { DataSpec } from '../spec/data.ts';
import { textPlaces } from '../spec/dataText.ts';
import { columnsTaken } from '../spec/facts.ts';
import { scores, type Support } from '../spec/support.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { type Cell, inUnit, outsideText, outsideUnitText, valueAdvice, valueFactsOf } from '../spec/valueWords.ts';
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
    checkContext(model, matrix, name);
    checkValues(matrix, model.support, { name, spec, advise });
    if (model.meansInUnit) checkUnit(matrix, { name, spec, advise });
  }
}

function checkContext({ contextDimension: wanted }: Model, { context }: Matrix, name: string): void {
  const found = context?.columns ?? 0;
  if (found === wanted) return;
  if (wanted === 0) {
    throw new DataError(
      `${name}: every row comes with ${found} columns to condition on, of which this model knows nothing. Leave "context" ` +
        'out of "data", or choose a model of p(x | c)',
    );
  }
  throw new DataError(
    found === 0
      ? `${name}: the model is one of p(x | c) with ${wanted} columns of c; "data" has no "context" that gives them`
      : `${name}: every row comes with ${found} columns to condition on; the model was made for ${wanted}`,
  );
}

interface Where {
  readonly name: string;
  readonly spec: DataSpec;
  readonly advise: boolean;
}

const TEXT = ' Values of a text are the places of its characters: take a model of text, such as "char-rnn".';

/** The first value that the likelihood cannot score, with its place in the file and what to do about it. */
function checkValues({ values, columns }: Matrix, support: Support, { name, spec, advise }: Where): void {
  if (support === 'real') return;
  const at = values.findIndex((value) => !scores(support, value));
  if (at < 0) return;
  const cell = cellAt(values, at, columns, spec);
  const advice = 'text' in spec ? TEXT : advise ? valueAdvice(valueFactsOf(values, columns), support) : '';
  throw new DataError(outsideText(name, cell, support) + advice);
}

/** The first value that a mean between 0 and 1 cannot come to. */
function checkUnit({ values, columns }: Matrix, { name, spec, advise }: Where): void {
  const at = values.findIndex((value) => !inUnit(value));
  if (at < 0) return;
  const scaled = !('text' in spec) && spec.scale === 'unit' && spec.binarize === 'none';
  throw new DataError(outsideUnitText(name, cellAt(values, at, columns, spec), { scaled, advise }));
}

const cellAt = (values: Matrix['values'], at: number, columns: number, spec: DataSpec): Cell => ({
  row: Math.floor(at / columns),
  column: columnInFile(at % columns, spec),
  value: values[at]!,
});

/** A column of x, counted from 0, as the file counts it: those that rows are conditioned on were taken out. */
function columnInFile(column: number, spec: DataSpec): number {
  const taken = [...columnsTaken(spec)].sort((a, b) => a - b);
  return taken.reduce((place, one) => (one <= place ? place + 1 : place), column);
}

function nameOf(spec: DataSpec, split: 'train' | 'validation' | 'test'): string {
  if ('train' in spec) return spec[split] ?? split;
  const source =
    'source' in spec ? spec.source : 'text' in spec ? textPlaces(spec).join(', ') : `generated ${spec.generate}`;
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
  const kept = Math.max(6 * units, model.rowValues?.kept ?? 0);
  return 4 * parameters * perParameter + maskBytes(model) + 4 * batchSize * (kept + 2 * model.dimension);
}

/** Bytes of the largest tensor: a weight matrix, or what a layer says of a batch. */
export function largestTensorBytes(model: Model, { batchSize }: Pick<TrainingSpec, 'batchSize'>): number {
  const sizes = model.parameters.map(({ shape }) => (shape.length === 1 ? batchSize * sizeOf(shape) : sizeOf(shape)));
  return 4 * Math.max(batchSize * model.dimension, batchSize * (model.rowValues?.largest ?? 0), ...sizes);
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
