/** What one output depends on, in words computed from the frame: by the masks, by the weights, and where the two differ. */
import type { DependencyFrame, JacobianFrame } from '../inspection/frames.ts';
import { jacobianReader } from '../inspection/jacobianCodes.ts';
import { placeWords } from './imageWords.ts';
import { formatCount, formatValue, inputName, listIndices, outputName, pairName, percent, plural } from './text.ts';

/** A frame as it is shown; without `reached` where only the measured side is known so far. */
export type ShownDependency = Omit<DependencyFrame, 'reached' | 'kind'> & { readonly reached: Uint8Array | null };

/** One row of the whole Jacobian, as far as it is known; of paths it says nothing. */
export function fromJacobian(
  jacobian: JacobianFrame,
  frame: Pick<DependencyFrame, 'image' | 'layers'>,
  output: number,
): ShownDependency {
  const reader = jacobianReader(jacobian);
  const { version, step, epoch, mask, maskCount, dataRows, order, dimension } = jacobian;
  return {
    ...{ version, step, epoch, mask, maskCount, dataRows, order, dimension, output },
    image: frame.image,
    layers: frame.layers,
    reached: null,
    strength: Float32Array.from({ length: dimension }, (_, input) => reader.at(output, input) ?? NaN),
  };
}

/** What is so of one input. */
export interface InputFacts {
  /** Whether the order lets the output depend on it. */
  readonly allowed: boolean;
  /** Whether the masks leave a path; null where that is not known. */
  readonly path: boolean | null;
  /** Of networks over pixels why there is no path to an earlier variable; null for others, and where there is one. */
  readonly beyond: 'blind' | 'far' | null;
  /** Mean |∂|; may be NaN. */
  readonly strength: number;
}

export function factsOf({ order, output, reached, blind, strength }: ShownDependency, input: number): InputFacts {
  const allowed = order[output]! > order[input]!;
  const path = reached && reached[input] === 1;
  const beyond = blind && allowed && path === false ? (blind[input] === 1 ? 'blind' : 'far') : null;
  return { allowed, path, beyond, strength: strength[input]! };
}

/** Joined though it must not be, by a path or by the measurement. */
export const isLeaking = ({ allowed, path, strength }: InputFacts): boolean =>
  !allowed && (path === true || strength > 0);
/** Not joined though it should be. */
export const isLost = ({ allowed, path, beyond, strength }: InputFacts): boolean =>
  allowed && path === false && beyond === null && strength === 0;
/** Joined by a path through which nothing comes over these rows. */
export const isSilent = ({ allowed, path, strength }: InputFacts): boolean =>
  allowed && path !== false && strength === 0;

/** Inputs for which something holds, the strongest first. */
export function inputsWhere(shown: ShownDependency, holds: (facts: InputFacts) => boolean): number[] {
  const found: number[] = [];
  for (let input = 0; input < shown.dimension; input++) if (holds(factsOf(shown, input))) found.push(input);
  return found.sort((a, b) => shown.strength[b]! - shown.strength[a]! || a - b);
}

/** In colour a pixel is three variables. */
const nounOf = ({ image }: ShownDependency) => (image?.length === 2 ? 'pixel' : 'variable');

/** "x̂₈₅", in colour with its place: "x̂₈₅ (row 4, column 5, red)". */
export function outputWords({ image }: Pick<ShownDependency, 'image'>, output: number): string {
  return image?.length === 3 ? `${outputName(output)} (${placeWords(image, output)})` : outputName(output);
}

/** "x̂₄₀₀ depends on 399 of 399 earlier pixels; strongest x₃₇₂ (mean |∂| 0.81)." and what is wrong with it. */
export function dependencyReading(shown: ShownDependency): string {
  return [
    joinedSentence(shown),
    ...leakSentences(shown),
    ...lossSentences(shown),
    ...beyondSentences(shown),
    ...unknownSentences(shown),
  ].join(' ');
}

function joinedSentence(shown: ShownDependency): string {
  const { order, output, dataRows } = shown;
  const name = outputName(output);
  const earlier = order[output]! - 1;
  const over = `over ${plural(dataRows, 'row')}`;
  if (earlier === 0) return `${name} is first in the order: it may depend on no ${nounOf(shown)}.`;
  const joined = inputsWhere(shown, ({ allowed, path, strength }) => allowed && (path ?? strength > 0));
  const heard = joined.filter((input) => shown.strength[input]! > 0);
  const count = `${formatCount(joined.length)} of ${formatCount(earlier)} earlier ${nounOf(shown)}${earlier === 1 ? '' : 's'}`;
  const strongest = heard[0];
  if (strongest === undefined) {
    return joined.length === 0
      ? `${name} depends on none of ${plural(earlier, `earlier ${nounOf(shown)}`)}.`
      : `${name} has paths from ${count}, and responds to none of them ${over}.`;
  }
  const silent = joined.length - heard.length;
  const rest = silent === 0 ? '' : ` Of ${formatCount(silent)} of them nothing is felt ${over}.`;
  return `${name} depends on ${count}; strongest ${inputName(strongest)} (mean |∂| ${formatValue(shown.strength[strongest]!)}).${rest}`;
}

function leakSentences(shown: ShownDependency): string[] {
  const leaks = inputsWhere(shown, isLeaking);
  const worst = leaks[0];
  const sentences: string[] = [];
  if (worst !== undefined) {
    const felt = shown.strength[worst]! > 0 ? ` with |∂| = ${formatValue(shown.strength[worst]!)}` : '';
    const pair = pairName({ output: shown.output, input: worst });
    sentences.push(
      leaks.length === 1
        ? `A leak: ${pair}${felt}, which does not come before it.`
        : `${formatCount(leaks.length)} leaks: inputs that do not come before it, the worst ${pair}${felt}.`,
    );
  }
  const unmasked = inputsWhere(shown, ({ path, strength }) => path === false && strength > 0);
  if (unmasked.length > 0) {
    sentences.push(
      `${listIndices(
        [...unmasked].sort((a, b) => a - b),
        inputName,
      )} ${unmasked.length === 1 ? 'reaches' : 'reach'} it though the masks leave no path: somewhere a mask is not applied.`,
    );
  }
  return sentences;
}

function lossSentences(shown: ShownDependency): string[] {
  const lost = inputsWhere(shown, isLost);
  if (lost.length === 0) return [];
  const [is, has] = lost.length === 1 ? ['is', 'has'] : ['are', 'have'];
  return [
    `${plural(lost.length, `earlier ${nounOf(shown)}`)} ${is} lost: ${listIndices(
      [...lost].sort((a, b) => a - b),
      inputName,
      2,
    )} ${has} no path to it.`,
  ];
}

function beyondSentences(shown: ShownDependency): string[] {
  const earlier = shown.order[shown.output]! - 1;
  const which = (where: 'blind' | 'far') => inputsWhere(shown, ({ beyond }) => beyond === where).length;
  const words = (count: number, where: string) =>
    count === 0
      ? []
      : [
          `${plural(count, `earlier ${nounOf(shown)}`)} (${percent(count, earlier)}) ${count === 1 ? 'is' : 'are'} ${where}.`,
        ];
  return [
    ...words(which('blind'), 'in its blind spot, where no number of layers would reach'),
    ...words(which('far'), 'too far away for so few layers'),
  ];
}

function unknownSentences({ strength }: ShownDependency): string[] {
  const unknown = strength.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
  return unknown === 0 ? [] : [`Of ${plural(unknown, 'input')} the derivative is no finite number.`];
}

/** What is so of one input, in a sentence. */
export function dependencySentence(shown: ShownDependency, input: number): string {
  const { output, order, dataRows } = shown;
  const facts = factsOf(shown, input);
  const { image } = shown;
  const name = image?.length === 3 ? `${inputName(input)} (${placeWords(image, input)})` : inputName(input);
  const where =
    input === output
      ? `${name} is its own input`
      : facts.allowed
        ? `${name} comes before it`
        : `${name} comes later in the order`;
  const paths = facts.path === null ? '' : facts.path ? ', a path leads to it' : ', no path leads to it';
  const measured = Number.isFinite(facts.strength)
    ? `mean |∂| ${facts.strength === 0 ? '=' : '≈'} ${formatValue(facts.strength)} over ${plural(dataRows, 'row')}`
    : 'the derivative is no finite number';
  const verdict = isLeaking(facts)
    ? ': a leak'
    : isLost(facts)
      ? ': lost'
      : facts.beyond === 'blind'
        ? ': in its blind spot, where no number of layers would reach'
        : facts.beyond === 'far'
          ? ': too far away for so few layers'
          : isSilent(facts)
            ? ', nothing is felt of it there'
            : facts.allowed
              ? rankOf(shown, input)
              : ', as it must be';
  const position = ` (position ${formatCount(order[input]!)} in the order)`;
  return `${where}${position}${paths}; ${measured}${verdict}.`;
}

function rankOf(shown: ShownDependency, input: number): string {
  const heard = inputsWhere(shown, ({ allowed, strength }) => allowed && strength > 0);
  return `, number ${formatCount(heard.indexOf(input) + 1)} of ${formatCount(heard.length)}`;
}
