/**
 * Exact ancestral sampling of a MADE at the cost of about one density pass.
 *
 * The naive way runs the whole network once for every variable. But a hidden unit of degree m depends on the first m
 * variables of the order only: with the units of every layer sorted by degree, each is computed once, as soon as its
 * last input is known, and what it may see is a prefix of the layer below. Every unmasked weight is used once a row.
 * Plain arrays, sums in float64.
 */
import { bernoulliMean } from '../distributions/bernoulli.ts';
import { activationFunctions, type ActivationName } from '../layers/activations.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { SampleRequest, Samples } from './model.ts';

/** Rows that go through the network together. A multiple of {@link LANES}; small, so that they stay in the cache. */
const CHUNK = 32;
/** Rows that share one reading of the weights. */
const LANES = 4;
/** Multiplications after which the generator draws breath: a few milliseconds. */
const BREATH = 4_000_000;

/**
 * Draws `request.rows` rows; yields the number of finished rows from time to time. Row i is the same however many rows
 * are asked for. The means are those of the distribution each value was drawn from, temperature included.
 * @throws RangeError when the temperature is not positive.
 */
export function* sampleMade(
  structure: MadeStructure,
  activation: ActivationName,
  parameters: NamedArrays,
  { rows, random, temperature }: SampleRequest,
): Generator<number, Samples, void> {
  if (!(temperature > 0)) throw new RangeError(`temperature must be above 0, found ${temperature}`);
  const plan = planOf(structure, parameters);
  const dimension = structure.order.length;
  const g = activationFunctions[activation].scalar;
  const values = new Float32Array(rows * dimension);
  const means = new Float32Array(rows * dimension);
  let work = 0;

  for (let start = 0; start < rows; start += CHUNK) {
    const count = Math.min(CHUNK, rows - start);
    const lanes = Math.ceil(count / LANES) * LANES;
    // Drawn row by row, so that a row does not depend on its neighbours.
    const uniforms = Float64Array.from({ length: count * dimension }, () => random.uniform());
    const first = repeat(plan.firstBias, lanes);
    const logits = repeat(plan.outputBias, lanes);
    const hidden = plan.layers.map(({ size }) => new Float64Array(lanes * size));
    const finished = plan.layers.map(() => 0);

    for (let position = 0; position < dimension; position++) {
      // Units of degree ≤ position: all their inputs are known now.
      for (const [l, layer] of plan.layers.entries()) {
        const { size, upTo } = layer;
        const h = hidden[l]!;
        for (let unit = finished[l]!; unit < upTo[position]!; unit++) {
          if (l === 0) {
            for (let r = 0; r < lanes; r++) h[r * size + unit] = g(first[r * size + unit]!);
          } else {
            addProducts(layer.rows, unit, hidden[l - 1]!, plan.layers[l - 1]!.size, layer.bias[unit]!, h, size, lanes);
            for (let r = 0; r < lanes; r++) h[r * size + unit] = g(h[r * size + unit]!);
            work += lengthOf(layer.rows, unit) * lanes;
          }
        }
        finished[l] = Math.max(finished[l]!, upTo[position]!);
      }
      const below = plan.layers.length - 1;
      addProducts(plan.output, position, hidden[below]!, plan.layers[below]!.size, 0, logits, dimension, lanes);
      work += lengthOf(plan.output, position) * lanes;

      const variable = plan.variables[position]!;
      for (let r = 0; r < count; r++) {
        const mean = bernoulliMean(logits[r * dimension + position]! / temperature);
        const one = uniforms[r * dimension + position]! < mean;
        const at = (start + r) * dimension + variable;
        means[at] = mean;
        if (!one) continue;
        values[at] = 1;
        addColumn(plan.firstColumns, position, first, r * plan.layers[0]!.size, plan.layers[0]!.size);
        if (plan.directColumns) addColumn(plan.directColumns, position, logits, r * dimension, dimension);
      }
      if (work > BREATH) {
        work = 0;
        yield start;
      }
    }
    yield start + count;
  }
  return { rows, dimension, values, means };
}

/** Vectors of different lengths, one after the other. */
interface Ragged {
  readonly values: Float32Array;
  /** Where each begins, and the end of the last. */
  readonly starts: Int32Array;
}

/** One hidden layer with its units sorted by degree. */
interface SortedLayer {
  readonly size: number;
  /** Number of units of degree ≤ m, m = 0 … D. */
  readonly upTo: Int32Array;
  readonly bias: Float32Array;
  /** For each unit its weights from the prefix of the layer below that it sees; empty for the first layer. */
  readonly rows: Ragged;
}

interface Plan {
  /** Variable at each position of the order. */
  readonly variables: Int32Array;
  readonly layers: readonly SortedLayer[];
  readonly firstBias: Float32Array;
  /** For each position its weights into the units of the first layer that see it: a suffix of the sorted units. */
  readonly firstColumns: Ragged;
  /** For each position the weights of its logit from the prefix of the last hidden layer. */
  readonly output: Ragged;
  readonly outputBias: Float32Array;
  /** For each position its direct weights into the later positions: a suffix of the order. */
  readonly directColumns: Ragged | null;
}

function planOf({ order, hidden, direct }: MadeStructure, parameters: NamedArrays): Plan {
  const dimension = order.length;
  const variables = sortedBy(order);
  const sorted = hidden.map(sortedBy);
  const upTo = hidden.map((degrees) => countUpTo(degrees, dimension));
  const last = hidden.length - 1;
  /** Weights of the named matrix from unit `from` of the layer below to unit `to`. */
  const weights = (name: string) => {
    const { data, shape } = parameters[`${name}.weight`]!;
    const columns = shape[1]!;
    return (to: number, from: number) => data[to * columns + from]!;
  };
  const biases = (name: string, units: Int32Array) => {
    const { data } = parameters[`${name}.bias`]!;
    return Float32Array.from(units, (unit) => data[unit]!);
  };

  const layers = hidden.map((degrees, l): SortedLayer => {
    const units = sorted[l]!;
    const weight = weights(`hidden.${l}`);
    const below = l === 0 ? null : sorted[l - 1]!;
    return {
      size: degrees.length,
      upTo: upTo[l]!,
      bias: biases(`hidden.${l}`, units),
      rows: ragged(
        units.length,
        (unit) => (below ? upTo[l - 1]![degrees[units[unit]!]!]! : 0),
        (unit, k) => weight(units[unit]!, below![k]!),
      ),
    };
  });
  const first = weights('hidden.0');
  const output = weights('output');
  const across = direct ? weights('direct') : null;
  return {
    variables,
    layers,
    firstBias: layers[0]!.bias,
    firstColumns: ragged(
      dimension,
      (position) => hidden[0]!.length - upTo[0]![position]!,
      (position, k) => first(sorted[0]![upTo[0]![position]! + k]!, variables[position]!),
    ),
    output: ragged(
      dimension,
      (position) => upTo[last]![position]!,
      (position, k) => output(variables[position]!, sorted[last]![k]!),
    ),
    outputBias: biases('output', variables),
    directColumns: across
      ? ragged(
          dimension,
          (position) => dimension - 1 - position,
          (position, k) => across(variables[position + 1 + k]!, variables[position]!),
        )
      : null,
  };
}

/** Units in the order of their degrees. */
function sortedBy(degrees: Int32Array): Int32Array {
  return Int32Array.from(degrees.keys()).sort((a, b) => degrees[a]! - degrees[b]!);
}

function countUpTo(degrees: Int32Array, dimension: number): Int32Array {
  const counts = new Int32Array(dimension + 1);
  for (const degree of degrees) counts[degree]! += 1;
  for (let m = 1; m <= dimension; m++) counts[m]! += counts[m - 1]!;
  return counts;
}

function ragged(count: number, length: (i: number) => number, value: (i: number, k: number) => number): Ragged {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) starts[i + 1] = starts[i]! + length(i);
  const values = new Float32Array(starts[count]!);
  for (let i = 0; i < count; i++) {
    for (let k = starts[i]!; k < starts[i + 1]!; k++) values[k] = value(i, k - starts[i]!);
  }
  return { values, starts };
}

function lengthOf({ starts }: Ragged, i: number): number {
  return starts[i + 1]! - starts[i]!;
}

function repeat(row: Float32Array, times: number): Float64Array {
  const all = new Float64Array(row.length * times);
  for (let r = 0; r < times; r++) all.set(row, r * row.length);
  return all;
}

/**
 * target[r, i] += bias + Σ_k weights_i[k] · input[r, k] for every row r: `input` [lanes, inputSize], `target`
 * [lanes, targetSize]. Four rows a time, so that each weight is read once for four of them.
 */
function addProducts(
  weights: Ragged,
  i: number,
  input: Float64Array,
  inputSize: number,
  bias: number,
  target: Float64Array,
  targetSize: number,
  lanes: number,
): void {
  const { values, starts } = weights;
  const begin = starts[i]!;
  const length = starts[i + 1]! - begin;
  for (let r = 0; r < lanes; r += LANES) {
    const row0 = r * inputSize;
    const row1 = row0 + inputSize;
    const row2 = row1 + inputSize;
    const row3 = row2 + inputSize;
    let sum0 = bias;
    let sum1 = bias;
    let sum2 = bias;
    let sum3 = bias;
    for (let k = 0; k < length; k++) {
      const weight = values[begin + k]!;
      sum0 += weight * input[row0 + k]!;
      sum1 += weight * input[row1 + k]!;
      sum2 += weight * input[row2 + k]!;
      sum3 += weight * input[row3 + k]!;
    }
    const at = r * targetSize + i;
    target[at]! += sum0;
    target[at + targetSize]! += sum1;
    target[at + 2 * targetSize]! += sum2;
    target[at + 3 * targetSize]! += sum3;
  }
}

/** Adds column i to the end of the row of `target` that begins at `row` and is `size` long. */
function addColumn({ values, starts }: Ragged, i: number, target: Float64Array, row: number, size: number): void {
  const begin = starts[i]!;
  const length = starts[i + 1]! - begin;
  const offset = row + size - length;
  for (let k = 0; k < length; k++) target[offset + k]! += values[begin + k]!;
}
