/**
 * Exact ancestral sampling of a MADE at the cost of about one density pass.
 *
 * The naive way runs the whole network once for every variable. But a hidden unit of degree m depends on the first m
 * variables of the order only: with the units of every layer sorted by degree, each is computed once, as soon as its
 * last input is known, and what it may see is a prefix of the layer below. Every unmasked weight is used once a row.
 * Plain arrays, sums in float64.
 */
import { bernoulliMean } from '../distributions/bernoulli.ts';
import { activationFunctions } from '../layers/activations.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { ActivationName } from '../spec/activation.ts';
import { lengthOf, planOf, type Plan, type Ragged } from './madeSamplingPlan.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

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
): Generator<SampleProgress, Samples, void> {
  if (!(temperature > 0)) throw new RangeError(`temperature must be above 0, found ${temperature}`);
  const plan = planOf(structure, parameters);
  const dimension = structure.order.length;
  const g = activationFunctions[activation].scalar;
  const values = new Float32Array(rows * dimension);
  const means = new Float32Array(rows * dimension);
  const progress = (finished: number, share: number): SampleProgress => ({ finished, share, values });
  let work = 0;
  for (let start = 0; start < rows; start += CHUNK) {
    const chunk = newChunk(plan, Math.min(CHUNK, rows - start), random);
    const [into, meansInto] = [values, means].map((all) => all.subarray(start * dimension));
    for (let position = 0; position < dimension; position++) {
      work += finishUnits(plan, chunk, position, g);
      work += finishLogit(plan, chunk, position);
      drawVariable(plan, chunk, position, temperature, into!, meansInto!);
      if (work > BREATH) {
        work = 0;
        yield progress(start, (start + (chunk.count * position) / dimension) / rows);
      }
    }
    yield progress(start + chunk.count, (start + chunk.count) / rows);
  }
  return { rows, dimension, values, means };
}

/** Rows on their way through the network. Arrays are [lanes, units], units sorted by degree or position. */
interface Chunk {
  readonly count: number;
  /** `count`, rounded up to whole {@link LANES}. */
  readonly lanes: number;
  /** [count, D], drawn row by row so that a row does not depend on its neighbours. */
  readonly uniforms: Float64Array;
  /** Pre-activations of the first hidden layer so far. */
  readonly first: Float64Array;
  readonly hidden: readonly Float64Array[];
  /** Units finished of each hidden layer. */
  readonly finished: number[];
  /** Logits so far. */
  readonly logits: Float64Array;
}

function newChunk(plan: Plan, count: number, random: RandomGenerator): Chunk {
  const lanes = Math.ceil(count / LANES) * LANES;
  const uniforms = new Float64Array(count * plan.variables.length);
  for (let i = 0; i < uniforms.length; i++) uniforms[i] = random.uniform();
  return {
    count,
    lanes,
    uniforms,
    first: repeat(plan.firstBias, lanes),
    hidden: plan.layers.map(({ size }) => new Float64Array(lanes * size)),
    finished: plan.layers.map(() => 0),
    logits: repeat(plan.outputBias, lanes),
  };
}

/** Computes the units of degree ≤ position: all their inputs are known now. Answers with the products it took. */
function finishUnits(plan: Plan, chunk: Chunk, position: number, g: (z: number) => number): number {
  const { lanes, first, hidden, finished } = chunk;
  let work = 0;
  for (const [l, { size, upTo, rows, bias }] of plan.layers.entries()) {
    const h = hidden[l]!;
    for (let unit = finished[l]!; unit < upTo[position]!; unit++) {
      if (l === 0) {
        for (let at = unit; at < lanes * size; at += size) h[at] = g(first[at]!);
      } else {
        addProducts(rows, unit, hidden[l - 1]!, plan.layers[l - 1]!.size, bias[unit]!, h, size, lanes);
        for (let at = unit; at < lanes * size; at += size) h[at] = g(h[at]!);
        work += lengthOf(rows, unit) * lanes;
      }
    }
    finished[l] = Math.max(finished[l]!, upTo[position]!);
  }
  return work;
}

/** Adds what the last hidden layer has to say about the variable at `position`. */
function finishLogit({ output, layers, variables }: Plan, { hidden, logits, lanes }: Chunk, position: number): number {
  const last = layers.length - 1;
  addProducts(output, position, hidden[last]!, layers[last]!.size, 0, logits, variables.length, lanes);
  return lengthOf(output, position) * lanes;
}

/** Draws the variable at `position` in every row, and passes it on to whatever sees it directly. */
function drawVariable(
  plan: Plan,
  { count, logits, uniforms, first }: Chunk,
  position: number,
  temperature: number,
  values: Float32Array,
  means: Float32Array,
): void {
  const dimension = plan.variables.length;
  const variable = plan.variables[position]!;
  const units = plan.layers[0]!.size;
  for (let r = 0; r < count; r++) {
    const mean = bernoulliMean(logits[r * dimension + position]! / temperature);
    means[r * dimension + variable] = mean;
    if (uniforms[r * dimension + position]! >= mean) continue;
    values[r * dimension + variable] = 1;
    addColumn(plan.firstColumns, position, first, r * units, units);
    if (plan.directColumns) addColumn(plan.directColumns, position, logits, r * dimension, dimension);
  }
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
