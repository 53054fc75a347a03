/** Messages of Protocol Buffers, of as much of a schema as is stated. */
import protobuf from 'protobufjs/light.js';

/** In which a field is written where it is given, also if it is 0 or false: of alternatives, one must be there. */
const EDITION = '2023';

export type Field = protobuf.IField | protobuf.IMapField;

export const one = (type: string, id: number): Field => ({ type, id });
export const many = (type: string, id: number): Field => ({ rule: 'repeated', type, id });
/** From strings. */
export const map = (type: string, id: number): Field => ({ keyType: 'string', type, id });

/**
 * Writes messages of one type: the keys are the names of its fields.
 * @param messages by the name of each type its fields, which may be of the other types
 */
export function encoderOf<Name extends string>(
  messages: Readonly<Record<Name, Readonly<Record<string, Field>>>>,
  name: NoInfer<Name>,
): (message: object) => Uint8Array {
  const nested = Object.fromEntries(
    Object.entries<Readonly<Record<string, Field>>>(messages).map(([type, fields]) => [
      type,
      { edition: EDITION, fields: { ...fields } },
    ]),
  );
  const type = protobuf.Root.fromJSON({ nested }).lookupType(name);
  return (message) => type.encode(message).finish();
}
