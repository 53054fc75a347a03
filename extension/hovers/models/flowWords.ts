/** A flow in words, for the hovers of its specification: its layers, what the hovered key makes of them, and what they come to. */
import { listIndices } from '../../../src/figures/text.ts';
import { countBits, type BitMatrix } from '../../../src/masks/bits.ts';
import { isImageLayer, type FlowLayerStructure, type FlowSpec } from '../../../src/masks/flowLayers.ts';
import { convolutionReach, type FlowStructure } from '../../../src/masks/flowStructure.ts';
import type { ScaleName } from '../../../src/spec/models/flowKeys.ts';
import { inputName, subscript } from '../../../src/text/notation.ts';
import { formatCount, plural } from '../../../src/text/numbers.ts';

const latentName = (place: number) => `u${subscript(place + 1)}`;

/** "4 additive couplings", "diagonal scaling": for the heading. */
export function architectureOf(spec: FlowSpec, layers: readonly FlowLayerStructure[]): string[] {
  const count = (kind: FlowLayerStructure['kind']) => layers.filter((layer) => layer.kind === kind).length;
  const some = (kind: FlowLayerStructure['kind'], one: string) => (count(kind) > 0 ? [one] : []);
  const many = (kind: FlowLayerStructure['kind'], one: string) => (count(kind) > 0 ? [plural(count(kind), one)] : []);
  return [
    ...some('levels', 'dequantised levels'),
    ...some('logit', 'logit'),
    ...('scales' in spec && layers.some(isImageLayer) ? [plural(spec.scales, 'scale')] : []),
    ...many('coupling', spec.type === 'nice' ? 'additive coupling' : 'affine coupling'),
    ...many('autoregressive', spec.type === 'iaf' ? 'inverse autoregressive layer' : 'autoregressive layer'),
    ...permutationName(spec, count('permutation')),
    ...some('mixing', '1×1 convolutions'),
    ...some('act-norm', 'ActNorm'),
    ...some('batch-norm', 'batch normalisation'),
    ...some('scaling', 'diagonal scaling'),
    `${baseName(spec)} base`,
  ];
}

function permutationName(spec: FlowSpec, count: number): string[] {
  if (!('permutation' in spec)) return [];
  if (count === 0) return spec.layers > 1 ? ['no permutation'] : [];
  const { permutation } = spec;
  if (typeof permutation !== 'string') return ['a given permutation between them'];
  return [permutation === 'reverse' ? 'reversed between them' : 'permuted at random between them'];
}

export function baseName({ base }: FlowSpec): string {
  if (typeof base !== 'string') return 'MADE';
  return base === 'gaussian' ? 'Gaussian' : base;
}

/** What may depend on what in the end, and how often variables are moved. */
export function structureWords(
  { dependencies, moves, variables }: FlowStructure,
  layers: readonly FlowLayerStructure[],
): string {
  const dimension = moves.length;
  if (dimension === 1) return `The only variable is moved by ${plural(moves[0]!, movingLayer(layers))}.`;
  return `${dependencyWords(dependencies, variables)} ${moveWords(moves, layers)}`;
}

function dependencyWords(bits: BitMatrix, variables: Int32Array): string {
  const { rows } = bits;
  const all = rows * rows;
  const existing = countBits(bits);
  if (existing === all) return 'After all layers every u may depend on every x.';
  const heard = Array.from({ length: rows }, (_, place) => heardBy(bits, place));
  const fewest = Math.min(...heard);
  const places = [...heard.keys()].filter((place) => heard[place] === fewest);
  const who = listIndices(places, latentName);
  const what =
    fewest === 1 && places.length === 1
      ? `${who} depends on ${inputName(variables[places[0]!]!)} alone`
      : `${who} on the fewest, ${formatCount(fewest)} of ${formatCount(rows)}`;
  return `After all layers ${formatCount(existing)} of ${formatCount(all)} pairs of a u and an x may depend: ${what}.`;
}

function heardBy({ columns, words }: BitMatrix, row: number): number {
  const stride = (columns + 31) >>> 5;
  return countBits({ rows: 1, columns, words: words.subarray(row * stride, (row + 1) * stride) });
}

/** What {@link FlowStructure.moves} counts of these layers, of one. */
function movingLayer(layers: readonly FlowLayerStructure[]): string {
  const has = (kind: FlowLayerStructure['kind']) => layers.some((layer) => layer.kind === kind);
  if (has('mixing')) return 'coupling or 1×1 convolution';
  return has('autoregressive') ? 'autoregressive layer' : 'coupling';
}

function moveWords(moves: Int32Array, layers: readonly FlowLayerStructure[]): string {
  const what = movingLayer(layers);
  // Of two kinds the plural is that of both.
  const several = (count: number) =>
    what.includes(' or ') && count !== 1 ? `${formatCount(count)} couplings and 1×1 convolutions` : plural(count, what);
  const [least, most] = [Math.min(...moves), Math.max(...moves)];
  const never = [...moves.keys()].filter((variable) => moves[variable] === 0);
  if (most === 0) return 'No variable is ever moved.';
  if (never.length > 0) {
    return `${listIndices(never, inputName)} ${never.length === 1 ? 'is' : 'are'} never moved, the others by ${several(most)} at most.`;
  }
  if (least === most) return `Every variable is moved by ${several(most)}.`;
  return `Every variable is moved by ${formatCount(least)} to ${several(most)}.`;
}

/** What the hovered key makes of the flow. */
export function keyWords(spec: FlowSpec, layers: readonly FlowLayerStructure[], key: string): string {
  switch (key) {
    case 'split':
      return splitWords(layers);
    case 'permutation':
      return permutationWords(spec, layers);
    case 'scale':
      return 'scale' in spec ? `Each moves by x·exp(s) + t: ${scaleWords[spec.scale]}.` : '';
    case 'base':
      return baseWords(spec);
    case 'hidden':
    case 'networks':
      return networkWords(spec, layers);
    case 'couplings':
      return couplingWords(layers);
    case 'blocks':
      return blockWords(spec, layers);
    case 'batchNorm':
      return batchNormWords(layers);
    case 'dequantise':
      return dequantiseWords(spec);
    case 'image':
    case 'scales':
    case 'steps':
      return scalesWords(layers);
    default:
      return directionWords[spec.type];
  }
}

const directionWords: Readonly<Record<FlowSpec['type'], string>> = {
  nice: 'Additive couplings keep volumes; the scaling at the end does not. Both directions take one pass.',
  realnvp: 'Both directions take one pass: what passes decides how the rest is scaled and shifted.',
  maf: 'The density takes one pass a layer; drawing goes from variable to variable.',
  iaf: 'Drawing takes one pass a layer; the density of given rows goes from variable to variable.',
  glow: 'Both directions take one pass: what passes decides how the rest is scaled and shifted.',
};

const scaleWords: Readonly<Record<ScaleName, string>> = {
  exponential: 's is what the network gives, without a bound, as in MAF’s paper',
  tanh: 's = a·tanh(r) of what the network gives, a learnt for every variable, as in RealNVP',
  gate: 'exp(s) = σ(r + 2) of what the network gives, and t = (1 − σ)·m, as in IAF: a gate that starts open and never grows',
  softplus: 'exp(s) = ln(1 + eʳ) of what the network gives, about: it grows no faster than r',
  'soft-clip': 's is what the network gives, squeezed smoothly into −3 … 3',
};

function baseWords(spec: FlowSpec): string {
  if (typeof spec.base !== 'string') {
    return `u is scored by a MADE with mixtures of ${plural(spec.base.components, 'Gaussian')} as conditionals.`;
  }
  return spec.base === 'gaussian'
    ? 'u is scored by a standard Gaussian, every coordinate by itself.'
    : 'u is scored by a standard logistic density, every coordinate by itself: heavier tails than a Gaussian’s.';
}

const where = (flags: Uint8Array, value: 0 | 1) => [...flags.keys()].filter((d) => flags[d] === value);

function splitWords(layers: readonly FlowLayerStructure[]): string {
  const couplings = layers.filter((layer) => layer.kind === 'coupling');
  const first = couplings[0];
  if (!first) return '';
  const [passing, moving] = [where(first.passes, 1), where(first.passes, 0)];
  const turns = couplings.length > 1 ? '; from layer to layer the parts exchange their roles' : '';
  if (passing.length === 0) return 'No variable passes: each layer moves all of them by numbers of its own.';
  if (isImageLayer(first)) {
    return `The first coupling is a ${first.by === 'checkerboard' ? 'checkerboard of pixels' : 'split of channels'}: ${plural(passing.length, 'variable')} pass, ${formatCount(moving.length)} move${turns}.`;
  }
  return `In the first coupling ${namesOf(passing)} ${passing.length === 1 ? 'passes and decides' : 'pass and decide'} how ${namesOf(moving)} ${moving.length === 1 ? 'moves' : 'move'}${turns}.`;
}

const namesOf = (variables: readonly number[]) => listIndices(variables, inputName);

function permutationWords(spec: FlowSpec, layers: readonly FlowLayerStructure[]): string {
  if (!('permutation' in spec)) return '';
  const change = layers.find((layer) => layer.kind === 'permutation');
  if (!change) {
    return spec.layers === 1
      ? 'There is one layer, and nothing to change places between.'
      : 'Nothing changes places: in every layer x₁ comes first and is told nothing by the others.';
  }
  const { order } = change;
  if (spec.permutation === 'reverse') return 'Between two layers the order is reversed: what came last comes first.';
  const first = Array.from(order.subarray(0, 4), (from) => inputName(from)).join(', ');
  const places = `${first}${order.length > 4 ? ', …' : ''}`;
  return spec.permutation === 'random'
    ? `Between two layers the variables change places at random, by the seed; before the second their order is ${places}.`
    : `Between two layers the variables change places as given: before the second their order is ${places}.`;
}

function networkWords(spec: FlowSpec, layers: readonly FlowLayerStructure[]): string {
  const own = layers.filter((layer) => layer.kind === 'coupling' || layer.kind === 'autoregressive');
  const first = own[0];
  if (!first) return '';
  const units = spec.hidden.map(formatCount).join(' → ');
  if (isImageLayer(first)) {
    return `Each of ${plural(own.length, 'network')} is of convolutions with ${units} channels; variables that are near decide, not all.`;
  }
  const each = spec.type === 'nice' ? 1 : 2;
  if (first.kind === 'coupling') {
    const [passing, moving] = [where(first.passes, 1).length, where(first.passes, 0).length];
    return `Each of ${plural(own.length, 'network')} goes from what passes to ${each === 1 ? 'shifts' : 'shifts and log-scales'} of what moves, the first ${formatCount(passing)} → ${units} → ${formatCount(each * moving)}.`;
  }
  const dimension = first.structure.order.length;
  const two = 'networks' in spec && spec.networks === 'two';
  return `Each of ${plural(own.length, 'layer')} has ${two ? 'two networks' : 'a network'} with MADE’s masks, ${formatCount(dimension)} → ${units} → ${formatCount(two ? dimension : 2 * dimension)}, for a shift and a log-scale of every variable.`;
}

function scalesWords(layers: readonly FlowLayerStructure[]): string {
  const shapes: string[] = [];
  let columns = 0;
  for (const layer of layers) {
    if (!isImageLayer(layer) || layer.kind === 'squeeze') continue;
    const [height, width, channels] = layer.scale.shape;
    const text = `${formatCount(height)} × ${formatCount(width)} pixels of ${plural(channels, 'channel')}`;
    if (shapes.at(-1) !== text) shapes.push(text);
    columns = layer.scale.columns.length;
  }
  if (shapes.length === 0) return '';
  const all = layers.reduce(
    (most, layer) => (isImageLayer(layer) ? Math.max(most, layer.scale.columns.length) : most),
    0,
  );
  const out =
    columns === all
      ? 'nothing is factored out'
      : `the last ones act on ${plural(columns, 'variable')}, the others were factored out and are u as they are`;
  return `The layers see ${shapes.join(', then ')}; ${out}.`;
}

function couplingWords(layers: readonly FlowLayerStructure[]): string {
  const of = (by: 'checkerboard' | 'channels') =>
    layers.filter((layer) => layer.kind === 'coupling' && isImageLayer(layer) && layer.by === by).length;
  const [pixels, channels] = [of('checkerboard'), of('channels')];
  if (pixels + channels === 0)
    return 'Without effect here: rows are vectors, and layers says how many couplings there are.';
  return `In all ${plural(pixels, 'coupling')} by a checkerboard of pixels and ${formatCount(channels)} by channels, behind a squeeze.`;
}

function blockWords(spec: FlowSpec, layers: readonly FlowLayerStructure[]): string {
  if (!('blocks' in spec)) return '';
  if (!layers.some(isImageLayer)) return 'Without effect here: rows are vectors, and the networks are dense.';
  const reach = convolutionReach(spec.blocks);
  return `With ${plural(spec.blocks, 'residual block')} a network sees ${plural(reach, 'pixel')} to each side of its own.`;
}

function batchNormWords(layers: readonly FlowLayerStructure[]): string {
  const count = layers.filter(({ kind }) => kind === 'batch-norm').length;
  if (count === 0) return 'There is no batch normalisation.';
  return `${plural(count, 'layer')} of batch normalisation ${count === 1 ? 'brings' : 'bring'} every variable to mean 0 and variance 1, by itself: by the batch in training, by all training rows when rows are scored.`;
}

function dequantiseWords({ dequantise }: FlowSpec): string {
  if (dequantise === undefined) return 'Rows are real values: nothing is dequantised.';
  const { levels, logit } = dequantise;
  const behind =
    logit === undefined
      ? ''
      : ` Behind it y = logit(${logit} + ${formatDecimal(1 - 2 * logit)}·x) leads from (0, 1) to all real numbers.`;
  return `First, noise between 0 and 1 is added to the levels 0 … ${formatCount(levels - 1)}, and the sum divided by ${formatCount(levels)}.${behind}`;
}

/** Without the digits that arithmetic adds. */
const formatDecimal = (value: number): string => String(Number(value.toPrecision(6)));
