/** Independent categorical variables, counted from the training rows: what a model of levels must beat. */
import type { Dataset } from '../../../data/dataset.ts';
import type { Chunked } from '../../source.ts';
import type { Baseline } from './baseline.ts';
import { isChunkEnd } from './chunks.ts';
import { ScoreMean } from './moments.ts';

/**
 * p(x_d = l) = (count + 1) / (rows + L): Laplace's rule, so that a level which never occurred costs much and not
 * infinitely much. Scored on the validation rows, or on the training rows without them; NaN where one of those holds a value that is no level.
 */
export async function* categoricalBaseline({ train, validation }: Dataset, levels: number): Chunked<Baseline> {
  const isLevel = (value: number) => Number.isInteger(value) && value >= 0 && value < levels;
  const { columns, rows } = train;
  const counts = new Float64Array(columns * levels);
  for (let row = 0; row < rows; row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) {
      const value = train.values[i]!;
      if (isLevel(value)) counts[d * levels + value]!++;
    }
    if (isChunkEnd(row, columns)) yield;
  }
  const cost = counts.map((count) => -Math.log((count + 1) / (rows + levels)));
  const scored = validation ?? train;
  const score = new ScoreMean();
  for (let row = 0; row < scored.rows; row++) {
    let nats = 0;
    for (let d = 0, i = row * columns; d < columns; d++, i++) {
      const value = scored.values[i]!;
      nats += isLevel(value) ? cost[d * levels + value]! : NaN;
    }
    score.add(nats);
    if (isChunkEnd(row, columns)) yield;
  }
  const name = levels === 2 ? 'Independent Bernoullis' : `Independent variables of ${levels} levels`;
  return { name, split: validation ? 'validation' : 'train', ...score.result() };
}
