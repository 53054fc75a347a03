/** The data of an experiment as its model takes them. */
import type { Experiment } from '../spec/experiment.ts';
import { imageOfModel } from '../spec/models/index.ts';
import type { Dataset } from './dataset.ts';
import { loadDataset, type LoadOptions } from './load.ts';

/**
 * Rows are the images that the model says they are, unless the data themselves say of which size.
 * @throws DataError as {@link loadDataset} does.
 */
export async function loadDataOf(
  { data, model, seed }: Pick<Experiment, 'data' | 'model' | 'seed'>,
  o: Omit<LoadOptions, 'seed'>,
): Promise<Dataset> {
  const dataset = await loadDataset(data, { ...o, seed });
  const { image, dimension } = dataset;
  return image === null ? { ...dataset, image: imageOfModel(model, dimension) } : dataset;
}
