/** What was measured of both divergences while the view was open: kept by the page, thinned where it grows long. */
import type { Moment } from '../../src/figures/equivalenceWords.ts';

/** Moments kept; beyond them every other one goes. */
export const MOST_MOMENTS = 240;

/** With one more, in the order of steps. Of one step that stays which is of more rows. */
export function withMoment(kept: readonly Moment[], moment: Moment): readonly Moment[] {
  const known = kept.find(({ step }) => step === moment.step);
  if (known && known.rows > moment.rows) return kept;
  const all = [...kept.filter(({ step }) => step !== moment.step), moment].sort((a, b) => a.step - b.step);
  if (all.length <= MOST_MOMENTS) return all;
  return all.filter(({ step }, i) => i % 2 === 0 || i === all.length - 1 || step === moment.step);
}
