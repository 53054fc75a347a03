/** Words and numbers as the figures write them: names of units, counts, values, abbreviated lists. Pure strings. */
import type { UnitId } from '../masks/network.ts';
import { inputName, outputName, subscript, SUBSCRIPTS, superscript, SUPERSCRIPTS } from '../text/notation.ts';
import { formatCount, minus, scientific } from '../text/numbers.ts';

export { inputName, outputName, pairName, superscript } from '../text/notation.ts';
export { formatCount, plural } from '../text/numbers.ts';

/** Column of the context (from 0): c₁, c₂, … */
export const contextName = (column: number): string => `c${subscript(column + 1)}`;

/** Name of a unit in a network of `layers` layers, inputs and outputs included: x₃, h₁₂, h²₁₂, x̂₃. */
export function unitName({ layer, unit }: UnitId, layers: number): string {
  if (layer >= layers) return contextName(unit);
  if (layer === 0) return inputName(unit);
  if (layer === layers - 1) return outputName(unit);
  return `h${layers > 3 ? superscript(layer) : ''}${subscript(unit + 1)}`;
}

/** Name of the weight matrix into layer `mask` + 1, as MADE's paper writes it: W¹, W², V; A of the only one (FVSBN). */
export function weightName(mask: number, masks: number): string {
  if (masks === 1) return 'A';
  if (mask === masks - 1) return 'V';
  return masks > 2 ? `W${superscript(mask + 1)}` : 'W';
}

/** A measured value with three significant digits: 0.0312, 91.5, 4.2 × 10⁻⁶. */
export function formatValue(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return scientific(value, significant);
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
  return minus(value.toLocaleString('en', { maximumFractionDigits: decimals, minimumFractionDigits: 0 }));
}

/**
 * A value that is known to within `error`, with the digits that are known and no more: "≈ −0.019 ± 0.002"; of one that
 * may be 0 only how large it may be: "< 0.0001", in size.
 */
export function formatWithin(value: number, error: number): { readonly sign: '≈' | '<' | '='; readonly text: string } {
  if (error === 0 || !Number.isFinite(value)) return { sign: '=', text: formatValue(value) };
  const size = Math.abs(value);
  if (size <= error) {
    const unit = 10 ** Math.floor(Math.log10(size + error));
    return { sign: '<', text: formatValue(Math.ceil((size + error) / unit) * unit, 1) };
  }
  const decimals = Math.max(0, Math.ceil(-Math.log10(error)));
  const unit = 10 ** -decimals;
  // Rounding adds up to half a digit of its own, which is part of what is not known.
  const rounding = Math.abs(Number(value.toFixed(decimals)) - value);
  const within = Math.ceil((error + rounding) / unit - 1e-9) * unit;
  return { sign: '≈', text: `${minus(value.toFixed(decimals))} ± ${within.toFixed(decimals)}` };
}

/** A likelihood or another curve's value with a fixed number of decimals, so that digits keep their places. */
export function formatFixed(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const text = value.toLocaleString('en', { maximumFractionDigits: decimals, minimumFractionDigits: decimals });
  // What rounds to 0 has no sign.
  return minus(text.replace(/^-(?=0(\.0*)?$)/, ''));
}

export function percent(part: number, whole: number): string {
  // The unit never begins a line of its own.
  return whole === 0 ? '0\u00a0%' : `${formatFixed((100 * part) / whole, 1)}\u00a0%`;
}

export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${formatFixed(seconds, seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const SHORTEST_RANGE = 3;

/**
 * Names of many indices, rising, with runs of neighbours drawn together and the rest counted:
 * "x₁ … x₆, x₉ and 12 more".
 */
export function listIndices(indices: readonly number[], name: (index: number) => string, most = 4): string {
  const runs: [number, number][] = [];
  for (const index of indices) {
    const last = runs[runs.length - 1];
    if (last?.[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  const parts: { text: string; size: number }[] = runs.flatMap(([from, to]) =>
    to - from + 1 >= SHORTEST_RANGE
      ? [{ text: `${name(from)} … ${name(to)}`, size: to - from + 1 }]
      : Array.from({ length: to - from + 1 }, (_, i) => ({ text: name(from + i), size: 1 })),
  );
  // Naming one more is shorter than counting it.
  const named = parts.length === most + 1 ? most + 1 : most;
  const shown = parts.slice(0, named);
  const left = parts.slice(named).reduce((sum, { size }) => sum + size, 0);
  if (left > 0) return `${shown.map(({ text }) => text).join(', ')} and ${formatCount(left)} more`;
  if (shown.length < 2) return shown[0]?.text ?? '';
  return `${shown
    .slice(0, -1)
    .map(({ text }) => text)
    .join(', ')} and ${shown[shown.length - 1]!.text}`;
}

/** Fonts differ; labels that nearly touch in one would overlap in the next. */
const SAFETY = 1.06;

/** Rough width of a line of text, px: good enough to wrap and to keep labels apart without a DOM. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) {
    if ('\u0302'.includes(character)) continue;
    if (SUBSCRIPTS.includes(character) || SUPERSCRIPTS.includes(character)) units += 0.4;
    else if (" .,:;|'ilj!()[]".includes(character)) units += 0.32;
    else if (character >= 'A' && character <= 'Z') units += 0.68;
    else if ('mwMW%…—×'.includes(character)) units += 0.86;
    else units += 0.56;
  }
  return units * size * SAFETY;
}

/** Breaks text into lines no wider than `width` px. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== '') lines.push(line);
  return lines;
}
