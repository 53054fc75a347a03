/** What a schema asks for, in words: names, types of objects, kinds of values. */
import * as z from 'zod/mini';
import { alternatives, shown } from './complaint.ts';

export type Schema = z.core.$ZodType;

/** The schema within defaults and options: how a value must look once it is there. */
export function unwrap(schema: Schema): Schema {
  let inner = schema;
  while (
    inner instanceof z.ZodMiniDefault ||
    inner instanceof z.ZodMiniPrefault ||
    inner instanceof z.ZodMiniOptional
  ) {
    inner = inner.def.innerType;
  }
  return inner;
}

/** The library types a shape found by `instanceof` as `any`. */
export function shapeOf(schema: z.ZodMiniObject): Readonly<Record<string, Schema>> {
  return schema.shape;
}

/** The texts that an enumeration or a literal accepts. */
export function namesOf(schema: Schema): string[] {
  if (schema instanceof z.ZodMiniEnum) return Object.values(schema.def.entries).map(String);
  if (schema instanceof z.ZodMiniLiteral) return schema.def.values.filter((value) => typeof value === 'string');
  return [];
}

/** The types that objects among the branches are told apart by. */
export function typesOf(branches: readonly Schema[]): string[] {
  return branches.flatMap((branch) => {
    if (branch instanceof z.ZodMiniUnion) return typesOf(branch.def.options.map(unwrap));
    const type = branch instanceof z.ZodMiniObject ? shapeOf(branch)[TYPE] : undefined;
    return type instanceof z.ZodMiniLiteral ? namesOf(type) : [];
  });
}

/** The key by which objects that may stand in one place are told apart. */
const TYPE = 'type';

/** An object of a type, as it is written. */
export const typed = (name: string) => `{ ${shown(TYPE)}: ${shown(name)} }`;

/** What a schema asks for, in a few words: `a whole number`, `"natural", "reversed" or a list of whole numbers`. */
export function expected(schema: Schema): string {
  return alternatives([...new Set(expectedKinds(schema))]);
}

export function expectedKinds(wrapped: Schema): string[] {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodMiniUnion) return schema.def.options.flatMap(expectedKinds);
  if (schema instanceof z.ZodMiniDiscriminatedUnion) return ['an object { … }'];
  if (schema instanceof z.ZodMiniNullable) return [...expectedKinds(schema.def.innerType), 'null'];
  if (schema instanceof z.ZodMiniEnum) return Object.values(schema.def.entries).map(shown);
  if (schema instanceof z.ZodMiniLiteral) return [...schema.def.values].map(shown);
  if (schema instanceof z.ZodMiniArray) return [`a list of ${plural(schema.def.element)}`];
  if (schema instanceof z.ZodMiniTuple) return [`a list of ${schema.def.items.length} ${plural(schema.def.items[0]!)}`];
  if (schema instanceof z.ZodMiniObject) {
    const types = typesOf([schema]);
    return types.length > 0 ? types.map(typed) : ['an object { … }'];
  }
  if (schema instanceof z.ZodMiniNumber) return [isWhole(schema) ? 'a whole number' : 'a number'];
  if (schema instanceof z.ZodMiniString) return ['text in quotes'];
  if (schema instanceof z.ZodMiniBoolean) return ['true', 'false'];
  return ['another value'];
}

function plural(wrapped: Schema): string {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodMiniArray) return `lists of ${plural(schema.def.element)}`;
  if (schema instanceof z.ZodMiniNumber) return isWhole(schema) ? 'whole numbers' : 'numbers';
  return 'values';
}

/** `z.int()`, whose format the library calls by this name. */
function isWhole(schema: z.ZodMiniNumber): boolean {
  return schema instanceof z.ZodMiniNumberFormat && schema.def.format === 'safeint';
}
