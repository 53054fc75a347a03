/**
 * Reading a text one character after the other with stacked recurrent cells, in plain arrays: for sampling, where every
 * character waits for the one before it, and for what shows the state of units along a text. The equations are those of
 * `cells.ts`, written out without tensors; sums are in float64, states are kept in float32.
 */
import type { CellName } from '../../spec/cell.ts';

/** One layer: G gates of H units each, in the order of `cells.ts`, that hear I inputs. Row-major. */
export interface ReadingLayer {
  /** [G · H, I] */
  readonly input: Float32Array;
  /** [G · H, H] */
  readonly state: Float32Array;
  /** [G · H] added to what the input contributes. */
  readonly bias: Float32Array;
  /** [G · H] added to what the state contributes, which a GRU's reset gate acts upon; null for none. */
  readonly stateBias: Float32Array | null;
}

export interface ReadingWeights {
  readonly cell: CellName;
  readonly layers: readonly ReadingLayer[];
  /** [V, E] what the first layer hears of a character; null where it is one-hot: a column of that layer's input weights. */
  readonly embedding: Float32Array | null;
  /** The logits of the next character by the last layer's units: weight [V, H], bias [V]. */
  readonly output: { readonly weight: Float32Array; readonly bias: Float32Array };
}

/** What a layer keeps between characters: h [H], and of an LSTM its memory c [H]. */
export interface LayerState {
  readonly h: Float32Array;
  readonly c: Float32Array | null;
}

/** Blocks of pre-activations, as `cells.ts` has them. */
const gateCounts: Readonly<Record<CellName, number>> = { rnn: 1, lstm: 4, gru: 3 };

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

type Sums = Float32Array | Float64Array;

/**
 * The new state by the pre-activations of input and state, zx and zh [G · H], in place. Unit by unit: those of several texts
 * side by side, [G · H, texts], are as many units more.
 */
export const steps: Readonly<Record<CellName, (zx: Sums, zh: Sums, state: LayerState) => void>> = {
  rnn(zx, zh, { h }) {
    for (let j = 0; j < h.length; j++) h[j] = Math.tanh(zx[j]! + zh[j]!);
  },
  lstm(zx, zh, { h, c }) {
    const units = h.length;
    const z = (gate: number, j: number) => zx[gate * units + j]! + zh[gate * units + j]!;
    for (let j = 0; j < units; j++) {
      const memory = sigmoid(z(1, j)) * c![j]! + sigmoid(z(0, j)) * Math.tanh(z(3, j));
      c![j] = memory;
      h[j] = sigmoid(z(2, j)) * Math.tanh(memory);
    }
  },
  gru(zx, zh, { h }) {
    const units = h.length;
    for (let j = 0; j < units; j++) {
      const reset = sigmoid(zx[j]! + zh[j]!);
      const update = sigmoid(zx[units + j]! + zh[units + j]!);
      const candidate = Math.tanh(zx[2 * units + j]! + reset * zh[2 * units + j]!);
      h[j] = candidate + update * (h[j]! - candidate);
    }
  },
};

/** Stands before its first step, its states 0. Read "nothing" first: {@link logits} are then those of a text's first character. */
export class TextReader {
  /** V */
  readonly vocabulary: number;
  /** The states after what has been read, first layer first; they change with every character. */
  readonly states: readonly LayerState[];
  readonly #weights: ReadingWeights;
  /** zx and zh of each layer. */
  readonly #sums: readonly { readonly zx: Float64Array; readonly zh: Float64Array }[];

  /** @throws RangeError when the sizes of the weights do not fit one another. */
  constructor(weights: ReadingWeights) {
    const { cell, layers, embedding, output } = weights;
    this.#weights = weights;
    this.vocabulary = output.bias.length;
    let inputs = embedding ? embedding.length / this.vocabulary : this.vocabulary;
    for (const [l, { bias, input, state, stateBias }] of layers.entries()) {
      const units = bias.length / gateCounts[cell];
      const fits =
        input.length === bias.length * inputs &&
        state.length === bias.length * units &&
        (stateBias === null || stateBias.length === bias.length);
      if (!fits) {
        throw new RangeError(
          `layer ${l} (${cell}) with ${bias.length} biases: ${input.length} weights of ${inputs} inputs and ${state.length} of its state do not fit`,
        );
      }
      inputs = units;
    }
    if (output.weight.length !== inputs * this.vocabulary) {
      throw new RangeError(`${output.weight.length} output weights: ${this.vocabulary} × ${inputs} are needed`);
    }
    this.#sums = layers.map(({ bias }) => ({
      zx: new Float64Array(bias.length),
      zh: new Float64Array(bias.length),
    }));
    this.states = layers.map(({ bias }) => {
      const units = bias.length / gateCounts[cell];
      return { h: new Float32Array(units), c: cell === 'lstm' ? new Float32Array(units) : null };
    });
  }

  /** One step. @param index of the character, 0 … V − 1; null before the first one, where the input is 0. */
  read(index: number | null): void {
    const { cell, layers, embedding } = this.#weights;
    if (index !== null && !(Number.isInteger(index) && index >= 0 && index < this.vocabulary)) {
      throw new RangeError(`no character ${index}: there are ${this.vocabulary}, counted from 0`);
    }
    for (const [l, layer] of layers.entries()) {
      const { zx, zh } = this.#sums[l]!;
      const state = this.states[l]!;
      if (l > 0) product(layer.input, this.states[l - 1]!.h, layer.bias, zx);
      else if (index === null) zx.set(layer.bias);
      else if (embedding) {
        const size = embedding.length / this.vocabulary;
        product(layer.input, embedding.subarray(index * size, (index + 1) * size), layer.bias, zx);
      } else for (let j = 0; j < zx.length; j++) zx[j] = layer.bias[j]! + layer.input[j * this.vocabulary + index]!;
      product(layer.state, state.h, layer.stateBias, zh);
      steps[cell](zx, zh, state);
    }
  }

  /** [V] of the character that comes next, not normalised. */
  logits(into: Float64Array = new Float64Array(this.vocabulary)): Float64Array {
    const { weight, bias } = this.#weights.output;
    product(weight, this.states.at(-1)!.h, bias, into);
    return into;
  }
}

/** into = matrix · vector + bias. */
function product(matrix: Float32Array, vector: Float32Array, bias: Float32Array | null, into: Float64Array): void {
  const columns = vector.length;
  for (let row = 0, at = 0; row < into.length; row++) {
    let sum = bias ? bias[row]! : 0;
    for (let column = 0; column < columns; column++, at++) sum += matrix[at]! * vector[column]!;
    into[row] = sum;
  }
}

/** Logits to log-probabilities in nats, in place. */
export function logSoftmax(logits: Float64Array): Float64Array {
  let highest = -Infinity;
  for (const logit of logits) highest = Math.max(highest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const normaliser = highest + Math.log(sum);
  for (let v = 0; v < logits.length; v++) logits[v] = logits[v]! - normaliser;
  return logits;
}
