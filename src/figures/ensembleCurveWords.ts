/** What the ensemble curve says, in words computed from it. */
import type { EnsembleFrame } from '../inspection/ensembleFrame.ts';
import { formatCount, formatFixed, formatValue, listIndices, plural } from './text.ts';
import { lossIn, lossUnitLabel, type LossUnit } from './units.ts';

/** Gains that are smaller than this many standard errors may be chance. */
const SURE = 2;
/** "Most" of a gain. */
const MOST = 0.9;

const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** [M] the mean of the NLLs of the first 1 … M masks: what averaging log p instead of p would come to. */
export function meanOfMasks({ single }: EnsembleFrame): Float64Array {
  let sum = 0;
  return single.map((nll, m) => (sum += nll) / (m + 1));
}

/** The NLL of so many masks, the mean of theirs, and of the m-th one alone; nats. */
export interface EnsembleReadout {
  readonly masks: number;
  readonly together: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly alone: number;
}

/** @param masks from 1. */
export function ensembleAt(frame: EnsembleFrame, masks: number): EnsembleReadout {
  const m = Math.min(frame.curve.length, Math.max(1, masks)) - 1;
  return {
    masks: m + 1,
    together: frame.curve[m]!,
    low: frame.low[m]!,
    high: frame.high[m]!,
    mean: meanOfMasks(frame)[m]!,
    alone: frame.single[m]!,
  };
}

export const writeNll = (unit: LossUnit, dimension: number) => (nats: number) =>
  formatFixed(lossIn(unit, nats, dimension), unit === 'nats' ? 2 : 4);

export function ensembleText(readout: EnsembleReadout, unit: LossUnit, dimension: number): string {
  const value = writeNll(unit, dimension);
  const { masks, together, low, high, mean, alone } = readout;
  return [
    plural(masks, 'mask'),
    `together ${value(together)}`,
    `in random order ${value(low)} … ${value(high)}`,
    `mean of theirs ${value(mean)}`,
    `mask ${formatCount(masks)} alone ${value(alone)}`,
    lossUnitLabel(unit),
  ].join(' · ');
}

export function ensembleReading(frame: EnsembleFrame, unit: LossUnit, dimension: number): string {
  const { reason, single, curve, rows, split, standardError, gainError } = frame;
  if (reason !== null) return reason.charAt(0).toUpperCase() + reason.slice(1);
  const value = (nats: number) => `${writeNll(unit, dimension)(nats)} ${lossUnitLabel(unit)}`;
  const on = `${plural(rows, `${split} row`)}${rows < frame.allRows ? ` of ${formatCount(frame.allRows)}` : ''}, standard error ${formatValue(lossIn(unit, standardError, dimension), 2)}`;
  const last = curve[curve.length - 1]!;
  if (!Number.isFinite(last)) return `The NLL of the ensemble is no finite number (${on}): nothing can be said of it.`;
  if (single.length === 1) {
    return `This model has one mask, so there is no ensemble to average: its NLL is ${value(last)} (${on}).`;
  }
  const all = `${plural(single.length, 'mask')} together need ${value(last)} a row`;
  const impossible = [...single.keys()].filter((m) => !Number.isFinite(single[m]!));
  if (impossible.length > 0) {
    const which = `${impossible.length === 1 ? 'Mask' : 'Masks'} ${listIndices(impossible, (m) => formatCount(m + 1))}`;
    return `${all}. ${which} alone ${impossible.length === 1 ? 'gives' : 'give'} some of these rows no probability, so that their mean is infinite.${doubling(frame, value)} Over ${on}.`;
  }
  const gain = meanOf(single) - last;
  if (gain <= SURE * gainError) {
    return `${all}, no less than one of them does on average, as far as these rows tell (${on}).`;
  }
  const enough = curve.findIndex((nll) => curve[0]! - nll >= MOST * (curve[0]! - last));
  const most =
    curve[0]! > last && enough > 0 && enough + 1 < curve.length
      ? ` The first ${formatCount(enough + 1)} bring nine tenths of what all of them gain over the first.`
      : '';
  return `${all}, ${value(gain)} less than one of them on average (± ${formatValue(lossIn(unit, gainError, dimension), 1)}).${most}${doubling(frame, value)} Over ${on}.`;
}

/** What the last doubling brought: whether more masks would be worth it. */
function doubling({ curve }: EnsembleFrame, value: (nats: number) => string): string {
  const half = curve.length >> 1;
  if (curve.length < 8) return '';
  const brought = curve[half - 1]! - curve[curve.length - 1]!;
  if (!Number.isFinite(brought)) return '';
  return brought > 0
    ? ` From ${formatCount(half)} to ${formatCount(curve.length)} masks it still falls by ${value(brought)}.`
    : ` From ${formatCount(half)} masks on it falls no further.`;
}
