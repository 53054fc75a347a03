/** What the two divergences say, in words computed from them. */
import { LOST } from '../inspection/diagnostics/tolerances.ts';
import type { EquivalenceFrame } from '../inspection/frames/equivalence.ts';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';

/** Both sides at one step of training: means over rows in nats, with the standard error that they share. */
export interface Moment {
  readonly step: number;
  readonly epoch: number;
  readonly rows: number;
  readonly inX: number;
  readonly inU: number;
  readonly error: number;
}

/** Rows whose two sides are numbers. */
export function soundRows({ inX, inU }: EquivalenceFrame): number[] {
  return [...inX.keys()].filter((i) => Number.isFinite(inX[i]!) && Number.isFinite(inU[i]!));
}

/** null where no row has two sides. */
export function momentOf(frame: EquivalenceFrame): Moment | null {
  const rows = soundRows(frame);
  if (rows.length === 0) return null;
  const mean = (of: Float64Array) => rows.reduce((sum, i) => sum + of[i]!, 0) / rows.length;
  const inX = mean(frame.inX);
  const squares = rows.reduce((sum, i) => sum + (frame.inX[i]! - inX) ** 2, 0);
  return {
    step: frame.step,
    epoch: frame.epoch,
    rows: rows.length,
    inX,
    inU: mean(frame.inU),
    error: rows.length > 1 ? Math.sqrt(squares / (rows.length - 1) / rows.length) : 0,
  };
}

/** A difference that float32 may leave between two ways through a flow, relative to the size of what is compared. */
const ROUNDING = 1e-3;

export interface Gap {
  readonly index: number;
  readonly size: number;
  readonly rounding: boolean;
}

/** The row whose two sides differ most: its index in the frame, the difference, and whether rounding explains it. */
export function largestGap(frame: EquivalenceFrame, rows = soundRows(frame)): Gap | null {
  let found: Gap | null = null;
  for (const index of rows) {
    const size = Math.abs(frame.inX[index]! - frame.inU[index]!);
    if (found && size <= found.size) continue;
    found = { index, size, rounding: size <= ROUNDING * Math.max(1, Math.abs(frame.inX[index]!)) };
  }
  return found;
}

export const sideNames = (known: boolean) =>
  known
    ? { x: 'KL(data ‖ model), in x', u: 'KL(p_u ‖ base), in u' }
    : { x: 'in x: −log p(x), the NLL', u: 'in u: log|det ∂x/∂u| − log base(u)' };

export function equivalenceReading(frame: EquivalenceFrame): string {
  const { reason, truth, split, allRows, outside, inX } = frame;
  if (reason !== null) return `Nothing to show: ${reason}`;
  const moment = momentOf(frame);
  const gap = largestGap(frame);
  if (!moment || !gap) return `None of ${plural(inX.length, `${split} row`)} has a finite density: nothing to compare.`;
  const within = ` ± ${formatFixed(moment.error, 3)}`;
  const over = `${plural(moment.rows, `${split} row`)}${moment.rows < allRows ? ` of ${formatCount(allRows)}` : ''}`;
  const sides = truth
    ? `KL(data ‖ model) in x is ${formatFixed(moment.inX, 3)}${within} nats, KL(p_u ‖ base) in u ${formatFixed(moment.inU, 3)}${within}, over ${over}.`
    : `Up to the entropy of the data, which is not known, KL(data ‖ model) in x is ${formatFixed(moment.inX, 3)}${within} nats, which is the NLL, and KL(p_u ‖ base) in u is ${formatFixed(moment.inU, 3)}${within}, over ${over}.`;
  return `${sides} ${verdict(frame, gap)}${below(moment, truth !== null)}${left(outside, inX.length - moment.rows)}`;
}

/**
 * Whether the two sides are one. Where the density of the data is not known the log-determinants alone are compared, which
 * may agree wherever rows come back: of that only the rows tell.
 */
function verdict(frame: EquivalenceFrame, gap: Gap): string {
  const { lost, elsewhere, row, wayBack } = frame;
  const largest = `the largest difference is ${formatValue(gap.size, 2)} nats (row ${formatCount(row[gap.index]! + 1)})`;
  const [does, itself] = lost === 1 ? ['does', 'itself'] : ['do', 'themselves'];
  const rows = `${plural(lost, 'row')} ${does} not come back to ${itself}`;
  if (elsewhere > 0) {
    return `${gap.rounding ? 'Row by row they agree' : 'They should be one number and are not'}: ${largest}. But ${rows}, and f does not lead what comes back to the same u: the way back is not the inverse of the way there, or float32 loses even that on it. The diagnostic inverse-error tells which.`;
  }
  const kept = soundRows(frame).filter((i) => wayBack[i]! <= LOST);
  if (gap.rounding || (lost > 0 && largestGap(frame, kept)?.rounding !== false)) {
    const cause = lost === 0 ? ', which is rounding' : '';
    const loss = `${rows}, though f leads what comes back to the same u: float32 loses digits of x on the way.`;
    return `They are one number, row by row${gap.rounding ? '' : ', as far as rows come back'}: ${largest}${cause}.${lost > 0 ? ` ${loss}` : ''}`;
  }
  return `They should be one number and are not: ${largest}, more than rounding leaves. The way back is not the inverse of the way there, or a log-determinant is wrong.`;
}

/** An estimate of a divergence below 0 is chance, or no density. */
function below({ inX, error }: Moment, known: boolean): string {
  if (!known || inX >= 0) return '';
  return inX < -4 * error
    ? ' A divergence is never below 0: this one is, beyond chance, which no density can do on rows that it was not fitted to.'
    : ' An estimate from so few rows may be below 0; the divergence itself is not.';
}

function left(outside: number, infinite: number): string {
  const parts = [
    ...(outside > 0
      ? [
          `${plural(outside, 'row')} left out: by rounding ${outside === 1 ? 'it comes' : 'they come'} back just outside of the data’s density`,
        ]
      : []),
    ...(infinite > 0
      ? [`${plural(infinite, 'row')} left out: a side of ${infinite === 1 ? 'it' : 'them'} is not finite`]
      : []),
  ];
  return parts.length === 0 ? '' : ` ${parts.join('; ')}.`;
}

/** One row of the scatter, by its index in the frame. */
export function pairText(frame: EquivalenceFrame, index: number): string {
  const { inX, inU, row, wayBack, split } = frame;
  return [
    `Row ${formatCount(row[index]! + 1)} of the ${split} split`,
    `in x ${formatFixed(inX[index]!, 4)}`,
    `in u ${formatFixed(inU[index]!, 4)}`,
    `difference ${formatValue(Math.abs(inX[index]! - inU[index]!), 2)} nats`,
    `comes back to within ${formatValue(wayBack[index]!, 2)}`,
  ].join(' · ');
}

export function momentText({ step, epoch, rows, inX, inU, error }: Moment): string {
  return [
    `Step ${formatCount(step)}, epoch ${formatFixed(epoch, 1)}`,
    `in x ${formatFixed(inX, 4)}`,
    `in u ${formatFixed(inU, 4)} nats`,
    `standard error ${formatValue(error, 2)} over ${plural(rows, 'row')}`,
  ].join(' · ');
}
