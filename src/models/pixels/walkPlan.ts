/** Where the maps of a network over pixels lie while images go through it one variable after the other, and when they are computed. */
import type { Lanes } from '../../layers/panelProducts.ts';
import { type PixelNetwork, type PixelNode, sourcesOf } from '../../masks/pixels/network.ts';
import type { NamedArrays } from '../../runs/arrays.ts';

/** Channels first … end − 1 of a map. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/**
 * When a node is computed. `pixel`: at each pixel, colour by colour. `ahead`: it knows the rows above alone, and a row of it is
 * computed as a whole as soon as these are there. `behind`: it is heard by later rows alone, and knows all of its own: a row
 * of it is computed as a whole once that is there.
 */
export type Turn = 'pixel' | 'ahead' | 'behind';

/** A node with its place in the memory: [slots, W or 1, channels, lanes], a slot being a row of the image in turn. */
export interface Placed {
  readonly node: PixelNode;
  readonly channels: number;
  /** Rows kept; 0 where only the pixel that is being computed is needed. */
  readonly rows: number;
  readonly turn: Turn;
  readonly at: number;
  /** Values from there on. */
  readonly size: number;
  /** Of every colour its channels. */
  readonly ranges: readonly (readonly Range[])[];
  /**
   * Of a convolution: its weights [out, rows · columns · in], masked, and what its units start from, [out, lanes]. Of a recurrent
   * layer: its weights [4h, heard · h], and the memory c, [W or 1, h, lanes].
   */
  readonly weights: number;
  readonly start: number;
}

export interface WalkPlan {
  readonly placed: readonly Placed[];
  /** Values in all. */
  readonly size: number;
}

export function planWalk(network: PixelNetwork, parameters: NamedArrays, lanes: Lanes): WalkPlan {
  const [, width, colours] = network.image;
  let end = 0;
  const take = (count: number) => (end += count) - count;
  const turns = turnsOf(network);
  const placed = network.nodes.map((node, n): Placed => {
    const channels = node.colours.length;
    const rows = rowsKept(network, turns, n);
    const size = Math.max(1, rows * width) * channels * lanes;
    const at = take(size);
    const hasWeights = node.kind === 'convolution' || node.kind === 'recurrent';
    const weights = hasWeights ? take(parameters[`${node.name}.weight`]!.data.length) : 0;
    const columns = node.kind === 'recurrent' && node.course === 'rows' ? width : 1;
    const start = hasWeights ? take(columns * channels * lanes) : 0;
    const ranges = rangesOf(node.colours, colours);
    return { node, channels, rows, turn: turns[n]!, at, size, weights, start, ranges };
  });
  return { placed, size: end };
}

/** Rows of a map that will be reached back to, its own among them; 0 where only the pixel itself is read. */
function rowsKept({ nodes }: PixelNetwork, turns: readonly Turn[], n: number): number {
  let rows = turns[n] === 'pixel' ? 0 : 1;
  // States hear those of the row above.
  if (nodes[n]!.kind === 'recurrent') rows = 2;
  for (const [reader, node] of nodes.entries()) {
    if (!sourcesOf(node).includes(n)) continue;
    if (turns[reader] === 'behind') rows = Math.max(rows, 1);
    if (node.kind === 'shift' && turns[n] !== 'behind') rows = Math.max(rows, 2);
    if (node.kind !== 'convolution') continue;
    const { kernel } = node;
    if (kernel.rows > 1 || kernel.left > 0 || kernel.right > 0) rows = Math.max(rows, kernel.rows);
  }
  return rows;
}

function turnsOf({ nodes }: PixelNetwork): Turn[] {
  const ahead: boolean[] = [];
  for (const node of nodes) {
    const above = node.kind === 'shift' || (node.kind === 'convolution' && node.rule === 'above');
    ahead.push(above || (node.kind !== 'image' && sourcesOf(node).every((source) => ahead[source])));
  }
  const behind: boolean[] = nodes.map(() => false);
  for (let n = nodes.length - 1; n > 0; n--) {
    const readers = nodes.flatMap((node, reader) => (sourcesOf(node).includes(n) ? [reader] : []));
    behind[n] = readers.length > 0 && readers.every((reader) => nodes[reader]!.kind === 'shift' || behind[reader]);
  }
  return nodes.map((_, n) => (ahead[n] ? 'ahead' : behind[n] ? 'behind' : 'pixel'));
}

function rangesOf(colours: Int32Array, count: number): Range[][] {
  return Array.from({ length: count }, (_, colour) => {
    const ranges: Range[] = [];
    for (let first = 0; first < colours.length;) {
      let end = first;
      while (end < colours.length && colours[end] === colours[first]) end++;
      if (colours[first] === colour) ranges.push({ first, end });
      first = end;
    }
    return ranges;
  });
}
