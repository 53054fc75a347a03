/**
 * A normalising flow: layers one after the other, from the data to the base density. Parameters of layer i are called
 * `layers.i.…`, those of the base `base.…`.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ParameterSpec } from '../layers/parameters.ts';
import { prefixed } from '../layers/prefixes.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Base } from './base.ts';
import type { Bijector, BijectorInputs } from './bijector.ts';
import { plus } from './sums.ts';

/** What sort of layer it is, for words, colours and checks. */
export type FlowLayerKind =
  | 'coupling'
  | 'autoregressive'
  | 'inverse-autoregressive'
  | 'permutation'
  | 'mixing'
  | 'scaling'
  | 'batch-norm'
  | 'act-norm'
  | 'pixels'
  | 'squeeze';

/** A layer in its place. */
export interface FlowLayer {
  readonly kind: FlowLayerKind;
  /** In words, as a title: "Affine coupling". */
  readonly title: string;
  /** What it does, as a phrase: "x₁, x₂ pass, x₃, x₄ move". */
  readonly about: string;
  readonly bijector: Bijector;
}

/** Where a row stands after a layer. */
export interface FlowStep {
  /** [N, D] */
  readonly y: Tensor2D;
  /** [N] log|det| of this layer alone, in nats. */
  readonly logDet: Tensor1D;
}

export interface Flow {
  readonly dimension: number;
  readonly layers: readonly FlowLayer[];
  readonly base: Base;
}

const layerPrefix = (layer: number) => `layers.${layer}.`;
const BASE = 'base.';

/** Of all layers and the base, by their names in the flow. */
export function flowParameters({ layers, base }: Flow): ParameterSpec[] {
  return parts(layers, base).flatMap(({ prefix, part }) =>
    part.parameters.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` })),
  );
}

export function flowMasks({ layers, base }: Flow): NamedArrays {
  return Object.assign(
    {},
    ...parts(layers, base).map(({ prefix, part }) => prefixed(part.masks, prefix)),
  ) as NamedArrays;
}

export function initialiseFlow({ layers, base }: Flow, random: RandomGenerator): NamedArrays {
  return Object.assign(
    {},
    ...parts(layers, base).map(({ prefix, part }) => prefixed(part.initialise(random), prefix)),
  ) as NamedArrays;
}

/** Parameters or masks of one layer, by the layer's own names. */
export function ofLayer<T>(named: Named<T>, layer: number): Named<T> {
  return ofPart(named, layerPrefix(layer));
}

/** The same of the base. */
export function ofBase<T>(named: Named<T>): Named<T> {
  return ofPart(named, BASE);
}

/** Names of a layer's arrays in the flow. */
export function inFlow<T>(named: Readonly<Record<string, T>>, layer: number): Record<string, T> {
  return prefixed(named, layerPrefix(layer));
}

/** What layer `layer` computes with. */
export function inputsOfLayer(inputs: BijectorInputs, layer: number): BijectorInputs {
  return partInputs(inputs, layerPrefix(layer));
}

/** Every layer's outcome in turn, first to last: x [N, D]. Differentiable. */
export function forwardThrough({ layers }: Flow, x: Tensor2D, inputs: BijectorInputs): FlowStep[] {
  const steps: FlowStep[] = [];
  for (const [l, { bijector }] of layers.entries()) {
    steps.push(bijector.forward(steps.at(-1)?.y ?? x, inputsOfLayer(inputs, l)));
  }
  return steps;
}

/** The way back, last layer to first: the x [N, D] after each, entry l being what went into layer l. Differentiable. */
export function inverseThrough({ layers }: Flow, u: Tensor2D, inputs: BijectorInputs): Tensor2D[] {
  const ways: Tensor2D[] = [];
  let y = u;
  for (let l = layers.length - 1; l >= 0; l--) {
    y = layers[l]!.bijector.inverse(y, inputsOfLayer(inputs, l)).x;
    ways.unshift(y);
  }
  return ways;
}

/** log p_base(u) of every row in nats: [N]. Differentiable. */
export function logBaseProb({ base }: Flow, u: Tensor2D, inputs: BijectorInputs): Tensor1D {
  return base.logProb(u, partInputs(inputs, BASE));
}

/** log p(x) of every row in nats, [N], and where the rows were after every layer. Differentiable. */
export function flowLogProb(
  flow: Flow,
  x: Tensor2D,
  inputs: BijectorInputs,
): { logProb: Tensor1D; steps: readonly FlowStep[] } {
  const steps = forwardThrough(flow, x, inputs);
  const logBase = logBaseProb(flow, steps.at(-1)?.y ?? x, inputs);
  return { logProb: steps.reduce<Tensor1D>((sum, { logDet }) => plus(sum, logDet), logBase), steps };
}

interface Part {
  readonly prefix: string;
  readonly part: Bijector | Base;
}

function parts(layers: readonly FlowLayer[], base: Base): Part[] {
  return [
    ...layers.map(({ bijector }, l) => ({ prefix: layerPrefix(l), part: bijector })),
    { prefix: BASE, part: base },
  ];
}

function partInputs(inputs: BijectorInputs, prefix: string): BijectorInputs {
  const { parameters, masks, tell } = inputs;
  return {
    ...inputs,
    parameters: ofPart(parameters, prefix),
    masks: ofPart(masks, prefix),
    ...(tell && { tell: (name, value, begins) => tell(prefix + name, value, begins) }),
  };
}

type Named<T> = Readonly<Record<string, T>>;

/**
 * What belongs to which part, of records that have been asked for one: a flow may have hundreds of layers, and to look for the
 * names of each among those of all would take longer than they compute. Records stay as they are while they are used.
 */
const known = new WeakMap<Named<unknown>, ReadonlyMap<string, Named<unknown>>>();
const NOTHING = {};

function ofPart<T>(named: Named<T>, prefix: string): Named<T> {
  const parts = known.get(named) ?? byPart(named);
  known.set(named, parts);
  return parts.get(prefix) ?? NOTHING;
}

/** By the parts' prefixes, and there by their own names. */
function byPart<T>(named: Named<T>): ReadonlyMap<string, Named<T>> {
  const parts = new Map<string, Record<string, T>>();
  for (const [name, value] of Object.entries(named)) {
    const [prefix] = /^(?:layers\.\d+|base)\./.exec(name) ?? [];
    if (prefix === undefined) continue;
    const part = parts.get(prefix) ?? {};
    part[name.slice(prefix.length)] = value;
    parts.set(prefix, part);
  }
  return parts;
}
