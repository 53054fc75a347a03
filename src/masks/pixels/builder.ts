/** Builds the list of a network's nodes, from the image to the conditionals' parameters. */
import type { ImageShape } from '../../spec/models/splits.ts';
import type { Course, Kernel, MaskRule, PixelArchitecture, PixelNode } from './network.ts';

export const POINT: Kernel = { rows: 1, left: 0, right: 0 };

/** Half a kernel of side k: its middle row and those above. */
export const upperHalf = (side: number): Kernel => ({
  rows: (side + 1) / 2,
  left: (side - 1) / 2,
  right: (side - 1) / 2,
});
/** Its middle row up to the middle. */
export const leftHalf = (side: number): Kernel => ({ rows: 1, left: (side - 1) / 2, right: 0 });

/** Colours of `channels` channels, shared out evenly and side by side: for each part of a gate alike. */
function coloursOf(channels: number, colours: number, parts = 1): Int32Array {
  const each = channels / parts;
  return Int32Array.from({ length: channels }, (_, f) => Math.floor(((f % each) * colours) / each));
}

/** Grows the list; every method adds a node and gives its number. */
export class PixelBuilder {
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

  /** Of gates that are four parts side by side. @param width states heard side by side of the row above. */
  recurrent(name: string, from: number, course: Course, width: number): number {
    const { colours } = this.nodes[from]!;
    return this.#add({ kind: 'recurrent', name, from, course, width, colours: colours.slice(0, colours.length / 4) });
  }

  /** What knows the rows above alone has no colour of its own. */
  shift(from: number): number {
    return this.#add({ kind: 'shift', from, colours: new Int32Array(this.nodes[from]!.colours.length) });
  }

  gate(from: number): number {
    const { colours } = this.nodes[from]!;
    return this.#add({ kind: 'gate', from, colours: colours.slice(0, colours.length / 2) });
  }

  sum(first: number, second: number): number {
    return this.#add({ kind: 'sum', from: [first, second], colours: this.nodes[first]!.colours });
  }

  /** What a block adds to the maps that go past it. */
  residual(block: string, past: number, added: number): number {
    return this.#add({ kind: 'sum', from: [past, added], block, colours: this.nodes[past]!.colours });
  }

  #add(node: PixelNode): number {
    return this.nodes.push(node) - 1;
  }
}

/** ReLU, a pointwise layer, ReLU, and the parameters of the conditionals. */
export function addHead(builder: PixelBuilder, from: number, { head, image, perVariable }: PixelArchitecture): void {
  const hidden = builder.pointwise('head', builder.relu(from), head, true);
  builder.pointwise('output', builder.relu(hidden), image[2] * perVariable);
}
