/** What data files hold, from their headers alone. */
import { basename } from 'node:path';
import type { ArrayFacts, DataFacts } from '../spec/check.ts';
import { valueFactsOf } from '../spec/valueWords.ts';
import type { DataKind } from '../spec/facts.ts';
import { openDataFile } from './bytes.ts';
import { describeText } from './characters/describeText.ts';
import { DataError, MissingFileError } from './dataset.ts';
import { rowsAndColumns, type DenseHeader } from './dense.ts';
import { withFormat } from './format.ts';
import { readIdxHeader } from './idx.ts';
import { matHeaders } from './mat.ts';
import { readNpyHeader } from './npy.ts';
import { npzHeaders } from './npz.ts';
import { firstRows, readTextLayout } from './textLayout.ts';

/** A zip archive within a gzip file has to be unpacked for its list of names: not beyond this, merely to describe it. */
const UNPACK_LIMIT_BYTES = 64 * 2 ** 20;

/** How far into each array its values are looked at. */
const LOOK_BYTES = 1 << 18;

/**
 * What a data file holds: milliseconds, whatever its size. Never rejects: what is wrong with the file is in the facts.
 * @param as What the experiment takes it for: rows of numbers, or a text (or a folder of texts).
 */
export async function describeFile(path: string, as: DataKind = 'rows'): Promise<DataFacts> {
  if (as === 'text') return describeText(path);
  const name = basename(path);
  try {
    const file = await openDataFile(path, name);
    const arrays = await withFormat(file, async (format, reader): Promise<readonly ArrayFacts[]> => {
      if (format === 'npy' || format === 'idx') {
        const header = await (format === 'npy' ? readNpyHeader : readIdxHeader)(reader, name);
        return [factsOf(null, header, await reader.beginning(LOOK_BYTES))];
      }
      if (format === 'npz') {
        const headers = await npzHeaders(file, UNPACK_LIMIT_BYTES, LOOK_BYTES);
        return headers.map(({ name, header, beginning }) => factsOf(name, header, beginning));
      }
      if (format === 'mat') {
        const headers = await matHeaders(reader, name, LOOK_BYTES);
        return headers.map(({ name, header, beginning }) => factsOf(name, header, beginning));
      }
      const layout = await readTextLayout(reader, name);
      const rows = await firstRows(reader, layout);
      const values = valueFactsOf(rows.flat(), layout.columns);
      return [{ name: null, shape: null, rows: null, columns: layout.columns, dtype: 'text', values }];
    });
    return { exists: true, arrays, problem: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { exists: !(error instanceof MissingFileError), arrays: [], problem: error.message };
  }
}

function factsOf(name: string | null, header: DenseHeader, beginning: Uint8Array): ArrayFacts {
  const { shape, type, columnMajor } = header;
  const size = rowsAndColumns(shape);
  const facts = { name, shape, ...size, dtype: type.name };
  const count = Math.min(size.rows * size.columns, Math.floor(beginning.length / type.bytes));
  // Column by column only the first columns would be seen.
  if (count === 0 || (columnMajor && shape.length > 1)) return facts;
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  const values = Array.from({ length: count }, (_, i) => Math.fround(type.read(view, i * type.bytes)));
  return { ...facts, values: valueFactsOf(values, size.columns) };
}
