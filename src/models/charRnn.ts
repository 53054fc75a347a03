/**
 * char-RNN: a recurrent network that reads a text character by character and says of each how probable it is (Graves 2013,
 * "Generating sequences with recurrent neural networks", section 3; Karpathy, Johnson & Fei-Fei 2015).
 *
 *   log p(x) = Σ_t log p(x_t | x_<t),   p(· | x_<t) = softmax(V h_t + c)
 *   h_t^l = cell(h_{t−1}^l, h_t^{l−1}),  h_t^0 = the character before, x_{t−1}: one-hot, or its embedding
 *
 * with a vanilla, LSTM or GRU cell (`layers/recurrent/cells.ts`). A row on its own begins at the beginning of a text: zero states,
 * and zeros where the character before would be; what it has then is the exact likelihood of that string. Rows of a longer
 * text follow one another by their carried state ({@link CharRnn.stream}), and log p of the whole is the sum over them.
 *
 * Dropout is between layers and before the output (Zaremba, Sutskever & Vinyals 2014), by masks that come in as noise.
 *
 * Parameters: `embedding.weight` [V, E] if there is one; of every layer `layers.<l>.input.weight` [gates·H, in],
 * `layers.<l>.state.weight` [gates·H, H], `layers.<l>.bias` [gates·H]; `output.weight` [V, H], `output.bias` [V]. No buffers:
 * the order is that of the text.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { categorical } from '../distributions/categorical.ts';
import type { Conditional } from '../distributions/conditional.ts';
import { upload } from '../layers/namedTensors.ts';
import type { ReadingWeights } from '../layers/recurrent/reading.ts';
import { zeros } from '../layers/initial.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { type NamedArray, type NamedArrays, sizeOf } from '../runs/arrays.ts';
import type { CharRnnSpec } from '../spec/models/charRnn.ts';
import type { Support } from '../spec/support.ts';
import { BEFORE, byRow, byStep, characterForward, dropoutName, stateNames, sumOverSteps } from './charRnn/forward.ts';
import {
  characterParameters,
  initialCharacterParameters,
  readingWeights,
  type CharacterNetwork,
} from './charRnn/parameters.ts';
import { characterRowValues } from './charRnn/rowValues.ts';
import { sampleCharacters } from './charRnn/sampling.ts';
import { completionFault } from './completion.ts';
import { ExactModel } from './exactModel.ts';
import type {
  Activation,
  Completing,
  DensityInputs,
  Model,
  ParameterSpec,
  SampleProgress,
  SampleRequest,
  Samples,
} from './model.ts';
import type { RowValues } from './rowValues.ts';
import type { ReadOn, Stream, TextConditionals } from './stream.ts';

/** @param vocabulary V, characters of the text; 0 where the data are no text. @throws RangeError for fewer than 2. */
export function createCharRnn(
  spec: CharRnnSpec,
  dimension: number,
  _seed: number,
  _contextDimension: number,
  vocabulary: number,
): Model {
  if (vocabulary === 0) {
    throw new RangeError('a char-rnn reads text, and the data are none: give them as "data": { "text": "input.txt" }');
  }
  if (vocabulary === 1) {
    throw new RangeError(
      'the text has a single character over and over: a char-rnn needs two at least, or there is nothing to learn',
    );
  }
  return new CharRnn(spec, dimension, vocabulary);
}

class CharRnn extends ExactModel implements TextConditionals {
  readonly type = 'char-rnn';
  readonly maskCount = 1;
  readonly dimension: number;
  readonly support: Support;
  readonly conditional: Conditional;
  readonly parameters: readonly ParameterSpec[];
  readonly densityProducts: number;
  readonly rowValues: RowValues;
  readonly stream: Stream = { start: (streams) => this.#start(streams), objective: (...all) => this.#readOn(...all) };
  readonly #network: CharacterNetwork;
  readonly #dropout: number;
  readonly #order: Int32Array;

  constructor({ cell, hidden, embedding, dropout }: CharRnnSpec, dimension: number, vocabulary: number) {
    super();
    this.#network = { cell, hidden, embedding: embedding ?? null, vocabulary };
    this.#dropout = dropout;
    this.dimension = dimension;
    this.conditional = categorical(vocabulary);
    this.support = this.conditional.support;
    this.parameters = characterParameters(this.#network);
    this.#order = Int32Array.from({ length: dimension }, (_, t) => t + 1);
    const products = this.parameters.reduce((sum, { shape }) => sum + (shape.length === 2 ? sizeOf(shape) : 0), 0);
    this.densityProducts = dimension * products;
    this.rowValues = characterRowValues(this.#network, dimension);
  }

  get text(): TextConditionals {
    return this;
  }

  get cell() {
    return this.#network.cell;
  }

  get hidden(): readonly number[] {
    return this.#network.hidden;
  }

  get embedding(): number | null {
    return this.#network.embedding;
  }

  get vocabulary(): number {
    return this.#network.vocabulary;
  }

  get parametersPerVariable(): number {
    return this.vocabulary;
  }

  order(mask: number): Int32Array {
    if (mask !== 0) throw new RangeError(`there is no mask ${mask}; the model has 1`);
    return this.#order;
  }

  masks(mask: number): NamedArrays {
    this.order(mask);
    return {};
  }

  buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    return initialCharacterParameters(this.#network, random);
  }

  /** What is left out of what each layer tells, [T · rows, H]: 0, and 1 / (1 − p) for what is kept. */
  override noise(rows: number, random: RandomGenerator): NamedArrays {
    if (this.#dropout === 0) return {};
    const kept = 1 / (1 - this.#dropout);
    return Object.fromEntries(
      this.hidden.map((units, l): [string, NamedArray] => {
        const shape = [this.dimension * rows, units];
        const data = Float32Array.from({ length: sizeOf(shape) }, () => (random.uniform() < this.#dropout ? 0 : kept));
        return [dropoutName(l), { shape, data }];
      }),
    );
  }

  /** Nothing is left out of what is scored. */
  densityNoise(): NamedArrays {
    return {};
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    const state = upload(this.#start(x.shape[0]));
    return this.#readOn(x, state, inputs).values;
  }

  override logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return tf.neg(this.objective(x, { ...inputs, noise: {} }));
  }

  conditionalParameters(x: Tensor2D, { parameters }: DensityInputs): Tensor2D {
    const state = upload(this.#start(x.shape[0]));
    const given = { x, state, parameters, noise: {} };
    const { logits } = characterForward(this.#network, given, { wanted: 'inputs', constant: false });
    return byRow(logits, x.shape[0]);
  }

  activations(x: Tensor2D, { parameters, noise }: DensityInputs): readonly Activation[] {
    const [rows, steps] = x.shape;
    const trace: Activation[] = [];
    const tell = (layer: string, role: 'preactivation' | 'activation', value: Tensor2D) => {
      const units = value.shape[1];
      trace.push({ layer, role, value: tf.reshape(byRow(value, rows), [rows, steps, units]) });
    };
    const given = { x, state: upload(this.#start(rows)), parameters, noise };
    const { logits } = characterForward(this.#network, given, { wanted: 'weights', constant: true, tell });
    return [...trace, { layer: 'output', role: 'logProb', value: this.conditional.entries(x, byRow(logits, rows)) }];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const { conditional, dimension } = this;
    return sampleCharacters({ network: this.#network, conditional, parameters, dimension }, request);
  }

  weights(parameters: NamedArrays): ReadingWeights {
    return readingWeights(this.#network, parameters);
  }

  completing(known: Uint8Array): Completing {
    const reason = completionFault(this.#order, known);
    return reason === null ? { model: this, mask: 0 } : { reason };
  }

  #start(streams: number): NamedArrays {
    const states = this.hidden.flatMap((units, l) =>
      stateNames(this.#network, l).map((name): [string, NamedArray] => [name, zeros([streams, units])]),
    );
    const nothing = { shape: [streams, 1], data: new Float32Array(streams).fill(-1) };
    return Object.fromEntries([[BEFORE, nothing], ...states]);
  }

  #readOn(x: Tensor2D, state: Parameters<Stream['objective']>[1], { parameters, noise }: DensityInputs): ReadOn {
    const given = { x, state, parameters, noise };
    const read = characterForward(this.#network, given, { wanted: 'weights', constant: true });
    const terms = this.conditional.nll(byStep(x), read.logits);
    return { values: sumOverSteps(terms, x.shape[0]), state: read.state };
  }
}
