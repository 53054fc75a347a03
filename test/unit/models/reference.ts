/**
 * MADE once more, in float64 and plain loops, straight from the paper and without the engine's masks or layers: what
 * the engine is checked against.
 */
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import type { MadeSpec } from '../../../src/spec/models/made.ts';

/** Parameters by name, float64 or float32, weights row-major [out, in]. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

export function toFloat64(arrays: Readonly<Record<string, { data: ArrayLike<number> }>>): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

const g: Record<MadeSpec['activation'], (z: number) => number> = {
  relu: (z) => (z > 0 ? z : 0),
  tanh: (z) => Math.tanh(z),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  softplus: (z) => (z > 0 ? z + Math.log(1 + Math.exp(-z)) : Math.log(1 + Math.exp(z))),
  elu: (z) => (z > 0 ? z : Math.exp(z) - 1),
};

/** What a MADE may have beside its masked weights. */
export interface ReferenceOptions {
  /** What the row is conditioned on. */
  readonly context?: ArrayLike<number>;
  /** k, parameters of each variable; 1 unless told. */
  readonly perVariable?: number;
  /** L where values are levels 0 … L − 1, which are heard between −1 and 1. */
  readonly levels?: number | null;
}

/** Logits of every conditional for one row; with k parameters a variable, all k of x₁, then of x₂, … */
export function referenceLogits(
  structure: MadeStructure,
  activation: MadeSpec['activation'],
  parameters: Values,
  x: ArrayLike<number>,
  { context = [], perVariable = 1, levels = null }: ReferenceOptions = {},
): number[] {
  const { order, hidden, direct } = structure;
  const heard = Array.from(x, (value) => (levels === null ? value : (2 * value) / (levels - 1) - 1));
  /** Weights of row `to` that exist, times what they hear, and their companions, if there are any, times 1. */
  const through = (name: string, to: number, input: readonly number[], exists: (from: number) => boolean) => {
    const weight = parameters[`${name}.weight`]!;
    const companion = parameters[`${name}.companion`];
    let z = 0;
    for (let j = 0; j < input.length; j++) {
      if (!exists(j)) continue;
      z += weight[to * input.length + j]! * input[j]!;
      if (companion) z += companion[to * input.length + j]!;
    }
    return z;
  };
  const fromContext = (name: string, to: number) => {
    let z = 0;
    for (let c = 0; c < context.length; c++) {
      z += parameters[`context.${name}.weight`]![to * context.length + c]! * context[c]!;
    }
    return z;
  };
  let below = heard;
  let degreesBelow = order;
  for (const [l, degrees] of hidden.entries()) {
    const bias = parameters[`hidden.${l}.bias`]!;
    const [input, inputDegrees] = [below, degreesBelow];
    below = Array.from(degrees, (degree, k) => {
      const z = bias[k]! + through(`hidden.${l}`, k, input, (j) => degree >= inputDegrees[j]!);
      return g[activation](l === 0 ? z + fromContext('hidden', k) : z);
    });
    degreesBelow = degrees;
  }
  return Array.from({ length: order.length * perVariable }, (_, row) => {
    const degree = order[Math.floor(row / perVariable)]!;
    let z = parameters['output.bias']![row]! + fromContext('output', row);
    z += through('output', row, below, (k) => degree > degreesBelow[k]!);
    if (direct) z += through('direct', row, heard, (j) => degree > order[j]!);
    return z;
  });
}

/** log p(x) of one row under one structure. */
export function referenceLogProb(
  structure: MadeStructure,
  activation: MadeSpec['activation'],
  parameters: Values,
  x: ArrayLike<number>,
): number {
  return bernoulliLog(referenceLogits(structure, activation, parameters, x), x);
}

/** log p of a row of 0 and 1 in nats, by the logits of its conditionals. */
export function bernoulliLog(logits: readonly number[], x: ArrayLike<number>): number {
  return logits.reduce((sum, z, d) => {
    const p = 1 / (1 + Math.exp(-z));
    // log p or log (1 − p), each from the smaller exponential.
    return (
      sum +
      (x[d] === 1
        ? z > 0
          ? -Math.log1p(Math.exp(-z))
          : Math.log(p)
        : z > 0
          ? -z - Math.log1p(Math.exp(-z))
          : -Math.log1p(Math.exp(z)))
    );
  }, 0);
}

/** log of the mean of p over the structures. */
export function referenceEnsemble(
  structures: readonly MadeStructure[],
  activation: MadeSpec['activation'],
  parameters: Values,
  x: ArrayLike<number>,
): number {
  const logs = structures.map((structure) => referenceLogProb(structure, activation, parameters, x));
  const max = Math.max(...logs);
  return max + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - max), 0) / logs.length);
}

/** Every row of {0, 1}^D, counting up, x₁ fastest: [2^D, D] row-major. */
export function allRows(dimension: number): Uint8Array {
  const rows = 2 ** dimension;
  const values = new Uint8Array(rows * dimension);
  for (let i = 0; i < rows; i++) for (let d = 0; d < dimension; d++) values[i * dimension + d] = (i >> d) & 1;
  return values;
}
