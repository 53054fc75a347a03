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
  /** The first value that is not between 0 and 1. */
  readonly notUnit: Cell | null;
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

/**
 * What to do about it, as a sentence after a blank; empty where nothing can be said.
 * @param realBy What is set in such a model to take real values, where that is possible.
 */
export function valueAdvice(
  { notLevel, largest, grey }: ValueFacts,
  support: Support,
  realBy: string | null = null,
): string {
  if (support === 'real') return '';
  if (support === 'binary') {
    const real =
      realBy === null ? '' : ` To take ${grey ? 'them' : 'the values'} as real ones, set ${realBy} in "model".`;
    return (grey ? ' Set "binarize" to "threshold" or "stochastic" in "data" to make grey values binary.' : '') + real;
  }
  if (notLevel !== null) return ' Real values need a model whose conditionals are densities, such as Gaussians.';
  return ` The largest value is ${largest?.value ?? 0}: that many levels and one more are needed.`;
}

/** Whether a mean that a sigmoid holds can come to this value. */
export const inUnit = (value: number): boolean => value >= 0 && value <= 1;

/**
 * "x.npy: row 3, column 2 is 143; the means …", with what to do about it.
 * @param scaled Whether the value has been divided by the range of the training rows (`"scale": "unit"`) already.
 * @param advise Whether to say what to change in the experiment.
 */
export function outsideUnitText(
  name: string,
  { row, column, value }: Cell,
  { scaled, advise = true }: { readonly scaled: boolean; readonly advise?: boolean },
): string {
  const found =
    `${name}: row ${row + 1}, column ${column + 1} is ${value}${scaled ? ' once it is scaled' : ''}; the means of the model ` +
    'are held between 0 and 1 by a sigmoid and can never come to it.';
  if (!advise) return found;
  const otherwise = 'set "mean" to "linear" in "output"';
  if (value < 0) return `${found} Shift the values so that none is below 0, or ${otherwise}.`;
  return scaled
    ? `${found} The scale is that of the training rows, none of which is so large: leave the row out, or ${otherwise}.`
    : `${found} Set "scale" to "unit" in "data", which divides by the largest value that there can be, or ${otherwise}.`;
}

/** Facts of values in the order of the file. */
export function valueFactsOf(values: Iterable<number>, columns: number): ValueFacts {
  let notBinary: Cell | null = null;
  let notLevel: Cell | null = null;
  let notUnit: Cell | null = null;
  let largest: Cell | null = null;
  let bytes = true;
  let at = 0;
  for (const value of values) {
    const cell = () => ({ row: Math.floor(at / columns), column: at % columns, value });
    const whole = Number.isInteger(value) && value >= 0;
    if (value !== 0 && value !== 1) notBinary ??= cell();
    if (!whole) notLevel ??= cell();
    if (largest === null || value > largest.value) largest = cell();
    if (!inUnit(value)) notUnit ??= cell();
    if (!whole || value > 255) bytes = false;
    at++;
  }
  return { notBinary, notLevel, notUnit, largest, grey: notUnit === null || bytes };
}
