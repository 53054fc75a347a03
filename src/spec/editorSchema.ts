/**
 * The JSON Schema as the editor's JSON service gets it: for completion and hovers alone. Whatever that service could
 * object to is left out, since {@link ./check.ts} tells of every mistake in our own words, as an error at its place.
 */
import type * as z from 'zod';
import { experimentJsonSchema } from './jsonSchema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Keywords that refuse a value and bring nothing to completion or hovers. */
const REFUSING: ReadonlySet<string> = new Set([
  ...['type', 'required', 'additionalProperties', 'pattern', 'format', 'multipleOf', 'uniqueItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'additionalItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'],
]);

/** {@link experimentJsonSchema}, with every key and allowed value to be offered and none to be refused. */
export function editorJsonSchema(): Record<string, unknown> {
  return { ...permissive(experimentJsonSchema()) };
}

function permissive(strict: JsonSchema): JsonSchema {
  const kept = Object.entries(strict).filter(([keyword]) => !REFUSING.has(keyword));
  const schema: JsonSchema = Object.fromEntries(kept);
  if (schema.anyOf !== undefined) chooseByKey(schema, schema.anyOf);
  if (schema.properties !== undefined) {
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, child]) => [key, permissiveChild(child)]),
    );
  }
  if (Array.isArray(schema.items)) schema.items = schema.items.map(permissiveChild);
  else if (schema.items !== undefined) schema.items = permissiveChild(schema.items);
  if (schema.anyOf !== undefined) schema.anyOf = schema.anyOf.map(permissive);
  if (schema.allOf !== undefined) schema.allOf = schema.allOf.map(permissive);
  // A condition refuses nothing: it stays as it is.
  if (schema.then !== undefined) schema.then = permissiveChild(schema.then);
  if (schema.else !== undefined) schema.else = permissiveChild(schema.else);
  return offering(schema, strict);
}

function permissiveChild(child: z.core.JSONSchema._JSONSchema): z.core.JSONSchema._JSONSchema {
  return typeof child === 'object' ? permissive(child) : child;
}

/** Allowed values are one alternative and any value the other: the first is offered and documented, nothing refused. */
function offering(schema: JsonSchema, { enum: values, type }: JsonSchema): JsonSchema {
  // Without type and default the service would complete a key without its colon.
  const snippets = schema.default === undefined ? snippetsOf(schema, type, values) : undefined;
  const offered: JsonSchema = snippets === undefined ? schema : { ...schema, defaultSnippets: snippets };
  if (values === undefined && type !== 'boolean') return offered;
  const { enum: _values, enumDescriptions, ...rest } = offered;
  const allowed: JsonSchema = values === undefined ? { type: 'boolean' } : { enum: values };
  if (enumDescriptions !== undefined) allowed['enumDescriptions'] = enumDescriptions;
  return { ...rest, anyOf: [allowed, {}] };
}

function snippetsOf(
  { defaultSnippets, const: constant }: JsonSchema,
  type: JsonSchema['type'],
  values: JsonSchema['enum'],
): unknown {
  if (defaultSnippets !== undefined || constant !== undefined) return defaultSnippets;
  if (values !== undefined) return values.map((value) => ({ label: JSON.stringify(value), body: value }));
  return type === 'string' ? [{ label: '"…"', body: '^"$1"' }] : undefined;
}

/**
 * Objects that are told apart by the keys they need: the branch whose keys are there, and all of them while there are
 * none. Without what is needed and allowed, any object would fit any branch.
 */
function chooseByKey(schema: JsonSchema, branches: readonly JsonSchema[]): void {
  if (!branches.every(({ required }) => required !== undefined)) return;
  delete schema.anyOf;
  const conditions = branches.map(({ required = [] }) => ({ required }));
  schema.allOf = [
    ...branches.map((branch, i) => ({ if: conditions[i]!, then: branch })),
    { if: { anyOf: conditions }, else: { anyOf: branches.map(({ required: _, ...branch }) => branch) } },
  ];
}
