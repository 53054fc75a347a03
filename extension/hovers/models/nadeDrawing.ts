/** What the hovers of NADE and EoNADE draw: one node for each hidden vector, which is several units. */
import { inputName, outputName, superscript } from '../../../src/text/notation.ts';
import { formatCount, plural } from '../../../src/text/numbers.ts';
import type { DiagramLabels } from '../../../src/figures/hover.ts';
import type { Connectivity } from '../../../src/masks/connectivity.ts';

/** @param hidden units of the vectors of each layer. */
export function nadeLabels(dimension: number, hidden: readonly number[]): DiagramLabels {
  const deep = hidden.length > 1;
  const size = (to: number, from: number) => `${formatCount(to)} × ${formatCount(from)}`;
  return {
    several: [
      null,
      ...hidden.map((units, l) => ({
        name: deep ? `h${superscript(l + 1)} vectors` : 'h vectors',
        note: `${formatCount(units)} units each`,
      })),
      null,
    ],
    joints: [
      { name: deep ? 'W¹, shared' : 'W, shared', size: size(hidden[0]!, dimension), counted: 'h_d sees what precedes' },
      ...hidden.slice(1).map((units, l) => ({
        name: `W${superscript(l + 2)}, shared`,
        size: size(units, hidden[l]!),
        counted: 'each vector its own',
      })),
      { name: 'V', size: size(dimension, hidden.at(-1)!), counted: 'each output its own' },
    ],
  };
}

/** One or two sentences that read the picture. */
export function nadeWords({ order, dimension }: Connectivity, hidden: readonly number[]): string {
  const last = order.indexOf(dimension);
  const joining = hidden.length === 2 ? ' and ' : ' … ';
  const weights = hidden.length === 1 ? 'W' : `W¹${joining}W${superscript(hidden.length)}`;
  const vectors = `${plural(dimension, 'hidden vector')} of ${hidden.map(formatCount).join(' – ')} units share ${weights}`;
  if (dimension === 1) return `${vectors}; ${outputName(last)} depends on nothing.`;
  const first = order.indexOf(1);
  return `${vectors}: that of a variable sees the variables before it, that of ${inputName(first)} none, that of ${inputName(last)} all the others.`;
}

/** 500 for one layer, 500 · 500 for two: in the heading, between inputs and outputs. */
export function nadeShape(dimension: number, hidden: readonly number[]): string {
  const vectors = hidden.map((units) => `${formatCount(dimension)} × ${formatCount(units)}`);
  return [formatCount(dimension), ...vectors, formatCount(dimension)].join(' – ');
}
