/** What the conditional entropies say, in words computed from them. */
import type { CharacterCosts, EntropyFrame } from '../inspection/entropyFrame.ts';
import { characterName } from '../text/characters.ts';
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
/** Nats below which nothing is told of a difference: rows that are all alike have no error but that of float32. */
const FINEST = 0.001;

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
  const one = frame.text ? 'piece' : 'row';
  const variable = frame.text ? 'character' : 'variable';
  const named = (d: number) => entropyName(frame, d);
  const over = `${plural(rows, `${split} ${one}`)}${rows < frame.allRows ? ` of ${formatCount(frame.allRows)}` : ''}`;
  if (!Number.isFinite(nll)) {
    const infinite = [...surprise.keys()].filter((d) => surprise[d] === Infinity);
    return infinite.length === 0
      ? `The NLL of ${over} is no finite number: nothing can be said of its parts.`
      : `The NLL of ${over} is infinite: at ${listIndices(infinite, named)} the model gives a value that occurs no probability.`;
  }
  const each = frame.text ? `, ${formatFixed(nll / dimension)} a character` : '';
  const alone = frame.text ? ', each read from its beginning' : '';
  const sum = `The ${plural(dimension, variable)} cost ${formatFixed(nll)} ± ${formatFixed(nllError)} nats a ${one} together${each}: that is the NLL of ${over}${alone}.`;
  return [
    ...[sum, ...costliest(surprise, nll, frame.real, variable), ...dearest(frame.text)],
    ...[...saved(marginal, nll, frame.text !== null), ...calibration()],
  ].join(' ');

  function calibration(): string[] {
    if (!entropy) return ['The model does not tell the entropies of its conditionals.'];
    const expected = formatFixed(nll - gap);
    const wrong = Array.from(surprise.keys()).filter((d) => miscalibrated(frame, d) !== 0);
    const names = wrong.length > 0 && wrong.length <= 6 ? ` (${listIndices(wrong, named)})` : '';
    const single =
      wrong.length === 0
        ? ''
        : ` ${formatCount(wrong.length)} of ${plural(dimension, variable)}${names} ${wrong.length === 1 ? 'differs' : 'differ'} by more than ${SURE} standard errors.`;
    const error = Math.max(gapError, FINEST);
    if (Math.abs(gap) <= SURE_OF_ONE * error) {
      return [`Its conditionals expect ${expected}, the same within chance: calibrated as a whole.${single}`];
    }
    const kind = gap > 0 ? 'overconfident' : 'underconfident';
    return [
      `Its conditionals expect ${expected}, ${formatWithin(Math.abs(gap), error).text} ${gap > 0 ? 'less' : 'more'}: the model is ${kind} on these ${one}s.${single}`,
    ];
  }
}

/** How few variables cost half of all; only where every part is positive. */
function costliest(surprise: Float64Array, nll: number, real: boolean, variable: string): string[] {
  if (real || surprise.length < 8 || nll <= 0) return [];
  const falling = Float64Array.from(surprise).sort().reverse();
  let sum = 0;
  const half = falling.findIndex((own) => (sum += own) >= nll / 2) + 1;
  return [`Half of it falls on ${plural(half, variable)}.`];
}

/** What the dependencies save against every variable on its own. */
function saved(marginal: Float64Array, nll: number, text: boolean): string[] {
  const alone = marginal.reduce((sum, own) => sum + own, 0);
  if (!Number.isFinite(alone)) return [];
  const gain = alone - nll;
  const each = text ? 'By their frequencies alone they would cost' : 'Each on its own would cost';
  return gain > 0
    ? [
        `${each} ${formatFixed(alone)}: what comes before saves ${formatFixed(gain)}${alone > nll && nll > 0 ? ` (${percent(gain, alone)})` : ''}.`,
      ]
    : [`${each} ${formatFixed(alone)}: what comes before saves nothing yet.`];
}

/** x₅; of a text its place in a piece: character 5. */
export const entropyName = ({ text }: Pick<EntropyFrame, 'text'>, d: number): string =>
  text ? `character ${formatCount(d + 1)}` : inputName(d);

/** What one character costs wherever it stands, by its place among those that occur: for the readout and for screen readers. */
export function characterText({ characters, counts, surprise, alone }: CharacterCosts, i: number): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return [
    `${characterName(characters[i]!)} (${formatCount(counts[i]!)} of ${plural(all, 'character')})`,
    `−log p ${formatValue(surprise[i]!)}`,
    `by its frequency ${formatValue(alone[i]!)} nats`,
  ].join(' · ');
}

/** Which character what is read costs most on, all its places together. */
function dearest(text: CharacterCosts | null): string[] {
  if (!text || text.characters.length < 2) return [];
  const totals = text.surprise.map((own, i) => own * text.counts[i]!);
  const most = totals.reduce((best, total, i) => (total > totals[best]! ? i : best), 0);
  const all = totals.reduce((sum, total) => sum + total, 0);
  if (!Number.isFinite(all) || all <= 0) return [];
  const occurs = `${formatCount(text.counts[most]!)} times at ${formatValue(text.surprise[most]!)} nats`;
  return [
    `Of all characters ${characterName(text.characters[most]!)} costs most: ${percent(totals[most]!, all)}, ${occurs}.`,
  ];
}

/** Where a variable stands: of a text in the piece, unless a model has an order of its own. */
function placeOf({ order, dimension, image, text }: EntropyFrame, d: number): string {
  const [position, all] = [formatCount(order[d]!), formatCount(dimension)];
  if (text) return order[d] === d + 1 ? ` of ${all}` : ` of ${all} (position ${position} in the order)`;
  return ` (position ${position} of ${all}${image ? `, ${placeWords(image, d)}` : ''})`;
}

/** What is known of one variable: for the readout and for screen readers. */
export function variableText(frame: EntropyFrame, d: number): string {
  const { surprise, entropy, marginal, text } = frame;
  const alone = text ? 'by frequency' : 'on its own';
  const parts = [
    `${entropyName(frame, d)}${placeOf(frame, d)}`,
    `−log p ${formatValue(surprise[d]!)}`,
    ...(entropy ? [`entropy ${formatValue(entropy[d]!)}`] : []),
    `${alone} ${Number.isNaN(marginal[d]!) ? 'constant' : formatValue(marginal[d]!)} nats`,
  ];
  const verdict = { 1: ' · overconfident', 0: '', [-1]: ' · underconfident' }[miscalibrated(frame, d)];
  return parts.join(' · ') + verdict;
}
