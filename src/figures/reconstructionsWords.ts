/** The sentences that read reconstructions. */
import type { ReconstructionsFrame } from '../inspection/frames/reconstructions.ts';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';
import type { Pointed } from './reconstructions.tsx';

export function reconstructionsReading({ error, baseline, split, row }: ReconstructionsFrame): string {
  const own = Math.sqrt(error.reduce((sum, value) => sum + value * value, 0) / error.length);
  const share = baseline > 0 ? own / baseline : NaN;
  const compared = !Number.isFinite(share)
    ? ''
    : share > 0.97
      ? `; their mean alone would be off by ${formatValue(baseline)}: next to nothing of a row comes through`
      : `, ${formatFixed(100 * (1 - share), 0)}\u00a0% less than their mean alone would be (${formatValue(baseline)})`;
  return `${plural(row.length, `${split} row`)} encoded and decoded again: off by ${formatValue(own)} (root mean square)${compared}. Below, what draws from the prior decode to.`;
}

export function reconstructionText({ split, row, error }: ReconstructionsFrame, { kind, index }: Pointed): string {
  if (kind === 'sample') return `Sample ${index + 1}: decoded from a draw from the prior, the same at every look.`;
  return `${split === 'train' ? 'Training' : 'Validation'} row ${formatCount(row[index]! + 1)}: its reconstruction is off by ${formatValue(error[index]!)} (root mean square over the variables).`;
}
