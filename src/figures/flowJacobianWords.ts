/** What the Jacobian of a flow says, in words computed from it: its structure, what was felt beyond it, its volume. */
import { WHOLE_FLOW, type FlowJacobianFrame } from '../inspection/frames/flowJacobian.ts';
import { logDetTolerance } from '../inspection/diagnostics/tolerances.ts';
import { jacobianReader, type JacobianReader } from '../inspection/jacobianCodes.ts';
import { countBits, forEachBit, hasBit } from '../masks/bits.ts';
import type { BlockForm } from '../masks/blocks.ts';
import { subscript } from '../text/notation.ts';
import type { Focus } from './dependencies.ts';
import { formatCount, formatFixed, formatValue, inputName, percent, plural, superscript } from './text.ts';

/** A place, counted from 0, after so many layers of a flow: x₃ of the data, y²₃, u₃ of the base. */
export function placeName(stage: number, stages: number, place: number): string {
  if (stage === 0) return inputName(place);
  return stage === stages ? `u${subscript(place + 1)}` : `y${superscript(stage)}${subscript(place + 1)}`;
}

export interface PairNames {
  readonly input: (place: number) => string;
  readonly output: (place: number) => string;
}

export function namesOf({ layer, layers }: Pick<FlowJacobianFrame, 'layer' | 'layers'>): PairNames {
  const [before, after] = layer === WHOLE_FLOW ? [0, layers.length] : [layer, layer + 1];
  return {
    input: (place) => placeName(before, layers.length, place),
    output: (place) => placeName(after, layers.length, place),
  };
}

/** "Whole flow", "layer 2, Affine coupling". */
export function partName({ layer, layers }: Pick<FlowJacobianFrame, 'layer' | 'layers'>): string {
  return layer === WHOLE_FLOW ? 'the whole flow' : `layer ${layer + 1}, ${layers[layer]!.title}`;
}

/** "Jacobian of the whole flow". */
export const figureTitle = (frame: Pick<FlowJacobianFrame, 'layer' | 'layers'>): string =>
  `Jacobian of ${partName(frame)}`;

/** The reader of a frame's entries. */
export function entriesOf(frame: FlowJacobianFrame): JacobianReader {
  // So few variables are never sent in bins: their order is not asked for.
  return jacobianReader({ ...frame, order: frame.variables.before });
}

export type StructureKind = 'diagonal' | 'displaced' | 'triangular' | 'levels' | 'blocks' | 'dense' | 'mixed';

export function structureKind({ form, origin }: Pick<FlowJacobianFrame, 'form' | 'origin'>): StructureKind {
  const dimension = form.columns.length;
  const single = form.blocks.length === dimension;
  if (single && form.levels.length === 1) return origin.every((place, i) => place === i) ? 'diagonal' : 'displaced';
  if (single) return form.levels.length === dimension ? 'triangular' : 'levels';
  if (form.blocks.length === 1) return 'dense';
  return form.levels.length === 1 ? 'blocks' : 'mixed';
}

const largest = ({ blocks }: BlockForm) => blocks.reduce((most, size) => Math.max(most, size), 0);

function structureText(frame: FlowJacobianFrame): string {
  const { form, layer } = frame;
  const own = layer === WHOLE_FLOW ? 'a common order of the variables' : 'the layer’s own order of variables';
  switch (structureKind(frame)) {
    case 'diagonal':
      return 'Diagonal by structure: every variable goes on by itself.';
    case 'displaced':
      return 'A change of places by structure, one entry to a row: no variable depends on another.';
    case 'triangular':
      return `Triangular by structure, in ${own}: the determinant is the product of the diagonal.`;
    case 'levels': {
      const sizes = Array.from(form.levels.subarray(0, 6), formatCount).join(' + ');
      const more = form.levels.length > 6 ? ' + …' : '';
      return `Block-triangular by structure, in ${own}: ${form.levels.length} groups of ${sizes}${more} variables, and none depends on another of its own group; the determinant is the product of the diagonal.`;
    }
    case 'blocks':
      return `Block-diagonal by structure: ${plural(form.blocks.length, 'block')} of up to ${plural(largest(form), 'variable')} that are mixed with each other.`;
    case 'dense':
      return 'By structure every variable depends on every other, directly or through others, so no order makes the matrix triangular: its determinant is known as the product of the layers’.';
    case 'mixed':
      return `Block-triangular by structure, in ${own}: ${plural(form.blocks.length, 'block')} on the diagonal, the largest of ${plural(largest(form), 'variable')}.`;
  }
}

/** Of entries that the structure leaves none of. @param others whether some of them are no numbers */
function mustBeZero(outside: number, others: boolean): string {
  const which = others ? 'the other entries' : outside === 1 ? 'the one entry' : `all ${formatCount(outside)} entries`;
  const single = outside === 1 && !others;
  return `${which} that ${single ? 'has' : 'have'} to be 0 by structure ${single ? 'is' : 'are'} 0.`;
}

const structural = ({ structure }: FlowJacobianFrame) => countBits(structure);

/** Entries that the structure allows and that are 0 over these rows. */
export function silentEntries(frame: FlowJacobianFrame, reader: JacobianReader): number {
  let silent = 0;
  for (let output = 0; output < frame.structure.rows; output++) {
    forEachBit(frame.structure, output, (input) => {
      if (reader.at(output, input) === 0) silent++;
    });
  }
  return silent;
}

export function flowJacobianReading(frame: FlowJacobianFrame, reader = entriesOf(frame)): string {
  if (frame.reason !== null) return frame.reason;
  const { dimension, leaks, largestLeaks, notFinite, dataRows, split } = frame;
  const all = dimension ** 2;
  const outside = all - structural(frame);
  const over = `over ${plural(dataRows, `${split} row`)}`;
  const parts = [structureText(frame)];
  if (notFinite > 0) {
    parts.push(
      `${formatCount(notFinite)} of ${plural(all, 'entry', 'entries')} ${notFinite === 1 ? 'is no finite number' : 'are no finite numbers'}.`,
    );
  }
  if (leaks > 0) {
    const worst = largestLeaks[0]!;
    parts.push(
      `Leaks: ${formatCount(leaks)} of ${plural(outside, 'entry', 'entries')} that have to be 0 by structure ${leaks === 1 ? 'differs' : 'differ'} from 0 ${over}; the worst is ${pairText(frame, worst.output, worst.input)} with mean |∂| ${formatValue(worst.value)}.`,
    );
  } else if (outside > 0) {
    parts.push(`Measured ${over}, ${mustBeZero(outside, notFinite > 0)}`);
  }
  const silent = silentEntries(frame, reader);
  if (silent > 0) {
    parts.push(
      `${formatCount(silent)} of ${formatCount(all - outside)} that may differ from 0 ${silent === 1 ? 'does' : 'do'} not on these rows.`,
    );
  }
  return parts.join(' ');
}

/** "u₁ ← x₃". */
export function pairText(frame: FlowJacobianFrame, output: number, input: number): string {
  const names = namesOf(frame);
  return `${names.output(output)} ← ${names.input(input)}`;
}

/** What is said of a pair, of a row or of a column; outputs are layer 1 of the focus, inputs layer 0. */
export function flowJacobianSentence(
  frame: FlowJacobianFrame,
  { unit, from }: Focus,
  reader = entriesOf(frame),
): string | null {
  const { dimension, structure, origin, dataRows, variables } = frame;
  if (structure.rows === 0 || unit.unit >= dimension || (from && from.unit >= dimension)) return null;
  const names = namesOf(frame);
  if (from && unit.layer === 1 && from.layer === 0) {
    const value = reader.at(unit.unit, from.unit);
    const pair = pairText(frame, unit.unit, from.unit);
    if (value === null || !Number.isFinite(value)) return `${pair} is no finite number: nothing can be said of it.`;
    const number = `mean |∂| ${reader.precision === 'exact' || value === 0 ? '=' : '≈'} ${formatValue(value)}`;
    const over = `over ${plural(dataRows, 'row')}`;
    const continues = origin[unit.unit] === from.unit;
    if (!hasBit(structure, unit.unit, from.unit)) {
      return value === 0
        ? `${pair}: ${number} ${over}, as the structure has it.`
        : `${pair}: ${number}, where the structure has nothing: a leak.`;
    }
    const own = continues ? ` ${names.output(unit.unit)} continues it.` : '';
    return value === 0
      ? `${pair}: ${number} ${over}, though it may depend.${own}`
      : `${pair}: ${number} ${over}.${own}`;
  }
  if (from || unit.layer > 1) return null;
  const isOutput = unit.layer === 1;
  const others = Array.from({ length: dimension }, (_, place) => ({
    place,
    value: (isOutput ? reader.at(unit.unit, place) : reader.at(place, unit.unit)) ?? 0,
  }));
  const strongest = others
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, 3)
    .map(({ place, value }) => `${(isOutput ? names.input : names.output)(place)} (${formatValue(value, 2)})`);
  const own = (isOutput ? names.output : names.input)(unit.unit);
  const stands = inputName((isOutput ? variables.after : variables.before)[unit.unit]!);
  const who = stands === own ? own : `${own}, where ${stands} stands,`;
  if (strongest.length === 0)
    return isOutput ? `${who} depends on nothing over these rows.` : `${who} is felt nowhere.`;
  return isOutput
    ? `${who} depends most on ${strongest.join(', ')}.`
    : `${who} is felt most in ${strongest.join(', ')}.`;
}

export interface LogDetFacts {
  /** Largest difference of all rows, measured by what it may be, and its row; NaN where a matrix has no finite log|det|. */
  readonly most: number;
  readonly row: number;
  readonly agrees: boolean;
  readonly low: number;
  readonly high: number;
}

export function logDetFacts({ stated, numeric, dimension }: FlowJacobianFrame): LogDetFacts {
  let [most, row, furthest] = [0, 0, 0];
  for (const [n, own] of numeric.entries()) {
    const difference = Math.abs(own - stated[n]!);
    // Measured −∞ may differ by as much as it likes.
    const off = Number.isFinite(difference) ? difference / logDetTolerance(own, dimension) : NaN;
    if (Number.isNaN(furthest) || off <= furthest) continue;
    [most, row, furthest] = [difference, n, off];
  }
  const low = stated.reduce((least, own) => Math.min(least, own), Infinity);
  const high = stated.reduce((greatest, own) => Math.max(greatest, own), -Infinity);
  return { most, row, agrees: furthest <= 1, low, high };
}

const nats = (value: number) => formatFixed(value, 3);

/** The log-determinants of a frame in a sentence or two. */
export function logDetReading(frame: FlowJacobianFrame): string {
  const { stated, numeric, dataRows, split } = frame;
  const { most, row, agrees, low, high } = logDetFacts(frame);
  const over = plural(dataRows, `${split} row`);
  const same = stated.length > 1 ? ', the same for every row: how volume changes does not depend on where' : '';
  const range = high - low < 5e-4 ? `is ${nats(low)} nats${same}` : `lies between ${nats(low)} and ${nats(high)} nats`;
  const what = `As ${frame.layer === WHOLE_FLOW ? 'the layers state it together' : 'the layer states it'}, log|det| of ${over} ${range}.`;
  if (numeric.length === 0) return `${what} Nothing was measured to set beside it.`;
  if (!Number.isFinite(most)) {
    return `${what} The measured Jacobian of row ${row + 1} gives ${formatValue(numeric[row]!)}: ${numeric[row] === -Infinity ? 'it is singular, and what is mapped so cannot be mapped back' : 'some of its entries are no finite numbers'}.`;
  }
  if (agrees) {
    const within = most === 0 ? 'exactly the same' : `the same to within ${formatValue(most, 2)} nats`;
    return `${what} Elimination on the measured Jacobian, row by row, gives ${within}: they are one number.`;
  }
  const verdict =
    frame.layer === WHOLE_FLOW
      ? 'Either a layer states what is not its own, or the product of all stretches too unevenly for float32: each layer by itself tells which.'
      : 'One of the two is wrong, and the likelihood with it.';
  return `${what} Elimination on the measured Jacobian gives another number, ${formatValue(most)} nats away: of row ${row + 1} ${nats(stated[row]!)} is stated and ${nats(numeric[row]!)} measured. ${verdict}`;
}

/** How true the entries are, when they are not exact. */
export function entryPrecision({ precision, error }: JacobianReader): string | null {
  return precision === 'exact' ? null : `entries to within ${percent(error, 1)}`;
}
