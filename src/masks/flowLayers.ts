/**
 * What the layers of a flow are, before any of them computes: which variables pass, in which order, how they change
 * places. In plain arrays, so that the editor draws what will be trained.
 */
import { RandomGenerator } from '../random/generator.ts';
import type { IafSpec } from '../spec/models/iaf.ts';
import type { MafSpec } from '../spec/models/maf.ts';
import type { NiceSpec } from '../spec/models/nice.ts';
import type { RealnvpSpec } from '../spec/models/realnvp.ts';
import { permutationFault } from '../spec/models/permutation.ts';
import { variablesOf } from '../spec/models/splits.ts';
import { hiddenDegrees, type MadeStructure, orderDegrees } from './degrees.ts';
import { type ImageFlowSpec, type ImageLayer, imageLayersOf } from './imageFlowLayers.ts';
import { split } from './splits.ts';

/** A layer in its place, first to last from the data. */
export type FlowLayerStructure =
  | { readonly kind: 'levels'; readonly levels: number }
  | { readonly kind: 'logit'; readonly alpha: number }
  | {
      readonly kind: 'coupling';
      /** [D], 1 at the variables that pass. */
      readonly passes: Uint8Array;
    }
  | { readonly kind: 'autoregressive'; readonly structure: MadeStructure }
  | {
      readonly kind: 'permutation';
      /** [D] the variable, counted from 0, that comes to each place. */
      readonly order: Int32Array;
    }
  | { readonly kind: 'batch-norm' }
  | { readonly kind: 'scaling' }
  | ImageLayer;

/** Flows of rows without any shape. */
export type VectorFlowSpec = NiceSpec | RealnvpSpec | MafSpec | IafSpec;
export type FlowSpec = VectorFlowSpec | ImageFlowSpec;

/** Whether the flow knows its rows as images. */
export function isImageFlow(spec: FlowSpec): spec is ImageFlowSpec {
  return 'image' in spec && spec.image !== undefined;
}

/** Whether the layer acts on a scale of images. */
export const isImageLayer = (layer: FlowLayerStructure): layer is ImageLayer => 'scale' in layer;

/**
 * The layers of the flow that an experiment with this seed trains.
 * @param contextDimension C; only whether there is a context matters.
 * @throws RangeError when a split, a permutation or an image that the specification gives does not fit the dimension.
 */
export function flowLayersOf(
  spec: FlowSpec,
  dimension: number,
  seed: number,
  contextDimension = 0,
): FlowLayerStructure[] {
  const random = RandomGenerator.seeded(seed, 'masks');
  const { dequantise } = spec;
  const first: FlowLayerStructure[] =
    dequantise === undefined
      ? []
      : [
          { kind: 'levels', levels: dequantise.levels },
          ...(dequantise.logit === undefined ? [] : [{ kind: 'logit', alpha: dequantise.logit } as const]),
        ];
  if (!isImageFlow(spec)) return [...first, ...mainLayers(spec, dimension, random, contextDimension)];
  const variables = variablesOf(spec.image);
  if (variables !== dimension) {
    throw new RangeError(`the image is ${spec.image.join(' × ')} = ${variables} variables, and rows have ${dimension}`);
  }
  return [...first, ...imageLayersOf(spec)];
}

/** The MADE that is the base of MAF MoG; null where the base has no structure. */
export function flowBaseOf(
  spec: FlowSpec,
  dimension: number,
  seed: number,
  contextDimension = 0,
): MadeStructure | null {
  if (typeof spec.base === 'string') return null;
  return madeStructure(spec, dimension, RandomGenerator.seeded(seed, 'masks/base'), contextDimension);
}

function madeStructure(
  { degrees, hidden }: Pick<MafSpec, 'degrees' | 'hidden'>,
  dimension: number,
  random: RandomGenerator,
  contextDimension: number,
): MadeStructure {
  return {
    order: orderDegrees('natural', dimension, random),
    hidden: hiddenDegrees(degrees, hidden, dimension, random, contextDimension),
    direct: false,
  };
}

function mainLayers(
  spec: VectorFlowSpec,
  dimension: number,
  random: RandomGenerator,
  contextDimension: number,
): FlowLayerStructure[] {
  const numbers = Array.from({ length: spec.layers }, (_, k) => k);
  const coupling = (k: number, of: NiceSpec['split']): FlowLayerStructure => ({
    kind: 'coupling',
    passes: split(of, [dimension], k),
  });
  switch (spec.type) {
    case 'nice':
      return [...numbers.map((k) => coupling(k, spec.split)), { kind: 'scaling' }];
    case 'realnvp':
      return numbers.flatMap((k) => [
        coupling(k, spec.split),
        ...(spec.batchNorm ? [{ kind: 'batch-norm' } as const] : []),
      ]);
    case 'maf':
    case 'iaf':
      return numbers.flatMap((k): FlowLayerStructure[] => [
        ...(k === 0 ? [] : permuted(spec.permutation, dimension, random)),
        { kind: 'autoregressive', structure: madeStructure(spec, dimension, random, contextDimension) },
        ...(spec.type === 'maf' && spec.batchNorm ? [{ kind: 'batch-norm' } as const] : []),
      ]);
  }
}

function permuted(of: MafSpec['permutation'], dimension: number, random: RandomGenerator): FlowLayerStructure[] {
  if (of === 'none') return [];
  if (of === 'reverse') {
    return [{ kind: 'permutation', order: Int32Array.from({ length: dimension }, (_, d) => dimension - 1 - d) }];
  }
  if (of === 'random') return [{ kind: 'permutation', order: random.permutation(dimension) }];
  const fault = permutationFault(of, dimension);
  if (fault !== null) throw new RangeError(`permutation ${fault.message}`);
  return [{ kind: 'permutation', order: Int32Array.from(of, (place) => place - 1) }];
}
