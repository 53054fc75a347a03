/**
 * Exact ancestral sampling of a stack of layers with one unit a variable, in which a unit sees the units of earlier
 * variables alone: each unit is computed once, when its variable's turn has come, so that a row costs one density pass.
 * Plain arrays, sums in float64.
 */
import { bernoulliMean } from '../distributions/bernoulli.ts';
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { inputName } from '../text/notation.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';
import { inTheWay } from './orderBuffer.ts';

/** Multiplications after which the generator draws breath: a few milliseconds. */
const BREATH = 4_000_000;

/** A stack whose weights are [D, D], strictly lower triangular in the order, whatever stands elsewhere. */
export interface TriangleStack {
  /** [D] position of every variable, 1 … D. */
  readonly order: Int32Array;
  /** Layers as their parameters are named, `<layer>.weight` and `<layer>.bias`; the last one gives the logits. */
  readonly layers: readonly string[];
  /** Between the layers. */
  readonly activation: (z: number) => number;
}

/**
 * Draws `rows` rows of 0 and 1. Row i is the same however many rows are asked for. The means are those of the
 * distribution each value was drawn from, temperature included.
 * @throws RangeError when the temperature is not positive, or what is given does not come first in the order.
 */
export function* sampleTriangles(
  { order, layers, activation }: TriangleStack,
  parameters: NamedArrays,
  { rows, random, temperature, given }: SampleRequest,
): Generator<SampleProgress, Samples, void> {
  if (!(temperature > 0)) throw new RangeError(`temperature must be above 0, found ${temperature}`);
  const late = given && inTheWay(given.known, order);
  if (given && late !== null) {
    throw new RangeError(`${inputName(late)} is given, but a variable that is not comes before it in the order`);
  }
  const dimension = order.length;
  const variables = sortedByDegree(order);
  const weights = layers.map((name) => parameters[`${name}.weight`]!.data);
  const biases = layers.map((name) => parameters[`${name}.bias`]!.data);
  const values = new Float32Array(rows * dimension);
  const means = new Float32Array(rows * dimension);
  const units = layers.map(() => new Float64Array(dimension));
  let work = 0;
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * dimension, (row + 1) * dimension);
    for (let position = 0; position < dimension; position++) {
      const d = variables[position]!;
      for (let l = 0; l < layers.length; l++) {
        const below = l === 0 ? own : units[l - 1]!;
        const weight = weights[l]!;
        let z = biases[l]![d]!;
        for (let at = 0; at < position; at++) {
          const j = variables[at]!;
          z += weight[d * dimension + j]! * below[j]!;
        }
        units[l]![d] = l === layers.length - 1 ? z : activation(z);
      }
      const mean = bernoulliMean(units[layers.length - 1]![d]! / temperature);
      means[row * dimension + d] = mean;
      const drawn = random.uniform() < mean ? 1 : 0;
      own[d] = given?.known[d] === 1 ? given.values[row * dimension + d]! : drawn;
    }
    work += (layers.length * dimension * dimension) / 2;
    if (work > BREATH || row === rows - 1) {
      work = 0;
      yield { finished: row + 1, share: (row + 1) / rows, values };
    }
  }
  return { rows, dimension, values, means };
}
