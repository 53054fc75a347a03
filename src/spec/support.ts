/** What a likelihood can score: decides which data a model may be given. */

/** In words, as what a model scores. */
export const supports = {
  binary: '0 and 1 alone',
  levels: 'whole levels, such as 0 … 255',
  real: 'real values',
} as const;

export type Support = keyof typeof supports;

/** Whether a likelihood with this support is one of such values. */
export function canScore(support: Support, values: 'binary' | 'real'): boolean {
  return values === 'binary' || support === 'real';
}
