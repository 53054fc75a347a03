/** Small texts that several places write alike. */
import { formatCount, formatFixed, plural } from '../src/figures/text.ts';
import { isFresh, maskName } from '../src/figures/maskWords.ts';
import type { Frame, SamplesFrame } from '../src/inspection/frames.ts';
import type { CheckCounts } from '../src/protocol/webview.ts';
import { uncompiledText } from '../src/text/uncompiled.ts';
import { epochOf, isActive, type Moment } from './runState.ts';

/** Epochs done: whole ones whole, others with one decimal. */
export function epochText(epoch: number): string {
  return Number.isInteger(epoch) ? formatCount(epoch) : formatFixed(epoch, 1);
}

type Shown = Pick<Frame, 'step' | 'epoch' | 'mask' | 'maskCount' | 'uncompiled'> & Pick<SamplesFrame, 'ensemble'>;

/** A frame that lags the run by more than this is said to be old, epochs. */
const LAG = 1;

/**
 * "step 1,200 (2.3 epochs ago)": whose parameters are shown, and how old they are when the run has gone on; and why it took
 * longer than it could have.
 */
export function stepText(shown: Pick<Shown, 'step' | 'epoch' | 'uncompiled'>, model: Moment): string {
  const behind = epochOf(model) - shown.epoch;
  const ago = behind > LAG ? ` (${formatFixed(behind, 1)} epochs ago)` : '';
  return [`step ${formatCount(shown.step)}${ago}`, ...slowTexts(shown)].join(' · ');
}

/** Nothing where it took no longer. */
const slowTexts = ({ uncompiled }: Pick<Shown, 'uncompiled'>) =>
  uncompiled === undefined ? [] : [uncompiledText(uncompiled)];

/** "mask 1 of 4", all of them, or the one of a step; nothing where there is one. */
export function maskTexts(shown: Omit<Shown, 'epoch'>): string[] {
  const { maskCount, ensemble } = shown;
  if (maskCount < 2 && (ensemble || !isFresh(shown))) return [];
  return [ensemble ? `all ${maskCount} masks` : maskName(shown)];
}

/**
 * "step 1,200 · epoch 2.4 · mask 1 of 4": what a frame shows. Of a run that is over that is its best epoch, however long ago
 * that was: "step 1,100 · epoch 11, the best".
 */
export function frameNote(frame: Shown, model: Moment): string {
  const { run } = model;
  const best = run !== null && run.manifest.best?.epoch === frame.epoch;
  const { uncompiled: _, ...plain } = frame;
  const step = best && !isActive(run) ? `step ${formatCount(frame.step)}` : stepText(plain, model);
  const epoch = `epoch ${epochText(frame.epoch)}${best ? ', the best' : ''}`;
  return [step, epoch, ...maskTexts(frame), ...slowTexts(frame)].join(' · ');
}

/** What the checks have said beside the findings. */
export function checksText(findings: number, checks: CheckCounts | null, active: boolean): string {
  if (checks === null) {
    if (active) return 'Not checked in full yet: all checks run when training ends.';
    return findings === 0 ? 'Not checked yet.' : 'Not all checks have run yet.';
  }
  const { passed, notApplicable, notMeasured = 0 } = checks;
  const rest = notApplicable === 0 ? '' : `, ${notApplicable} ${notApplicable === 1 ? 'does' : 'do'} not apply`;
  return `${plural(passed, 'check')} passed${rest}${notMeasured === 0 ? '' : `, ${notMeasured} not measured`}.`;
}
