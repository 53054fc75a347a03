/** The JSON Schema of experiment files, for the editor's JSON service: completion, hovers and messages. */
import * as z from 'zod';
import { experimentSpec } from './experiment.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema (draft 7, which the editor knows whole), made from {@link experimentSpec} when the extension is built. */
export function experimentJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(experimentSpec, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      adapt(jsonSchema);
    },
  });
  // Keywords of the editor's service: comments and trailing commas are as welcome as in the checks.
  return { ...schema, allowComments: true, allowTrailingCommas: true };
}

function adapt(schema: JsonSchema): void {
  // The largest safe integer is no limit that anybody should read of.
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  // Only unions that a key tells apart come as `oneOf`.
  if (schema.oneOf !== undefined) tellApart(schema, schema.oneOf);
}

/**
 * Turns `oneOf` into "the key is one of these, and if it is this one, then …". The editor then completes all values of
 * the key, names all of them when it is wrong, and never speaks of the keys of a branch that nobody chose.
 */
function tellApart(schema: JsonSchema, branches: readonly JsonSchema[]): void {
  const key = discriminatorOf(branches);
  const tags = branches.map((branch) => propertyOf(branch, key));
  delete schema.oneOf;
  schema.type = 'object';
  schema.required = [key];
  schema.properties = {
    [key]: {
      description: `Which one: ${tags.map((tag) => String(tag.const)).join(', ')}.`,
      enum: tags.map((tag) => tag.const ?? null),
      enumDescriptions: tags.map((tag) => tag.description ?? ''),
    },
  };
  schema.allOf = branches.map((branch, i) => ({
    // The service would complete from conditions too, and offer the first one's constant alone.
    if: { properties: { [key]: { const: tags[i]!.const ?? null, doNotSuggest: true } }, required: [key] },
    then: branch,
  }));
}

/** The key that has a constant in every branch. @throws Error when there is none: a fault of the definitions. */
function discriminatorOf(branches: readonly JsonSchema[]): string {
  const keys = Object.keys(branches[0]?.properties ?? {});
  const key = keys.find((one) => branches.every((branch) => propertyOf(branch, one).const !== undefined));
  if (key === undefined) throw new Error('a union in the experiment schema has no key that tells its branches apart');
  return key;
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema {
  const property = schema.properties?.[key];
  return typeof property === 'object' ? property : {};
}
