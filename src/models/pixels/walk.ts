/** A few images side by side on their way through a network over pixels, one variable after the other. */
import { type Lanes, type PanelProducts, panelProducts } from '../../layers/panelProducts.ts';
import { leads, widthOf } from '../../masks/pixels/mask.ts';
import type { ConvolutionNode, PixelNetwork } from '../../masks/pixels/network.ts';
import type { NamedArrays } from '../../runs/arrays.ts';
import { type Placed, planWalk, type Range, type Turn } from './walkPlan.ts';
import { stepStates } from './walkStates.ts';

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
    const { placed, size } = planWalk(network, parameters, this.lanes);
    this.#placed = placed;
    this.#products = panelProducts(size);
    for (const { node, weights, channels } of this.#placed) {
      if (node.kind === 'convolution') this.#layWeights(node, weights, channels);
      if (node.kind === 'recurrent') this.#products.values.set(parameters[`${node.name}.weight`]!.data, weights);
    }
  }

  /** Takes up images first … first + count − 1, and what they are conditioned on, [rows, C]. */
  begin(context: Float32Array | null, first: number, count: number): void {
    const { values } = this.#products;
    const [, width] = this.#network.image;
    for (const { node, channels, at, size, start } of this.#placed) {
      values.fill(0, at, at + size);
      if (node.kind === 'convolution') this.#setStart(node, start, context, first, count);
      if (node.kind === 'recurrent' && node.course === 'rows')
        values.fill(0, start, start + width * channels * this.lanes);
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
      if (placed.turn !== 'pixel') continue;
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
    if (r > 0) this.#computeRow('behind', r - 1);
    this.#computeRow('ahead', r);
  }

  #computeRow(turn: Turn, r: number): void {
    const [, width] = this.#network.image;
    for (const placed of this.#placed) {
      if (placed.turn !== turn) continue;
      const whole = { first: 0, end: placed.channels };
      const fromRight = placed.node.kind === 'recurrent' && placed.node.course === 'mirrored';
      for (let i = 0; i < width; i++) this.#compute(placed, whole, r, fromRight ? width - 1 - i : i);
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
      case 'recurrent':
        stepStates(
          placed,
          node,
          { first, end },
          {
            products: this.#products,
            lanes,
            width: this.#network.image[1],
            ...{ r, c, gates: this.#placeOf(this.#placed[node.from]!, r, c) },
            placeOf: (row, column) => this.#placeOf(placed, row, column),
          },
        );
        break;
      case 'shift': {
        const source = this.#placeOf(this.#placed[node.from]!, Math.max(0, r - 1), c) - own;
        for (let i = from; i < to; i++) values[i] = r === 0 ? 0 : values[source + i]!;
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
