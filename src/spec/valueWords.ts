/** What is said of values that a likelihood cannot score, whoever finds them: the editor at once, or training at its start. */
import { supportText, type Support } from './support.ts';

/** One value and where it stands, counted from 0 as the file has it. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** What the values of a file are like, or those at its beginning. */
export interface ValueFacts {
  /** The first value that is neither 0 nor 1. */
  readonly notBinary: Cell | null;
  /** The first value that is no whole number from 0 on. */
  readonly notLevel: Cell | null;
  readonly largest: Cell | null;
  /** Whether all may be shades of grey: between 0 and 1, or bytes. */
  readonly grey: boolean;
}

/** The value among these that is known to be outside the support; null where none is. */
export function outsideOf({ notBinary, notLevel, largest }: ValueFacts, support: Support): Cell | null {
  if (support === 'real') return null;
  if (support === 'binary') return notBinary;
  return notLevel ?? (largest !== null && largest.value >= support.levels ? largest : null);
}

/** "x.npy: row 3, column 2 is 0.5; the model scores 0 and 1 alone." */
export function outsideText(name: string, { row, column, value }: Cell, support: Support): string {
  return `${name}: row ${row + 1}, column ${column + 1} is ${value}; the model scores ${supportText(support)}.`;
}

/** What to do about it, as a sentence after a blank; empty where nothing can be said. */
export function valueAdvice({ notLevel, largest, grey }: ValueFacts, support: Support): string {
  if (support === 'real') return '';
  if (support === 'binary') {
    return grey ? ' Set "binarize" to "threshold" or "stochastic" in "data" to make grey values binary.' : '';
  }
  if (notLevel !== null) return ' Real values need a model whose conditionals are densities, such as Gaussians.';
  return ` The largest value is ${largest?.value ?? 0}: that many levels and one more are needed.`;
}

/** Facts of values in the order of the file. */
export function valueFactsOf(values: Iterable<number>, columns: number): ValueFacts {
  let notBinary: Cell | null = null;
  let notLevel: Cell | null = null;
  let largest: Cell | null = null;
  let [shares, bytes] = [true, true];
  let at = 0;
  for (const value of values) {
    const cell = () => ({ row: Math.floor(at / columns), column: at % columns, value });
    const whole = Number.isInteger(value) && value >= 0;
    if (value !== 0 && value !== 1) notBinary ??= cell();
    if (!whole) notLevel ??= cell();
    if (largest === null || value > largest.value) largest = cell();
    if (!(value >= 0 && value <= 1)) shares = false;
    if (!whole || value > 255) bytes = false;
    at++;
  }
  return { notBinary, notLevel, largest, grey: shares || bytes };
}
