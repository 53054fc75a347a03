/** NumPy's npz files: zip archives of npy files. Entries stream from disk; sizes and checksums are verified. */
import { zipSync, type Zippable } from 'fflate';
import type { Readable } from 'node:stream';
import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';
import { suggestion } from '../spec/nearest.ts';
import { messageOf } from '../text/messageOf.ts';
import { ByteReader, MAX_DEFLATE_RATIO, readerOf, type DataFile } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { DataError } from './dataset.ts';
import type { DenseHeader } from './dense.ts';
import type { ShapedMatrix } from './matrix.ts';
import { readNpy, readNpyHeader, writeNpy, type NpyValues } from './npy.ts';

export const ZIP_MAGIC = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);
const SUFFIX = '.npy';

/**
 * One array of an npz.
 *
 * @param array Its name; null where there is only one.
 * @throws DataError when there is no such array (with the names that are there), and for everything that can be wrong.
 */
export async function readNpz(
  file: DataFile,
  array: string | null,
  limitBytes: number,
  missing = false,
): Promise<ShapedMatrix> {
  return withArchive(file, limitBytes, async (archive, entries) => {
    const entry = choose(entries, array, file.name);
    const where = `${file.name}#${arrayName(entry)}`;
    return withEntry(archive, entry, where, (reader) => readNpy(reader, where, limitBytes, missing));
  });
}

/** Names and headers of all arrays, and so many of the bytes with which their values begin. @throws DataError */
export async function npzHeaders(
  file: DataFile,
  limitBytes: number,
  look: number,
): Promise<readonly { readonly name: string; readonly header: DenseHeader; readonly beginning: Uint8Array }[]> {
  return withArchive(file, limitBytes, async (archive, entries) => {
    const headers = [];
    for (const entry of entries) {
      const where = `${file.name}#${arrayName(entry)}`;
      const found = await withEntry(archive, entry, where, async (reader) => ({
        header: await readNpyHeader(reader, where),
        beginning: await reader.beginning(look),
      }));
      headers.push({ name: arrayName(entry), ...found });
    }
    return headers;
  });
}

function arrayName(entry: Entry): string {
  return entry.fileName.slice(0, -SUFFIX.length);
}

function choose(entries: readonly Entry[], array: string | null, name: string): Entry {
  const names = entries.map(arrayName);
  const listed = names.map((one) => `"${one}"`).join(', ');
  if (array === null) {
    const [only, ...others] = entries;
    if (only !== undefined && others.length === 0) return only;
    throw new DataError(`${name}: holds ${names.length} arrays, ${listed}; pick one: ${name}#${names[0] ?? ''}`);
  }
  const found = entries.find((entry) => arrayName(entry) === array);
  if (found !== undefined) return found;
  throw new DataError(`${name}: has no array "${array}"${suggestion(array, names)}; there are ${listed}`);
}

/** Opens the archive, gives its arrays to `use` and closes it. */
async function withArchive<T>(
  file: DataFile,
  limitBytes: number,
  use: (archive: ZipFile, entries: readonly Entry[]) => Promise<T>,
): Promise<T> {
  let archive: ZipFile | null = null;
  try {
    const options = { autoClose: false };
    archive = file.gzipped
      ? await fromBufferPromise(await gunzipped(file, limitBytes), options)
      : await openPromise(file.path, options);
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) if (entry.fileName.endsWith(SUFFIX)) entries.push(entry);
    if (entries.length === 0) throw new DataError(`${file.name}: is a zip archive without any array (*.npy) in it`);
    return await use(archive, entries);
  } catch (error) {
    throw asDataError(error, file.name);
  } finally {
    archive?.close();
  }
}

/** A zip archive is read from its end: one that is gzipped as well has to be unpacked in memory. */
async function gunzipped(file: DataFile, limitBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = readerOf(file);
  try {
    for await (const piece of reader.rest()) {
      bytes += piece.length;
      if (bytes > limitBytes) throw new DataError(`${file.name}: unpacks to more than ${limitBytes} bytes`);
      pieces.push(piece);
    }
  } finally {
    await reader.close();
  }
  return Buffer.concat(pieces);
}

async function withEntry<T>(
  archive: ZipFile,
  entry: Entry,
  where: string,
  use: (reader: ByteReader) => Promise<T>,
): Promise<T> {
  if (!entry.canDecodeFileData()) {
    const how = entry.isEncrypted() ? 'encrypted' : `compressed by method ${entry.compressionMethod}`;
    throw new DataError(`${where}: is ${how}; numpy.savez and numpy.savez_compressed write what can be read`);
  }
  const stream = await archive.openReadStreamPromise(entry);
  const atMost = Math.min(entry.uncompressedSize, entry.compressedSize * MAX_DEFLATE_RATIO);
  const reader = new ByteReader(checked(stream, entry, where), atMost);
  try {
    return await use(reader);
  } catch (error) {
    throw asDataError(error, where);
  } finally {
    await reader.close();
    stream.destroy();
  }
}

async function* checked(stream: Readable, entry: Entry, where: string): AsyncGenerator<Uint8Array, void, void> {
  let crc = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Uint8Array;
    crc = crc32(bytes, crc);
    yield bytes;
  }
  if (crc !== entry.crc32) throw new DataError(`${where}: is damaged; its checksum is not the one in the archive`);
}

function asDataError(error: unknown, where: string): DataError {
  if (error instanceof DataError) return error;
  const reason = messageOf(error);
  return new DataError(`${where}: the archive is truncated or damaged (${reason})`);
}

/** One array to be written. */
export interface NpzArray {
  readonly values: NpyValues;
  readonly shape: readonly number[];
}

/** Bytes of a compressed npz; the same arrays give the same bytes. @throws RangeError as {@link writeNpy} */
export function writeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  const files: Zippable = {};
  for (const [name, { values, shape }] of Object.entries(arrays)) {
    // The earliest time that a zip archive can hold, wherever and whenever it is written.
    files[`${name}${SUFFIX}`] = [writeNpy(values, shape), { mtime: new Date(1980, 0, 1), level: 6 }];
  }
  return zipSync(files);
}
