/** What a run begins with, or goes on with, and whether that fits it. */
import type { Matrix } from '../data/dataset.ts';
import type { Model, NamedArrays } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { checksumOf, type TrainingState } from './state.ts';

/** Counters to begin with, or those of the run that goes on. @throws RangeError when it was trained on other rows. */
export function beginningOf(seed: number, matrix: Matrix, saved: TrainingState | null): TrainingState {
  const data = checksumOf(matrix);
  if (saved === null) return firstState(seed, matrix.rows, data);
  checkSame(saved, matrix, data);
  return { ...saved, data };
}

/** @throws RangeError when the rows are not those that a run was trained on. */
function checkSame(saved: TrainingState, { rows }: Matrix, data: string): void {
  if (saved.rows !== rows) throw new RangeError(`the run was trained on ${saved.rows} rows; the data has ${rows} now`);
  if (saved.data !== undefined && saved.data !== data) {
    throw new RangeError(
      'the training data have changed since the run was trained on them (as many rows, other values): put the old data ' +
        'back to go on with it, or train a new run',
    );
  }
}

function firstState(seed: number, rows: number, data: string): TrainingState {
  return {
    formatVersion: 1,
    rows,
    data,
    step: 0,
    epoch: 0,
    batch: 0,
    shuffle: [...RandomGenerator.seeded(seed, 'shuffle').state],
    sums: { loss: 0, rows: 0, seconds: 0 },
    seconds: 0,
    best: null,
    worse: 0,
  };
}

/** The model's parameters among these arrays. @throws RangeError naming one that is missing or of another shape. */
export function parametersOf(model: Model, arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(
    model.parameters.map(({ name, shape }) => {
      const array = arrays[name];
      const found = array ? `[${array.shape.join(', ')}]` : 'missing';
      const expected = `[${shape.join(', ')}]`;
      if (!array || found !== expected) throw new RangeError(`parameter ${name} is ${found}, expected ${expected}`);
      return [name, array];
    }),
  );
}
