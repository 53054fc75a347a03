/** How what one output sees grows from layer to layer, and which colours see which, by a network's structure alone. */
import type { PixelNetwork } from './network.ts';
import { seenBy } from './reach.ts';

/** What the map behind some layers knows where the output is. */
export interface ReachStage {
  /** "first layer", "layer 2", "block 3". */
  readonly name: string;
  /** [D], 1 at the variables that have come so far. */
  readonly seen: Uint8Array;
}

/**
 * What has come to an output's pixel and colour after the first layer, after the second, …: of networks with blocks after
 * each of these. The head behind them, which sees its own pixel alone, adds nothing.
 * @param output d, from 0
 */
export function growthOf(network: PixelNetwork, output: number): ReachStage[] {
  return stagesOf(network).map(({ name, node }) => ({ name, seen: seenBy(network, output, node) }));
}

/** The nodes behind each layer on the way to the output, by the names of their parameters: `blocks.0.expand` is in block 1. */
function stagesOf({ nodes }: PixelNetwork): { readonly name: string; readonly node: number }[] {
  const last = new Map<string, number>();
  for (const [n, node] of nodes.entries()) {
    // The map that is masked as the output is goes on to it; its companions hand over to it.
    if (node.kind === 'convolution' && node.from === 0 && (node.rule === 'A' || node.rule === 'B'))
      last.set('first', n);
    if (node.kind === 'convolution') {
      const layer = /^(?:blocks|layers)\.\d+/.exec(node.name)?.[0];
      if (layer !== undefined) last.set(layer, n);
    }
    if (node.kind === 'sum' && node.block !== undefined) last.set(node.block, n);
  }
  return Array.from(last, ([layer, node]) => ({ name: nameOf(layer), node }));
}

function nameOf(layer: string): string {
  const [kind, index] = layer.split('.');
  return index === undefined ? 'first layer' : `${kind === 'blocks' ? 'block' : 'layer'} ${Number(index) + 1}`;
}

/** Which colours of one pixel have paths from which, [C, C] row-major: output colours as rows, input colours as columns. */
export interface ChannelPaths {
  /** Of the pixel itself, entries 0 or 1. */
  readonly own: Uint8Array;
  /** Pixels before it from which there is one. */
  readonly earlier: Int32Array;
}

/** @param pixel in raster order, from 0 */
export function channelPaths(network: PixelNetwork, pixel: number): ChannelPaths {
  const [, , channels] = network.image;
  const own = new Uint8Array(channels ** 2);
  const earlier = new Int32Array(channels ** 2);
  for (let to = 0; to < channels; to++) {
    const seen = seenBy(network, pixel * channels + to);
    for (let from = 0; from < channels; from++) {
      const at = to * channels + from;
      own[at] = seen[pixel * channels + from]!;
      for (let before = 0; before < pixel; before++) earlier[at]! += seen[before * channels + from]!;
    }
  }
  return { own, earlier };
}
