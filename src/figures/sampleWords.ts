/** What one entry of samples is, in the model's own values. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import { placeWords } from './imageWords.ts';
import { formatFixed, formatValue, inputName, plural } from './text.ts';

const WHOLE = 255;

export interface SampleEntry {
  readonly row: number;
  readonly variable: number;
}

/**
 * The value that a byte of drawn values stands for: exact for 0 and 1 and for at most 256 levels, else to 1 of 255 parts.
 */
export function valueOfByte(frame: Pick<SamplesFrame, 'range' | 'levels'>, byte: number): number {
  const value = meanOfByte(frame, byte);
  // Levels come back whole; of anything else no more digits than there are.
  return frame.range && haveBytes(frame.levels) ? Math.round(value) : value;
}

/** The conditional mean that a byte stands for, to 1 of 255 parts of the range: of levels, too, it lies between them. */
export function meanOfByte({ range }: Pick<SamplesFrame, 'range'>, byte: number): number {
  const [low, high] = range ?? [0, 1];
  return low + (byte / WHOLE) * (high - low);
}

/** Decimals that are known of a value to 1 of 255 parts of the range. */
export function knownDecimals({ range }: Pick<SamplesFrame, 'range'>): number {
  const [low, high] = range ?? [0, 1];
  const step = (high - low) / WHOLE;
  return step > 0 ? Math.min(20, Math.max(0, Math.ceil(-Math.log10(step)))) : 0;
}

/** Whether each of the levels has a byte of its own. */
const haveBytes = (levels: number | undefined) => levels !== undefined && levels <= WHOLE + 1;

/** The shortest decimal number that is this one in float32. */
export function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** "= 3" of a level or a value that is known; of a byte alone "≈ 3.41", "≤ −2.1" at the ends, where values are cut off. */
function valueText(frame: SamplesFrame, at: number): string {
  const exact = frame.exact?.values?.[at];
  if (exact !== undefined) return `= ${formatValue(exact)}`;
  const byte = frame.values[at] ?? 0;
  const value = valueOfByte(frame, byte);
  if (!frame.range) return Number.isInteger(value) ? `= ${value}` : `= ${formatFixed(value, 2)}`;
  if (haveBytes(frame.levels)) return `= ${formatValue(value)}`;
  return `${signOf(byte)} ${formatValue(value)}`;
}

/** "≈ 3.41": a mean is cut off only where the values are. */
function meanText(frame: SamplesFrame, at: number): string {
  const exact = frame.exact?.means?.[at];
  if (exact !== undefined) return `= ${formatValue(exact)}`;
  const byte = frame.means?.[at] ?? 0;
  return `${frame.levels === undefined ? signOf(byte) : '≈'} ${formatValue(meanOfByte(frame, byte))}`;
}

const signOf = (byte: number) => (byte === 0 ? '≤' : byte === WHOLE ? '≥' : '≈');

/** Which class or values a row was drawn under; '' for models without a context. */
export function contextText({ context, rows }: SamplesFrame, row: number): string {
  if (!context || context.length === 0) return '';
  const size = context.length / rows;
  const own = context.subarray(row * size, (row + 1) * size);
  const one = own.indexOf(1);
  const oneHot = size > 1 && one >= 0 && own.every((value, i) => value === (i === one ? 1 : 0));
  if (oneHot) return `label ${one}`;
  const shown = Array.from(own.subarray(0, 4), (value) => formatValue(value)).join(', ');
  return `given ${shown}${size > 4 ? ', …' : ''}`;
}

/** "Sample 3 of 500 samples (label 1): x₁ = 0.41, x₂ = −1.2." */
export function rowText(frame: SamplesFrame, row: number): string {
  const { dimension, entries } = frame;
  const values = Array.from({ length: dimension }, (_, variable) => {
    const at = row * dimension + variable;
    const entry = entries?.[at];
    if (entry === sampleEntries.coming) return `${inputName(variable)} is not drawn yet`;
    return `${inputName(variable)} ${valueText(frame, at)}${entry === sampleEntries.given ? ', given' : ''}`;
  });
  return `${sampleName(frame, row)}: ${values.join(', ')}.`;
}

function sampleName(frame: SamplesFrame, row: number): string {
  const context = contextText(frame, row);
  return `Sample ${row + 1} of ${plural(frame.drawn ?? frame.rows, 'sample')}${context && ` (${context})`}`;
}

/** "Sample 3 of 100 samples: x₇ = 1, drawn with probability 0.93 of being 1." */
export function entryText(frame: SamplesFrame, { row, variable }: SampleEntry): string {
  const at = row * frame.dimension + variable;
  const sample = sampleName(frame, row);
  const { image } = frame;
  // In colour a pixel is three variables: which of them this is has to be said.
  const name = image?.length === 3 ? `${inputName(variable)} (${placeWords(image, variable)})` : inputName(variable);
  const entry = frame.entries?.[at] ?? sampleEntries.drawn;
  if (entry === sampleEntries.coming) return `${sample}: ${name} is not drawn yet.`;
  const value = `${sample}: ${name} ${valueText(frame, at)}`;
  if (entry === sampleEntries.given) return `${value}, given.`;
  const mean = frame.means?.[at];
  if (mean === undefined) return `${value}.`;
  return frame.range
    ? `${value}, its conditional’s mean ${meanText(frame, at)}.`
    : `${value}, drawn with probability ${formatFixed(frame.exact?.means?.[at] ?? mean / WHOLE, 2)} of being 1.`;
}

/**
 * The D values of a row for a table: as they are where the frame has them, else levels whole and all else with the decimals
 * that are known; means as probabilities where values are 0 and 1; null where nothing is drawn yet.
 */
export function sampleCells(frame: SamplesFrame, which: 'draws' | 'means'): (row: number) => (number | null)[] {
  const { dimension, means, entries } = frame;
  const [bytes, valueOf] = which === 'means' && means ? [means, meanOfByte] : [frame.values, valueOfByte];
  const exact = bytes === means ? frame.exact?.means : frame.exact?.values;
  const decimals = knownDecimals(frame);
  return (row) =>
    Array.from(bytes.subarray(row * dimension, (row + 1) * dimension), (byte, d) => {
      const at = row * dimension + d;
      if (entries?.[at] === sampleEntries.coming) return null;
      return exact ? shortest(exact[at]!) : Number(valueOf(frame, byte).toFixed(decimals));
    });
}
