/**
 * Exact ancestral sampling of NADE, and of EoNADE under one order: what was drawn is added to the running pre-activation,
 * so that with one hidden layer a row costs O(D·H), as its density does. Plain arrays, sums in float64.
 */
import { bernoulliMean } from '../distributions/bernoulli.ts';
import { activationFunctions } from '../layers/activations.ts';
import { Breath } from '../layers/breath.ts';
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { checkGiven, checkTemperature } from './drawing.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** Rows that share one reading of the weights. */
const CHUNK = 64;

type Numbers = ArrayLike<number>;

/** Which parameters a network is made of, by their names. */
export interface NadeLayers {
  readonly activation: ActivationName;
  /** `<layer>.weight` and `<layer>.bias`, first to last; the outputs are `output`. */
  readonly hidden: readonly string[];
  /** Name of the mask's weights, or null for none. */
  readonly mask: string | null;
}

/**
 * Draws rows of 0 and 1, or completes them; row i is the same however many are asked for. The means are those of the
 * distribution each value was drawn from, temperature included; of what was given, those of the model.
 * @throws RangeError when the temperature is not positive, when the order does not have every given variable before all
 * others (naming the first in the way), or when the given values have another size than the rows.
 */
export function* sampleNade(
  order: Int32Array,
  layers: NadeLayers,
  parameters: NamedArrays,
  { rows, random, temperature, given }: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  const dimension = order.length;
  checkTemperature(temperature);
  if (given) checkGiven(order, given, rows);
  const network = networkOf(order, layers, parameters);
  const values = new Float32Array(rows * dimension).fill(NaN);
  const means = new Float32Array(rows * dimension).fill(NaN);
  const first = network.bias.length;
  const breath = new Breath();
  for (let start = 0; start < rows; start += CHUNK) {
    const count = Math.min(CHUNK, rows - start);
    // Row by row, so that a row does not depend on its neighbours.
    const uniforms = Float64Array.from({ length: count * dimension }, () => random.uniform());
    const running = new Float64Array(count * first);
    for (let r = 0; r < count; r++) running.set(network.bias, r * first);
    for (let position = 0; position < dimension; position++) {
      const d = network.variables[position]!;
      for (let r = 0; r < count; r++) {
        const a = running.subarray(r * first, (r + 1) * first);
        const at = (start + r) * dimension + d;
        const mean = bernoulliMean(network.logit(a, d) / temperature);
        const drawn = uniforms[r * dimension + position]! < mean ? 1 : 0;
        const value = given?.known[d] === 1 ? given.values[at]! : drawn;
        means[at] = mean;
        values[at] = value;
        network.see(a, d, value);
        if (!breath.due) continue;
        const share = (position + (r + 1) / count) / dimension;
        yield { finished: start, share: (start + count * share) / rows, values };
        breath.drawn();
      }
    }
    yield { finished: start + count, share: (start + count) / rows, values };
    breath.drawn();
  }
  return { rows, dimension, values, means };
}

function networkOf(order: Int32Array, { activation, hidden, mask }: NadeLayers, parameters: NamedArrays) {
  const of = (name: string): Numbers => parameters[name]!.data;
  const dimension = order.length;
  const g = activationFunctions[activation].scalar;
  const weight = columnsOf(of(`${hidden[0]!}.weight`), dimension);
  const maskWeight = mask === null ? null : columnsOf(of(mask), dimension);
  const further = hidden.slice(1).map((name) => ({ weight: of(`${name}.weight`), bias: of(`${name}.bias`) }));
  const bias = Float64Array.from(of(`${hidden[0]!}.bias`));
  const [outputWeight, outputBias] = [of('output.weight'), of('output.bias')];
  const vectors = [bias, ...further.map((layer) => layer.bias)].map(({ length }) => new Float64Array(length));
  const last = vectors.at(-1)!;
  return {
    /** Variable at every position. */
    variables: sortedByDegree(order),
    bias,
    /** Logit of variable d by the running pre-activation of its first hidden vector. */
    logit(a: Float64Array, d: number): number {
      const h = vectors[0]!;
      for (let k = 0; k < h.length; k++) h[k] = g(a[k]!);
      for (const [l, { weight, bias }] of further.entries()) {
        const [below, above] = [vectors[l]!, vectors[l + 1]!];
        for (let k = 0; k < above.length; k++) above[k] = g(bias[k]! + dot(weight, k * below.length, below));
      }
      return outputBias[d]! + dot(outputWeight, d * last.length, last);
    },
    /** Adds a value to the running pre-activation. */
    see(a: Float64Array, d: number, value: number): void {
      const begin = d * a.length;
      if (value !== 0) for (let k = 0; k < a.length; k++) a[k]! += weight[begin + k]! * value;
      if (maskWeight) for (let k = 0; k < a.length; k++) a[k]! += maskWeight[begin + k]!;
    },
  };
}

/** Row `begin` of the weights times a vector, in two partial sums. */
function dot(weights: Numbers, begin: number, vector: Float64Array): number {
  let [even, odd] = [0, 0];
  const pairs = vector.length & ~1;
  for (let k = 0; k < pairs; k += 2) {
    even += weights[begin + k]! * vector[k]!;
    odd += weights[begin + k + 1]! * vector[k + 1]!;
  }
  if (pairs < vector.length) even += weights[begin + pairs]! * vector[pairs]!;
  return even + odd;
}

/** [H, D] turned into [D, H]: what one variable adds lies together. */
function columnsOf(weight: Numbers, dimension: number): Float32Array {
  const units = weight.length / dimension;
  const columns = new Float32Array(weight.length);
  for (let k = 0; k < units; k++)
    for (let d = 0; d < dimension; d++) columns[d * units + k] = weight[k * dimension + d]!;
  return columns;
}
