/**
 * Networks for the tests of ancestral sampling, with everything that such a network may have, and what they compute once
 * more: in float64 and plain loops, whole rows at a time, nothing sorted.
 */
import fc from 'fast-check';
import type { Conditional } from '../../../src/distributions/conditional.ts';
import { conditionalOf } from '../../../src/distributions/index.ts';
import type { IncrementalJoint, IncrementalNetwork } from '../../../src/layers/incrementalPlan.ts';
import type { AncestralNetwork } from '../../../src/models/ancestralSampling.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArray } from '../../../src/runs/arrays.ts';
import { activationFunctions } from '../../../src/layers/activations.ts';
import type { ActivationName } from '../../../src/spec/activation.ts';
import type { ConditionalSpec } from '../../../src/spec/conditional.ts';

export type Network = AncestralNetwork & IncrementalNetwork & { readonly conditional: Conditional };

export interface NetworkOptions {
  readonly order: readonly number[];
  /** Degrees of each hidden layer. */
  readonly degrees: readonly (readonly number[])[];
  readonly activation: ActivationName;
  readonly direct: boolean;
  readonly companions: boolean;
  /** C, 0 for none, and whether it leads into every layer rather than into the first and the outputs. */
  readonly context: number;
  readonly contextEverywhere: boolean;
  readonly conditional: ConditionalSpec;
  readonly seed: number;
}

/** Weights are normal deviates of a scale that keeps conditionals far from even; what is masked out is there, too. */
export function network(o: NetworkOptions): Network {
  const random = RandomGenerator.seeded(o.seed, 'ancestral');
  const conditional = conditionalOf(o.conditional);
  const tensor = (scale: number, ...shape: number[]): NamedArray => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * random.normal()),
  });
  // Scales are exponentials of what real values say: larger weights would let rows run off to infinity.
  const strength = conditional.support === 'real' ? 0.4 : 1.5;
  const matrix = (to: number, from: number) => tensor(strength / Math.sqrt(from), to, from);
  const joint = (to: number, from: number): IncrementalJoint => ({
    weight: matrix(to, from),
    companion: o.companions ? matrix(to, from) : null,
  });
  const units = (to: number, from: number, conditioned: boolean) => ({
    ...joint(to, from),
    bias: tensor(0.5, to),
    context: o.context > 0 && conditioned ? matrix(to, o.context) : null,
  });
  const dimension = o.order.length;
  const outputs = dimension * conditional.parameterNames.length;
  const widths = [dimension, ...o.degrees.map(({ length }) => length)];
  return {
    order: Int32Array.from(o.order),
    hidden: o.degrees.map((degrees, l) => ({
      degrees: Int32Array.from(degrees),
      ...units(degrees.length, widths[l]!, l === 0 || o.contextEverywhere),
    })),
    activation: o.activation,
    output: units(outputs, widths.at(-1)!, true),
    direct: o.direct ? joint(outputs, dimension) : null,
    conditional,
    outputs: { perVariable: conditional.parameterNames.length, sideBySide: 'variable' },
  };
}

const g: Record<ActivationName, (z: number) => number> = {
  relu: (z) => (z > 0 ? z : 0),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  elu: (z) => (z > 0 ? z : Math.exp(z) - 1),
};

/** [D·k] parameters of the conditionals of one row. */
export function referenceParameters(net: Network, x: ArrayLike<number>, context: ArrayLike<number> = []): Float64Array {
  const { order, hidden, output, direct, conditional } = net;
  const k = conditional.parameterNames.length;
  const heard = (
    { weight, companion }: IncrementalJoint,
    to: number,
    below: ArrayLike<number>,
    sees: (from: number) => boolean,
  ) => {
    let z = 0;
    for (let from = 0; from < below.length; from++) {
      if (!sees(from)) continue;
      z += weight.data[to * below.length + from]! * below[from]!;
      if (companion) z += companion.data[to * below.length + from]!;
    }
    return z;
  };
  const own = ({ bias, context: weights }: { bias: NamedArray; context: NamedArray | null }, unit: number) => {
    let z = bias.data[unit]!;
    for (let c = 0; weights && c < context.length; c++) z += weights.data[unit * context.length + c]! * context[c]!;
    return z;
  };
  const { scale, shift } = conditional.input;
  const heardInputs = Float64Array.from(x, (value) => scale * value + shift);
  let below = heardInputs;
  let degreesBelow = order;
  for (const layer of hidden) {
    const from = { below, degrees: degreesBelow };
    below = Float64Array.from(layer.degrees, (degree, unit) =>
      g[net.activation](own(layer, unit) + heard(layer, unit, from.below, (i) => degree >= from.degrees[i]!)),
    );
    degreesBelow = layer.degrees;
  }
  return Float64Array.from({ length: order.length * k }, (_, unit) => {
    const degree = order[Math.floor(unit / k)]!;
    let z = own(output, unit) + heard(output, unit, below, (i) => degree > degreesBelow[i]!);
    if (direct) z += heard(direct, unit, heardInputs, (i) => degree > order[i]!);
    return z;
  });
}

/** log p of one row. */
export function referenceRow(net: Network, x: ArrayLike<number>, context?: ArrayLike<number>): number {
  const parameters = referenceParameters(net, x, context);
  const k = net.conditional.parameterNames.length;
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += net.conditional.logProb(x[d]!, parameters, d * k);
  return sum;
}

export const conditionals: readonly ConditionalSpec[] = [
  { type: 'bernoulli' },
  { type: 'gaussian' },
  { type: 'gaussian-mixture', components: 3 },
  { type: 'logistic-mixture', components: 2 },
  { type: 'discretised-logistic-mixture', components: 2, levels: 4 },
  { type: 'categorical', levels: 3 },
];

/** Every option at once; degrees of any layer from 0 to D, hidden layers from none to three. */
export function anyNetwork(maxDimension: number): fc.Arbitrary<NetworkOptions> {
  return fc.integer({ min: 1, max: maxDimension }).chain((dimension) => {
    const natural = Array.from({ length: dimension }, (_, d) => d + 1);
    return fc.record({
      order: fc.shuffledSubarray(natural, { minLength: dimension, maxLength: dimension }),
      degrees: fc.array(fc.array(fc.nat(dimension), { minLength: 1, maxLength: 9 }), { maxLength: 3 }),
      activation: fc.constantFrom(...(Object.keys(activationFunctions) as ActivationName[])),
      direct: fc.boolean(),
      companions: fc.boolean(),
      context: fc.nat(3),
      contextEverywhere: fc.boolean(),
      conditional: fc.constantFrom(...conditionals),
      seed: fc.nat(),
    });
  });
}

/** Normal deviates. */
export function deviates(length: number, seed: number): Float32Array {
  const random = RandomGenerator.seeded(seed, 'deviates');
  return Float32Array.from({ length }, () => random.normal());
}
