/** Numbers of things, as every view and finding writes them. */
import { superscript } from './notation.ts';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number of things: 3,160; from ten million on 1.3 × 10⁷. */
export function formatCount(n: number): string {
  return Math.abs(n) < 1e7 ? grouped.format(n) : scientific(n, 2);
}

/** 4.2 × 10⁻⁶ */
export function scientific(value: number, significant: number): string {
  const [mantissa, exponent] = value.toExponential(significant - 1).split('e');
  return minus(`${Number(mantissa)} × 10${superscript(Number(exponent))}`);
}

/** With the sign that is as wide as a plus. */
export const minus = (text: string): string => text.replace(/^-/, '−');

/** "1 path", "5 paths". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}
