/** What data files hold, from their headers alone. */
import { basename } from 'node:path';
import type { ArrayFacts, DataFacts } from '../spec/check.ts';
import { openDataFile } from './bytes.ts';
import { DataError, MissingFileError } from './dataset.ts';
import { rowsAndColumns, type DenseHeader } from './dense.ts';
import { withFormat } from './format.ts';
import { readIdxHeader } from './idx.ts';
import { readNpyHeader } from './npy.ts';
import { npzHeaders } from './npz.ts';
import { readTextLayout } from './textLayout.ts';

/** A zip archive within a gzip file has to be unpacked for its list of names: not beyond this, merely to describe it. */
const UNPACK_LIMIT_BYTES = 64 * 2 ** 20;

/** What a data file holds: milliseconds, whatever its size. Never rejects: what is wrong with the file is in the facts. */
export async function describeFile(path: string): Promise<DataFacts> {
  const name = basename(path);
  try {
    const file = await openDataFile(path, name);
    const arrays = await withFormat(file, async (format, reader): Promise<readonly ArrayFacts[]> => {
      if (format === 'npy') return [factsOf(null, await readNpyHeader(reader, name))];
      if (format === 'idx') return [factsOf(null, await readIdxHeader(reader, name))];
      if (format === 'npz') {
        const headers = await npzHeaders(file, UNPACK_LIMIT_BYTES);
        return headers.map(({ name, header }) => factsOf(name, header));
      }
      const { columns } = await readTextLayout(reader, name);
      return [{ name: null, shape: null, rows: null, columns, dtype: 'text' }];
    });
    return { exists: true, arrays, problem: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { exists: !(error instanceof MissingFileError), arrays: [], problem: error.message };
  }
}

function factsOf(name: string | null, { shape, type }: DenseHeader): ArrayFacts {
  return { name, shape, ...rowsAndColumns(shape), dtype: type.name };
}
