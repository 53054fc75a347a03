/**
 * The safetensors format: an 8-byte little-endian header length N, N bytes of JSON, then the tensors' bytes without
 * holes (https://github.com/huggingface/safetensors). Nothing in such a file is ever executed.
 */
import * as z from 'zod/mini';
import { explain } from '../spec/explain.ts';
import { messageOf } from '../text/messageOf.ts';
import { sizeOf, type NamedArray, type NamedArrays } from './arrays.ts';
import { RunError } from './errors.ts';
import { bfloatToNumber, halfToNumber } from './half.ts';

export interface Safetensors {
  readonly arrays: NamedArrays;
  /** The header's `__metadata__`, empty without one. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

/**
 * Bytes of a safetensors file: tensors by name, F32 and I32, little-endian, the header padded so that data is aligned to
 * 8 bytes. The same arrays give the same bytes.
 *
 * @throws RangeError when an array's length is not that of its shape, or its name is the format's own.
 */
export function encodeSafetensors(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const names = Object.keys(arrays).sort();
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, metadata]);
  let end = 0;
  for (const name of names) {
    const { shape, data } = arrays[name]!;
    if (name === METADATA) throw new RangeError(`no array may be named ${METADATA}`);
    if (sizeOf(shape) !== data.length) {
      throw new RangeError(`${name} has ${data.length} values; its shape [${shape.join(', ')}] has ${sizeOf(shape)}`);
    }
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header.push([name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + json.length, LENGTH_BYTES + headerBytes);
  let at = LENGTH_BYTES + headerBytes;
  for (const name of names) {
    const { data } = arrays[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

const count = z.int().check(z.nonnegative());
const entrySpec = z.object({ dtype: z.string(), shape: z.array(count), data_offsets: z.tuple([count, count]) });
type Entry = z.output<typeof entrySpec>;
const metadataSpec = z.record(z.string(), z.string());

/**
 * The arrays of a safetensors file. F64, F16 and BF16 become 32-bit floats; I64, U8, I8, I16, U16 and BOOL 32-bit
 * integers. Every size is checked against the file before anything is allocated.
 *
 * @throws RunError naming `file`, the tensor and what is wrong with it.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { entries, metadata, data } = readHeader(bytes, file);
  checkLayout(entries, data.length, file);
  const arrays = [...entries].map(([name, entry]): [string, NamedArray] => {
    const [begin, end] = entry.data_offsets;
    // A copy starts its own buffer, so that wider types find their alignment (`slice` of a Node Buffer copies nothing).
    const own = new Uint8Array(data.subarray(begin, end));
    return [name, { shape: entry.shape, data: readValues(own, entry.dtype, `${file}: tensor "${name}"`) }];
  });
  return { arrays: Object.fromEntries(arrays), metadata };
}

function readHeader(bytes: Uint8Array, file: string) {
  if (bytes.length < LENGTH_BYTES) {
    throw new RunError(`${file}: ${bytes.length} bytes; a safetensors file begins with 8 bytes of header length`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length > bytes.length - LENGTH_BYTES) {
    throw new RunError(
      `${file}: its header should have ${length} bytes, the file has ${bytes.length - LENGTH_BYTES} after the header ` +
        'length; truncated, or no safetensors file',
    );
  }
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new RunError(`${file}: its header is not JSON (${messageOf(error)})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new RunError(`${file}: its header is not a JSON object`);
  }
  const entries = new Map<string, Entry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = metadataOf(value, `${file}: header entry "${name}"`);
    else entries.set(name, valid(entrySpec, value, `${file}: header entry "${name}"`));
  }
  return { entries, metadata, data: bytes.subarray(LENGTH_BYTES + length) };
}

/** The schema answers without an entry called `__proto__`, which is as good a name as any here. */
function metadataOf(value: unknown, what: string): Record<string, string> {
  valid(metadataSpec, value, what);
  return Object.fromEntries(Object.entries(value as object).map(([name, text]) => [name, String(text)]));
}

function valid<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reasons = explain(schema, value).map(({ message }) => message);
  throw new RunError(`${what}: ${reasons.join('; ')}`);
}

/** Tensors must fill the data without overlaps or holes, each with the bytes of its shape and type. */
function checkLayout(entries: ReadonlyMap<string, Entry>, dataBytes: number, file: string): void {
  let filled = 0;
  // Arrays without values begin where their neighbour does: they go first.
  const inOrder = [...entries].sort(([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1]);
  for (const [name, { dtype, shape, data_offsets: offsets }] of inOrder) {
    const [begin, end] = offsets;
    const width = itemBytes.get(dtype);
    if (width === undefined) {
      throw new RunError(
        `${file}: tensor "${name}" is of type ${dtype}; these can be read: ${[...itemBytes.keys()].join(', ')}`,
      );
    }
    if (end > dataBytes) {
      throw new RunError(
        `${file}: tensor "${name}" ends at byte ${end} of the data, which has ${dataBytes}; the file is truncated`,
      );
    }
    if (begin !== filled) {
      throw new RunError(`${file}: tensor "${name}" begins at byte ${begin} of the data; ${filled} would be right`);
    }
    const needed = sizeOf(shape) * width;
    if (end - begin !== needed) {
      throw new RunError(
        `${file}: tensor "${name}" has ${end - begin} bytes; ${dtype} of shape [${shape.join(', ')}] has ${needed}`,
      );
    }
    filled = end;
  }
  if (filled !== dataBytes) throw new RunError(`${file}: ${dataBytes - filled} bytes after the last tensor`);
}

const itemBytes: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['U16', 2],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
]);

function readValues(own: Uint8Array<ArrayBuffer>, dtype: string, what: string): Float32Array | Int32Array {
  const { buffer } = own;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'BF16':
      return Float32Array.from(new Uint16Array(buffer), bfloatToNumber);
    case 'I64':
      return Int32Array.from(new BigInt64Array(buffer), (value) => {
        if (BigInt.asIntN(32, value) !== value) {
          throw new RunError(`${what} holds ${value.toString()}, which does not fit 32 bits`);
        }
        return Number(value);
      });
    case 'I32':
      return new Int32Array(buffer);
    case 'I16':
      return Int32Array.from(new Int16Array(buffer));
    case 'U16':
      return Int32Array.from(new Uint16Array(buffer));
    case 'I8':
      return Int32Array.from(new Int8Array(buffer));
    default:
      return Int32Array.from(own);
  }
}
