/**
 * Exact ancestral sampling at the cost of about one density pass, for every network whose units have degrees.
 *
 * The naive way runs the whole network once for every variable. But a hidden unit of degree m depends on the first m
 * variables of the order only: with the units of every layer sorted by degree, each is computed once, as soon as its
 * last input is known, and what it may see is a prefix of the layer below. Every unmasked weight is used once a row
 * (Germain et al. 2015 leave sampling at D passes; the same holds for the inverse of Papamakarios et al. 2017's MAF).
 *
 * Rows go in strips of 16 or 4 lanes, and all strips of a few hundred rows from one block of positions to the next, so
 * that a picture fills for all rows at once. Sums in float32, each in an order of its own network: a row does not depend
 * on how many others are drawn, nor on whether WebAssembly is there.
 */
import { activationFunctions } from '../layers/activations.ts';
import { Breath } from '../layers/breath.ts';
import type { Lanes, PanelProducts } from '../layers/panelProducts.ts';
import { giveBack, layOut, type Laid } from './ancestralMemory.ts';
import type { AncestralNetwork, AncestralPlan, PlannedLayer } from './ancestralPlan.ts';
import { checkGiven, checkTemperature } from './drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** Rows that advance together. A multiple of 16. */
const CHUNK = 256;
/** Laying the weights out takes about as long as drawing so many rows. */
const LAYING_ROWS = 16;

/**
 * Draws `request.rows` rows, or completes them; row i is the same however many are asked for. The means are those of
 * the distribution each value was drawn from, temperature included; of what was given, those of the model.
 * @throws RangeError when the temperature is not positive, when the order does not have every given variable before all
 * others (naming the first in the way), or when context or given values have another size than the rows.
 */
export function* sampleAncestral(
  network: AncestralNetwork,
  request: SampleRequest,
  /** For tests: where the network is laid out. */
  lay: typeof layOut = layOut,
): Generator<SampleProgress, Samples, void> {
  const dimension = network.order.length;
  check(network, request);
  const { rows } = request;
  const values = new Float32Array(rows * dimension).fill(NaN);
  const means = new Float32Array(rows * dimension).fill(NaN);
  if (rows === 0) return { rows, dimension, values, means };

  const breath = new Breath();
  const context = contextSizeOf(network);
  const laying = lay(network, { lanes: Math.ceil(Math.min(rows, CHUNK) / 16) * 16, context });
  // Rows that this has taken as long as; none where the network lies ready.
  let spent = 0;
  const share = (drawn: number) => (spent + drawn) / (spent + rows);
  let laid: Laid | null = null;
  try {
    for (;;) {
      const { done, value } = laying.next();
      if (done) {
        laid = value;
        break;
      }
      spent = LAYING_ROWS;
      if (!breath.due) continue;
      yield { finished: 0, share: (value * LAYING_ROWS) / (LAYING_ROWS + rows), values };
      breath.drawn();
    }
    const { plan, products } = laid;
    const sampler = new Sampler(network, plan, products, request, { values, means }, context);
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      const strips = sampler.begin(first, count);
      const turns = (plan.bounds.length - 1) * strips.length;
      for (let turn = 0; turn < turns; turn++) {
        sampler.advance(strips[turn % strips.length]!, Math.floor(turn / strips.length));
        // The last turn's end is told below.
        if (turn + 1 < turns && breath.due) {
          yield { finished: first, share: share(first + (count * (turn + 1)) / turns), values };
          breath.drawn();
        }
      }
      yield { finished: first + count, share: share(first + count), values };
      breath.drawn();
    }
  } finally {
    if (laid) giveBack(laid);
    else laying.return(undefined as never);
  }
  return { rows, dimension, values, means };
}

/** Rows side by side on their way through the network. Places are those of [units, lanes] arrays in the memory. */
interface Strip {
  /** Row of the first lane, and how many lanes are rows. */
  readonly first: number;
  readonly rows: number;
  /** In the chunk. */
  readonly firstInChunk: number;
  readonly lanes: Lanes;
  /** Values of the variables as they are heard, by position; then hidden layers, then outputs. */
  readonly places: readonly number[];
}

class Sampler {
  readonly #network: AncestralNetwork;
  readonly #plan: AncestralPlan;
  readonly #products: PanelProducts;
  readonly #request: SampleRequest;
  readonly #out: { readonly values: Float32Array; readonly means: Float32Array };
  readonly #contextSize: number;
  readonly #parametersPerVariable: number;
  /** Variables given, from the first position on. */
  readonly #given: number;
  /** [CHUNK, D, uniforms], drawn row by row so that a row does not depend on its neighbours. */
  readonly #uniforms: Float64Array;
  /** k parameters of one variable in one row. */
  readonly #parameters: Float64Array;

  constructor(
    network: AncestralNetwork,
    plan: AncestralPlan,
    products: PanelProducts,
    request: SampleRequest,
    out: { readonly values: Float32Array; readonly means: Float32Array },
    contextSize: number,
  ) {
    this.#network = network;
    this.#plan = plan;
    this.#products = products;
    this.#request = request;
    this.#out = out;
    this.#contextSize = contextSize;
    this.#parametersPerVariable = network.conditional.parameterNames.length;
    this.#given = request.given?.known.reduce((sum, one) => sum + one, 0) ?? 0;
    const perRow = network.order.length * network.conditional.uniforms;
    this.#uniforms = new Float64Array(Math.min(CHUNK, request.rows) * perRow);
    this.#parameters = new Float64Array(this.#parametersPerVariable);
  }

  /** Takes up the next rows: their random numbers, and what units start from. */
  begin(first: number, count: number): Strip[] {
    const { random, context } = this.#request;
    const { values } = this.#products;
    const perRow = this.#network.order.length * this.#network.conditional.uniforms;
    for (let i = 0; i < count * perRow; i++) this.#uniforms[i] = random.uniform();

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
      const places = [this.#network.order.length, ...this.#plan.layers.map(({ size }) => size)].map((size) =>
        take(lanes * size),
      );
      const strip = { first: first + row, firstInChunk: row, rows: Math.min(lanes, left), lanes, places } as const;
      if (context) this.#setContext(strip, contextPlace, context);
      for (const [l, { size, start, context: weights }] of this.#plan.layers.entries()) {
        const place = places[l + 1]!;
        for (let unit = 0; unit < size; unit++) {
          values.fill(start[unit]!, place + unit * lanes, place + (unit + 1) * lanes);
        }
        if (weights === null || this.#contextSize === 0) continue;
        this.#products.add(lanes, place, weights, this.#contextSize, size, contextPlace, this.#contextSize);
      }
      // Lanes that are no rows stay as they were: nothing they hold reaches another lane.
      values.fill(0, places[0], places[0]! + lanes * this.#network.order.length);
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

  /** Takes a strip through one block of positions. */
  advance(strip: Strip, block: number): void {
    const { bounds, layers } = this.#plan;
    const from = bounds[block]!;
    const to = bounds[block + 1]!;
    for (const [l, layer] of layers.entries()) this.#hearEarlierBlocks(strip, block, l, layer);
    for (let position = from; position < to; position++) {
      for (const [l, layer] of layers.entries()) this.#finishUnits(strip, block, l, layer, position);
      this.#draw(strip, position);
    }
  }

  /** Adds what the units of this block hear from units that were known before it. */
  #hearEarlierBlocks({ lanes, places }: Strip, block: number, l: number, { until, joints }: PlannedLayer): void {
    const from = this.#plan.bounds[block]!;
    const done = from === 0 ? 0 : until[from - 1]!;
    const units = until[this.#plan.bounds[block + 1]! - 1]! - done;
    for (const { source, panels } of joints) {
      const { at, stride } = panels[block]!;
      const place = places[l + 1]! + done * lanes;
      this.#products.add(lanes, place, at, stride, units, places[source]!, this.#heard(source, from));
    }
  }

  /** Units of a source that are known before a block that begins at this position. */
  #heard(source: number, from: number): number {
    if (source === 0 || from === 0) return from;
    return this.#plan.layers[source - 1]!.until[from - 1]!;
  }

  /** Finishes the units that become known once the variables before this position are. */
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
      this.#products.add(lanes, place, weights, stride, units, places[source]! + heard * lanes, now - heard);
    }
    if (l + 1 === this.#plan.layers.length) return;
    const { values } = this.#products;
    const g = activationFunctions[this.#network.activation].scalar;
    for (let i = place; i < place + units * lanes; i++) values[i] = g(values[i]!);
  }

  /** Draws the variable at a position in every row, or takes it as it is given, and passes it on. */
  #draw({ first, firstInChunk, rows, lanes, places }: Strip, position: number): void {
    const { conditional } = this.#network;
    const { temperature, given } = this.#request;
    const { values } = this.#products;
    const dimension = this.#plan.variables.length;
    const variable = this.#plan.variables[position]!;
    const k = this.#parametersPerVariable;
    const parameters = this.#parameters;
    const outputs = places.at(-1)! + position * k * lanes;
    const into = places[0]! + position * lanes;
    const isGiven = position < this.#given;
    const binary = conditional.support === 'binary';
    const { scale, shift } = conditional.input;
    for (let lane = 0; lane < rows; lane++) {
      for (let i = 0; i < k; i++) parameters[i] = values[outputs + i * lanes + lane]!;
      const at = (first + lane) * dimension + variable;
      const mean = conditional.mean(parameters, 0, temperature);
      this.#out.means[at] = mean;
      const from = ((firstInChunk + lane) * dimension + position) * conditional.uniforms;
      let value: number;
      if (isGiven) value = given!.values[at]!;
      // A variable of two values is known by its mean.
      else if (binary) value = this.#uniforms[from]! < mean ? 1 : 0;
      else value = conditional.draw(parameters, 0, temperature, this.#uniforms, from);
      this.#out.values[at] = value;
      values[into + lane] = scale * value + shift;
    }
  }
}

/** C, the columns of context that the network takes; 0 for none. */
function contextSizeOf({ hidden, output }: AncestralNetwork): number {
  const taking = [...hidden, output].find(({ context }) => context !== null);
  return taking?.context?.shape[1] ?? 0;
}

function check(network: AncestralNetwork, { rows, temperature, context, given }: SampleRequest): void {
  checkTemperature(temperature);
  const size = contextSizeOf(network);
  if (context === null ? size > 0 : context.length !== rows * size) {
    const wanted = size === 0 ? 'this network takes none' : `${rows} rows of ${size} are needed`;
    throw new RangeError(`the context has ${context?.length ?? 'no'} values; ${wanted}`);
  }
  if (given) checkGiven(network.order, given, rows);
}
