/** In what two experiments differ: keys with both values. Pure. */

export interface Difference {
  /** Dotted, "model.hidden". */
  readonly key: string;
  /** The values as JSON; null where the experiment has no such key. */
  readonly a: string | null;
  readonly b: string | null;
}

/**
 * Keys of either that are not alike, in the order of the first and then of the second. Lists are compared whole, and so is
 * an object in the place of which the other has a plain value.
 */
export function experimentDifferences(a: unknown, b: unknown): Difference[] {
  const leaves = [leavesOf(a), leavesOf(b)] as const;
  const left = wholeWhere(leaves[0], { plain: leaves[1], of: a });
  const right = wholeWhere(leaves[1], { plain: leaves[0], of: b });
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [one, other] = [left.get(key) ?? null, right.get(key) ?? null];
    return one === other ? [] : [{ key, a: one, b: other }];
  });
}

/** Leaves, those below a key that is plain in the other experiment as one: the object there. */
function wholeWhere(
  leaves: ReadonlyMap<string, string>,
  { plain, of }: { readonly plain: ReadonlyMap<string, string>; readonly of: unknown },
): Map<string, string> {
  const whole = new Map<string, string>();
  for (const [key, value] of leaves) {
    const parts = key.split('.');
    const above = parts.map((_, i) => parts.slice(0, i).join('.')).find((part) => part !== '' && plain.has(part));
    if (above === undefined) whole.set(key, value);
    else whole.set(above, JSON.stringify(above.split('.').reduce<unknown>(entryOf, of)));
  }
  return whole;
}

const entryOf = (value: unknown, key: string) => (value as Record<string, unknown>)[key];

function leavesOf(value: unknown, prefix = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const text = JSON.stringify(value) as string | undefined;
    return new Map(text === undefined ? [] : [[prefix, text]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, prefix === '' ? key : `${prefix}.${key}`)]),
  );
}
