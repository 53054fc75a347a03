/** What a mask is called: by its number among those of the ensemble, or by the step it was drawn for. */
import { formatCount } from './text.ts';

/** What a frame says of its mask. */
export interface MaskShown {
  readonly mask: number;
  readonly maskCount: number;
  /** Steps done: a fresh mask is that of the last one. */
  readonly step: number;
}

/** Whether it is none of the ensemble's but was drawn for one minibatch. */
export const isFresh = ({ mask, maskCount }: Pick<MaskShown, 'mask' | 'maskCount'>): boolean => mask >= maskCount;

/** "mask 3 of 8", or "mask of step 1,204, drawn afresh". */
export function maskName(shown: MaskShown): string {
  if (isFresh(shown)) return `mask of step ${formatCount(shown.step)}, drawn afresh`;
  return `mask ${shown.mask + 1} of ${shown.maskCount}`;
}
