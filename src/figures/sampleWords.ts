/** What one entry of samples is, in the model's own values. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import { formatFixed, formatValue, inputName, plural } from './text.ts';

const WHOLE = 255;

export interface SampleEntry {
  readonly row: number;
  readonly variable: number;
}

/** The value that a byte of a frame stands for: exact for 0 and 1 and for at most 256 levels, else to 1 of 255 parts. */
export function valueOfByte({ range, levels }: Pick<SamplesFrame, 'range' | 'levels'>, byte: number): number {
  if (!range) return byte / WHOLE;
  const [low, high] = range;
  const value = low + (byte / WHOLE) * (high - low);
  // Levels come back whole; of anything else no more digits than there are.
  return haveBytes(levels) ? Math.round(value) : value;
}

/** Whether each of the levels has a byte of its own. */
const haveBytes = (levels: number | undefined) => levels !== undefined && levels <= WHOLE + 1;

/** "≤ −2.1" at the ends, where values are cut off. */
function valueText(frame: SamplesFrame, byte: number): string {
  const value = valueOfByte(frame, byte);
  if (!frame.range) return Number.isInteger(value) ? `= ${value}` : `= ${formatFixed(value, 2)}`;
  if (haveBytes(frame.levels)) return `= ${formatValue(value)}`;
  const sign = byte === 0 ? '≤' : byte === WHOLE ? '≥' : '≈';
  return `${sign} ${formatValue(value)}`;
}

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

/** "Sample 3 of 100 samples: x₇ = 1, drawn with probability 0.93 of being 1." */
export function entryText(frame: SamplesFrame, { row, variable }: SampleEntry): string {
  const at = row * frame.dimension + variable;
  const context = contextText(frame, row);
  const sample = `Sample ${row + 1} of ${plural(frame.rows, 'sample')}${context && ` (${context})`}`;
  const name = inputName(variable);
  const entry = frame.entries?.[at] ?? sampleEntries.drawn;
  if (entry === sampleEntries.coming) return `${sample}: ${name} is not drawn yet.`;
  const value = `${sample}: ${name} ${valueText(frame, frame.values[at] ?? 0)}`;
  if (entry === sampleEntries.given) return `${value}, given.`;
  const mean = frame.means?.[at];
  if (mean === undefined) return `${value}.`;
  return frame.range
    ? `${value}, its conditional’s mean ${valueText(frame, mean)}.`
    : `${value}, drawn with probability ${formatFixed(mean / WHOLE, 2)} of being 1.`;
}
