/**
 * The layers of a PixelCNN as a list of nodes: what every reader of it goes by, whether it computes with tensors, draws one
 * pixel after the other, or asks what a pixel can see. Plain numbers, no tensors.
 *
 * Maps have the image's size. Pixels come in raster order, the colours of a pixel in the order of its channels. Every
 * channel of a map belongs to a colour g: it helps to predict colour g and those after it, and may know no more of the pixel
 * itself than they (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3.4).
 */
import type { ImageShape } from '../../spec/models/splits.ts';

/**
 * Which cells of a kernel are there. `A`: the pixels before, and of the pixel itself the colours before. `B`: its own colour
 * as well. `above`: the rows above alone. `rows`: the own row, too, all of it: for maps that know the rows above alone.
 */
export type MaskRule = 'A' | 'B' | 'above' | 'rows';

/** Cells of a kernel around the pixel that it computes: the own row and some above it, columns to both sides. */
export interface Kernel {
  /** Rows, the own one included. */
  readonly rows: number;
  readonly left: number;
  readonly right: number;
}

interface PixelMap {
  /** [channels] colour of each, from 0, ascending within each part of a gate. */
  readonly colours: Int32Array;
}

/** The image itself. */
export interface ImageNode extends PixelMap {
  readonly kind: 'image';
}

export interface ConvolutionNode extends PixelMap {
  readonly kind: 'convolution';
  /** As its parameters are named: `blocks.0.spatial`. */
  readonly name: string;
  readonly from: number;
  readonly kernel: Kernel;
  readonly rule: MaskRule;
  /** Whether what rows are conditioned on enters here. */
  readonly conditioned: boolean;
}

/** max(0, z) */
export interface ReluNode extends PixelMap {
  readonly kind: 'relu';
  readonly from: number;
}

/** tanh(first half) ∘ σ(second half) */
export interface GateNode extends PixelMap {
  readonly kind: 'gate';
  readonly from: number;
}

export interface SumNode extends PixelMap {
  readonly kind: 'sum';
  readonly from: readonly [number, number];
}

export type PixelNode = ImageNode | ConvolutionNode | ReluNode | GateNode | SumNode;

/** Nodes in the order of computation: the first is the image, the last has the parameters of the conditionals, [C·k]. */
export interface PixelNetwork {
  readonly image: ImageShape;
  readonly nodes: readonly PixelNode[];
}

/** What a network is built from. */
export interface PixelArchitecture {
  readonly image: ImageShape;
  /** Channels of the maps between the layers. */
  readonly features: number;
  /** Residual blocks, or gated layers. */
  readonly layers: number;
  /** Sides of the kernels, odd: of the first layer, and of those after it. */
  readonly firstKernel: number;
  readonly kernel: number;
  /** Of the first layer. */
  readonly maskType: 'A' | 'B';
  /** Channels of the last hidden layer. */
  readonly head: number;
  /** k, parameters of each conditional. */
  readonly perVariable: number;
}

/** The maps that a node is computed from. */
export function sourcesOf(node: PixelNode): readonly number[] {
  if (node.kind === 'image') return [];
  return node.kind === 'sum' ? node.from : [node.from];
}

const POINT: Kernel = { rows: 1, left: 0, right: 0 };

/** Half a kernel of side k: its middle row and those above. */
const upperHalf = (side: number): Kernel => ({ rows: (side + 1) / 2, left: (side - 1) / 2, right: (side - 1) / 2 });
/** Its middle row up to the middle. */
const leftHalf = (side: number): Kernel => ({ rows: 1, left: (side - 1) / 2, right: 0 });

/** Colours of `channels` channels, shared out evenly and side by side: for each part of a gate alike. */
function coloursOf(channels: number, colours: number, parts = 1): Int32Array {
  const each = channels / parts;
  return Int32Array.from({ length: channels }, (_, f) => Math.floor(((f % each) * colours) / each));
}

/** Grows the list; every method adds a node and gives its number. */
class Builder {
  readonly nodes: PixelNode[] = [];
  readonly #colours: number;

  constructor([, , channels]: ImageShape) {
    this.#colours = channels;
    this.nodes.push({ kind: 'image', colours: Int32Array.from({ length: channels }, (_, c) => c) });
  }

  convolution(
    name: string,
    from: number,
    channels: number,
    o: { readonly kernel: Kernel; readonly rule: MaskRule; readonly parts?: number; readonly conditioned?: boolean },
  ): number {
    const { kernel, rule, parts = 1, conditioned = false } = o;
    // Maps of the rows above know nothing of the pixel: they have no colour of their own.
    const colourless = rule === 'above' || (rule === 'rows' && kernel !== POINT);
    const colours = colourless ? new Int32Array(channels) : coloursOf(channels, this.#colours, parts);
    return this.#add({ kind: 'convolution', name, from, kernel, rule, conditioned, colours });
  }

  /** Every channel sees its own pixel alone. */
  pointwise(name: string, from: number, channels: number, conditioned = false): number {
    return this.convolution(name, from, channels, { kernel: POINT, rule: 'B', conditioned });
  }

  relu(from: number): number {
    return this.#add({ kind: 'relu', from, colours: this.nodes[from]!.colours });
  }

  gate(from: number): number {
    const { colours } = this.nodes[from]!;
    return this.#add({ kind: 'gate', from, colours: colours.slice(0, colours.length / 2) });
  }

  sum(first: number, second: number): number {
    return this.#add({ kind: 'sum', from: [first, second], colours: this.nodes[first]!.colours });
  }

  #add(node: PixelNode): number {
    return this.nodes.push(node) - 1;
  }
}

/** ReLU, a pointwise layer, ReLU, and the parameters of the conditionals. */
function addHead(builder: Builder, from: number, { head, image, perVariable }: PixelArchitecture): void {
  const hidden = builder.pointwise('head', builder.relu(from), head, true);
  builder.pointwise('output', builder.relu(hidden), image[2] * perVariable);
}

/**
 * One stack of masked convolutions with residual blocks (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3 and figure
 * 5): it never sees a wedge of pixels to the right above.
 */
export function singleStack(architecture: PixelArchitecture): PixelNetwork {
  const { image, features, layers, firstKernel, kernel, maskType } = architecture;
  const builder = new Builder(image);
  const half = Math.ceil(features / 2);
  let h = builder.convolution('input', 0, features, {
    ...{ kernel: upperHalf(firstKernel), rule: maskType, conditioned: true },
  });
  for (let i = 0; i < layers; i++) {
    const reduced = builder.pointwise(`blocks.${i}.reduce`, builder.relu(h), half, true);
    const spatial = builder.convolution(`blocks.${i}.spatial`, builder.relu(reduced), half, {
      ...{ kernel: upperHalf(kernel), rule: 'B' },
    });
    h = builder.sum(h, builder.pointwise(`blocks.${i}.expand`, builder.relu(spatial), features));
  }
  addHead(builder, h, architecture);
  return { image, nodes: builder.nodes };
}

/**
 * Gated layers in two stacks, which between them see everything (van den Oord, Kalchbrenner, Vinyals, Espeholt, Graves &
 * Kavukcuoglu 2016, figure 2): the vertical one the rows above, the horizontal one the pixels to the left and what the
 * vertical one knows of its pixel.
 */
export function gatedStacks(architecture: PixelArchitecture): PixelNetwork {
  const { image, features, layers, firstKernel, kernel, maskType } = architecture;
  const builder = new Builder(image);
  let v = builder.convolution('vertical', 0, features, { kernel: upperHalf(firstKernel), rule: 'above' });
  let h = builder.convolution('horizontal', 0, features, { kernel: leftHalf(firstKernel), rule: maskType });
  for (let i = 0; i < layers; i++) {
    const wide = 2 * features;
    const above = builder.convolution(`layers.${i}.vertical`, v, wide, {
      ...{ kernel: upperHalf(kernel), rule: 'rows', parts: 2, conditioned: true },
    });
    const handed = builder.convolution(`layers.${i}.between`, above, wide, { kernel: POINT, rule: 'rows', parts: 2 });
    const along = builder.convolution(`layers.${i}.horizontal`, h, wide, {
      ...{ kernel: leftHalf(kernel), rule: 'B', parts: 2, conditioned: true },
    });
    const gated = builder.gate(builder.sum(along, handed));
    h = builder.sum(h, builder.pointwise(`layers.${i}.residual`, gated, features));
    v = builder.gate(above);
  }
  addHead(builder, h, architecture);
  return { image, nodes: builder.nodes };
}
