import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunError } from '../../../src/runs/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';

/** Written by Python's safetensors 0.8: F64, I64, F32, F16 and U8, metadata, a header padded to 8 bytes. */
const PYTHON =
  'WAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJvcmRlciI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbM10sImRhdGFfb2Zm' +
  'c2V0cyI6WzAsMjRdfSwiaGlkZGVuLjAuYmlhcyI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzI0LDQ4XX0sImhp' +
  'ZGRlbi4wLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbNDgsNzJdfSwiaGFsZiI6eyJkdHlwZSI6' +
  'IkYxNiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzcyLDc4XX0sIm1hc2siOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbM10sImRhdGFfb2Zm' +
  'c2V0cyI6Wzc4LDgxXX19IAMAAAAAAAAAAQAAAAAAAAACAAAAAAAAAAAAAAAAAPg/AAAAAAAAAsAAAAAAAAAIQAAAAAAAAIA+AAAAPwAAQD8AAIA/' +
  'AACgPwA4AL3/ewEAAQ==';

function fileOf(header: unknown, dataBytes = 0, length?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const failure = (bytes: Uint8Array) => () => decodeSafetensors(bytes, 'w.safetensors');

describe('safetensors', () => {
  it('reads what Python wrote', () => {
    const { arrays, metadata } = decodeSafetensors(Buffer.from(PYTHON, 'base64'), 'python.safetensors');
    expect(metadata).toEqual({ format: 'pt' });
    expect(arrays).toEqual({
      'hidden.0.bias': { shape: [3], data: Float32Array.of(1.5, -2.25, 3) },
      order: { shape: [3], data: Int32Array.of(3, 1, 2) },
      'hidden.0.weight': { shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
      half: { shape: [3], data: Float32Array.of(0.5, -1.25, 65504) },
      mask: { shape: [3], data: Int32Array.of(1, 0, 1) },
    });
  });

  it('gives every array back, bit for bit', () => {
    const array = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return fc.oneof(
        fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data })),
        fc.int32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data })),
      );
    });
    const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__');
    fc.assert(
      fc.property(fc.dictionary(name, array), fc.dictionary(name, fc.string()), (arrays, metadata) => {
        const bytes = encodeSafetensors(arrays, metadata);
        const back = decodeSafetensors(bytes, 'x');
        expect(Object.keys(back.arrays).sort()).toEqual(Object.keys(arrays).sort());
        for (const [key, { shape, data }] of Object.entries(back.arrays)) {
          expect(shape).toEqual(arrays[key]!.shape);
          expect(new Uint8Array(data.buffer)).toEqual(new Uint8Array(arrays[key]!.data.buffer));
        }
        expect({ ...back.metadata }).toEqual({ ...metadata });
      }),
      { examples: [[{}, JSON.parse('{"__proto__": "text"}') as Record<string, string>]] },
    );
  });

  it('lays data out at a multiple of 8, by name, without holes, the same each time', () => {
    const arrays = { b: { shape: [2], data: Int32Array.of(1, 2) }, a: { shape: [], data: Float32Array.of(0.5) } };
    const bytes = encodeSafetensors(arrays);
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)))).toEqual({
      a: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
      b: { dtype: 'I32', shape: [2], data_offsets: [4, 12] },
    });
    expect(bytes.length).toBe(8 + headerBytes + 12);
    expect(encodeSafetensors({ a: arrays.a, b: arrays.b })).toEqual(bytes);
  });

  it('refuses to write what could not be read', () => {
    expect(() => encodeSafetensors({ w: { shape: [2, 2], data: new Float32Array(3) } })).toThrow(
      'w has 3 values; its shape [2, 2] has 4',
    );
    expect(() => encodeSafetensors({ __metadata__: { shape: [], data: new Float32Array(1) } })).toThrow('__metadata__');
  });

  it('reads part of a larger buffer', () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } });
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeSafetensors(larger.subarray(3), 'x').arrays).toEqual({
      a: { shape: [2], data: Float32Array.of(1, 2) },
    });
  });

  it('reads bfloat16, small integers and booleans', () => {
    const bytes = fileOf(
      {
        b: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] },
        s: { dtype: 'I16', shape: [1], data_offsets: [4, 6] },
        u: { dtype: 'U16', shape: [1], data_offsets: [6, 8] },
        i: { dtype: 'I8', shape: [1], data_offsets: [8, 9] },
        t: { dtype: 'BOOL', shape: [1], data_offsets: [9, 10] },
      },
      10,
    );
    bytes.set([0x80, 0x3f, 0x20, 0xc1, 0xfe, 0xff, 0xfe, 0xff, 0x80, 1], bytes.length - 10);
    const { arrays } = decodeSafetensors(bytes, 'x');
    expect(Object.values(arrays).map(({ data }) => [...data])).toEqual([[1, -10], [-2], [65534], [-128], [1]]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /w\.safetensors: 0 bytes; .* begins with 8 bytes/],
    [
      'a header longer than the file',
      fileOf('{}', 0, 2 ** 40),
      /should have 1099511627776 bytes, the file has 2 .*trunc/,
    ],
    ['a header that is no JSON', fileOf('{"a":'), /header is not JSON/],
    ['a header that is no object', fileOf([1]), /not a JSON object/],
    [
      'an entry without a shape',
      fileOf({ w: { dtype: 'F32', data_offsets: [0, 4] } }, 4),
      /entry "w": "shape" is missing/,
    ],
    [
      'a negative size',
      fileOf({ w: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4),
      /entry "w": shape\[0\] is -1; at least 0 is needed/,
    ],
    [
      'an unknown type',
      fileOf({ w: { dtype: 'F8_E4M3', shape: [4], data_offsets: [0, 4] } }, 4),
      /"w" is of type F8_E4M3; these can be read: F64, F32/,
    ],
    [
      'data cut off',
      fileOf({ w: { dtype: 'F32', shape: [1000], data_offsets: [0, 4000] } }, 12),
      /"w" ends at byte 4000 of the data, which has 12; the file is truncated/,
    ],
    [
      'a shape that is not its bytes',
      fileOf({ w: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 12] } }, 12),
      /"w" has 12 bytes; F32 of shape \[2, 2\] has 16/,
    ],
    [
      'overlapping tensors',
      fileOf(
        {
          v: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          w: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
        },
        12,
      ),
      /"w" begins at byte 4 of the data; 8 would be right/,
    ],
    [
      'bytes after the last tensor',
      fileOf({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 7),
      /3 bytes after the last tensor/,
    ],
  ])('names what is wrong with %s', (_what, bytes, message) => {
    expect(failure(bytes)).toThrow(RunError);
    expect(failure(bytes)).toThrow(message);
  });

  it('refuses 64-bit integers that do not fit', () => {
    const bytes = fileOf({ order: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8);
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, 2n ** 31n, true);
    expect(failure(bytes)).toThrow(/"order" holds 2147483648, which does not fit 32 bits/);
  });

  it('never throws anything but a RunError on damaged files', () => {
    const good = encodeSafetensors({ a: { shape: [2, 3], data: new Float32Array(6) } });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const damaged = Uint8Array.from(good).subarray(0, length);
        if (at < length) damaged[at] = value;
        try {
          decodeSafetensors(damaged, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(RunError);
        }
      }),
    );
  });
});
