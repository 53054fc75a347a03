/**
 * NumPy's npy files, versions 1.0 to 3.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Own code, since the libraries that there are
 * believe the header: sizes, types and lengths are checked here. Pickled objects are never loaded.
 */
import { sizeOf } from '../runs/arrays.ts';
import type { ByteReader } from './bytes.ts';
import { DataError } from './dataset.ts';
import { readDense, type DenseHeader } from './dense.ts';
import { elementType, type ElementType } from './elements.ts';
import type { ShapedMatrix } from './matrix.ts';

export const NPY_MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
/** NumPy's own headers have some 118 bytes; only record types, which are refused, could need more than this. */
const MAX_HEADER_BYTES = 1 << 16;
const PREAMBLE_BYTES = 8;

/** The array of an npy stream. @param missing Whether NaN may stand in it. @throws DataError naming `where` and what is wrong. */
export async function readNpy(
  reader: ByteReader,
  where: string,
  limitBytes: number,
  missing = false,
): Promise<ShapedMatrix> {
  return readDense(reader, await readNpyHeader(reader, where), where, limitBytes, missing);
}

/** @throws DataError */
export async function readNpyHeader(reader: ByteReader, where: string): Promise<DenseHeader> {
  const preamble = await reader.take(PREAMBLE_BYTES);
  if (preamble.length < PREAMBLE_BYTES || NPY_MAGIC.some((byte, i) => preamble[i] !== byte)) {
    throw new DataError(`${where}: is no npy array (it does not begin with \\x93NUMPY)`);
  }
  const [major, minor] = [preamble[6]!, preamble[7]!];
  if (major < 1 || major > 3) throw new DataError(`${where}: is npy version ${major}.${minor}; 1.0 to 3.0 can be read`);
  const lengthBytes = await reader.take(major === 1 ? 2 : 4);
  if (lengthBytes.length < (major === 1 ? 2 : 4)) throw headerCutShort(where);
  const length = lengthBytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  if (length > MAX_HEADER_BYTES) {
    throw new DataError(`${where}: its npy header claims ${length} bytes; more than ${MAX_HEADER_BYTES} are not read`);
  }
  const header = await reader.take(length);
  if (header.length < length) throw headerCutShort(where);
  return parseHeader(new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(header), where);
}

function headerCutShort(where: string): DataError {
  return new DataError(`${where}: is truncated within its npy header`);
}

/** The header is a Python literal: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(text: string, where: string): DenseHeader {
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    throw new DataError(`${where}: its npy header cannot be understood: ${text.trim().slice(0, 120)}`);
  }
  if (descr[2] !== undefined) {
    throw new DataError(`${where}: is an array of records (fields with names); a plain array of numbers is needed`);
  }
  const sizes = (shape[1] ?? '').match(/\d+/g) ?? [];
  return { shape: sizes.map(Number), type: typeOf(descr[1] ?? '', where), columnMajor: order[1] === 'True' };
}

const refused: Readonly<Record<string, string>> = {
  O: 'holds Python objects, which are pickled code and never loaded',
  S: 'holds text',
  U: 'holds text',
  V: 'holds raw memory',
  c: 'holds complex numbers',
  M: 'holds dates',
  m: 'holds time differences',
};

function typeOf(descr: string, where: string): ElementType {
  const match = /^([<>|=])([a-zA-Z])(\d*)$/.exec(descr);
  const [, endian, kind = '', width] = match ?? [];
  const type = elementType(kind, Number(width), endian !== '>');
  if (type !== null) return type;
  const what = refused[kind] ?? `is of a type that cannot be read`;
  throw new DataError(
    `${where}: ${what} (dtype '${descr}'); save it as numbers, such as array.astype('uint8') or array.astype('float32')`,
  );
}

export type NpyValues = Uint8Array | Int32Array | Float32Array | Float64Array;

/**
 * Bytes of an npy file (version 1.0, C order, little-endian): u1, i4, f4 or f8 as the array is.
 *
 * @throws RangeError when the shape has another number of values.
 */
export function writeNpy(values: NpyValues, shape: readonly number[]): Uint8Array {
  if (sizeOf(shape) !== values.length) {
    throw new RangeError(`${values.length} values do not fill an array of shape [${shape.join(', ')}]`);
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descrOf(values)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Data begins at a multiple of 64 bytes; the header ends with a line end.
  const unpadded = PREAMBLE_BYTES + 2 + dictionary.length + 1;
  const header = dictionary + ' '.repeat((64 - (unpadded % 64)) % 64) + '\n';
  const start = PREAMBLE_BYTES + 2 + header.length;
  const bytes = new Uint8Array(start + values.byteLength);
  bytes.set(NPY_MAGIC);
  bytes.set([1, 0, header.length & 0xff, header.length >> 8], NPY_MAGIC.length);
  bytes.set(new TextEncoder().encode(header), PREAMBLE_BYTES + 2);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return bytes;
}

function descrOf(values: NpyValues): string {
  if (values instanceof Uint8Array) return '|u1';
  if (values instanceof Int32Array) return '<i4';
  return values instanceof Float32Array ? '<f4' : '<f8';
}
