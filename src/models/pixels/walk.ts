/** A few images side by side on their way through a network over pixels, one variable after the other. */
import { type Lanes, type PanelProducts, panelProducts } from '../../layers/panelProducts.ts';
import { leads, widthOf } from '../../masks/pixels/mask.ts';
import { type ConvolutionNode, type PixelNetwork, type PixelNode, sourcesOf } from '../../masks/pixels/network.ts';
import type { NamedArrays } from '../../runs/arrays.ts';

/** Channels first … end − 1 of a map. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/** A node with its place in the memory: [slots, W or 1, channels, lanes], a slot being a row of the image in turn. */
interface Placed {
  readonly node: PixelNode;
  readonly channels: number;
  /** Rows kept; 0 where only the pixel that is being computed is needed. */
  readonly rows: number;
  /** Whether it knows the rows above alone: then a row of it is computed as a whole, as soon as these are there. */
  readonly ahead: boolean;
  readonly at: number;
  /** Of every colour its channels. */
  readonly ranges: readonly (readonly Range[])[];
  /** Of a convolution: its weights [out, rows · columns · in], masked, and what its units start from, [out, lanes]. */
  readonly weights: number;
  readonly start: number;
}

/**
 * Every channel of every map is computed once a pixel, for all images at once. Sums in float32, each in an order of its
 * own network: an image does not depend on its neighbours.
 */
export class PixelWalk {
  readonly lanes: Lanes;
  readonly #network: PixelNetwork;
  readonly #parameters: NamedArrays;
  readonly #placed: readonly Placed[];
  readonly #products: PanelProducts;
  /** Where the variable that comes next will be heard, and where its conditional's parameters are, of the first lane. */
  #hearing = 0;
  #reading = 0;

  /** @param most images that are wanted at once, 16 at most */
  constructor(network: PixelNetwork, parameters: NamedArrays, most: number) {
    this.#network = network;
    this.#parameters = parameters;
    this.lanes = most > 4 ? 16 : 4;
    let size = 0;
    const take = (count: number) => (size += count) - count;
    const ahead = knowRowsAbove(network);
    this.#placed = network.nodes.map((node, n) => {
      const channels = node.colours.length;
      const rows = Math.max(rowsKept(network, n), ahead[n] ? 1 : 0);
      const at = take(Math.max(1, rows * network.image[1]) * channels * this.lanes);
      const isConvolution = node.kind === 'convolution';
      const weights = isConvolution ? take(parameters[`${node.name}.weight`]!.data.length) : 0;
      const start = isConvolution ? take(channels * this.lanes) : 0;
      return {
        node,
        channels,
        rows,
        ahead: ahead[n]!,
        at,
        weights,
        start,
        ranges: rangesOf(node.colours, network.image[2]),
      };
    });
    this.#products = panelProducts(size);
    for (const { node, weights, channels } of this.#placed) {
      if (node.kind === 'convolution') this.#layWeights(node, weights, channels);
    }
  }

  /** Takes up images first … first + count − 1, and what they are conditioned on, [rows, C]. */
  begin(context: Float32Array | null, first: number, count: number): void {
    const { values } = this.#products;
    for (const { node, channels, rows, at, start } of this.#placed) {
      values.fill(0, at, at + Math.max(1, rows * this.#network.image[1]) * channels * this.lanes);
      if (node.kind === 'convolution') this.#setStart(node, start, context, first, count);
    }
  }

  /** Computes the conditional of variable d, all before it being known. */
  advance(d: number): void {
    const [, width, colours] = this.#network.image;
    const colour = d % colours;
    const pixel = (d - colour) / colours;
    const [r, c] = [Math.floor(pixel / width), pixel % width];
    if (c === 0 && colour === 0) this.#beginRow(r);
    const [image] = this.#placed;
    this.#hearing = this.#placeOf(image!, r, c) + colour * this.lanes;
    // What was there belongs to a row that is done with.
    this.#products.values.fill(0, this.#hearing, this.#hearing + this.lanes);
    for (const placed of this.#placed) {
      if (placed.ahead) continue;
      for (const range of placed.ranges[colour]!) this.#compute(placed, range, r, c);
    }
    const last = this.#placed.at(-1)!;
    this.#reading = this.#placeOf(last, r, c) + last.ranges[colour]![0]!.first * this.lanes;
  }

  /** The parameters of the conditional that was computed last, of one image. */
  read(lane: number, into: Float64Array): void {
    const { values } = this.#products;
    for (let i = 0; i < into.length; i++) into[i] = values[this.#reading + i * this.lanes + lane]!;
  }

  /** What became of the variable, as the network hears it. */
  hear(lane: number, value: number): void {
    this.#products.values[this.#hearing + lane] = value;
  }

  release(): void {
    this.#products.release();
  }

  #beginRow(r: number): void {
    for (const placed of this.#placed) {
      if (!placed.ahead) continue;
      const whole = { first: 0, end: placed.channels };
      for (let c = 0; c < this.#network.image[1]; c++) this.#compute(placed, whole, r, c);
    }
  }

  #placeOf({ at, rows, channels }: Placed, r: number, c: number): number {
    if (rows === 0) return at;
    return at + ((r % rows) * this.#network.image[1] + c) * channels * this.lanes;
  }

  #compute(placed: Placed, { first, end }: Range, r: number, c: number): void {
    const { values } = this.#products;
    const { lanes } = this;
    const { node } = placed;
    const own = this.#placeOf(placed, r, c);
    const [from, to] = [own + first * lanes, own + end * lanes];
    switch (node.kind) {
      case 'convolution':
        values.copyWithin(from, placed.start + first * lanes, placed.start + end * lanes);
        this.#convolve(placed, node, { first, end }, r, c);
        break;
      case 'relu': {
        const source = this.#placeOf(this.#placed[node.from]!, r, c) - own;
        for (let i = from; i < to; i++) values[i] = Math.max(0, values[source + i]!);
        break;
      }
      case 'gate': {
        const source = this.#placeOf(this.#placed[node.from]!, r, c) - own;
        const half = placed.channels * lanes;
        for (let i = from; i < to; i++) {
          values[i] = Math.tanh(values[source + i]!) / (1 + Math.exp(-values[source + half + i]!));
        }
        break;
      }
      case 'sum': {
        const [a, b] = node.from.map((n) => this.#placeOf(this.#placed[n]!, r, c) - own) as [number, number];
        for (let i = from; i < to; i++) values[i] = values[a + i]! + values[b + i]!;
        break;
      }
      case 'image':
        break;
    }
  }

  /** Adds what a convolution's channels hear, row by row of its kernel: the cells of a row lie side by side. */
  #convolve(placed: Placed, node: ConvolutionNode, { first, end }: Range, r: number, c: number): void {
    const [, width] = this.#network.image;
    const { kernel, rule } = node;
    const source = this.#placed[node.from]!;
    const columns = widthOf(kernel);
    const stride = kernel.rows * columns * source.channels;
    const target = this.#placeOf(placed, r, c) + first * this.lanes;
    for (let i = 0; i < kernel.rows; i++) {
      const row = i - kernel.rows + 1;
      if (r + row < 0) continue;
      const left = Math.max(-kernel.left, -c);
      let right = Math.min(kernel.right, width - 1 - c);
      // What is to the right in the own row is not known yet, but for maps that know the rows above alone.
      if (row === 0 && rule !== 'rows') right = Math.min(right, 0);
      if (row === 0 && rule === 'above') continue;
      if (source.rows === 0 && (left < 0 || right > 0)) throw new Error('a map was not kept for those that need it');
      const weights = placed.weights + first * stride + (i * columns + left + kernel.left) * source.channels;
      const length = (right - left + 1) * source.channels;
      this.#products.add(
        this.lanes,
        target,
        weights,
        stride,
        end - first,
        this.#placeOf(source, r + row, c + left),
        length,
      );
    }
  }

  /** [rows, columns, in, out] → [out, rows, columns, in], masked. */
  #layWeights(node: ConvolutionNode, at: number, out: number): void {
    const { values } = this.#products;
    const { data } = this.#parameters[`${node.name}.weight`]!;
    const from = this.#network.nodes[node.from]!.colours;
    const columns = widthOf(node.kernel);
    const cells = node.kernel.rows * columns * from.length;
    for (let cell = 0; cell < cells; cell++) {
      const input = cell % from.length;
      const place = (cell - input) / from.length;
      const [row, column] = [Math.floor(place / columns) - node.kernel.rows + 1, (place % columns) - node.kernel.left];
      for (let o = 0; o < out; o++) {
        const there = leads(node.rule, row, column, from[input]!, node.colours[o]!);
        values[at + o * cells + cell] = there ? data[cell * out + o]! : 0;
      }
    }
  }

  /** Biases, and what the context adds to them. */
  #setStart(node: ConvolutionNode, at: number, context: Float32Array | null, first: number, count: number): void {
    const { values } = this.#products;
    const bias = this.#parameters[`${node.name}.bias`]!.data;
    const weight = this.#parameters[`context.${node.name}.weight`];
    const size = weight?.shape[1] ?? 0;
    for (const [o, value] of bias.entries()) {
      for (let lane = 0; lane < this.lanes; lane++) {
        let sum = value;
        if (lane < count) {
          for (let k = 0; k < size; k++) sum += weight!.data[o * size + k]! * context![(first + lane) * size + k]!;
        }
        values[at + o * this.lanes + lane] = sum;
      }
    }
  }
}

/** Rows of a map that convolutions will reach back to, its own among them; 0 where only the pixel itself is read. */
function rowsKept({ nodes }: PixelNetwork, n: number): number {
  let rows = 0;
  for (const node of nodes) {
    if (!sourcesOf(node).includes(n) || node.kind !== 'convolution') continue;
    const { kernel } = node;
    if (kernel.rows > 1 || kernel.left > 0 || kernel.right > 0) rows = Math.max(rows, kernel.rows);
  }
  return rows;
}

/** Of every node, whether what it knows of an image lies in the rows above. */
function knowRowsAbove({ nodes }: PixelNetwork): boolean[] {
  const found: boolean[] = [];
  for (const node of nodes) {
    const above = node.kind === 'convolution' && node.rule === 'above';
    found.push(above || (node.kind !== 'image' && sourcesOf(node).every((source) => found[source])));
  }
  return found;
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
