/** The Jacobian frame: how much every conditional depends on every variable, measured on the current weights. */
import { partOf } from './effort.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import type { JacobianFrame } from './frames.ts';
import { CODING_LIMITS, encodeJacobian, type CodingLimits } from './jacobianCodes.ts';
import { conditionalsIn } from './connectivity.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';
import { vectorJacobianProducts } from './vectorJacobian.ts';

/** Largest D whose Jacobian is computed: 16 MB of float32. */
export const MAX_JACOBIAN_DIMENSION = 2048;
/** Vector–Jacobian products in a frame, about; divided by D it gives the number of data rows. */
const PRODUCTS = { glance: 1_600, quick: 3_200, thorough: 12_800 } as const;
/** Rows, whatever the dimension. */
const FEWEST = { glance: 2, quick: 4, thorough: 16 } as const;
const MOST = { glance: 16, quick: 64, thorough: 64 } as const;

export const jacobianMaker: FrameMaker<'jacobian'> = {
  compute: (snapshot, { look, part, free }) => {
    const dataRows = partOf(jacobianRows(snapshot.source.model.dimension, look), part);
    return jacobianFrame(snapshot, { dataRows, free });
  },
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model: { dimension } }, look) => jacobianRows(dimension, look) < jacobianRows(dimension),
};

export interface JacobianOptions {
  /** Rows averaged over, see {@link jacobianRows}. */
  readonly dataRows?: number;
  /** Whether nothing trains meanwhile, so that chunks may be longer. */
  readonly free?: boolean;
  /** When entries are made smaller to travel. */
  readonly limits?: CodingLimits;
}

/**
 * Mean over data rows of |∂ (pre-activation of conditional i) / ∂ x_j|, exact (of a fixed direction among them where a
 * conditional has several parameters): one vector–Jacobian product for every pair of data row and output.
 *
 * @throws RangeError when the model has no conditionals, or has more variables than
 *   {@link MAX_JACOBIAN_DIMENSION}.
 */
export async function* jacobianFrame(
  snapshot: Snapshot,
  { dataRows, free = false, limits = CODING_LIMITS }: JacobianOptions = {},
): Chunked<JacobianFrame> {
  const conditionals = conditionalsIn(snapshot);
  const { dimension } = snapshot.source.model;
  if (dimension > MAX_JACOBIAN_DIMENSION) {
    throw new RangeError(
      `the Jacobian is measured up to ${MAX_JACOBIAN_DIMENSION} variables; this model has ${dimension}`,
    );
  }
  const sums = new Float64Array(dimension * dimension);
  const outputs = Array.from({ length: dimension }, (_, d) => d);
  const rows = yield* vectorJacobianProducts(
    snapshot,
    { dataRows: dataRows ?? jacobianRows(dimension), outputs, free },
    (output, values, start) => {
      const into = output * dimension;
      for (let j = 0; j < dimension; j++) sums[into + j]! += Math.abs(values[start + j]!);
    },
  );
  // A loop: Float32Array.from calls a function half a million times, which takes longer than reading the values did.
  const mean = new Float32Array(sums.length);
  for (let i = 0; i < sums.length; i++) mean[i] = sums[i]! / rows;
  const order = conditionals.order(snapshot.mask);
  return {
    kind: 'jacobian',
    ...frameBase(snapshot),
    dimension,
    order,
    dataRows: rows,
    ...encodeJacobian(mean, order, limits),
    ...leaksOf(mean, order),
  };
}

/** Rows to average over, fewer the more variables there are: of 784, 2 at a glance, 4 quickly and 16 thoroughly. */
export function jacobianRows(dimension: number, look: Look = 'thorough'): number {
  return Math.min(MOST[look], Math.max(FEWEST[look], Math.round(PRODUCTS[look] / dimension)));
}

/** Leaks that are named one by one. */
const MOST_LEAKS = 200;

/** Entries outside the strict triangle of `order` that are not 0, and how many of all entries are not finite. */
export function leaksOf(
  values: Float32Array,
  order: Int32Array,
): Pick<JacobianFrame, 'leaks' | 'worstLeak' | 'largestLeaks' | 'notFinite'> {
  const dimension = order.length;
  const leaks: { output: number; input: number; value: number }[] = [];
  let notFinite = 0;
  for (let output = 0; output < dimension; output++) {
    for (let input = 0; input < dimension; input++) {
      const value = values[output * dimension + input]!;
      if (!Number.isFinite(value)) notFinite++;
      if (order[output]! <= order[input]! && value > 0) leaks.push({ output, input, value });
    }
  }
  leaks.sort((a, b) => b.value - a.value);
  return { leaks: leaks.length, worstLeak: leaks[0] ?? null, largestLeaks: leaks.slice(0, MOST_LEAKS), notFinite };
}
