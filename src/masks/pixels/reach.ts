/** What the masks of a network over pixels let one output see, by its structure alone. */
import { leads, widthOf } from './mask.ts';
import { type ConvolutionNode, type PixelNetwork, sourcesOf } from './network.ts';

/**
 * The variables from which a path leads to one of them: [D], entries 0 or 1, D = H·W·C, channel fastest. Exact where every
 * map has channels of every colour, which is what the networks here have.
 * @param output d, from 0
 */
export function seenBy({ image, nodes }: PixelNetwork, output: number): Uint8Array {
  const [height, width, colours] = image;
  const size = height * width * colours;
  // For every node, the pixels and colours that are needed of it.
  const needed = nodes.map(() => new Uint8Array(size));
  needed.at(-1)![output] = 1;
  for (let n = nodes.length - 1; n > 0; n--) {
    const node = nodes[n]!;
    const own = needed[n]!;
    if (node.kind === 'convolution') spread(node, own, needed[node.from]!, coloursIn(nodes[node.from]!), image);
    else for (const source of sourcesOf(node)) own.forEach((one, i) => one === 1 && (needed[source]![i] = 1));
  }
  return needed[0]!;
}

/** The first channel of the pixel in the middle, which shows most of what a network misses. */
export function middleOf([height, width, channels]: PixelNetwork['image']): number {
  return (Math.floor(height / 2) * width + Math.floor((width - 1) / 2)) * channels;
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
