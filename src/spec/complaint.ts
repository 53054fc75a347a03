/** Something wrong with a value, before its place in the text is known. */
export type JsonPath = readonly (string | number)[];

export interface Complaint {
  /** `info`: nothing is wrong, and something has to be known. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly path: JsonPath;
  /** What to underline: the value at the path, or its key. */
  readonly at: 'value' | 'key';
}

/** @param at the value, unless its key is what has to be changed or left out. */
export function complain(
  severity: Complaint['severity'],
  path: JsonPath,
  message: string,
  at: Complaint['at'] = 'value',
): Complaint {
  return { severity, path, message, at };
}

/** `model.hidden[1]`; `this` for the whole. */
export function pathText(path: JsonPath): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text.replace(/^\./, '') || 'this';
}

/** A JSON value as it would be written, cut where it is long. */
export function shown(value: unknown): string {
  // A number too large for JSON is read as infinite.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `"a", "b" or "c"` */
export function alternatives(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]!}`;
}
