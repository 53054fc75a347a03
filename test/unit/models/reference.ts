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

/** Logits of every conditional for one row. */
export function referenceLogits(
  structure: MadeStructure,
  activation: MadeSpec['activation'],
  parameters: Values,
  x: ArrayLike<number>,
): number[] {
  const { order, hidden, direct } = structure;
  let below = Array.from(x);
  let degreesBelow = order;
  for (const [l, degrees] of hidden.entries()) {
    const weight = parameters[`hidden.${l}.weight`]!;
    const bias = parameters[`hidden.${l}.bias`]!;
    const input = below;
    const inputDegrees = degreesBelow;
    below = Array.from(degrees, (degree, k) => {
      let z = bias[k]!;
      for (let j = 0; j < input.length; j++) {
        if (degree >= inputDegrees[j]!) z += weight[k * input.length + j]! * input[j]!;
      }
      return g[activation](z);
    });
    degreesBelow = degrees;
  }
  return Array.from(order, (degree, d) => {
    let z = parameters['output.bias']![d]!;
    for (let k = 0; k < below.length; k++) {
      if (degree > degreesBelow[k]!) z += parameters['output.weight']![d * below.length + k]! * below[k]!;
    }
    if (direct) {
      for (let j = 0; j < order.length; j++) {
        if (degree > order[j]!) z += parameters['direct.weight']![d * order.length + j]! * x[j]!;
      }
    }
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
