/** What a likelihood can score: decides which data a model may be given. */

/** `levels`: the whole numbers 0 … levels − 1, each with a probability of its own; `real`: a density. */
export type Support = 'binary' | 'real' | { readonly levels: number };

/** In words, as what a model scores. */
export function supportText(support: Support): string {
  if (support === 'binary') return '0 and 1 alone';
  return support === 'real' ? 'real values' : `whole levels 0 … ${support.levels - 1}`;
}

/** Whether a likelihood with this support is one of such values. */
export function canScore(support: Support, values: 'binary' | 'real'): boolean {
  return values === 'binary' || support === 'real';
}

/** Whether a likelihood with this support can score this one value. */
export function scores(support: Support, value: number): boolean {
  if (support === 'binary') return value === 0 || value === 1;
  if (support === 'real') return Number.isFinite(value);
  return Number.isInteger(value) && value >= 0 && value < support.levels;
}
