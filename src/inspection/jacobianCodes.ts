/**
 * The entries of a Jacobian as they travel: exact while they are few, beyond that one byte an entry on a logarithmic
 * scale, and beyond that the largest entry of a bin. What is exactly 0 stays exactly 0, however small the others are.
 */
import type { JacobianFrame } from './frames.ts';

/** How entries were made into bytes. Code 0 is exactly 0, 255 not finite; 1 … 254 are even in the logarithm. */
export interface JacobianCoding {
  /** Value of code 1: the smallest finite entry that is not 0. */
  readonly low: number;
  /** Value of code 254: the largest finite entry. */
  readonly high: number;
  /**
   * Codes a side. Below D the variable at position p of the order is in bin ⌊(p − 1) · bins / D⌋, and a code is the
   * largest entry of its bin that may differ from 0; where none of a bin's may, the largest of all.
   */
  readonly bins: number;
}

/** Up to how many variables entries travel exactly, and singly. */
export interface CodingLimits {
  readonly exact: number;
  readonly single: number;
}

/** A megabyte of float32, a megabyte of bytes. */
export const CODING_LIMITS: CodingLimits = { exact: 500, single: 1000 };

const NOT_FINITE = 255;
const STEPS = 253;

/** @param values [D, D] row-major, outputs as rows. @param order position of every variable. */
export function encodeJacobian(
  values: Float32Array,
  order: Int32Array,
  limits: CodingLimits = CODING_LIMITS,
): Pick<JacobianFrame, 'values' | 'coding'> {
  const dimension = order.length;
  if (dimension <= limits.exact) return { values, coding: null };
  const bins = Math.min(dimension, limits.single);
  const kept = bins < dimension ? largestOfBins(values, order, bins) : values;
  let [low, high] = [Infinity, 0];
  for (let i = 0; i < kept.length; i++) {
    const value = kept[i]!;
    if (!(value > 0 && value < Infinity)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { values: codesOf(kept, low, high), coding: { low: high > 0 ? low : 0, high, bins } };
}

/** Bits of a float32's mantissa by which its logarithm is looked up. */
const LOG_BITS = 11;
const logs = Float64Array.from({ length: 2 ** LOG_BITS }, (_, i) => Math.log2(1 + (i + 0.5) / 2 ** LOG_BITS));

/**
 * For every value the code nearest in the logarithm. Half a million logarithms would take as long as the measurement
 * itself: they are looked up by the first bits of the number, and the limits of the code so found decide.
 */
function codesOf(values: Float32Array, low: number, high: number): Uint8Array {
  const codes = new Uint8Array(values.length);
  const span = high > low ? Math.log2(high / low) : 1;
  const scale = STEPS / span;
  const start = high > low ? Math.log2(low) - 0.5 / scale : -Infinity;
  // limits[c] is the largest value of code c.
  const limits = Float64Array.from({ length: STEPS + 2 }, (_, c) =>
    c > STEPS ? Infinity : c === 0 ? 0 : low * 2 ** ((c - 0.5) / scale),
  );
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i]! & 0x7fffffff;
    if (word === 0) continue;
    const exponent = word >>> 23;
    if (exponent >= 255) {
      codes[i] = NOT_FINITE;
      continue;
    }
    // Below the smallest normal number the exponent says nothing.
    const log =
      exponent === 0 ? Math.log2(values[i]!) : exponent - 127 + logs[(word >>> (23 - LOG_BITS)) & (2 ** LOG_BITS - 1)]!;
    const rough = (log - start) * scale + 1;
    let code = rough >= STEPS + 1 ? STEPS + 1 : rough <= 1 ? 1 : rough | 0;
    while (values[i]! > limits[code]!) code++;
    while (values[i]! <= limits[code - 1]!) code--;
    codes[i] = code;
  }
  return codes;
}

const binOf = (position: number, dimension: number, bins: number) => Math.floor(((position - 1) * bins) / dimension);

/** Whether some entry of a bin may differ from 0: the last output of its row comes after the first input of its column. */
function someAllowed(row: number, column: number, dimension: number, bins: number): boolean {
  const lastOutput = Math.ceil(((row + 1) * dimension) / bins);
  const firstInput = Math.ceil((column * dimension) / bins) + 1;
  return lastOutput > firstInput;
}

function largestOfBins(values: Float32Array, order: Int32Array, bins: number): Float32Array {
  const dimension = order.length;
  const largest = new Float32Array(bins * bins);
  for (let output = 0; output < dimension; output++) {
    const row = binOf(order[output]!, dimension, bins);
    for (let input = 0; input < dimension; input++) {
      const column = binOf(order[input]!, dimension, bins);
      const forbidden = order[output]! <= order[input]!;
      if (forbidden && someAllowed(row, column, dimension, bins)) continue;
      const at = row * bins + column;
      const value = values[output * dimension + input]!;
      // What is not finite wins: a bin that hides it would claim a number.
      if (!Number.isFinite(value) || value > largest[at]!) largest[at] = value;
    }
  }
  return largest;
}

/** Reads entries of a frame, whatever way they travelled. */
export interface JacobianReader {
  /** NaN where the entry is not finite, null where it did not come and nothing is known of it. */
  at(output: number, input: number): number | null;
  /** `exact`, `near` (within `error`) or `most` (the largest of the entry's bin). */
  readonly precision: 'exact' | 'near' | 'most';
  /** Largest relative error of an entry that is near. */
  readonly error: number;
}

export type CodedEntries = Pick<
  JacobianFrame,
  'values' | 'coding' | 'dimension' | 'order' | 'leaks' | 'largestLeaks' | 'notFinite'
>;

export function jacobianReader(frame: CodedEntries): JacobianReader {
  const { values, coding, dimension, order, largestLeaks } = frame;
  if (coding === null) return { at: (o, i) => values[o * dimension + i]!, precision: 'exact', error: 0 };
  const { low, high, bins } = coding;
  const step = low > 0 ? Math.log(high / low) / STEPS : 0;
  const decoded = Float64Array.from({ length: 256 }, (_, code) =>
    code === 0 ? 0 : code === NOT_FINITE ? NaN : code === STEPS + 1 ? high : low * Math.exp(step * (code - 1)),
  );
  const error = Math.exp(step / 2) - 1;
  if (bins === dimension) return { at: (o, i) => decoded[values[o * dimension + i]!]!, precision: 'near', error };
  const listed = new Map(largestLeaks.map(({ output, input, value }) => [output * dimension + input, value]));
  const unlisted = frame.leaks > largestLeaks.length || frame.notFinite > 0 ? null : 0;
  return {
    at: (output, input) => {
      const [row, column] = [binOf(order[output]!, dimension, bins), binOf(order[input]!, dimension, bins)];
      if (order[output]! <= order[input]!) {
        const known = listed.get(output * dimension + input);
        if (known !== undefined) return known;
        if (unlisted === 0 || someAllowed(row, column, dimension, bins)) return unlisted;
      }
      return decoded[values[row * bins + column]!]!;
    },
    precision: 'most',
    error,
  };
}

/** Pairs that the order allows to depend and whose entry is exactly 0: over the rows measured nothing of it is seen. */
export function silentPairs({ order }: JacobianFrame, reader: JacobianReader): number {
  let silent = 0;
  for (let output = 0; output < order.length; output++) {
    for (let input = 0; input < order.length; input++) {
      if (order[output]! > order[input]! && reader.at(output, input) === 0) silent++;
    }
  }
  return silent;
}
