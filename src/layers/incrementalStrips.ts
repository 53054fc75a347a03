/** Rows on their way through a network that is laid out: from one block of positions to the next, each unit computed once. */
import type { ActivationName } from '../spec/activation.ts';
import { activationFunctions } from './activations.ts';
import type { Laid } from './incrementalMemory.ts';
import type { IncrementalNetwork, IncrementalPlan, PlannedLayer } from './incrementalPlan.ts';
import type { Lanes, PanelProducts } from './panelProducts.ts';

/** Rows side by side. Places are those of [units, lanes] arrays in the memory. */
export interface Strip {
  /** Row of the first lane, and how many lanes are rows. */
  readonly first: number;
  readonly rows: number;
  readonly lanes: Lanes;
  /** Values of the variables as they are heard, by position; then hidden layers, then outputs. */
  readonly places: readonly number[];
}

/** Rows in strips of 16 or 4 lanes. Sums in float32, each in an order of its own network: a row does not depend on its neighbours. */
export class Strips {
  readonly #plan: IncrementalPlan;
  readonly #products: PanelProducts;
  readonly #activation: (z: number) => number;
  readonly #perVariable: number;
  /** [rows, C], or null. */
  readonly #context: Float32Array | null;
  readonly #contextSize: number;
  #multiplications = 0;

  constructor(network: IncrementalNetwork, { plan, products }: Laid, context: Float32Array | null) {
    this.#plan = plan;
    this.#products = products;
    this.#activation = scalarOf(network.activation);
    this.#perVariable = network.outputs.perVariable;
    this.#context = context;
    this.#contextSize = contextSizeOf(network);
  }

  /** Done so far, those of lanes that are no rows among them. */
  get multiplications(): number {
    return this.#multiplications;
  }

  /** Takes up the next rows: what their units start from. */
  begin(first: number, count: number): Strip[] {
    const { values } = this.#products;
    const dimension = this.#plan.variables.length;
    const strips: Strip[] = [];
    let at = this.#plan.weights;
    const take = (size: number) => {
      at += size;
      return at - size;
    };
    for (let row = 0; row < count;) {
      const left = count - row;
      const lanes = left > 12 ? 16 : 4;
      const contextPlace = take(lanes * this.#contextSize);
      const places = [dimension, ...this.#plan.layers.map(({ size }) => size)].map((size) => take(lanes * size));
      const strip = { first: first + row, rows: Math.min(lanes, left), lanes, places } as const;
      if (this.#context) this.#setContext(strip, contextPlace, this.#context);
      for (const [l, { size, start, context: weights }] of this.#plan.layers.entries()) {
        const place = places[l + 1]!;
        for (let unit = 0; unit < size; unit++) {
          values.fill(start[unit]!, place + unit * lanes, place + (unit + 1) * lanes);
        }
        if (weights === null || this.#contextSize === 0) continue;
        this.#add(lanes, place, weights, this.#contextSize, size, contextPlace, this.#contextSize);
      }
      // Lanes that are no rows stay as they were: nothing they hold reaches another lane.
      values.fill(0, places[0], places[0]! + lanes * dimension);
      strips.push(strip);
      row += lanes;
    }
    return strips;
  }

  #setContext({ first, rows, lanes }: Strip, place: number, context: Float32Array): void {
    const { values } = this.#products;
    const size = this.#contextSize;
    values.fill(0, place, place + lanes * size);
    for (let lane = 0; lane < rows; lane++) {
      for (let c = 0; c < size; c++) values[place + c * lanes + lane] = context[(first + lane) * size + c]!;
    }
  }

  /** Adds what the units of a block hear from units that were known before it. */
  enter(strip: Strip, block: number): void {
    for (const [l, layer] of this.#plan.layers.entries()) this.#hearEarlierBlocks(strip, block, l, layer);
  }

  /** Finishes the units that become known once the variables before this position, which is in the block, are. */
  reach(strip: Strip, block: number, position: number): void {
    for (const [l, layer] of this.#plan.layers.entries()) this.#finishUnits(strip, block, l, layer, position);
  }

  /** The outputs for the variable at a position that was reached, of one lane: written to `into` from `at` on. */
  read({ lanes, places }: Strip, position: number, lane: number, into: Float64Array, at: number): void {
    const { values } = this.#products;
    const k = this.#perVariable;
    const outputs = places.at(-1)! + position * k * lanes + lane;
    for (let i = 0; i < k; i++) into[at + i] = values[outputs + i * lanes]!;
  }

  /** The variable at a position, as the network hears it. */
  hear({ lanes, places }: Strip, position: number, lane: number, value: number): void {
    this.#products.values[places[0]! + position * lanes + lane] = value;
  }

  #hearEarlierBlocks({ lanes, places }: Strip, block: number, l: number, { until, joints }: PlannedLayer): void {
    const from = this.#plan.bounds[block]!;
    const done = from === 0 ? 0 : until[from - 1]!;
    const units = until[this.#plan.bounds[block + 1]! - 1]! - done;
    for (const { source, panels } of joints) {
      const { at, stride } = panels[block]!;
      const place = places[l + 1]! + done * lanes;
      this.#add(lanes, place, at, stride, units, places[source]!, this.#heard(source, from));
    }
  }

  /** Units of a source that are known before a block that begins at this position. */
  #heard(source: number, from: number): number {
    if (source === 0 || from === 0) return from;
    return this.#plan.layers[source - 1]!.until[from - 1]!;
  }

  #finishUnits({ lanes, places }: Strip, block: number, l: number, layer: PlannedLayer, position: number): void {
    const from = this.#plan.bounds[block]!;
    const { until, joints } = layer;
    const done = position === 0 ? 0 : until[position - 1]!;
    const units = until[position]! - done;
    if (units === 0) return;
    const firstOfBlock = from === 0 ? 0 : until[from - 1]!;
    const place = places[l + 1]! + done * lanes;
    for (const { source, panels } of joints) {
      const { at, stride } = panels[block]!;
      const heard = this.#heard(source, from);
      const now = source === 0 ? position : this.#plan.layers[source - 1]!.until[position]!;
      if (now === heard) continue;
      const weights = at + (done - firstOfBlock) * stride + heard;
      this.#add(lanes, place, weights, stride, units, places[source]! + heard * lanes, now - heard);
    }
    if (l + 1 === this.#plan.layers.length) return;
    const { values } = this.#products;
    const g = this.#activation;
    for (let i = place; i < place + units * lanes; i++) values[i] = g(values[i]!);
  }

  #add(...call: Parameters<PanelProducts['add']>): void {
    const [lanes, , , , units, , length] = call;
    this.#multiplications += lanes * units * length;
    this.#products.add(...call);
  }
}

/** C, the columns of context that the network takes; 0 for none. */
export function contextSizeOf({ hidden, output }: Pick<IncrementalNetwork, 'hidden' | 'output'>): number {
  const taking = [...hidden, output].find(({ context }) => context !== null);
  return taking?.context?.shape[1] ?? 0;
}

function scalarOf(name: ActivationName): (z: number) => number {
  return activationFunctions[name].scalar;
}
