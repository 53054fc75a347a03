/** A few texts side by side on their way through a recurrent network, one character after the other: of each only its state is kept. */
import { type Lanes, type PanelProducts, panelProducts } from '../../layers/panelProducts.ts';
import { cells } from '../../layers/recurrent/cells.ts';
import { type LayerState, steps } from '../../layers/recurrent/reading.ts';
import type { NamedArrays } from '../../runs/arrays.ts';
import { type CharacterNetwork, inputsOf } from './parameters.ts';

/** A recurrent layer's places in the memory: weights as they are saved, vectors [units, lanes]. */
interface PlacedLayer {
  readonly units: number;
  /** Width of what it hears from below. */
  readonly inputs: number;
  readonly inputWeight: number;
  readonly stateWeight: number;
  /** [gates · H, lanes] biases, from which every step's pre-activations start. */
  readonly start: number;
  /** [gates · H, lanes] what comes from below, biases included, and what comes from the state before. */
  readonly zx: number;
  readonly zh: number;
  /** [H, lanes] */
  readonly h: number;
  /** [H, lanes] memory of an LSTM; null for others. */
  readonly c: number | null;
}

/** Sums in float32, each in an order of its own network: a text does not depend on those beside it. */
export class CharacterWalk {
  readonly lanes: Lanes;
  readonly #network: CharacterNetwork;
  readonly #layers: readonly PlacedLayer[];
  readonly #products: PanelProducts;
  readonly #gates: number;
  /** [V, E] of what each character is turned into; null for one-hot. */
  readonly #embeddings: ArrayLike<number> | null;
  /** [E, lanes], unused for one-hot. */
  readonly #heard: number;
  readonly #output: { readonly weight: number; readonly start: number; readonly logits: number };
  /** The character before, of every lane; −1 for none. */
  readonly #before: Int32Array;

  /** @param most texts that are wanted at once, 16 at most */
  constructor(network: CharacterNetwork, parameters: NamedArrays, most: number) {
    const { cell, hidden, vocabulary, embedding } = network;
    const { gates } = cells[cell];
    const lanes = most > 4 ? 16 : 4;
    let size = 0;
    const take = (count: number) => (size += count) - count;
    this.#heard = take((embedding ?? 0) * lanes);
    this.#layers = hidden.map((units, l) => {
      const inputs = inputsOf(network, l);
      const wide = gates * units;
      return {
        units,
        inputs,
        inputWeight: take(wide * inputs),
        stateWeight: take(wide * units),
        start: take(wide * lanes),
        zx: take(wide * lanes),
        zh: take(wide * lanes),
        h: take(units * lanes),
        c: cells[cell].states > 1 ? take(units * lanes) : null,
      };
    });
    const weight = take(vocabulary * hidden.at(-1)!);
    this.#output = { weight, start: take(vocabulary * lanes), logits: take(vocabulary * lanes) };
    this.#network = network;
    this.lanes = lanes;
    this.#gates = gates;
    this.#embeddings = embedding === null ? null : parameters['embedding.weight']!.data;
    this.#before = new Int32Array(lanes);
    this.#products = panelProducts(size);
    this.#lay(parameters);
  }

  /** Begins at the beginning of a text in every lane, and computes the conditional of its first character. */
  begin(): void {
    const { values } = this.#products;
    for (const { units, h, c } of this.#layers) {
      for (const at of [h, c ?? h]) values.fill(0, at, at + units * this.lanes);
    }
    this.#before.fill(-1);
    this.advance();
  }

  /** What became of the character. */
  hear(lane: number, character: number): void {
    this.#before[lane] = character;
  }

  /** Reads the characters that were heard last, and computes the conditionals of those after them. */
  advance(): void {
    const { lanes } = this;
    if (this.#embeddings !== null) this.#embed(this.#embeddings);
    let below = this.#heard;
    for (const [l, layer] of this.#layers.entries()) {
      const { units, inputs, inputWeight, stateWeight, start, zx, zh, h } = layer;
      const wide = this.#gates * units;
      const { values } = this.#products;
      values.copyWithin(zx, start, start + wide * lanes);
      if (l === 0 && this.#embeddings === null) this.#addColumns(layer);
      else this.#products.add(lanes, zx, inputWeight, inputs, wide, below, inputs);
      values.fill(0, zh, zh + wide * lanes);
      this.#products.add(lanes, zh, stateWeight, units, wide, h, units);
      const part = (at: number, length: number) => values.subarray(at, at + length * lanes);
      const state: LayerState = { h: part(h, units), c: layer.c === null ? null : part(layer.c, units) };
      steps[this.#network.cell](part(zx, wide), part(zh, wide), state);
      below = h;
    }
    const { weight, start, logits } = this.#output;
    const { vocabulary, hidden } = this.#network;
    this.#products.values.copyWithin(logits, start, start + vocabulary * lanes);
    this.#products.add(lanes, logits, weight, hidden.at(-1)!, vocabulary, below, hidden.at(-1)!);
  }

  /** The logits of the character that comes next in one lane. */
  read(lane: number, into: Float64Array): void {
    const { values } = this.#products;
    for (let i = 0; i < into.length; i++) into[i] = values[this.#output.logits + i * this.lanes + lane]!;
  }

  release(): void {
    this.#products.release();
  }

  #embed(embeddings: ArrayLike<number>): void {
    const { values } = this.#products;
    const size = this.#network.embedding!;
    for (let lane = 0; lane < this.lanes; lane++) {
      const before = this.#before[lane]!;
      for (let i = 0; i < size; i++) {
        values[this.#heard + i * this.lanes + lane] = before < 0 ? 0 : embeddings[before * size + i]!;
      }
    }
  }

  /** One-hot characters pick a column of the weights each. */
  #addColumns({ units, inputs, inputWeight, zx }: PlacedLayer): void {
    const { values } = this.#products;
    for (let lane = 0; lane < this.lanes; lane++) {
      const before = this.#before[lane]!;
      if (before < 0) continue;
      for (let i = 0; i < this.#gates * units; i++) {
        values[zx + i * this.lanes + lane]! += values[inputWeight + i * inputs + before]!;
      }
    }
  }

  #lay(parameters: NamedArrays): void {
    const { values } = this.#products;
    const spread = (name: string, at: number) => {
      for (const [i, value] of parameters[name]!.data.entries()) {
        values.fill(value, at + i * this.lanes, at + (i + 1) * this.lanes);
      }
    };
    for (const [l, { inputWeight, stateWeight, start }] of this.#layers.entries()) {
      values.set(parameters[`layers.${l}.input.weight`]!.data, inputWeight);
      values.set(parameters[`layers.${l}.state.weight`]!.data, stateWeight);
      spread(`layers.${l}.bias`, start);
    }
    values.set(parameters['output.weight']!.data, this.#output.weight);
    spread('output.bias', this.#output.start);
  }
}
