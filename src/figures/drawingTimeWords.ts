/** How long rows take to draw, in words. */
import { type DrawingTimeFrame, TOGETHER } from '../inspection/frames/drawingTime.ts';
import type { RunManifest } from '../runs/manifest.ts';
import { formatCount, formatValue } from './text.ts';

/** "12.3 ms", "4.2 s" */
export const secondsText = (seconds: number): string =>
  seconds < 1 ? `${formatValue(1000 * seconds)} ms` : `${formatValue(seconds)} s`;

/** Passes of a row that the naive loop takes; of a flow as they were counted, null where nothing would be gained. */
export function naivePasses({ naive }: DrawingTimeFrame, model: RunManifest['model']): number | null {
  const counted = model?.flow?.passes;
  return counted && counted.density > 0 ? counted.naive.sampling / counted.density : naive;
}

/** "12.3 ms: 5.2 passes’ worth, in place of 784" */
export function drawnText(frame: DrawingTimeFrame, which: 'one' | 'each', model: RunManifest['model']): string | null {
  const { times } = frame;
  if (times === null) return null;
  const naive = naivePasses(frame, model);
  const worth = times.pass > 0 ? `: ${formatValue(times[which] / times.pass, 2)} passes’ worth` : '';
  const instead = worth !== '' && naive !== null && naive > 1 ? `, in place of ${formatCount(Math.round(naive))}` : '';
  return `${secondsText(times[which])}${worth}${instead}`;
}

/** What a pass is, and what it takes. */
export function drawingTimeReading({ times }: DrawingTimeFrame): string {
  if (times === null) return '';
  return `a pass is log p of a row, as one of ${TOGETHER}: ${secondsText(times.pass)}.`;
}
