/** What the measured Jacobian says, in words computed from it: what was seen over some rows, which proves no more. */
import type { JacobianFrame } from '../inspection/frames.ts';
import { jacobianReader, silentPairs } from '../inspection/jacobianCodes.ts';
import type { Focus } from './dependencies.ts';
import { formatCount, formatValue, inputName, outputName, pairName, percent, plural } from './text.ts';

export function jacobianReading(frame: JacobianFrame): string {
  const { dimension, notFinite, leaks, worstLeak, dataRows } = frame;
  const all = dimension * dimension;
  if (notFinite === all) {
    return `None of ${plural(all, 'entry', 'entries')} is a finite number: nothing can be said of what depends on what.`;
  }
  const unknown =
    notFinite === 0
      ? ''
      : `${formatCount(notFinite)} of ${plural(all, 'entry', 'entries')} ${
          notFinite === 1 ? 'is no finite number' : 'are no finite numbers'
        }, and nothing can be said of ${notFinite === 1 ? 'it' : 'them'}. `;
  const forbidden = (dimension * (dimension + 1)) / 2;
  if (leaks === 0) {
    const other = notFinite === 0 ? 'no' : 'no other';
    return `${unknown}Over ${plural(dataRows, 'row')} ${other} forbidden entry differs from 0: 0 of ${formatCount(forbidden)}.${silence(frame)}`;
  }
  if (leaks === forbidden) {
    return `${unknown}No density: every output responds to its own input, and to all others that no order allows: ${formatCount(leaks)} of ${plural(forbidden, 'pair')} over ${plural(dataRows, 'row')}.`;
  }
  const worst = worstLeak ? ` The worst is ${pairName(worstLeak)} with |∂| = ${formatValue(worstLeak.value)}.` : '';
  return `${unknown}${formatCount(leaks)} of ${plural(forbidden, 'forbidden pair')} ${forbidden === 1 ? 'leaks' : 'leak'}: what must be 0 is not.${worst}`;
}

/** What may depend and does not on these rows: a constant or unused input, or units that are off. */
function silence(frame: JacobianFrame): string {
  const silent = silentPairs(frame, jacobianReader(frame));
  if (silent === 0) return '';
  const allowed = (frame.dimension * (frame.dimension - 1)) / 2;
  return ` ${formatCount(silent)} of ${plural(allowed, 'allowed pair')} ${silent === 1 ? 'is' : 'are'} 0 as well: there the output does not respond to its input, on these rows.`;
}

/** How true the entries are, when they are not exact: for notes and files. */
export function jacobianPrecision(frame: JacobianFrame): string | null {
  const { precision, error } = jacobianReader(frame);
  if (precision === 'exact') return null;
  const near = `to within ${percent(error, 1)}, what is 0 exactly`;
  return precision === 'near'
    ? near
    : `the largest of each of ${frame.coding!.bins} × ${frame.coding!.bins} bins of neighbours in the order, ${near}`;
}

const SIGNS = { exact: '=', near: '≈', most: '≤' } as const;

/** What the measured Jacobian says of a pair, of an output or of an input; null of anything else. */
export function jacobianSentence(frame: JacobianFrame, { unit, from }: Focus, last: number): string | null {
  const { dimension, order, dataRows } = frame;
  const reader = jacobianReader(frame);
  const digits = reader.precision === 'exact' ? 3 : 2;
  if (from && unit.layer === last && from.layer === 0) {
    const value = reader.at(unit.unit, from.unit);
    const name = pairName({ output: unit.unit, input: from.unit });
    if (value === null) return `${name} did not come singly: nothing is known of it.`;
    if (Number.isNaN(value)) return `${name} is no finite number: nothing can be said of it.`;
    const pair = `${name}: mean |∂| ${value === 0 ? '=' : SIGNS[reader.precision]} ${formatValue(value, digits)}`;
    const over = ` over ${plural(dataRows, 'row')}`;
    const allowed = order[unit.unit]! > order[from.unit]!;
    if (allowed) return value === 0 ? `${pair}${over}; it may depend, but does not there.` : `${pair}.`;
    return value === 0 ? `${pair}${over}, as it must be.` : `${pair}, which must be 0: a leak.`;
  }
  if (from || (unit.layer !== last && unit.layer !== 0)) return null;
  const isOutput = unit.layer === last;
  const heard = Array.from({ length: dimension }, (_, other) => ({
    other,
    value: (isOutput ? reader.at(unit.unit, other) : reader.at(other, unit.unit)) ?? 0,
  }));
  const loudest = heard
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, 3);
  const own = isOutput ? outputName(unit.unit) : inputName(unit.unit);
  if (heard.some(({ value }) => Number.isNaN(value))) {
    return `What ${own} ${isOutput ? 'listens to' : 'is heard by'} is not known: some of its entries are no finite numbers.`;
  }
  if (loudest.length === 0) {
    return `${isOutput ? `${own} listens to no input` : `No output listens to ${own}`} over ${plural(dataRows, 'row')}.`;
  }
  const list = loudest.map(
    ({ other, value }) => `${(isOutput ? inputName : outputName)(other)} (${formatValue(value, 2)})`,
  );
  return isOutput ? `${own} listens most to ${list.join(', ')}.` : `${own} is heard most by ${list.join(', ')}.`;
}
