/**
 * What may depend on what in a flow, of its layers as {@link flowLayersOf} tells them: plain arrays, so that the editor
 * shows it while a specification is written. The structures are those that the layers' bijectors declare.
 */
import { bitsOf, countBits, wordsOf, type BitMatrix } from './bits.ts';
import { booleanProduct } from './blocks.ts';
import { isImageLayer, type FlowLayerStructure } from './flowLayers.ts';
import type { ImageLayer } from './imageFlowLayers.ts';
import { squeezedShape } from './imageScales.ts';
import type { ImageShape } from './splits.ts';

/** Pixels that a coupling's convolutions see beyond their own: 1 by the first, 1 by the output, 2 by each block. */
export const convolutionReach = (blocks: number): number => 2 + 2 * blocks;

/** [D, D] bit (i, j) where y_i may depend on x_j. @param blocks Residual blocks of networks of convolutions. */
export function layerDependencies(layer: FlowLayerStructure, dimension: number, blocks = 0): BitMatrix {
  if (isImageLayer(layer)) return scaleDependencies(layer, dimension, blocks);
  switch (layer.kind) {
    case 'coupling': {
      const { passes } = layer;
      return bitsOf(dimension, dimension, (i, j) => i === j || (passes[i] === 0 && passes[j] === 1));
    }
    case 'autoregressive': {
      const { order } = layer.structure;
      return bitsOf(dimension, dimension, (i, j) => i === j || order[j]! < order[i]!);
    }
    case 'permutation': {
      const { order } = layer;
      return bitsOf(dimension, dimension, (i, j) => order[i] === j);
    }
    default:
      return bitsOf(dimension, dimension, (i, j) => i === j);
  }
}

/** Columns that are factored out stay as they are. */
function scaleDependencies(layer: ImageLayer, dimension: number, blocks: number): BitMatrix {
  const { columns, shape } = layer.scale;
  const inner = new Int32Array(dimension).fill(-1);
  for (const [place, column] of columns.entries()) inner[column] = place;
  const within = dependsWithin(layer, shape, blocks);
  return bitsOf(dimension, dimension, (i, j) =>
    inner[i] === -1 || inner[j] === -1 ? i === j : within(inner[i]!, inner[j]!),
  );
}

function dependsWithin(layer: ImageLayer, shape: ImageShape, blocks: number): (i: number, j: number) => boolean {
  const [, width, channels] = shape;
  switch (layer.kind) {
    case 'coupling': {
      const { passes } = layer;
      const reach = convolutionReach(blocks);
      return (i, j) => {
        if (i === j) return true;
        if (passes[i] !== 0 || passes[j] !== 1) return false;
        const [to, from] = [Math.floor(i / channels), Math.floor(j / channels)];
        const rows = Math.floor(to / width) - Math.floor(from / width);
        return Math.abs(rows) <= reach && Math.abs((to % width) - (from % width)) <= reach;
      };
    }
    case 'mixing':
      return (i, j) => Math.floor(i / channels) === Math.floor(j / channels);
    case 'squeeze': {
      const order = squeezeOrder(shape);
      return (i, j) => order[i] === j;
    }
    default:
      return (i, j) => i === j;
  }
}

/**
 * [D] the place before a squeeze of what stands at each place behind it: what the squares of pixels become is told in
 * `flows/squeeze.ts`.
 * @throws RangeError when height or width are odd
 */
export function squeezeOrder(shape: ImageShape): Int32Array {
  const [, , channels] = squeezedShape(shape);
  const [height, wide, few] = shape;
  const width = wide / 2;
  return Int32Array.from({ length: height * wide * few }, (_, to) => {
    const pixel = Math.floor(to / channels);
    const square = Math.floor((to % channels) / few);
    const from = (2 * Math.floor(pixel / width) + (square >> 1)) * wide + 2 * (pixel % width) + (square & 1);
    return from * few + (to % few);
  });
}

/** [D] the variable before the layer that each place behind it continues. */
export function layerOrigin(layer: FlowLayerStructure, dimension: number): Int32Array {
  const origin = Int32Array.from({ length: dimension }, (_, d) => d);
  if (layer.kind === 'permutation') return layer.order;
  if (layer.kind !== 'squeeze') return origin;
  const { columns, shape } = layer.scale;
  for (const [to, from] of squeezeOrder(shape).entries()) origin[columns[to]!] = columns[from]!;
  return origin;
}

/** [D] whether what stands at a place behind the layer is moved by what the others say (1), or not (0). */
function movedPlaces(layer: FlowLayerStructure, dimension: number): Uint8Array {
  const moved = new Uint8Array(dimension);
  if (layer.kind === 'autoregressive') return moved.fill(1);
  if (layer.kind === 'mixing') for (const column of layer.scale.columns) moved[column] = 1;
  if (layer.kind === 'coupling') {
    const columns = isImageLayer(layer) ? layer.scale.columns : null;
    for (const [i, passes] of layer.passes.entries()) if (passes === 0) moved[columns?.[i] ?? i] = 1;
  }
  return moved;
}

/** A flow as a whole. */
export interface FlowStructure {
  /** [D] the variable of x that each u continues. */
  readonly variables: Int32Array;
  /** [D] by variable of x: layers that move it, by a network or by mixing channels. */
  readonly moves: Int32Array;
  /** [D, D] bit (i, j) where u_i may depend on x_j: the boolean product of the layers. */
  readonly dependencies: BitMatrix;
}

export function flowStructure(layers: readonly FlowLayerStructure[], dimension: number, blocks = 0): FlowStructure {
  let variables = Int32Array.from({ length: dimension }, (_, d) => d);
  let dependencies = bitsOf(dimension, dimension, (i, j) => i === j);
  const moves = new Int32Array(dimension);
  // Layers of one split, or of one order, are alike: their structures are made once.
  const made = new Map<string, BitMatrix>();
  let full = dimension === 1;
  for (const layer of layers) {
    if (changesNothing(layer)) continue;
    const origin = layerOrigin(layer, dimension);
    variables = Int32Array.from(origin, (place) => variables[place]!);
    for (const [place, moved] of movedPlaces(layer, dimension).entries()) moves[variables[place]!]! += moved;
    // Every y depends on its own x at least: where every pair exists, no layer takes one away.
    if (full) continue;
    if (layer.kind === 'permutation' || layer.kind === 'squeeze') {
      dependencies = reordered(dependencies, origin);
      continue;
    }
    const key = keyOf(layer);
    const own = made.get(key) ?? layerDependencies(layer, dimension, blocks);
    made.set(key, own);
    dependencies = booleanProduct(own, dependencies);
    full = countBits(dependencies) === dimension * dimension;
  }
  return { variables, moves, dependencies };
}

/** What a change of places makes of the structure before it. */
function reordered({ rows, columns, words }: BitMatrix, origin: Int32Array): BitMatrix {
  const stride = wordsOf(columns);
  const own = new Uint32Array(words.length);
  for (const [to, from] of origin.entries()) own.set(words.subarray(from * stride, (from + 1) * stride), to * stride);
  return { rows, columns, words: own };
}

/** Of layers that scale and shift every variable by itself. */
const changesNothing = ({ kind }: FlowLayerStructure) =>
  kind === 'levels' || kind === 'logit' || kind === 'scaling' || kind === 'batch-norm' || kind === 'act-norm';

function keyOf(layer: FlowLayerStructure): string {
  if (isImageLayer(layer)) {
    const { columns, shape } = layer.scale;
    const passes = layer.kind === 'coupling' ? layer.passes.join('') : '';
    return `${layer.kind} ${shape.join('×')} ${columns[0] ?? ''} ${passes}`;
  }
  if (layer.kind === 'coupling') return `coupling ${layer.passes.join('')}`;
  return layer.kind === 'autoregressive' ? `autoregressive ${layer.structure.order.join(' ')}` : layer.kind;
}
