/** An experiment that trains until it is stopped, for whatever is measured beside training. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '../../src/data/npy.ts';
import { benchRows } from './data.ts';

export interface Trained {
  /** As in an experiment file. */
  readonly model: { readonly type: string } & Readonly<Record<string, unknown>>;
  /** D */
  readonly dimension: number;
  readonly batchSize: number;
}

/** Writes it, and 20,000 binary rows for it, into a folder: the path of the experiment file. */
export async function writeExperiment(
  folder: string,
  { model, dimension, batchSize }: Trained,
  epochs = 1_000_000,
): Promise<string> {
  const { values, rows, columns } = benchRows(20_000, dimension);
  await writeFile(join(folder, 'rows.npy'), writeNpy(values, [rows, columns]));
  const file = join(folder, 'bench.lens.json');
  const experiment = { model, data: { train: 'rows.npy' }, training: { epochs, batchSize } };
  await writeFile(file, JSON.stringify(experiment));
  return file;
}
