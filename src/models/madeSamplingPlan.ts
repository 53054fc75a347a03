/**
 * The weights of a MADE in the order in which ancestral sampling uses them: units sorted by degree, variables by their
 * position in the order, masked-out weights left away. Plain arrays.
 */
import type { MadeStructure } from '../masks/degrees.ts';
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArrays } from '../runs/arrays.ts';

/** Vectors of different lengths, one after the other. */
export interface Ragged {
  readonly values: Float32Array;
  /** Where each begins, and the end of the last. */
  readonly starts: Int32Array;
}

const noRows: Ragged = { values: new Float32Array(), starts: new Int32Array(1) };

/** One hidden layer with its units sorted by degree. */
export interface SortedLayer {
  readonly size: number;
  /** Number of units of degree ≤ m, m = 0 … D. */
  readonly upTo: Int32Array;
  readonly bias: Float32Array;
  /** For each unit its weights from the prefix of the layer below that it sees; empty for the first layer. */
  readonly rows: Ragged;
}

export interface Plan {
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

export function planOf({ order, hidden, direct }: MadeStructure, parameters: NamedArrays): Plan {
  const dimension = order.length;
  const variables = sortedByDegree(order);
  const sorted = hidden.map(sortedByDegree);
  const upTo = hidden.map((degrees) => countUpTo(degrees, dimension));
  const last = hidden.length - 1;
  /** Copies weights of the named matrix: those into unit `to` from the first of the units `from`, … */
  const rowOf = (name: string, to: Int32Array, from: Int32Array) => {
    const { data, shape } = parameters[`${name}.weight`]!;
    return (i: number, into: Float32Array) => {
      const start = to[i]! * shape[1]!;
      for (let k = 0; k < into.length; k++) into[k] = data[start + from[k]!]!;
    };
  };
  /** … or those from unit `from` into the last of the units `to`. */
  const columnOf = (name: string, to: Int32Array, from: Int32Array) => {
    const { data, shape } = parameters[`${name}.weight`]!;
    return (i: number, into: Float32Array) => {
      const first = to.length - into.length;
      for (let k = 0; k < into.length; k++) into[k] = data[to[first + k]! * shape[1]! + from[i]!]!;
    };
  };
  const biases = (name: string, units: Int32Array) => {
    const { data } = parameters[`${name}.bias`]!;
    return Float32Array.from(units, (unit) => data[unit]!);
  };

  const layers = hidden.map((degrees, l): SortedLayer => {
    const units = sorted[l]!;
    return {
      size: degrees.length,
      upTo: upTo[l]!,
      bias: biases(`hidden.${l}`, units),
      rows:
        l === 0
          ? noRows
          : ragged(
              units.length,
              (i) => upTo[l - 1]![degrees[units[i]!]!]!,
              rowOf(`hidden.${l}`, units, sorted[l - 1]!),
            ),
    };
  });
  return {
    variables,
    layers,
    firstBias: layers[0]!.bias,
    firstColumns: ragged(
      dimension,
      (position) => hidden[0]!.length - upTo[0]![position]!,
      columnOf('hidden.0', sorted[0]!, variables),
    ),
    output: ragged(dimension, (position) => upTo[last]![position]!, rowOf('output', variables, sorted[last]!)),
    outputBias: biases('output', variables),
    directColumns: direct
      ? ragged(dimension, (position) => dimension - 1 - position, columnOf('direct', variables, variables))
      : null,
  };
}

function countUpTo(degrees: Int32Array, dimension: number): Int32Array {
  const counts = new Int32Array(dimension + 1);
  for (const degree of degrees) counts[degree]! += 1;
  for (let m = 1; m <= dimension; m++) counts[m]! += counts[m - 1]!;
  return counts;
}

function ragged(count: number, length: (i: number) => number, fill: (i: number, into: Float32Array) => void): Ragged {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) starts[i + 1] = starts[i]! + length(i);
  const values = new Float32Array(starts[count]!);
  for (let i = 0; i < count; i++) fill(i, values.subarray(starts[i], starts[i + 1]));
  return { values, starts };
}

/** Length of vector i. */
export function lengthOf({ starts }: Ragged, i: number): number {
  return starts[i + 1]! - starts[i]!;
}
