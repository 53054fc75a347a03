/** The idx files of MNIST: two zero bytes, a type, the number of axes, their sizes as big-endian 32 bits, then values. */
import type { ByteReader } from './bytes.ts';
import { DataError } from './dataset.ts';
import { readDense, type DenseHeader } from './dense.ts';
import { elementType, type ElementType } from './elements.ts';
import type { ShapedMatrix } from './matrix.ts';

const types: ReadonlyMap<number, readonly [kind: string, bytes: number]> = new Map([
  [0x08, ['u', 1]],
  [0x09, ['i', 1]],
  [0x0b, ['i', 2]],
  [0x0c, ['i', 4]],
  [0x0d, ['f', 4]],
  [0x0e, ['f', 8]],
]);

/** Whether the first four bytes of a file are an idx file's. */
export function isIdx(start: Uint8Array): boolean {
  return start[0] === 0 && start[1] === 0 && types.has(start[2] ?? 0) && (start[3] ?? 0) > 0;
}

/** @throws DataError naming `where` and what is wrong. */
export async function readIdx(reader: ByteReader, where: string, limitBytes: number): Promise<ShapedMatrix> {
  return readDense(reader, await readIdxHeader(reader, where), where, limitBytes);
}

/** @throws DataError */
export async function readIdxHeader(reader: ByteReader, where: string): Promise<DenseHeader> {
  const start = await reader.take(4);
  const type = typeOf(start[2]);
  if (!isIdx(start) || type === null) throw new DataError(`${where}: is no idx file`);
  const axes = start[3]!;
  const sizes = await reader.take(4 * axes);
  if (sizes.length < 4 * axes) throw new DataError(`${where}: is truncated within its idx header`);
  const view = new DataView(sizes.buffer, sizes.byteOffset);
  return { type, columnMajor: false, shape: Array.from({ length: axes }, (_, i) => view.getUint32(4 * i)) };
}

function typeOf(code: number | undefined): ElementType | null {
  const known = types.get(code ?? 0);
  return known === undefined ? null : elementType(known[0], known[1], false);
}
