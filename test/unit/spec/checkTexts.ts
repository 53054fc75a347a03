/** Experiments in writing, and what is wrong with them, for the tests of checking. */
import { checkExperiment, type CheckContext } from '../../../src/spec/check.ts';
import type { DataFacts } from '../../../src/spec/facts.ts';
import { models } from '../../../src/spec/models/index.ts';

/** Each problem as `severity/source "underlined text": message`. */
export function problemsOf(text: string, context?: CheckContext): string[] {
  return checkExperiment(text, context).map(
    ({ severity, source, offset, length, message }) =>
      `${severity}/${source} ${text.slice(offset, offset + length)}: ${message}`,
  );
}

/** `"made", … or "…"`: every type that there is. */
export const anyType = Object.keys(models)
  .map((type) => `"${type}"`)
  .join(', ')
  .replace(/, ("[^"]*")$/, ' or $1');
export const model = '"model": { "type": "made", "hidden": [5] }';
export const data = '"data": { "generate": "bars-and-stripes" }';
export const withModel = (keys: string) => `{ "model": { "type": "made", ${keys} }, ${data} }`;
export const withData = (keys: string) => `{ ${model}, "data": { ${keys} } }`;
export const withTraining = (keys: string, dataKeys = data) => `{ ${model}, ${dataKeys}, "training": { ${keys} } }`;

/** What is known of a file with these arrays: name, rows, further sizes. */
export const facts = (...arrays: [name: string | null, rows: number | null, ...rest: number[]][]): DataFacts => ({
  exists: true,
  problem: null,
  arrays: arrays.map(([name, rows, ...rest]) => ({
    name,
    rows,
    shape: rows === null ? null : [rows, ...rest],
    columns: rest.reduce((a, b) => a * b, 1),
    dtype: 'uint8',
  })),
});
