/** What the measured Jacobian says, in words computed from it. */
import type { JacobianFrame } from '../inspection/frames.ts';
import type { Focus } from './dependencies.ts';
import { pairName } from './sentences.ts';
import { formatCount, formatValue, inputName, outputName, plural } from './text.ts';

export function jacobianReading(frame: JacobianFrame): string {
  const forbidden = (frame.dimension * (frame.dimension + 1)) / 2;
  if (frame.leaks === 0) {
    return `Every output sees only earlier inputs: 0 of ${plural(forbidden, 'forbidden pair')} ${forbidden === 1 ? 'leaks' : 'leak'}.`;
  }
  const worst = frame.worstLeak
    ? ` The worst is ${pairName(frame.worstLeak)} with |∂| = ${formatValue(frame.worstLeak.value)}.`
    : '';
  return `${formatCount(frame.leaks)} of ${plural(forbidden, 'forbidden pair')} ${forbidden === 1 ? 'leaks' : 'leak'}: what must be 0 is not.${worst}`;
}

/** What the measured Jacobian says of a pair, of an output or of an input; null of anything else. */
export function jacobianSentence(frame: JacobianFrame, { unit, from }: Focus, last: number): string | null {
  const { values, dimension, order } = frame;
  const at = (output: number, input: number) => values[output * dimension + input] ?? 0;
  if (from && unit.layer === last && from.layer === 0) {
    const value = at(unit.unit, from.unit);
    const pair = `${pairName({ output: unit.unit, input: from.unit })}: mean |∂| = ${formatValue(value)}`;
    const allowed = order[unit.unit]! > order[from.unit]!;
    if (allowed) return value === 0 ? `${pair}; it may depend, but does not.` : `${pair}.`;
    return value === 0 ? `${pair}, as it must be.` : `${pair}, which must be 0: a leak.`;
  }
  if (from || (unit.layer !== last && unit.layer !== 0)) return null;
  const isOutput = unit.layer === last;
  const heard = Array.from({ length: dimension }, (_, other) => ({
    other,
    value: isOutput ? at(unit.unit, other) : at(other, unit.unit),
  }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, 3);
  const own = isOutput ? outputName(unit.unit) : inputName(unit.unit);
  if (heard.length === 0) return isOutput ? `${own} listens to no input.` : `No output listens to ${own}.`;
  const list = heard.map(
    ({ other, value }) => `${(isOutput ? inputName : outputName)(other)} (${formatValue(value, 2)})`,
  );
  return isOutput ? `${own} listens most to ${list.join(', ')}.` : `${own} is heard most by ${list.join(', ')}.`;
}
