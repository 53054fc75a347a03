/** What a network's structure says, in words computed from it: one sentence a figure, one a unit or pair. */
import { countBits } from '../masks/bits.ts';
import type { Connectivity } from '../masks/connectivity.ts';
import type { ReachabilityReport, UnitId } from '../masks/network.ts';
import { countWeights } from '../masks/weightCount.ts';
import { contextLayer, marked, sameUnit, type Focus } from './dependencies.ts';
import type { KnownWeight } from './weights.ts';
import {
  formatCount,
  formatWithin,
  inputName,
  listIndices,
  outputName,
  pairName,
  percent,
  plural,
  unitName,
  weightName,
} from './text.ts';

const MANY = 12;

function inputsList(indices: readonly number[]): string {
  const list = listIndices(indices, inputName);
  return indices.length > MANY ? `${formatCount(indices.length)} inputs, ${list}` : list;
}

function outputsList(indices: readonly number[]): string {
  const list = listIndices(indices, outputName);
  return indices.length > MANY ? `${formatCount(indices.length)} outputs, ${list}` : list;
}

/** "x̂₃ depends on x₁ and x₂: 5 paths." — what a unit depends on and what depends on it, and what of it is wrong. */
export function unitSentence(network: Connectivity, unit: UnitId): string {
  if (unit.layer === contextLayer(network)) return contextSentence(network, unitName(unit, network.layers.length));
  if (unit.layer === network.last) return outputSentence(network, unit);
  if (unit.layer === 0) return inputSentence(network, unit);
  const name = unitName(unit, network.layers.length);
  const inputs = marked(network.below(unit)[0]!);
  const outputs = marked(network.above(unit)[network.last]!);
  const degree = network.layers[unit.layer]!.degrees?.[unit.unit];
  const informed = inputs.length > 0 || seesContext(network, unit);
  const nothing = informed ? 'sees the context and no input' : 'sees no input';
  const from = inputs.length === 0 ? nothing : `depends on ${inputsList(inputs)}`;
  const to = outputs.length === 0 ? 'reaches no output' : `is used by ${outputsList(outputs)}`;
  const joint = informed === outputs.length > 0 ? 'and' : 'but';
  return `${name}${degree === undefined ? '' : ` (degree ${degree})`} ${from} ${joint} ${to}.${leakThrough(network, unit)}`;
}

/** "c₁ (context, degree 0) leads into the hidden layer and the outputs: every output sees it." */
function contextSentence(network: Connectivity, name: string): string {
  return `${name} (context, degree 0) leads into ${contextTargets(network)}: ${contextVerdict(network)}.`;
}

function contextTargets({ context, layers }: Connectivity): string {
  // "hidden layer 1" has a name; "the outputs" are the only ones.
  const into = context!.into.map((layer) => layers[layer]!.name.replace(/^(hidden layer|outputs)$/, 'the $1'));
  return into.length < 2 ? into.join('') : `${into.slice(0, -1).join(', ')} and ${into.at(-1)!}`;
}

function seesContext(network: Connectivity, { layer, unit }: UnitId): boolean {
  return network.context !== null && network.contextReach()[layer]![unit] === 1;
}

function contextVerdict(network: Connectivity): string {
  const deaf = network.contextReach()[network.last]!.reduce((count, mark) => count + 1 - mark, 0);
  return deaf === 0 ? 'every output sees it' : `${plural(deaf, 'output')} ${deaf === 1 ? 'does' : 'do'} not see it`;
}

function outputSentence(network: Connectivity, unit: UnitId): string {
  const name = outputName(unit.unit);
  const before = network.order[unit.unit]! - 1;
  const inputs = marked(network.below(unit)[0]!);
  if (inputs.length === 0) {
    const sets = seesContext(network, unit) ? 'the context and its bias alone set it' : 'its bias alone sets it';
    return before === 0
      ? `${name} is first in the order: it depends on no input, ${sets}.`
      : `${name} depends on no input, though ${formatCount(before)} come before it.`;
  }
  const paths = network.pathsInto(unit)[0]!.reduce((a, b) => a + b, 0);
  const forbidden = inputs.filter((input) => !network.allowed(unit.unit, input));
  const lost = before - (inputs.length - forbidden.length);
  if (seesEverything(network)) return `${name} depends on every input, its own included: ${plural(paths, 'path')}.`;
  const leak = forbidden.length === 0 ? '' : ` A leak: it must not depend on ${inputsList(forbidden)}.`;
  const loss =
    lost === 0 ? '' : ` Lost: ${plural(lost, 'earlier input')} ${lost === 1 ? 'has' : 'have'} no path to it.`;
  return `${name} depends on ${inputsList(inputs)}: ${plural(paths, 'path')}.${leak}${loss}`;
}

function inputSentence(network: Connectivity, unit: UnitId): string {
  const name = inputName(unit.unit);
  const after = network.dimension - network.order[unit.unit]!;
  const outputs = marked(network.above(unit)[network.last]!);
  if (outputs.length === 0) {
    return after === 0
      ? `${name} is last in the order: no output depends on it.`
      : `${name} reaches no output, though ${formatCount(after)} come after it.`;
  }
  const paths = network.pathsOutOf(unit)[network.last]!.reduce((a, b) => a + b, 0);
  const forbidden = outputs.filter((output) => !network.allowed(output, unit.unit));
  const lost = after - (outputs.length - forbidden.length);
  if (seesEverything(network)) return `Every output depends on ${name}, its own included: ${plural(paths, 'path')}.`;
  const verb = outputs.length === 1 ? 'depends' : 'depend';
  const leak = forbidden.length === 0 ? '' : ` A leak: ${outputsList(forbidden)} must not.`;
  const loss = lost === 0 ? '' : ` Lost: it has no path to ${plural(lost, 'later output')}.`;
  return `${outputsList(outputs)} ${verb} on ${name}: ${plural(paths, 'path')}.${leak}${loss}`;
}

/** Whether a hidden unit lies on a leak: the latest input that it sees does not come before the earliest output. */
function leakThrough(network: Connectivity, { layer, unit }: UnitId): string {
  if (network.report().leaks.length === 0 || seesEverything(network)) return '';
  const { latestInput, earliestOutput } = network.ends();
  const [latest, earliest] = [latestInput[layer]![unit]!, earliestOutput[layer]![unit]!];
  if (latest < earliest) return '';
  const pair = { output: network.order.indexOf(earliest), input: network.order.indexOf(latest) };
  return ` A leak runs through it: ${pairName(pair)}.`;
}

/** Whether paths join all pairs, as in a network without masks: no order of the variables is behind it. */
export function seesEverything(network: Connectivity): boolean {
  const { leaks, losses, forbidden } = network.report();
  return leaks.length === forbidden && losses.length === 0;
}

/** What flows from one unit to another; `weight` when the two are neighbours and it is known. */
export function pairSentence(
  network: Connectivity,
  from: UnitId,
  to: UnitId,
  weight?: KnownWeight,
  companion?: KnownWeight,
): string {
  const { layers, last } = network;
  const [source, target] = [unitName(from, layers.length), unitName(to, layers.length)];
  const said = weight && [weightWords(weight), ...(companion ? [weightWords(companion, 'U')] : [])].join(', ');
  const measured = said === undefined ? '' : `, ${said}`;
  if (from.layer === contextLayer(network)) {
    return `${target} sees ${source} of the context, as every unit of its layer does${measured}.`;
  }
  if (from.layer === 0 && to.layer === last) {
    const paths = network.pathsBetween(from, to);
    const may = network.allowed(to.unit, from.unit);
    const why = from.unit === to.unit ? 'an output never sees its own input' : `${source} comes later in the order`;
    if (seesEverything(network)) {
      const own = from.unit === to.unit ? ' An output that sees its own input is no conditional of a density.' : '';
      return `${target} depends on ${source}: ${plural(paths, 'path')}${measured}.${own}`;
    }
    if (paths > 0 && may) return `${target} depends on ${source}: ${plural(paths, 'path')}${measured}.`;
    if (paths > 0) return `A leak: ${plural(paths, 'path')} from ${source} to ${target}${measured}, but ${why}.`;
    if (may) return `${target} should depend on ${source}, earlier in the order, but no path joins them.`;
    return `${target} must not depend on ${source}: ${why}.`;
  }
  if (to.layer === from.layer + 1) {
    const named = ({ layer, unit }: UnitId, name: string) => {
      const degree = layers[layer]!.degrees?.[unit];
      return degree === undefined ? name : `${name} (degree ${degree})`;
    };
    const [lower, upper] = [named(from, source), named(to, target)];
    if (!network.connects(from, to)) return `${upper} does not see ${lower}: the mask is 0.`;
    const leak = liesOnLeak(network, from, to) ? ' A leak runs along it.' : '';
    return `${upper} sees ${lower}${said === undefined ? '' : `: ${said}`}.${leak}`;
  }
  const paths = network.pathsBetween(from, to);
  return paths > 0
    ? `${target} depends on ${source}: ${plural(paths, 'path')}.`
    : `${target} does not depend on ${source}.`;
}

/** "weight ≈ −0.019 ± 0.002"; a weight that exists is never said to be 0. */
function weightWords({ value, error }: KnownWeight, name = 'weight'): string {
  const { sign, text } = formatWithin(value, error);
  if (sign === '<') return `|${name}| < ${text}`;
  return sign === '≈' ? `${name} ≈ ${text}` : `${name} ${text}`;
}

function liesOnLeak(network: Connectivity, from: UnitId, to: UnitId): boolean {
  if (network.report().leaks.length === 0 || seesEverything(network)) return false;
  const { latestInput, earliestOutput } = network.ends();
  return latestInput[from.layer]![from.unit]! >= earliestOutput[to.layer]![to.unit]!;
}

/** @param companion the weight that conditions on their connection (MADE's U), where there is one. */
export function focusSentence(
  network: Connectivity,
  { unit, from }: Focus,
  weight?: KnownWeight,
  companion?: KnownWeight,
): string {
  return from && !sameUnit(from, unit)
    ? pairSentence(network, from, unit, weight, companion)
    : unitSentence(network, unit);
}

/** How the inputs are ordered. @param order position of every variable. */
export function orderSentence(order: Int32Array): string {
  if (order.every((degree, d) => degree === d + 1)) return 'natural order';
  if (order.every((degree, d) => degree === order.length - d)) return 'reversed order';
  const sequence = Array.from(order.keys()).sort((a, b) => order[a]! - order[b]!);
  const start = sequence.slice(0, 4).map(inputName).join(', ');
  return `order ${start}${sequence.length > 4 ? ', …' : ''}`;
}

/** Whether hidden nodes are whole vectors (NADE): what is drawn of their weights is a norm. */
export const drawsVectors = ({ layers }: Connectivity): boolean => layers.some(({ vectors }) => vectors !== undefined);

function cutOffSentence(network: Connectivity): string {
  if (network.last === 1) return 'There is no hidden layer.';
  const vectors = drawsVectors(network);
  const node = vectors ? 'hidden vector' : 'hidden unit';
  const { earliestOutput } = network.ends();
  // The vectors of the first variable see nothing and must not: they are there for its bias.
  const cutOff = network.cutOff().filter(({ layer, unit }) => !vectors || earliestOutput[layer]![unit] !== 1);
  const sight = network.context ? 'an input or the context' : 'an input';
  if (cutOff.length === 0 && vectors) {
    return 'Every hidden vector but those of the first variable, which must not, sees an input; all reach an output.';
  }
  if (cutOff.length === 0) return `Every ${node} sees ${sight} and reaches an output.`;
  const blind = cutOff.filter(({ from }) => from === 'inputs').length;
  const unused = cutOff.length - blind;
  const blindTo = network.context ? 'neither an input nor the context' : 'no input';
  const parts = [
    ...(blind > 0 ? [`${plural(blind, node)} ${blind === 1 ? 'sees' : 'see'} ${blindTo}`] : []),
    ...(unused > 0 ? [`${plural(unused, node)} ${unused === 1 ? 'reaches' : 'reach'} no output`] : []),
  ];
  return `${parts.join('; ')}.`;
}

function weightsSentence(network: Connectivity): string {
  const { existing, all } = countWeights(network);
  const share = `(${percent(existing, all)})`;
  // A node that is a whole vector has as many weights to a connection as it has units.
  if (drawsVectors(network)) {
    return `${formatCount(existing)} of ${formatCount(all)} connections of whole vectors exist ${share}.`;
  }
  return `${formatCount(existing)} of ${formatCount(all)} weights exist ${share}.`;
}

export function connectivityReading(network: Connectivity): string {
  const { leaks, losses, forbidden, required } = network.report();
  if (seesEverything(network)) return `${allJoined(network.report())} ${weightsSentence(network)}`;
  const count = plural(forbidden, 'forbidden pair');
  const is = leaks.length === 1 || forbidden === 1 ? 'is' : 'are';
  const verdict =
    leaks.length === 0
      ? `Every output sees only earlier inputs: 0 of ${count} ${is} joined`
      : `${formatCount(leaks.length)} of ${count} ${is} joined, such as ${pairName(leaks[0]!)}`;
  const lost =
    losses.length === 0
      ? ''
      : `${leaks.length === 0 ? ', but' : '; and'} ${formatCount(losses.length)} of ${plural(required, 'required pair')} ${
          losses.length === 1 ? 'is' : 'are'
        } lost, such as ${pairName(losses[0]!)}`;
  return `${verdict}${lost}. ${weightsSentence(network)}${contextReading(network)}`;
}

function contextReading(network: Connectivity): string {
  if (!network.context) return '';
  const { size } = network.context;
  return ` The context (${plural(size, 'column')}, degree 0) leads into ${contextTargets(network)}: ${contextVerdict(network)}.`;
}

export function masksReading(network: Connectivity): string {
  const parts = [weightsSentence(network), cutOffSentence(network)];
  const { leaks, forbidden } = network.report();
  if (seesEverything(network)) return [allJoined(network.report()), ...parts].join(' ');
  if (leaks.length > 0) {
    parts.push(
      `${guiltyWeights(network)}: ${formatCount(leaks.length)} of ${plural(forbidden, 'forbidden pair')} joined.`,
    );
  }
  return parts.join(' ');
}

/** "12 weights of W and 6 of V lie on paths that leak". */
function guiltyWeights(network: Connectivity): string {
  const counts = network.joints.flatMap((joint) => {
    const mask = network.leaking(joint.index);
    return mask ? [{ name: joint.direct ? 'A' : weightName(joint.index, network.last), count: countBits(mask) }] : [];
  });
  const [first, ...others] = counts.map(({ name, count }, i) =>
    i === 0 ? `${plural(count, 'weight')} of ${name}` : `${formatCount(count)} of ${name}`,
  );
  const list = others.length === 0 ? first! : `${[first!, ...others.slice(0, -1)].join(', ')} and ${others.at(-1)!}`;
  const one = counts.length === 1 && counts[0]!.count === 1;
  return `${list} ${one ? 'lies' : 'lie'} on paths that leak`;
}

function allJoined({ required, forbidden }: ReachabilityReport): string {
  return `No density: every output sees its own input, and paths join ${required === 0 ? 'the one pair' : `all ${formatCount(required + forbidden)} pairs`}.`;
}

export function pathsReading(report: ReachabilityReport): string {
  const { leaks, losses, forbidden, required } = report;
  if (required === 0 && leaks.length === 0) return 'A single variable depends on nothing: there is no pair to join.';
  if (leaks.length === 0 && losses.length === 0) {
    return `Paths join exactly the pairs they should: 0 of ${formatCount(forbidden)} forbidden pairs, all of ${formatCount(required)} required ones.`;
  }
  if (leaks.length === forbidden && losses.length === 0) return allJoined(report);
  const parts: string[] = [];
  if (leaks.length > 0) {
    parts.push(
      `${formatCount(leaks.length)} of ${formatCount(forbidden)} forbidden pairs are joined, such as ${pairName(leaks[0]!)}`,
    );
  }
  if (losses.length > 0) {
    parts.push(
      `${formatCount(losses.length)} of ${formatCount(required)} required pairs are lost, such as ${pairName(losses[0]!)}`,
    );
  }
  return `${parts.join('; ')}.`;
}
