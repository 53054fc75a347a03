/** Small texts that several places write alike. */
import { formatCount, formatFixed, plural } from '../src/figures/text.ts';
import type { Frame } from '../src/inspection/frames.ts';
import type { CheckCounts } from '../src/protocol/webview.ts';

/** Epochs done: whole ones whole, others with one decimal. */
export function epochText(epoch: number): string {
  return Number.isInteger(epoch) ? formatCount(epoch) : formatFixed(epoch, 1);
}

/** "step 1,200 · epoch 2.4 · mask 1 of 4": what a frame shows. */
export function frameNote({
  step,
  epoch,
  mask,
  maskCount,
}: Pick<Frame, 'step' | 'epoch' | 'mask' | 'maskCount'>): string {
  return [
    `step ${formatCount(step)}`,
    `epoch ${epochText(epoch)}`,
    ...(maskCount > 1 ? [`mask ${mask + 1} of ${maskCount}`] : []),
  ].join(' · ');
}

/** What the checks have said beside the findings. */
export function checksText(findings: number, checks: CheckCounts | null, active: boolean): string {
  if (checks === null) {
    if (active) return 'Not checked in full yet: all checks run when training ends.';
    return findings === 0 ? 'Not checked yet.' : 'Not all checks have run yet.';
  }
  const { passed, notApplicable } = checks;
  const rest = notApplicable === 0 ? '' : `, ${notApplicable} ${notApplicable === 1 ? 'does' : 'do'} not apply`;
  return `${findings === 0 ? 'No findings: ' : ''}${plural(passed, 'check')} passed${rest}.`;
}
