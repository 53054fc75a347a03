/** What the total probability says, in words computed from it. */
import { isOne, type Given, type GridSum, type ProbabilityFrame, type RowSum } from '../inspection/probabilityFrame.ts';
import { formatCount, formatFixed, formatValue, inputName, listIndices, percent, plural } from './text.ts';

type Sum = RowSum | GridSum;

/** What is added up, as a formula: Σ p(x), ∫ p(x) dx, Σ exp(−loss). */
export function totalSymbol({ quantity, sum }: ProbabilityFrame): string {
  const what = {
    exact: sum?.given ? 'p(· | x before)' : sum?.label ? `p(x | label ${sum.label.index})` : 'p(x)',
    bound: 'exp(bound)',
    loss: 'exp(−loss)',
  }[quantity.kind];
  return sum?.over === 'grid' ? `∫ ${what} dx` : `Σ ${what}`;
}

/** The number itself, with as many digits as mean something. */
export function totalText({ total, over }: Sum): string {
  if (!Number.isFinite(total)) return formatValue(total);
  if (Math.abs(total - 1) < 1e-3) return formatFixed(total, over === 'rows' ? 7 : 5);
  return formatValue(total, 4);
}

/** How far from 1: "6.0 × 10⁻⁸ above 1". */
export function deviationText({ total }: Sum): string {
  const away = total - 1;
  if (!Number.isFinite(away)) return 'no finite number';
  if (away === 0) return 'exactly 1';
  return `${formatValue(Math.abs(away), 2)} ${away > 0 ? 'above' : 'below'} 1`;
}

/** Whether this is a density, as far as the sum tells. */
export function isDensity({ quantity, sum }: ProbabilityFrame): boolean {
  return quantity.kind === 'exact' && sum !== null && isOne(sum.total, sum.over);
}

export function probabilityReading(frame: ProbabilityFrame): string {
  const { sum, reason } = frame;
  if (!sum) return `Nothing was added up: ${reason ?? 'there is nothing'}.`;
  const instead = reason === null ? '' : `${capital(reason)}. Instead: `;
  const verdict = { exact: exactVerdict, bound: boundVerdict, loss: lossVerdict }[frame.quantity.kind](frame, sum);
  const said = instead === '' ? capital(verdict) : verdict;
  return [`${instead}${said}`, ...(isDensity(frame) ? details(frame, sum) : [])].join(' ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const positions = ({ position, variables }: Given) =>
  variables.length === 1
    ? formatCount(position)
    : `${formatCount(position)} … ${formatCount(position + variables.length - 1)}`;

/** What was gone through: "all 65,536 rows". */
function scope({ dimension }: ProbabilityFrame, sum: Sum): string {
  const { given } = sum;
  const under = conditionText(sum);
  if (!given) return `${sum.over === 'rows' ? `all ${plural(sum.rows, 'row')}` : gridText(sum)}${under && ` ${under}`}`;
  const names = listIndices(
    [...given.variables].sort((a, b) => a - b),
    inputName,
  );
  const which = `${names} (${given.variables.length === 1 ? 'position' : 'positions'} ${positions(given)} of ${formatCount(dimension)})`;
  const told = under && `, ${under}`;
  const before =
    given.position === 1
      ? 'with nothing before'
      : `given what comes before as in ${given.split} row ${formatCount(given.row + 1)}`;
  return sum.over === 'rows'
    ? `the ${plural(sum.rows, 'value')} that ${which} can take, ${before}${told},`
    : `${gridText(sum)} of ${which}, ${before}${told},`;
}

/** "given label 1 (bars)": what all is conditioned on; '' for models of no context. */
function conditionText({ context, label }: Sum): string {
  if (label) return `given ${labelText(label)}`;
  return context === null ? '' : 'given what one row of the data is conditioned on';
}

/** "label 1 (bars)". */
export function labelText({ index, name }: NonNullable<Sum['label']>): string {
  return `label ${index}${name === undefined ? '' : ` (${name.replace(/ \(.*\)$/, '')})`}`;
}

function gridText({ nodes, low, high }: GridSum): string {
  const sides = low.map((from, i) => `${formatValue(from)} … ${formatValue(high[i]!)}`).join(' × ');
  return `a grid of ${low.map(() => formatCount(nodes)).join(' × ')} nodes (${sides})`;
}

function exactVerdict(frame: ProbabilityFrame, sum: Sum): string {
  const what = sum.over === 'rows' ? 'the probabilities of' : 'the integral of the density over';
  const verb = sum.over === 'rows' ? 'add up to' : 'is';
  const over = scope(frame, sum);
  if (!Number.isFinite(sum.total)) {
    return `${what} ${over} ${verb} ${sum.over === 'rows' ? 'no finite number' : 'not finite'}: nothing can be said of this model.`;
  }
  if (!isOne(sum.total, sum.over)) {
    return `${what} ${over} ${verb} ${formatValue(sum.total, 4)}, not 1: this is no density, and what it calls a likelihood is none. ${cause(sum)}`;
  }
  const near = ` to within ${formatValue(Math.max(Math.abs(sum.total - 1), 1e-16), 2)}`;
  return `${what} ${over} ${verb} 1${near}${masksText(frame, sum)}.`;
}

function cause(sum: Sum): string {
  if (sum.over === 'rows') return 'An output sees what it ought to predict: look at Masks & Jacobian.';
  return sum.edge > 1e-3
    ? 'Much of it lies beyond the grid.'
    : sum.error > 0.01
      ? 'The grid is too coarse for it: between two nodes the density changes much.'
      : 'It is not normalised.';
}

/** How the masks do one by one. */
function masksText({ ensemble, mask, maskCount }: ProbabilityFrame, sum: Sum): string {
  if (maskCount < 2) return '';
  if (!ensemble) return ` under mask ${formatCount(mask + 1)}`;
  const worst = Math.max(...sum.perMask.map(({ total }) => Math.abs(total - 1)));
  return `, all ${maskCount} masks together, and to within ${formatValue(Math.max(worst, 1e-16), 2)} for each of them alone`;
}

function boundVerdict(frame: ProbabilityFrame, sum: Sum): string {
  const over = `over ${scope(frame, sum).replace(/,$/, '')} exp of the ${frame.quantity.name} adds up to ${totalText(sum)}`;
  return sum.total > 1 && !isOne(sum.total, sum.over)
    ? `${over}: more than 1, so that it is no lower bound of log p.`
    : `${over}: at most 1, as a lower bound of log p must, and the nearer to 1 the tighter.`;
}

function lossVerdict(frame: ProbabilityFrame, sum: Sum): string {
  const over = `over ${scope(frame, sum).replace(/,$/, '')} exp(−loss) adds up to ${totalText(sum)}`;
  return isOne(sum.total, sum.over)
    ? `${over}, by chance: nothing keeps it there. The ${frame.quantity.name} is no −log p(x).`
    : `${over}, not 1: there is no density. Its outputs see the very values that they are scored on, so the ${frame.quantity.name} is no −log p(x) and compares with no likelihood.`;
}

function details(frame: ProbabilityFrame, sum: Sum): string[] {
  if (sum.over === 'grid') {
    return [
      `The grid’s own error is about ${formatValue(sum.error, 2)}; at its edge the density is ${formatValue(sum.edge, 2)} of its peak.`,
      `Half of it lies on ${percent(sum.half, 1)} of the grid.`,
    ];
  }
  const said = [
    `Half of it lies on ${plural(sum.half, sum.given ? 'of them' : 'row', sum.given ? 'of them' : 'rows')}.`,
  ];
  if (sum.data) {
    const { covered, distinct, kl } = sum.data;
    said.push(
      `The ${plural(distinct, 'row')} that ${distinct === 1 ? 'occurs' : 'occur'} in the training data ${distinct === 1 ? 'has' : 'have'} ${percent(covered, 1)} of it; KL(data ‖ model) is ${formatValue(kl)} nats.`,
    );
  }
  return said;
}

/** A number with what it is, for the card. */
export interface Stat {
  readonly label: string;
  readonly value: string;
}

export function probabilityStats(frame: ProbabilityFrame): Stat[] {
  const { sum } = frame;
  if (!sum) return [];
  const stats: Stat[] = [{ label: 'off 1', value: deviationText(sum) }];
  if (sum.label) stats.push({ label: 'given', value: labelText(sum.label) });
  if (sum.over === 'rows') {
    stats.push({ label: sum.given ? 'ways to go on' : 'rows', value: formatCount(sum.rows) });
    if (frame.quantity.kind === 'exact') stats.push({ label: 'half of it on', value: plural(sum.half, 'row') });
    if (sum.entropy !== null) {
      const most = Math.log(sum.rows);
      stats.push({ label: 'entropy', value: `${formatFixed(sum.entropy)} of ${formatFixed(most)} nats` });
    }
    if (sum.given) stats.push({ label: 'the row’s own way', value: formatValue(sum.given.own) });
    if (sum.data && isDensity(frame)) {
      stats.push({ label: 'KL(data ‖ model)', value: `${formatValue(sum.data.kl)} nats` });
      stats.push({ label: 'on rows that occur', value: percent(sum.data.covered, 1) });
    }
  } else {
    stats.push({ label: 'error of the grid', value: formatValue(sum.error, 2) });
    stats.push({ label: 'edge, of the peak', value: formatValue(sum.edge, 2) });
    if (sum.entropy !== null) stats.push({ label: 'differential entropy', value: `${formatFixed(sum.entropy)} nats` });
    if (sum.given) stats.push({ label: 'density at the row', value: formatValue(sum.given.own) });
  }
  if (sum.perMask.length > 1) {
    const totals = sum.perMask.map(({ total }) => Math.abs(total - 1));
    stats.push({ label: `${totals.length} masks, off 1 at most`, value: formatValue(Math.max(...totals), 2) });
  }
  return stats;
}
