/**
 * What is wrong with a value by its schema, in words for the person who wrote it: about the branch of a union that was
 * meant, with the value found, what would be right, and what was perhaps meant.
 */
import * as z from 'zod/mini';
import { refusals } from './refusals.ts';
import { alternatives, complain, pathText, shown, type Complaint, type JsonPath } from './complaint.ts';
import { expected, expectedKinds, namesOf, type Schema, shapeOf, typed, typesOf, unwrap } from './expected.ts';
import { nearest, suggestion } from './nearest.ts';

/** Every complaint about `value`; none exactly when the schema accepts it. */
export function explain(schema: Schema, value: unknown, path: JsonPath = []): Complaint[] {
  const complaints = walk(schema, value, path);
  if (complaints.length > 0) return complaints;
  // Whatever the walk does not know of, the schema itself has the last word.
  const result = z.safeParse(schema, value);
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const at = [...path, ...issue.path.filter((step) => typeof step !== 'symbol')];
    return error(at, `${pathText(at)}: ${issue.message}`);
  });
}

function walk(wrapped: Schema, value: unknown, path: JsonPath): Complaint[] {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodMiniNullable) return value === null ? [] : walk(schema.def.innerType, value, path);
  if (schema instanceof z.ZodMiniObject) return walkObject(schema, value, path);
  if (schema instanceof z.ZodMiniDiscriminatedUnion) return walkDiscriminated(schema, value, path);
  if (schema instanceof z.ZodMiniUnion) return walkUnion(schema, value, path);
  if (schema instanceof z.ZodMiniArray) return walkArray(schema, value, path);
  if (schema instanceof z.ZodMiniTuple) return walkTuple(schema, value, path);
  return explainLeaf(schema, value, path);
}

function error(path: JsonPath, message: string, at: Complaint['at'] = 'value'): Complaint {
  return complain('error', path, message, at);
}

function inText(path: JsonPath): string {
  return path.length === 0 ? '' : ` in ${pathText(path)}`;
}

function ofText(path: JsonPath): string {
  return path.length === 0 ? 'here' : `of ${pathText(path)}`;
}

/** How an object is spoken of: `of model`, and in a union what tells its branch from the others. */
interface Owner {
  readonly name: string;
  /** Said in place of a key that is missing, where other keys would do as well. */
  readonly alternatives: string | null;
}

function walkObject(schema: z.ZodMiniObject, value: unknown, path: JsonPath, owner?: Owner): Complaint[] {
  if (!isObject(value)) return [wrongKind(schema, value, path)];
  const { name, alternatives: others } = owner ?? { name: ofText(path), alternatives: null };
  const shape = shapeOf(schema);
  const keys = Object.keys(shape);
  const absent = keys.filter((key) => !Object.hasOwn(value, key));
  const missing = requiredKeys(schema).filter((key) => absent.includes(key));
  const complaints: Complaint[] = [];
  const meant = new Set<string>();
  for (const key of Object.keys(value)) {
    const child = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (child !== undefined) {
      complaints.push(...walk(child, value[key], [...path, key]));
      continue;
    }
    if (!isStrict(schema)) continue;
    const near = nearest(key, missing) ?? nearest(key, absent);
    if (near !== null) meant.add(near);
    const there = near === null ? nearest(key, keys) : null;
    const hint =
      near !== null
        ? ` (did you mean "${near}"?)`
        : there !== null
          ? ` (did you mean "${there}"? It is there too)`
          : '';
    const reason = near === null ? refusalOf(schema, key) : '';
    const message = `"${key}" is no key ${name}${hint}${reason}; there are ${keys.join(', ')}`;
    complaints.push(error([...path, key], message, 'key'));
  }
  for (const key of missing) {
    // A slip of the finger is told once.
    if (meant.has(key)) continue;
    const what = z.globalRegistry.get(shape[key]!)?.description;
    const about = what === undefined ? '' : `: ${firstSentence(what)}`;
    complaints.push(error(path, others ?? `"${key}" is missing${inText(path)}${about}`, 'key'));
  }
  return complaints;
}

/** Whether keys that the schema does not know are refused. */
function isStrict(schema: z.ZodMiniObject): boolean {
  return schema.def.catchall instanceof z.ZodMiniNever;
}

function requiredKeys(schema: z.ZodMiniObject): string[] {
  return Object.entries(shapeOf(schema)).flatMap(([key, child]) => (isRequired(child) ? [key] : []));
}

function isRequired(schema: Schema): boolean {
  return !z.safeParse(schema, undefined).success;
}

function firstSentence(text: string): string {
  return /^.*?(?=[.;:](\s|$))/.exec(text)?.[0] ?? text;
}

function walkArray(schema: z.ZodMiniArray, value: unknown, path: JsonPath): Complaint[] {
  if (!Array.isArray(value)) return [wrongKind(schema, value, path)];
  const items = value.flatMap((item: unknown, i) => walk(schema.def.element, item, [...path, i]));
  if (items.length > 0) return items;
  const result = z.safeParse(schema, value);
  return result.success ? [] : result.error.issues.map((issue) => leafComplaint(issue, schema, value, path));
}

function walkTuple(schema: z.ZodMiniTuple, value: unknown, path: JsonPath): Complaint[] {
  const { items } = schema.def;
  if (!Array.isArray(value)) return [wrongKind(schema, value, path)];
  if (value.length !== items.length) return [wrongLength([items.length], value, path)];
  return items.flatMap((item, i) => walk(item, value[i], [...path, i]));
}

/** Complaints about the branch that was meant: the one of the value's own kind that comes nearest. */
function walkUnion(schema: z.ZodMiniUnion, value: unknown, path: JsonPath): Complaint[] {
  const branches = schema.def.options.map(unwrap);
  const sameKind = branches.filter((branch) => kindFits(branch, value));
  if (sameKind.length === 0) return [typeWritten(schema, value, path) ?? wrongKind(schema, value, path)];
  const lengths = sameKind.flatMap((branch) => (branch instanceof z.ZodMiniTuple ? [branch.def.items.length] : []));
  if (Array.isArray(value) && lengths.length === sameKind.length && !lengths.includes(value.length)) {
    return [wrongLength(lengths, value, path)];
  }
  let best: Complaint[] = [];
  let fewest = Infinity;
  for (const branch of sameKind) {
    const complaints =
      branch instanceof z.ZodMiniObject
        ? walkObject(branch, value, path, branchOwner(branch, sameKind, value, path))
        : walk(branch, value, path);
    // A key that the branch does not know, or lacks, tells most, and so does a list's length: another branch was meant.
    const isOther =
      branch instanceof z.ZodMiniTuple && Array.isArray(value) && branch.def.items.length !== value.length;
    const weight = complaints.reduce((sum, { at }) => sum + (at === 'key' || isOther ? 2 : 1), 0);
    if (weight < fewest) [best, fewest] = [complaints, weight];
  }
  const names = sameKind.flatMap(namesOf);
  // A name that none of an enumeration's is: what else could stand there, a list of numbers for an order, is told as well.
  const isWrongName = typeof value === 'string' && names.length > 0 && best.length > 0;
  if (!isWrongName) return best;
  const refusal = sameKind.map((branch) => refusalOf(branch, value)).find((reason) => reason !== '') ?? '';
  const meant = refusal === '' ? typeWritten(schema, value, path) : null;
  return [meant ?? oneOf(names, value, path, refusal, expectedKinds(schema))];
}

/** A type's name where the object of that type belongs, or one that is nearly such; null for every other value. */
function typeWritten(schema: z.ZodMiniUnion, value: unknown, path: JsonPath): Complaint | null {
  if (typeof value !== 'string') return null;
  const branches = schema.def.options.map(unwrap);
  const types = typesOf(branches);
  if (types.includes(value)) return error(path, `${pathText(path)} is ${shown(value)}; write ${typed(value)}`);
  const names = branches.flatMap(namesOf);
  const near = nearest(value, [...names, ...types]);
  if (near === null || names.includes(near)) return null;
  const allowed = alternatives([...names.map(shown), ...types.map(typed)]);
  return error(path, `${pathText(path)} is ${shown(value)} (did you mean ${typed(near)}?); it must be ${allowed}`);
}

function wrongLength(lengths: readonly number[], value: readonly unknown[], path: JsonPath): Complaint {
  return error(path, `${pathText(path)} has ${value.length} entries; ${alternatives(lengths.map(String))} are needed`);
}

/** `data with "source"`; and where no branch has been begun, all the ways there are to begin one. */
function branchOwner(branch: z.ZodMiniObject, branches: readonly Schema[], value: unknown, path: JsonPath): Owner {
  const present = (one: z.ZodMiniObject) =>
    requiredKeys(one).filter((key) => isObject(value) && Object.hasOwn(value, key));
  const objects = branches.filter((one) => one instanceof z.ZodMiniObject);
  const begun = objects.some((one) => present(one).length > 0);
  const own = present(branch).map(shown);
  const ways = alternatives(objects.map((one) => requiredKeys(one).map(shown).join(' and ')));
  return {
    name: own.length === 0 ? ofText(path) : `${ofText(path)} with ${own.join(' and ')}`,
    alternatives: begun ? null : `${ways} is missing${inText(path)}`,
  };
}

function walkDiscriminated(schema: z.ZodMiniDiscriminatedUnion, value: unknown, path: JsonPath): Complaint[] {
  if (!isObject(value)) {
    return [typeWritten(schema, value, path) ?? wrongKind(schema, value, path)];
  }
  const key = schema._zod.def.discriminator;
  const named = new Map<string, z.ZodMiniObject>();
  for (const branch of schema.def.options) {
    if (!(branch instanceof z.ZodMiniObject)) continue;
    const literal = shapeOf(branch)[key];
    if (literal instanceof z.ZodMiniLiteral) for (const name of literal.def.values) named.set(String(name), branch);
  }
  const names = [...named.keys()];
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  if (found === undefined) {
    const missing = `"${key}" is missing${inText(path)}; it must be ${alternatives(names.map(shown))}`;
    return [error(path, missing, 'key'), ...walkUntold(schema, value, path)];
  }
  const branch = typeof found === 'string' ? named.get(found) : undefined;
  if (branch !== undefined) {
    return walkObject(branch, value, path, { name: `${ofText(path)} of type ${shown(found)}`, alternatives: null });
  }
  return [oneOf(names, found, [...path, key]), ...walkUntold(schema, value, path)];
}

/** Values that no branch would take, where it is not told which one is meant; what is missing or too much, nobody knows. */
function walkUntold(
  schema: z.ZodMiniDiscriminatedUnion,
  value: Readonly<Record<string, unknown>>,
  path: JsonPath,
): Complaint[] {
  const shapes = schema.def.options.flatMap((branch) => (branch instanceof z.ZodMiniObject ? [shapeOf(branch)] : []));
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === schema._zod.def.discriminator) return [];
    const knowing = shapes.flatMap((shape) => (Object.hasOwn(shape, key) ? [shape[key]!] : []));
    const complaints = knowing.map((one) => walk(one, child, [...path, key]));
    return complaints.every((some) => some.length > 0) ? (complaints[0] ?? []) : [];
  });
}

function kindFits(branch: Schema, value: unknown): boolean {
  if (branch instanceof z.ZodMiniObject) return isObject(value);
  if (branch instanceof z.ZodMiniArray || branch instanceof z.ZodMiniTuple) return Array.isArray(value);
  if (branch instanceof z.ZodMiniEnum || branch instanceof z.ZodMiniString) return typeof value === 'string';
  if (branch instanceof z.ZodMiniLiteral) return branch.def.values.some((one) => typeof one === typeof value);
  if (branch instanceof z.ZodMiniNumber) return typeof value === 'number';
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function explainLeaf(schema: Schema, value: unknown, path: JsonPath): Complaint[] {
  const result = z.safeParse(schema, value);
  return result.success ? [] : result.error.issues.map((issue) => leafComplaint(issue, schema, value, path));
}

function leafComplaint(issue: z.core.$ZodIssue, schema: Schema, value: unknown, path: JsonPath): Complaint {
  const owner = pathText(path);
  const length = Array.isArray(value) ? `has ${value.length} entries` : `is ${shown(value)}`;
  switch (issue.code) {
    case 'invalid_value':
      return oneOf(issue.values.map(String), value, path, refusalOf(schema, value));
    case 'too_small':
      if (value === '') return error(path, `${owner} is empty`);
      return error(
        path,
        `${owner} ${length}; ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum} is needed`,
      );
    case 'too_big':
      return error(
        path,
        `${owner} ${length}; ${issue.inclusive === true ? 'at most' : 'less than'} ${issue.maximum} is allowed`,
      );
    case 'invalid_type':
      return wrongKind(schema, value, path);
    default:
      return error(path, `${owner} is ${shown(value)}: ${issue.message}`);
  }
}

/** Why a name that one might look for in an enumeration is not in it; empty where there is nothing to say. */
function refusalOf(schema: Schema, value: unknown): string {
  const reasons = refusals.get(schema);
  return typeof value === 'string' && reasons !== undefined && Object.hasOwn(reasons, value)
    ? `: ${reasons[value]!}`
    : '';
}

/**
 * @param refusal why the value is not among the names, if there is more to say than that.
 * @param allowed what may stand there, in words: the names, unless told.
 */
function oneOf(
  names: readonly string[],
  value: unknown,
  path: JsonPath,
  refusal = '',
  allowed = names.map(shown),
): Complaint {
  const hint = typeof value === 'string' ? suggestion(value, names) : '';
  return error(path, `${pathText(path)} is ${shown(value)}${hint}; it must be ${alternatives(allowed)}${refusal}`);
}

function wrongKind(schema: Schema, value: unknown, path: JsonPath): Complaint {
  return error(path, `${pathText(path)} is ${shown(value)}; ${expected(schema)} is needed`);
}
