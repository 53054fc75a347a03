/**
 * Functions of tensors that bring their own derivative.
 *
 * tfjs-core's build for Node registers no gradients, and some of its own are wrong on some backends. So every
 * differentiable building block of the engine states its derivative, as a vector–Jacobian product, and is
 * tested against finite differences. `tf.grad`, `tf.valueAndGrads` and their like work on any composition of them.
 * That also keeps the number of kernels small, which decides the speed of small networks.
 */
import {
  add,
  cast,
  customGrad,
  equal,
  gather,
  mul,
  range,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';

/**
 * A value and its vector–Jacobian product: one gradient for each input. Intermediate results that the product uses must
 * be in `saved` and are handed to it; those merely closed over are gone by the time it runs.
 */
export interface Differentiable<V extends Tensor> {
  readonly value: V;
  readonly saved: readonly Tensor[];
  readonly gradient: (dy: V, saved: readonly Tensor[]) => Tensor[];
  /**
   * Whether `gradient` takes any number of rows of `dy` where there is but one row of values: it does the same for every
   * row of `dy` by itself. Not so unless told.
   */
  readonly rowByRow?: boolean;
  /**
   * The same as `gradient` of {@link cotangentRows}, without products with all their zeros. Left out where there is no
   * shorter way.
   */
  readonly picked?: (cotangents: Cotangents, saved: readonly Tensor[]) => Tensor[];
}

/** Cotangents of groups of k values side by side, one row each: a direction in one group, 0 in all others. */
export interface Cotangents {
  /** [N] group of each row, int32. */
  readonly groups: Tensor1D;
  /** [k] */
  readonly direction: Tensor1D;
}

/** [N, groups · k]. */
export function cotangentRows({ groups, direction }: Cotangents, columns: number): Tensor2D {
  const [rows, k] = [groups.shape[0], direction.shape[0]];
  const chosen = equal(reshape(groups, [rows, 1]), reshape(range(0, columns / k, 1, 'int32'), [1, -1]));
  const along = mul(reshape(cast(chosen, 'float32'), [rows, -1, 1]), reshape(direction, [1, 1, k]));
  return reshape(along, [rows, columns]);
}

/** Cotangents times a matrix [groups · k, m] → [N, m]: of every group the sum of its rows along the direction. */
export function cotangentsTimes({ groups, direction }: Cotangents, matrix: Tensor2D): Tensor2D {
  const [k, columns] = [direction.shape[0], matrix.shape[1]];
  const along = mul(reshape(matrix, [-1, k, columns]), reshape(direction, [1, k, 1]));
  return gather(sum<Tensor2D>(along, 1), groups);
}

interface Recorded {
  readonly inputs: readonly Tensor[];
  readonly value: Tensor;
  readonly saved: readonly Tensor[];
  readonly gradient: (dy: Tensor, saved: readonly Tensor[]) => Tensor[];
  readonly picked: ((cotangents: Cotangents, saved: readonly Tensor[]) => Tensor[]) | undefined;
}

/** What is computed while a function is linearised; null where something does not go row by row. */
let recording: { steps: Recorded[] | null } | null = null;

/** Where gradients flow: into a layer's parameters, and its inputs unless they are data; or into its inputs alone. */
export type Wanted = 'weights' | 'inputs';

/** Computes `body` of `inputs` so that gradients flow through it. `body` runs the forward pass once. */
export function differentiable<V extends Tensor>(inputs: readonly Tensor[], body: () => Differentiable<V>): V {
  if (recording !== null) return recorded(recording, inputs, body());
  const call = customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: Tensor[]) => void;
    const { value, saved, gradient } = body();
    save([...saved]);
    return { value, gradFunc: (dy: V, kept: Tensor[]) => gradient(dy, kept) };
  });
  return call(...inputs);
}

function recorded<V extends Tensor>(
  into: { steps: Recorded[] | null },
  inputs: readonly Tensor[],
  { value, saved, gradient, picked, rowByRow = false }: Differentiable<V>,
): V {
  if (!rowByRow) into.steps = null;
  into.steps?.push({ inputs, value, saved, gradient: gradient as Recorded['gradient'], picked });
  return value;
}

/**
 * The derivative of y = f(x) at one row: cotangents dy [N, m] → dy ∂y/∂x [N, n], for x [1, n] and y [1, m]. What `tf.grad` gives for N
 * equal rows of x, by the same products of the same building blocks, but y is computed once. To be used within the
 * `tf.tidy` that it was made in.
 *
 * @param constants what else y may be computed from; no derivative by them is given.
 * @returns null where f is not made of building blocks alone, or some of them do not go row by row: `tf.grad` then
 *   answers. Nothing that reaches y can be missed: every input of every block is x, a constant or another block's value.
 */
export function linearised(
  f: (x: Tensor2D) => Tensor2D,
  x: Tensor2D,
  constants: readonly Tensor[],
): ((cotangents: Cotangents) => Tensor2D) | null {
  const outer = recording;
  const record: { steps: Recorded[] | null } = { steps: [] };
  recording = record;
  let y: Tensor2D;
  try {
    y = f(x);
  } finally {
    recording = outer;
  }
  const { steps } = record;
  const known = new Set<Tensor>([x, ...constants]);
  for (const { inputs, value } of steps ?? []) {
    if (!inputs.every((input) => known.has(input))) return null;
    known.add(value);
  }
  if (steps === null || steps.at(-1)?.value !== y) return null;
  return (cotangents) => {
    const gradients = new Map<Tensor, Tensor>();
    for (const { inputs, value, saved, gradient, picked } of steps.toReversed()) {
      const own = value === y && !picked ? cotangentRows(cotangents, y.shape[1]) : gradients.get(value);
      const parts = value === y && picked ? picked(cotangents, saved) : own ? gradient(own, saved) : [];
      for (const [i, part] of parts.entries()) {
        const before = gradients.get(inputs[i]!);
        gradients.set(inputs[i]!, before === undefined ? part : add(before, part));
      }
    }
    return (gradients.get(x) ?? zeros([cotangents.groups.shape[0], x.shape[1]])) as Tensor2D;
  };
}
