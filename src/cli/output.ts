/** What the command line writes: results to standard output, everything else to standard error. */
import type { RunManifest, Score } from '../runs/manifest.ts';
import { measureOf, type MeasuredQuantity } from '../text/measure.ts';

type ScoredRun = Pick<RunManifest, 'best' | 'validation' | 'test' | 'model' | 'dimension'>;

/** A failure to be shown as one message, without a trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, plain));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Typed arrays as arrays of numbers. */
function plain(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : value;
}

/** Labels and values in two columns. */
export function pairs(rows: readonly (readonly [string, string] | null)[]): string {
  const shown = rows.filter((row) => row !== null);
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}

/** Columns as wide as their widest cell; numbers (`right`) to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (right.includes(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function integer(value: number): string {
  return value.toLocaleString('en-GB');
}

/** "8 s", "3 min", "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "91.503 ± 0.214 nats, 0.1684 bits/dim (10,000 rows)"; of a loss its own unit alone, of a text by the character. */
export function scoreText(score: Score, quantity?: MeasuredQuantity): string {
  const { nats: mean, standardError, bitsPerDim, rows } = score;
  const { unit, likelihood, each } = measureOf(quantity);
  if (each !== undefined && bitsPerDim !== null) {
    const one = bitsPerDim * Math.LN2;
    const error = (standardError * one) / mean;
    return `${one.toFixed(4)} ± ${error.toFixed(4)} nats/${each}, ${bitsPerDim.toFixed(4)} bits/${each} (${integer(rows)} rows)`;
  }
  const bits = likelihood && bitsPerDim !== null ? `, ${bitsPerDim.toFixed(4)} bits/dim` : '';
  return `${mean.toFixed(3)} ± ${standardError.toFixed(3)} ${unit}${bits} (${integer(rows)} rows)`;
}

/** What is known of a run's quality once it stands still. A bound, and a loss that is no likelihood, is called by its name. */
export function scorePairs({ best, validation, test, model, dimension }: ScoredRun): ([string, string] | null)[] {
  const { name, unit, likelihood, each } = measureOf(model?.quantity);
  const bestText = ({ nats }: { readonly nats: number }) =>
    each === undefined ? `${nats.toFixed(3)} ${unit}` : `${(nats / dimension).toFixed(4)} ${unit}/${each}`;
  const exact = likelihood && model?.quantity.kind !== 'bound';
  const label = (split: string) => (exact ? split : `${split} ${name}`);
  return [
    best && ['Best epoch', `${best.epoch} (${bestText(best)})`],
    validation && [label('Validation'), scoreText(validation, model?.quantity)],
    test && [label('Test'), scoreText(test, model?.quantity)],
  ];
}
