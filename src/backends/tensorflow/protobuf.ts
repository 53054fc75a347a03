/** As much of Protocol Buffers' wire format as writing a TensorFlow graph takes. */

type Field = readonly Uint8Array[];

/** A message: its fields one after the other. */
export function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.flat());
}

/** Integers, booleans and enumerations; negative ones as int64. */
export function varint(field: number, value: number | bigint): Field {
  return [tag(field, 0), base128(BigInt.asUintN(64, BigInt(value)))];
}

export function float(field: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [tag(field, 5), bytes];
}

/** Strings, bytes and messages within messages. */
export function bytes(field: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return [tag(field, 2), base128(BigInt(content.length)), content];
}

/** An entry of a map from strings to messages. */
export function entry(field: number, key: string, value: Uint8Array): Field {
  return bytes(field, message(bytes(1, key), bytes(2, value)));
}

function tag(field: number, wireType: number): Uint8Array {
  return base128(BigInt(field * 8 + wireType));
}

function base128(value: bigint): Uint8Array {
  const found: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return Uint8Array.from([...found, low]);
    found.push(low | 128);
  }
}
