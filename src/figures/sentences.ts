/** What the pictures say, in words computed from the data: one sentence a figure, one sentence a unit or pair. */
import type { MadeStructure } from '../masks/degrees.ts';
import type { ReachabilityReport, UnitId } from '../masks/network.ts';
import type { JacobianFrame, SamplesFrame } from '../inspection/frames.ts';
import type { Metric } from '../runs/metrics.ts';
import {
  connects,
  countBelow,
  DegreeChains,
  layerDegrees,
  marked,
  pathsBetween,
  pathsInto,
  pathsOutOf,
  sameUnit,
  unitsAbove,
  unitsBelow,
  type Focus,
} from './dependencies.ts';
import {
  formatCount,
  formatFixed,
  formatValue,
  inputName,
  layerName,
  listIndices,
  outputName,
  percent,
  plural,
  unitName,
} from './text.ts';
import { lossIn, lossUnitLabel, type LossUnit } from './units.ts';

const MANY = 12;

function inputsList(indices: readonly number[]): string {
  const list = listIndices(indices, inputName);
  return indices.length > MANY ? `${formatCount(indices.length)} inputs, ${list}` : list;
}

function outputsList(indices: readonly number[]): string {
  const list = listIndices(indices, outputName);
  return indices.length > MANY ? `${formatCount(indices.length)} outputs, ${list}` : list;
}

/** "x̂₃ depends on x₁ and x₂: 5 paths." — what a unit depends on and what depends on it. */
export function unitSentence(structure: MadeStructure, unit: UnitId): string {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const name = unitName(unit, layers.length);
  const inputs = marked(unitsBelow(structure, unit)[0]!);
  const outputs = marked(unitsAbove(structure, unit)[last]!);
  if (unit.layer === last) {
    if (inputs.length === 0) {
      return structure.order[unit.unit] === 1
        ? `${name} is first in the order: it depends on no input, its bias alone sets it.`
        : `${name} depends on no input, though ${formatCount(structure.order[unit.unit]! - 1)} come before it.`;
    }
    const paths = pathsInto(structure, unit)[0]!.reduce((a, b) => a + b, 0);
    return `${name} depends on ${inputsList(inputs)}: ${plural(paths, 'path')}.`;
  }
  if (unit.layer === 0) {
    if (outputs.length === 0) {
      return structure.order[unit.unit] === structure.order.length
        ? `${name} is last in the order: no output depends on it.`
        : `${name} reaches no output, though ${formatCount(structure.order.length - structure.order[unit.unit]!)} come after it.`;
    }
    const paths = pathsOutOf(structure, unit)[last]!.reduce((a, b) => a + b, 0);
    const verb = outputs.length === 1 ? 'depends' : 'depend';
    return `${outputsList(outputs)} ${verb} on ${name}: ${plural(paths, 'path')}.`;
  }
  const own = `${name} (degree ${layers[unit.layer]![unit.unit]})`;
  const from = inputs.length === 0 ? 'sees no input' : `depends on ${inputsList(inputs)}`;
  const to = outputs.length === 0 ? 'reaches no output' : `is used by ${outputsList(outputs)}`;
  return `${own} ${from} ${inputs.length === 0 && outputs.length === 0 ? 'and' : inputs.length === 0 || outputs.length === 0 ? 'but' : 'and'} ${to}.`;
}

/** What flows from one unit to another; `weight` when the two are neighbours and it is known. */
export function pairSentence(structure: MadeStructure, from: UnitId, to: UnitId, weight?: number): string {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const [low, high] = [layers[from.layer]![from.unit]!, layers[to.layer]![to.unit]!];
  const [source, target] = [unitName(from, layers.length), unitName(to, layers.length)];
  if (from.layer === 0 && to.layer === last) {
    const paths = pathsBetween(structure, from, to);
    if (paths > 0) return `${target} depends on ${source}: ${plural(paths, 'path')}.`;
    if (high > low) return `${target} should depend on ${source}, earlier in the order, but no path joins them.`;
    const why = from.unit === to.unit ? 'an output never sees its own input' : `${source} comes later in the order`;
    return `${target} must not depend on ${source}: ${why}.`;
  }
  if (to.layer === from.layer + 1) {
    if (connects(structure, from, to)) {
      return `${target} (degree ${high}) sees ${source} (degree ${low})${weight === undefined ? '' : `: weight ${formatValue(weight)}`}.`;
    }
    return `${target} (degree ${high}) does not see ${source} (degree ${low}): the mask is 0.`;
  }
  const paths = pathsBetween(structure, from, to);
  return paths > 0
    ? `${target} depends on ${source}: ${plural(paths, 'path')}.`
    : `${target} does not depend on ${source}.`;
}

export function focusSentence(structure: MadeStructure, { unit, from }: Focus, weight?: number): string {
  return from && !sameUnit(from, unit) ? pairSentence(structure, from, unit, weight) : unitSentence(structure, unit);
}

/** How the inputs are ordered. */
export function orderSentence(order: Int32Array): string {
  if (order.every((degree, d) => degree === d + 1)) return 'natural order';
  if (order.every((degree, d) => degree === order.length - d)) return 'reversed order';
  const sequence = Array.from(order.keys()).sort((a, b) => order[a]! - order[b]!);
  const start = sequence.slice(0, 4).map(inputName).join(', ');
  return `order ${start}${sequence.length > 4 ? ', …' : ''}`;
}

/** Hidden units with no way from an input or to an output. */
export function cutOffUnits(structure: MadeStructure): { readonly blind: number; readonly unused: number } {
  const chains = new DegreeChains(structure);
  let blind = 0;
  let unused = 0;
  for (const [l, degrees] of structure.hidden.entries()) {
    for (const degree of degrees) {
      if (chains.inputsSeen(l + 1, degree) === 0) blind++;
      else if (chains.outputsReached(l + 1, degree) === 0) unused++;
    }
  }
  return { blind, unused };
}

function cutOffSentence(structure: MadeStructure): string {
  const { blind, unused } = cutOffUnits(structure);
  if (blind + unused === 0) return 'Every hidden unit sees an input and reaches an output.';
  const parts = [
    ...(blind > 0 ? [`${plural(blind, 'hidden unit')} ${blind === 1 ? 'sees' : 'see'} no input`] : []),
    ...(unused > 0 ? [`${plural(unused, 'hidden unit')} ${unused === 1 ? 'reaches' : 'reach'} no output`] : []),
  ];
  return `${parts.join('; ')}.`;
}

/** Number of weights that exist and of all, direct connection included. */
export function countWeights(structure: MadeStructure): { readonly existing: number; readonly all: number } {
  const layers = layerDegrees(structure);
  let existing = 0;
  let all = 0;
  for (let l = 0; l + 1 < layers.length; l++) {
    const strict = l + 2 === layers.length;
    const sorted = layers[l]!.slice().sort();
    for (const high of layers[l + 1]!) existing += countBelow(sorted, strict ? high : high + 1);
    all += layers[l]!.length * layers[l + 1]!.length;
  }
  const dimension = structure.order.length;
  if (structure.direct) {
    existing += (dimension * (dimension - 1)) / 2;
    all += dimension * dimension;
  }
  return { existing, all };
}

export function connectivityReading(structure: MadeStructure, report: ReachabilityReport): string {
  const { existing, all } = countWeights(structure);
  const is = report.forbidden === 1 ? 'is' : 'are';
  const verdict =
    report.leaks.length === 0
      ? `Every output sees only earlier inputs: 0 of ${plural(report.forbidden, 'forbidden pair')} ${is} joined`
      : `${formatCount(report.leaks.length)} of ${plural(report.forbidden, 'forbidden pair')} ${is} joined`;
  const lost =
    report.losses.length > 0
      ? `, but ${formatCount(report.losses.length)} of ${plural(report.required, 'required pair')} are lost`
      : '';
  return `${verdict}${lost}. ${formatCount(existing)} of ${formatCount(all)} weights exist (${percent(existing, all)}).`;
}

export function masksReading(structure: MadeStructure): string {
  const { existing, all } = countWeights(structure);
  return `${formatCount(existing)} of ${formatCount(all)} weights exist (${percent(existing, all)}). ${cutOffSentence(structure)}`;
}

export function pathsReading(report: ReachabilityReport): string {
  const { leaks, losses, forbidden, required } = report;
  if (required === 0 && leaks.length === 0) return 'A single variable depends on nothing: there is no pair to join.';
  if (leaks.length === 0 && losses.length === 0) {
    return `Paths join exactly the pairs they should: 0 of ${formatCount(forbidden)} forbidden pairs, all of ${formatCount(required)} required ones.`;
  }
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

export function pairName({ output, input }: { readonly output: number; readonly input: number }): string {
  return `${outputName(output)} ← ${inputName(input)}`;
}

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

/** @param live whether the model trains, so that a newer grid will come. */
export function samplesReading(frame: SamplesFrame, live = false): string {
  const what = `${plural(frame.rows, 'row')} drawn from the model`;
  const when = `epoch ${formatFixed(frame.epoch, Number.isInteger(frame.epoch) ? 0 : 2)}, step ${formatCount(frame.step)}`;
  const which = frame.ensemble ? `all ${frame.maskCount} masks` : `mask ${frame.mask + 1} of ${frame.maskCount}`;
  const mask = frame.maskCount > 1 ? `, ${which}` : '';
  const how = frame.request
    ? `, seed ${frame.request.seed}, temperature ${formatValue(frame.request.temperature)}`
    : live
      ? ', refreshed every epoch'
      : '';
  return `${what}: ${when}${mask}${how}.`;
}

/** How the curves stand: lowest validation NLL, when, and how long ago. */
export function curvesReading(metrics: readonly Metric[], unit: LossUnit, dimension: number): string {
  const value = (nats: number) =>
    `${formatFixed(lossIn(unit, nats, dimension), unit === 'nats' ? 2 : 4)} ${lossUnitLabel(unit)}`;
  let epochs = 0;
  let batches = 0;
  let lastTrain: number | null = null;
  let best: { epoch: number; nats: number } | null = null;
  let lastEpochTrain: number | null = null;
  let lastValidation: number | null = null;
  for (const metric of metrics) {
    if (metric.type === 'batch') {
      batches++;
      lastTrain = metric.train;
      continue;
    }
    epochs = Math.max(epochs, metric.epoch);
    lastEpochTrain = metric.train;
    lastValidation = metric.validation;
    if (metric.validation !== null && (best === null || metric.validation < best.nats)) {
      best = { epoch: metric.epoch, nats: metric.validation };
    }
  }
  if (best !== null) {
    const ago = epochs - best.epoch;
    const since = ago === 0 ? 'the latest' : `${plural(ago, 'epoch')} ago`;
    const gap =
      lastValidation !== null && lastEpochTrain !== null
        ? ` Validation lies ${value(Math.abs(lastValidation - lastEpochTrain))} ${lastValidation >= lastEpochTrain ? 'above' : 'below'} train.`
        : '';
    return `Validation NLL is lowest at epoch ${best.epoch}, ${since}: ${value(best.nats)}.${gap}`;
  }
  if (lastEpochTrain !== null)
    return `Train NLL after ${plural(epochs, 'epoch')}: ${value(lastEpochTrain)}. There are no validation rows.`;
  if (lastTrain !== null)
    return `No epoch has ended yet: train NLL ${value(lastTrain)} after ${plural(batches, 'batch', 'batches')}.`;
  return 'Nothing measured yet.';
}

/** "hidden layer 1, 64 units". */
export function layerSentence(layer: number, layers: readonly Int32Array[]): string {
  return `${layerName(layer, layers.length)}, ${plural(layers[layer]!.length, 'unit')}`;
}
