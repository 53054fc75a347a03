/** NADE's conditionals in float64 by their definition, O(D²H) a row: every hidden vector from nothing. */

/** Plain numbers, matrices row-major. */
export interface NadeNumbers {
  /** [D] positions, 1 … D. */
  readonly order: ArrayLike<number>;
  /** Units of every hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: 'sigmoid' | 'relu' | 'tanh' | 'softplus' | 'elu';
  /** W [H, D], b [H], U [H, D] or null. */
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly maskWeight: ArrayLike<number> | null;
  /** [H_l, H_(l−1)] and [H_l] of the layers after the first. */
  readonly further: readonly { readonly weight: ArrayLike<number>; readonly bias: ArrayLike<number> }[];
  /** V [D, H_L] and c [D]. */
  readonly outputWeight: ArrayLike<number>;
  readonly outputBias: ArrayLike<number>;
}

const g: Record<NadeNumbers['activation'], (z: number) => number> = {
  relu: (z) => (z > 0 ? z : 0),
  tanh: (z) => Math.tanh(z),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  softplus: (z) => (z > 0 ? z + Math.log(1 + Math.exp(-z)) : Math.log(1 + Math.exp(z))),
  elu: (z) => (z > 0 ? z : Math.exp(z) - 1),
};

/** The logit of variable d when `known` says which variables are known: the autoregressive ones know the earlier. */
export function logitGiven(o: NadeNumbers, x: ArrayLike<number>, d: number, known: (j: number) => boolean): number {
  const dimension = o.outputBias.length;
  let h = Array.from({ length: o.hidden[0]! }, (_, k) => {
    let a = o.bias[k]!;
    for (let j = 0; j < dimension; j++) {
      if (!known(j)) continue;
      a += o.weight[k * dimension + j]! * x[j]!;
      if (o.maskWeight) a += o.maskWeight[k * dimension + j]!;
    }
    return g[o.activation](a);
  });
  for (const { weight, bias } of o.further) {
    const below = h;
    h = Array.from(bias, (b, k) =>
      g[o.activation](below.reduce((sum, value, i) => sum + weight[k * below.length + i]! * value, b)),
    );
  }
  return h.reduce((sum, value, k) => sum + o.outputWeight[d * h.length + k]! * value, o.outputBias[d]!);
}

/** Logits of every conditional of one row. */
export function nadeReference(o: NadeNumbers, x: ArrayLike<number>): number[] {
  return Array.from(o.outputBias, (_, d) => logitGiven(o, x, d, (j) => o.order[j]! < o.order[d]!));
}

/** log p of x_d under a logit, in nats. */
export function bernoulliLog(x: number, z: number): number {
  const t = (1 - 2 * x) * z;
  return t > 0 ? -t - Math.log1p(Math.exp(-t)) : -Math.log1p(Math.exp(t));
}

/** log p(x) of one row under the order. */
export function nadeLogProb(o: NadeNumbers, x: ArrayLike<number>): number {
  return nadeReference(o, x).reduce((sum, z, d) => sum + bernoulliLog(x[d]!, z), 0);
}
