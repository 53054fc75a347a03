/** What the conditional entropies say, in words computed from them. */
import type { EntropyFrame } from '../inspection/entropyFrame.ts';
import { placeWords } from './imageWords.ts';
import {
  formatCount,
  formatFixed,
  formatValue,
  formatWithin,
  inputName,
  listIndices,
  percent,
  plural,
} from './text.ts';

/** A variable's surprise and entropy differ for sure when by so many standard errors: chance among thousands. */
export const SURE = 4;
/** The same for one number. */
const SURE_OF_ONE = 2;

/** Whether a variable costs more (1) or less (−1) than its conditionals expect, beyond chance; 0 where not. */
export function miscalibrated({ surprise, entropy, error }: EntropyFrame, d: number): -1 | 0 | 1 {
  if (!entropy || !error) return 0;
  const away = surprise[d]! - entropy[d]!;
  // Float32 leaves something of the order of 1e-6 where all rows agree.
  return Math.abs(away) > SURE * error[d]! + 1e-5 ? (away > 0 ? 1 : -1) : 0;
}

export function entropyReading(frame: EntropyFrame): string {
  const { reason, surprise, entropy, marginal, nll, nllError, gap, gapError, rows, split, dimension } = frame;
  if (reason !== null) return `Nothing to show: ${reason}`;
  const over = `${plural(rows, `${split} row`)}${rows < frame.allRows ? ` of ${formatCount(frame.allRows)}` : ''}`;
  if (!Number.isFinite(nll)) {
    const infinite = [...surprise.keys()].filter((d) => surprise[d] === Infinity);
    return infinite.length === 0
      ? `The NLL of ${over} is no finite number: nothing can be said of its parts.`
      : `The NLL of ${over} is infinite: at ${listIndices(infinite, inputName)} the model gives a value that occurs no probability.`;
  }
  const sum = `The ${plural(dimension, 'variable')} cost ${formatFixed(nll)} ± ${formatFixed(nllError)} nats a row together: that is the NLL of ${over}.`;
  return [sum, ...costliest(surprise, nll, frame.real), ...saved(marginal, nll), ...calibration()].join(' ');

  function calibration(): string[] {
    if (!entropy) return ['The model does not tell the entropies of its conditionals.'];
    const expected = formatFixed(nll - gap);
    const wrong = Array.from(surprise.keys()).filter((d) => miscalibrated(frame, d) !== 0);
    const names = wrong.length > 0 && wrong.length <= 6 ? ` (${listIndices(wrong, inputName)})` : '';
    const single =
      wrong.length === 0
        ? ''
        : ` ${formatCount(wrong.length)} of ${plural(dimension, 'variable')}${names} ${wrong.length === 1 ? 'differs' : 'differ'} by more than ${SURE} standard errors.`;
    if (Math.abs(gap) <= SURE_OF_ONE * gapError) {
      return [`Its conditionals expect ${expected}, the same within chance: calibrated as a whole.${single}`];
    }
    const kind = gap > 0 ? 'overconfident' : 'underconfident';
    return [
      `Its conditionals expect ${expected}, ${formatWithin(Math.abs(gap), gapError).text} ${gap > 0 ? 'less' : 'more'}: the model is ${kind} on these rows.${single}`,
    ];
  }
}

/** How few variables cost half of all; only where every part is positive. */
function costliest(surprise: Float64Array, nll: number, real: boolean): string[] {
  if (real || surprise.length < 8 || nll <= 0) return [];
  const falling = Float64Array.from(surprise).sort().reverse();
  let sum = 0;
  const half = falling.findIndex((own) => (sum += own) >= nll / 2) + 1;
  return [`Half of it falls on ${plural(half, 'variable')}.`];
}

/** What the dependencies save against every variable on its own. */
function saved(marginal: Float64Array, nll: number): string[] {
  const alone = marginal.reduce((sum, own) => sum + own, 0);
  if (!Number.isFinite(alone)) return [];
  const gain = alone - nll;
  return gain > 0
    ? [
        `Each on its own would cost ${formatFixed(alone)}: what comes before saves ${formatFixed(gain)}${alone > nll && nll > 0 ? ` (${percent(gain, alone)})` : ''}.`,
      ]
    : [`Each on its own would cost ${formatFixed(alone)}: what comes before saves nothing yet.`];
}

/** What is known of one variable: for the readout and for screen readers. */
export function variableText(frame: EntropyFrame, d: number): string {
  const { surprise, entropy, marginal, order, dimension, image } = frame;
  const place = image ? `, ${placeWords(image, d)}` : '';
  const parts = [
    `${inputName(d)} (position ${formatCount(order[d]!)} of ${formatCount(dimension)}${place})`,
    `−log p ${formatValue(surprise[d]!)}`,
    ...(entropy ? [`entropy ${formatValue(entropy[d]!)}`] : []),
    `on its own ${Number.isNaN(marginal[d]!) ? 'constant' : formatValue(marginal[d]!)} nats`,
  ];
  const verdict = { 1: ' · overconfident', 0: '', [-1]: ' · underconfident' }[miscalibrated(frame, d)];
  return parts.join(' · ') + verdict;
}
