/** Bytes of a data file as a stream, gunzipped where needed, read piece by piece so that no size has to be believed. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createGunzip } from 'node:zlib';
import { nearest } from '../spec/nearest.ts';
import { messageOf } from '../text/messageOf.ts';
import { DataError, MissingFileError } from './dataset.ts';

/** Deflate gives at most 1032 bytes for one: what a compressed file of a known size can hold at most. */
export const MAX_DEFLATE_RATIO = 1032;
const CHUNK_BYTES = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b];

/** Reads a stream of bytes in the pieces that a format asks for. */
export class ByteReader {
  /** How many bytes there can be at most, from the size of the file. */
  readonly atMost: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>, atMost: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.atMost = atMost;
  }

  /** The next `count` bytes without taking them; fewer where the stream ends before. */
  async peek(count: number): Promise<Uint8Array> {
    const pieces = [this.#pending];
    let length = this.#pending.length;
    while (length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    if (pieces.length > 1) this.#pending = join(pieces, length);
    return this.#pending.subarray(0, count);
  }

  /** As many of the next `count` bytes as can be read: none where the stream is damaged, which reading it will tell. */
  async beginning(count: number): Promise<Uint8Array> {
    try {
      return await this.peek(count);
    } catch {
      return new Uint8Array();
    }
  }

  /** Takes `count` bytes; fewer where the stream ends before. */
  async take(count: number): Promise<Uint8Array> {
    const taken = await this.peek(count);
    this.#pending = this.#pending.subarray(taken.length);
    return taken;
  }

  /** Takes what is left in blocks of whole items, `count` items in all or fewer where the stream ends before. */
  async *items(itemBytes: number, count: number): AsyncGenerator<Uint8Array, void, void> {
    const perBlock = Math.max(1, Math.floor(CHUNK_BYTES / itemBytes));
    for (let left = count; left > 0;) {
      const block = await this.take(Math.min(left, perBlock) * itemBytes);
      const whole = Math.floor(block.length / itemBytes);
      if (whole > 0) yield block.subarray(0, whole * itemBytes);
      if (block.length < Math.min(left, perBlock) * itemBytes) return;
      left -= whole;
    }
  }

  /** Takes everything that is left, chunk by chunk. */
  async *rest(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const chunk = this.#pending;
      this.#pending = new Uint8Array(0);
      if (chunk.length > 0) yield chunk;
      const next = await this.#chunks.next();
      if (next.done === true) return;
      this.#pending = next.value;
    }
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A data file that has been looked at: it exists, is a file, and is gzipped or not (by its first bytes, not its name). */
export interface DataFile {
  /** As the experiment names it, for messages. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly gzipped: boolean;
}

/** @throws DataError when there is no such file (with a name that is near), it is a folder or it cannot be read. */
export async function openDataFile(path: string, name: string): Promise<DataFile> {
  let handle;
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new DataError(`${name}: is a folder; name a file in it`);
    if (!facts.isFile()) throw new DataError(`${name}: is no ordinary file`);
    handle = await open(path, 'r');
    const start = new Uint8Array(2);
    const { bytesRead } = await handle.read(start, 0, 2, 0);
    if (bytesRead === 0) throw new DataError(`${name}: the file is empty`);
    return { name, path, bytes: facts.size, gzipped: start[0] === GZIP_MAGIC[0] && start[1] === GZIP_MAGIC[1] };
  } catch (error) {
    throw error instanceof DataError ? error : await fileProblem(error, path, name);
  } finally {
    await handle?.close();
  }
}

async function fileProblem(error: unknown, path: string, name: string): Promise<DataError> {
  const reason = messageOf(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return new DataError(`${name}: cannot be read (${reason})`);
  const there = await readdir(dirname(path)).catch(() => []);
  const near = nearest(basename(path), there);
  const hint = near === null ? `looked for ${path}` : `in its folder there is "${near}"`;
  return new MissingFileError(`${name}: there is no such file; ${hint}`);
}

/** The file's bytes, gunzipped. Failures of the stream become DataErrors when the bytes are asked for. */
export function readerOf(file: DataFile): ByteReader {
  const plain = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  if (!file.gzipped) return new ByteReader(guarded(plain, file), file.bytes);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  plain.on('error', (error) => gunzip.destroy(error));
  plain.pipe(gunzip);
  gunzip.on('close', () => plain.destroy());
  return new ByteReader(guarded(gunzip, file), file.bytes * MAX_DEFLATE_RATIO);
}

async function* guarded(chunks: AsyncIterable<unknown>, { name }: DataFile): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of chunks) yield chunk as Uint8Array;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const reason = messageOf(error);
    if (code === 'Z_BUF_ERROR') throw new DataError(`${name}: the gzip stream breaks off; the file is truncated`);
    if (typeof code === 'string' && code.startsWith('Z_')) {
      throw new DataError(`${name}: the gzip stream is damaged (${reason})`);
    }
    throw new DataError(`${name}: cannot be read (${reason})`);
  }
}
