import type { DataSpec } from '../spec/data.ts';
import type { Dataset } from './dataset.ts';

/** Reads, splits and binarises what an experiment's `data` says. @throws DataError */
export function loadDataset(
  spec: DataSpec,
  o: { readonly baseFolder: string; readonly seed: number },
): Promise<Dataset> {
  throw new Error(`not built yet ${o.baseFolder} ${JSON.stringify(spec)}`);
}
