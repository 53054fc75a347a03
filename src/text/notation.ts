/** Variables as every view, figure and finding writes them. */
export const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
export const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const digits = (n: number, alphabet: string) => Array.from(String(n), (digit) => alphabet[Number(digit)]).join('');

/** 12 → "₁₂" */
export const subscript = (n: number): string => digits(n, SUBSCRIPTS);
/** −12 → "⁻¹²" */
export const superscript = (n: number): string => (n < 0 ? '⁻' : '') + digits(Math.abs(n), SUPERSCRIPTS);

/** Input d (from 0): x₁, x₂, … */
export const inputName = (d: number): string => `x${subscript(d + 1)}`;
/** Conditional d (from 0): x̂₁, x̂₂, … */
export const outputName = (d: number): string => `x\u0302${subscript(d + 1)}`;

/** A pair of variables, counted from 0: "x̂₃ ← x₅". */
export function pairName({ output, input }: { readonly output: number; readonly input: number }): string {
  return `${outputName(output)} ← ${inputName(input)}`;
}
