/** Reads one array from a file of any format. */
import { resolve } from 'node:path';
import { parseLocation } from '../spec/location.ts';
import { openDataFile } from './bytes.ts';
import { DataError } from './dataset.ts';
import { withFormat } from './format.ts';
import { readIdx } from './idx.ts';
import { readMat } from './mat.ts';
import type { ShapedMatrix } from './matrix.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readText } from './text.ts';

export type { ShapedMatrix } from './matrix.ts';

/** The most that one array may take in memory unless said otherwise. */
export const DEFAULT_LIMIT_BYTES = 4 * 2 ** 30;

/**
 * Reads one array as rows: npy, npz, idx, mat, csv, amat and other text, each also gzipped. The first axis counts rows, the
 * others are flattened; an array with one axis is a single column.
 *
 * @param location A path relative to `baseFolder`; `#name` picks an array of an npz or a mat, of a mat `#name'` its columns.
 * @param missing Whether cells may be empty or NaN, and are read as NaN.
 * @throws DataError naming the file, the array, the row and column, the value found and what would be right.
 */
export async function readMatrix(
  location: string,
  baseFolder: string,
  {
    limitBytes = DEFAULT_LIMIT_BYTES,
    missing = false,
  }: { readonly limitBytes?: number; readonly missing?: boolean } = {},
): Promise<ShapedMatrix> {
  const { file: name, array } = parseLocation(location);
  const file = await openDataFile(resolve(baseFolder, name), name);
  return withFormat(file, (format, reader) => {
    if (format === 'npz') return readNpz(file, array, limitBytes, missing);
    if (format === 'mat') return readMat(reader, array, { file: name, limitBytes, missing });
    if (array !== null) throw new DataError(`${name}: holds one array; leave out "#${array}"`);
    if (format === 'npy') return readNpy(reader, name, limitBytes, missing);
    if (format === 'idx') return readIdx(reader, name, limitBytes);
    return readText(reader, name, limitBytes, missing);
  });
}
