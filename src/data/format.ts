/** Which format a data file has: by its first bytes where they tell, by text otherwise; never by its name alone. */
import { readerOf, type ByteReader, type DataFile } from './bytes.ts';
import { DataError } from './dataset.ts';
import { isIdx } from './idx.ts';
import { MAT_MAGIC } from './mat.ts';
import { NPY_MAGIC } from './npy.ts';
import { ZIP_MAGIC } from './npz.ts';

export type DataFormat = 'npy' | 'npz' | 'idx' | 'mat' | 'text';

/** Formats that people try, which are not read, by how they begin. */
const foreign: readonly (readonly [start: string, what: string])[] = [
  ['MATLAB 7.3', "a MATLAB file of version 7.3, which is HDF5; in MATLAB, save('x.mat', 'name', '-v7')"],
  ['\x89HDF', "an HDF5 file; in Python, numpy.save('x.npy', h5py.File('x.h5')['name'][:])"],
  ['PAR1', "a Parquet file; in Python, numpy.save('x.npy', pandas.read_parquet('x.parquet').to_numpy('float32'))"],
  ['\x80\x02', 'a Python pickle, which is code and never loaded; use numpy.save'],
  ['\x80\x03', 'a Python pickle, which is code and never loaded; use numpy.save'],
  ['\x80\x04', 'a Python pickle, which is code and never loaded; use numpy.save'],
  ['\x80\x05', 'a Python pickle, which is code and never loaded; use numpy.save'],
  ['\x89PNG', 'a PNG image; put the images into one npy array of shape [rows, height, width]'],
  ['BZh', 'compressed by bzip2; gzip is read as it is'],
  ['\xfd7zXZ', 'compressed by xz; gzip is read as it is'],
  ['\x28\xb5\x2f\xfd', 'compressed by zstd; gzip is read as it is'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\xff\xfe', 'text in UTF-16; save it as UTF-8'],
  ['\xfe\xff', 'text in UTF-16; save it as UTF-8'],
];

/** What a file is that begins like this: a format of arrays, or in words one that is not read; null where it may be text. */
export function formatOf(start: Uint8Array): Exclude<DataFormat, 'text'> | { readonly foreign: string } | null {
  if (NPY_MAGIC.every((byte, i) => start[i] === byte)) return 'npy';
  if (ZIP_MAGIC.every((byte, i) => start[i] === byte)) return 'npz';
  if (isIdx(start)) return 'idx';
  const text = String.fromCharCode(...start.subarray(0, 16));
  if (text.startsWith(MAT_MAGIC)) return 'mat';
  const known = foreign.find(([prefix]) => text.startsWith(prefix));
  return known === undefined ? null : { foreign: known[1] };
}

/** The format that the bytes ahead of `reader` have; takes none of them. @throws DataError naming formats that are not read. */
export async function sniff(reader: ByteReader, file: DataFile): Promise<DataFormat> {
  const start = await reader.peek(16);
  if (start.length === 0) throw new DataError(`${file.name}: the file is empty`);
  const format = formatOf(start);
  if (typeof format === 'string') return format;
  if (format !== null) throw new DataError(`${file.name}: is ${format.foreign}`);
  if ((await reader.peek(4096)).includes(0)) {
    throw new DataError(
      `${file.name}: is of no format that is read: npy, npz, idx, mat, csv, amat or other text, each also gzipped`,
    );
  }
  return 'text';
}

/** Opens a stream over the file, finds its format and closes the stream after `use`. */
export async function withFormat<T>(
  file: DataFile,
  use: (format: DataFormat, reader: ByteReader) => Promise<T>,
): Promise<T> {
  const reader = readerOf(file);
  try {
    return await use(await sniff(reader, file), reader);
  } finally {
    await reader.close();
  }
}
