/** What the masks of a network over pixels let one output see, by its structure alone. */
import { leads, widthOf } from './mask.ts';
import { type ConvolutionNode, heardFrom, type PixelNetwork, type RecurrentNode, sourcesOf } from './network.ts';

/** What has been found out of a network, by output and node: pictures ask for the same with every step of training. */
const found = new WeakMap<PixelNetwork, Map<string, Readonly<Uint8Array>>>();
/** So many of one network are kept. */
const MOST_KEPT = 64;

/**
 * The variables from which a path leads to one of them: [D], entries 0 or 1, D = H·W·C, channel fastest. Exact where every
 * map has channels of every colour, which is what the networks here have.
 * @param output d, from 0
 * @param at the node whose map is asked, at the output's pixel and colour; the last one, of the conditionals, unless told
 * @returns not to be written to: who asks again is given the same
 */
export function seenBy(network: PixelNetwork, output: number, at = network.nodes.length - 1): Readonly<Uint8Array> {
  const key = `${output} ${at}`;
  const kept = found.get(network) ?? new Map<string, Readonly<Uint8Array>>();
  found.set(network, kept);
  let seen = kept.get(key);
  if (seen === undefined) {
    seen = neededBy(network, output, at);
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(key, seen);
  }
  return seen;
}

function neededBy({ image, nodes }: PixelNetwork, output: number, at: number): Uint8Array {
  const [height, width, colours] = image;
  const size = height * width * colours;
  // For every node, the pixels and colours that are needed of it.
  const needed = nodes.map(() => new Uint8Array(size));
  needed[at]![output] = 1;
  for (let n = at; n > 0; n--) {
    const node = nodes[n]!;
    const own = needed[n]!;
    if (node.kind === 'convolution') spread(node, own, needed[node.from]!, coloursIn(nodes[node.from]!), image);
    else if (node.kind === 'recurrent') recall(node, own, needed[node.from]!, image);
    else if (node.kind === 'shift') {
      const above = needed[node.from]!;
      for (const [i, one] of own.subarray(width * colours).entries()) if (one === 1) above[i] = 1;
    } else for (const source of sourcesOf(node)) own.forEach((one, i) => one === 1 && (needed[source]![i] = 1));
  }
  return needed[0]!;
}

/** The first channel of the pixel in the middle, which shows most of what a network misses. */
export function middleOf([height, width, channels]: PixelNetwork['image']): number {
  return (Math.floor(height / 2) * width + Math.floor((width - 1) / 2)) * channels;
}

/** States need those that they hear, in turn, and all of them their gates. */
function recall(
  node: RecurrentNode,
  own: Uint8Array,
  gates: Uint8Array,
  [height, width, colours]: PixelNetwork['image'],
): void {
  const present = coloursIn(node);
  const heard = heardFrom(node);
  const needed = own.slice();
  for (let r = height - 1; r >= 0; r--) {
    for (let i = width - 1; i >= 0; i--) {
      // Backwards in time: from the right the pixels to the left come last.
      const c = node.course === 'mirrored' ? width - 1 - i : i;
      const at = (r * width + c) * colours;
      if (!needed.subarray(at, at + colours).includes(1)) continue;
      for (const [row, column] of heard) {
        if (r + row < 0 || c + column < 0 || c + column >= width) continue;
        const place = ((r + row) * width + c + column) * colours;
        for (const colour of present) needed[place + colour] = 1;
      }
    }
  }
  for (const [at, one] of needed.entries()) if (one === 1) gates[at] = 1;
}

function spread(
  { kernel, rule }: ConvolutionNode,
  own: Uint8Array,
  into: Uint8Array,
  present: readonly number[],
  [height, width, colours]: PixelNetwork['image'],
): void {
  for (const [at, one] of own.entries()) {
    if (one === 0) continue;
    const to = at % colours;
    const pixel = (at - to) / colours;
    const [r, c] = [Math.floor(pixel / width), pixel % width];
    for (let i = 0; i < kernel.rows; i++) {
      for (let j = 0; j < widthOf(kernel); j++) {
        const [row, column] = [i - kernel.rows + 1, j - kernel.left];
        if (r + row < 0 || r + row >= height || c + column < 0 || c + column >= width) continue;
        const place = ((r + row) * width + c + column) * colours;
        for (const from of present) if (leads(rule, row, column, from, to)) into[place + from] = 1;
      }
    }
  }
}

const coloursIn = ({ colours }: { readonly colours: Int32Array }): readonly number[] => [...new Set(colours)];
