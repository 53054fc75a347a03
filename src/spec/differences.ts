/** In what two experiments differ: keys with both values. Pure. */

export interface Difference {
  /** Dotted, "model.hidden". */
  readonly key: string;
  /** The values as JSON; null where the experiment has no such key. */
  readonly a: string | null;
  readonly b: string | null;
}

/** Keys of either that are not alike, in the order of the first and then of the second. Lists are compared whole. */
export function experimentDifferences(a: unknown, b: unknown): Difference[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [one, other] = [left.get(key) ?? null, right.get(key) ?? null];
    return one === other ? [] : [{ key, a: one, b: other }];
  });
}

function leavesOf(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const text = JSON.stringify(value) as string | undefined;
    return new Map(text === undefined ? [] : [[prefix, text]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, prefix === '' ? key : `${prefix}.${key}`)]),
  );
}
