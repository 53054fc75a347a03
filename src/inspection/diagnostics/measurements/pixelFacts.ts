/** What the masks of a network over pixels let its conditionals see. */
import type { PixelNode } from '../../../masks/pixels/network.ts';
import { middleOf, seenBy } from '../../../masks/pixels/reach.ts';
import type { Pair } from '../../../masks/network.ts';
import type { PixelConditionals } from '../../../models/model.ts';
import type { Chunked } from '../../source.ts';
import type { StructureFacts } from './structures.ts';

/** Outputs looked at where there are more of them; which are spread over the image. */
const MOST_OUTPUTS = 64;
/** Pairs kept as examples. */
const EXAMPLES = 20;

/** What the first channel of one pixel misses of the variables before it. */
export interface BlindSpot {
  /** The variable, from 0. */
  readonly output: number;
  /** Variables before it. */
  readonly before: number;
  /** Those that it does not see. */
  readonly missing: number;
  /** Those of them that it would not see with any number of layers. */
  readonly never: number;
  /** Whether no layer behind the first one looks beyond the pixel itself, so that more of them add nothing. */
  readonly pointwise: boolean;
  /** The image: height, width, channels. */
  readonly image: readonly [number, number, number];
}

/** Leaks and losses of outputs spread over the image, one a chunk, and the blind spot of the pixel in its middle. */
export async function* pixelFacts(conditionals: PixelConditionals, dimension: number): Chunked<StructureFacts> {
  const { layers } = conditionals;
  const count = Math.min(dimension, MOST_OUTPUTS);
  const outputs = Array.from({ length: count }, (_, i) => dimension - 1 - Math.floor((i * dimension) / count));
  const leaks: Pair[] = [];
  const losses: Pair[] = [];
  let [leaking, lost, forbidden, required, blind] = [0, 0, 0, 0, 0];
  for (const output of outputs) {
    const seen = seenBy(layers, output);
    let own = 0;
    for (const [input, one] of seen.entries()) {
      if (input >= output && one === 1 && ++leaking <= EXAMPLES) leaks.push({ output, input });
      if (input < output && one === 0 && ++own && lost + own <= EXAMPLES) losses.push({ output, input });
    }
    if (own > 0 && own === output) blind++;
    lost += own;
    forbidden += dimension - output;
    required += output;
    yield;
  }
  return {
    mask: 0,
    order: conditionals.order(0),
    sizes: [],
    vectors: false,
    leaks: { count: leaking, of: forbidden, pairs: leaks },
    losses: { count: lost, of: required, pairs: losses },
    pixels: blindSpotOf(conditionals),
    blindOutputs: blind,
    cutOff: [],
  };
}

/** Whether it hears other pixels of maps. */
function looksAround(node: PixelNode): boolean {
  if (node.kind === 'recurrent') return true;
  if (node.kind !== 'convolution' || node.from === 0) return false;
  const { rows, left, right } = node.kernel;
  return rows > 1 || left > 0 || right > 0;
}

function blindSpotOf(conditionals: PixelConditionals): BlindSpot {
  const { layers } = conditionals;
  const { image } = layers;
  const output = middleOf(image);
  const missed = (seen: Uint8Array) => output - seen.subarray(0, output).reduce((sum, one) => sum + one, 0);
  return {
    output,
    before: output,
    missing: missed(seenBy(layers, output)),
    never: missed(seenBy(conditionals.deepest(), output)),
    pointwise: !layers.nodes.some(looksAround),
    image,
  };
}
