/** The table of an experiment file's keys, as it stands in FORMATS.md, made from the JSON Schema. */
import type * as z from 'zod';
import { experimentJsonSchema } from '../../../src/spec/jsonSchema.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** One key: what stands in the table, and the branch of a union that it belongs to. */
interface Row {
  readonly path: string;
  readonly cells: readonly string[];
  readonly branch: string | null;
}

/** Markdown, one row a key: dotted path, allowed values, default, meaning. Branches that agree share a row. */
export function experimentTable(): string {
  const merged = new Map<string, { row: Row; branches: string[] }>();
  for (const row of rowsOf(experimentJsonSchema(), '', null)) {
    const same = JSON.stringify([row.path, row.cells]);
    const entry = merged.get(same) ?? { row, branches: [] };
    if (row.branch !== null && !entry.branches.includes(row.branch)) entry.branches.push(row.branch);
    merged.set(same, entry);
  }
  const lines = [...merged.values()].map(({ row, branches }) => {
    const note = branches.length === 0 ? '' : ` (${branches.join(', ')})`;
    return `| ${[`\`${row.path}\`${note}`, ...row.cells].join(' | ')} |`;
  });
  return ['| key | values | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

function rowsOf(schema: Schema, path: string, branch: string | null): Row[] {
  const rows: Row[] = [];
  const required = new Set(schema.required ?? []);
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    if (typeof child !== 'object' || key === '$schema') continue;
    const name = path === '' ? key : `${path}.${key}`;
    const fallback = child.default === undefined ? (required.has(key) ? 'needed' : '') : defaultText(child.default);
    rows.push({ path: name, cells: [valuesOf(child), fallback, meaningOf(child)], branch });
    rows.push(...rowsOf(child, name, branch));
  }
  for (const one of branchesOf(schema)) {
    const only = one.required?.filter((key) => !isTag(one, key)) ?? [];
    const tag = Object.entries(one.properties ?? {}).find(([key]) => isTag(one, key))?.[1];
    const which = typeof tag === 'object' ? `\`${String(tag.const)}\`` : only.map((key) => `\`${key}\``).join(', ');
    rows.push(...rowsOf(withoutTag(one), path, branch ?? which));
  }
  return rows;
}

/** Branches of a union of objects, whether told apart by a key or not. */
function branchesOf(schema: Schema): Schema[] {
  const tagged = (schema.allOf ?? []).flatMap(({ then }) => (typeof then === 'object' ? [then] : []));
  const plain = (schema.anyOf ?? []).filter((branch) => branch.properties !== undefined);
  return [...tagged, ...plain];
}

function isTag(schema: Schema, key: string): boolean {
  const property = schema.properties?.[key];
  return typeof property === 'object' && property.const !== undefined;
}

function withoutTag(schema: Schema): Schema {
  const kept = Object.entries(schema.properties ?? {}).filter(([key]) => !isTag(schema, key));
  return { ...schema, properties: Object.fromEntries(kept) };
}

function defaultText(value: unknown): string {
  return typeof value === 'object' ? '' : `\`${JSON.stringify(value)}\``;
}

function meaningOf(schema: Schema): string {
  // Defaults have a column of their own.
  return (schema.description ?? '').replace(/ Default: [^.]+(\.\d+)?\.$/, '').replaceAll('|', '\\|');
}

function valuesOf(schema: Schema, several = false): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const branches = (schema.anyOf ?? []).filter((branch) => branch.properties === undefined);
  if (branches.length > 0) return branches.map((branch) => valuesOf(branch)).join(', or ');
  if (schema.properties !== undefined || schema.anyOf !== undefined) return 'object';
  if (schema.type === 'array') {
    const { items } = schema;
    if (Array.isArray(items)) return `list of ${items.length} whole numbers`;
    return `${several ? 'lists' : 'list'} of ${typeof items === 'object' ? valuesOf(items, true) : 'anything'}`;
  }
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'string') return 'text';
  return `${schema.type === 'integer' ? 'whole number' : 'number'}${several ? 's' : ''}${rangeOf(schema)}`;
}

function rangeOf(schema: Schema): string {
  const bounds = [
    schema.minimum === undefined ? '' : `≥ ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `> ${String(schema.exclusiveMinimum)}`,
    schema.maximum === undefined ? '' : `≤ ${schema.maximum}`,
    schema.exclusiveMaximum === undefined ? '' : `< ${String(schema.exclusiveMaximum)}`,
  ].filter((bound) => bound !== '');
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`;
}
