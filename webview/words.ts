/** Small texts that several places write alike. */
import { formatCount, formatFixed } from '../src/figures/text.ts';
import type { Frame } from '../src/inspection/frames.ts';

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
