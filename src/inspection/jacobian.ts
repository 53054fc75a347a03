/** The Jacobian frame: how much every conditional depends on every variable, measured on the current weights. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import type { JacobianFrame } from './frames.ts';
import { CODING_LIMITS, encodeJacobian, type CodingLimits } from './jacobianCodes.ts';
import { networkOf } from './connectivity.ts';
import { disposeTensors } from '../training/tensors.ts';
import { type Chunked, densityInputs, frameBase, noiseFor, type Snapshot } from './source.ts';

/** Largest D whose Jacobian is computed: 16 MB of float32. */
export const MAX_JACOBIAN_DIMENSION = 2048;
/** Vector–Jacobian products in a frame, about; divided by D it gives the number of data rows. */
const PRODUCTS = { glance: 1_600, quick: 3_200, thorough: 12_800 } as const;
/** Rows, whatever the dimension. */
const FEWEST = { glance: 2, quick: 4, thorough: 16 } as const;
const MOST = { glance: 16, quick: 64, thorough: 64 } as const;
/** What one chunk should take. */
const CHUNK_MS = 20;
/** Products in one chunk. Fewer would pay mostly for masking the weights, which every chunk does; more need memory. */
const MIN_PACE = 32;
const MAX_PACE = 1024;

export const jacobianMaker: FrameMaker<'jacobian'> = {
  compute: (snapshot, { look }) => jacobianFrame(snapshot, jacobianRows(snapshot.source.model.dimension, look)),
  renewed: 'step',
  canBeRefined: ({ model: { dimension } }, look) => jacobianRows(dimension, look) < jacobianRows(dimension),
};

/**
 * Mean over data rows of |∂ (pre-activation of conditional i) / ∂ x_j|, exact (of a fixed direction among them where a
 * conditional has several parameters): one vector–Jacobian product for every
 * pair of data row and output, many pairs at a time, xᵀ tiled against rows of the identity.
 *
 * Knows nothing of masks: a path that forgets its mask shows here though the masks themselves are sound.
 *
 * @param dataRows rows averaged over, see {@link jacobianRows}. @param limits when entries are made smaller to travel.
 * @throws RangeError when the model has no single network, or has more variables than
 *   {@link MAX_JACOBIAN_DIMENSION}.
 */
export async function* jacobianFrame(
  snapshot: Snapshot,
  dataRows = jacobianRows(snapshot.source.model.dimension),
  limits: CodingLimits = CODING_LIMITS,
): Chunked<JacobianFrame> {
  const network = networkOf(snapshot);
  const { backend, model, seed } = snapshot.source;
  const { tf } = backend;
  const dimension = model.dimension;
  if (dimension > MAX_JACOBIAN_DIMENSION) {
    throw new RangeError(
      `the Jacobian is measured up to ${MAX_JACOBIAN_DIMENSION} variables; this model has ${dimension}`,
    );
  }
  const { train } = await snapshot.source.dataset();
  const picked = pickRows(train, dataRows, seed);
  const [rows, contexts] = [rowsOf(train, picked), train.context ? rowsOf(train.context, picked) : null];
  const perVariable = network.parametersPerVariable;
  const probe = probeOf(perVariable, seed);
  const inputs = densityInputs(snapshot);
  try {
    const products = rows.length * dimension;
    const sums = new Float64Array(dimension * dimension);
    let done = 0;
    let pace = 2 * MIN_PACE;
    while (done < products) {
      const started = performance.now();
      const size = Math.min(pace, products - done);
      const gradient = tf.tidy(() => {
        const x = new Float32Array(size * dimension);
        const dy = new Float32Array(size * dimension * perVariable);
        const context = contexts && new Float32Array(size * model.contextDimension);
        for (let k = 0; k < size; k++) {
          const [row, output] = [Math.floor((done + k) / dimension), (done + k) % dimension];
          x.set(rows[row]!, k * dimension);
          context?.set(contexts![row]!, k * model.contextDimension);
          dy.set(probe, (k * dimension + output) * perVariable);
        }
        const noise = noiseFor(snapshot, size);
        const given = context && tf.tensor2d(context, [size, model.contextDimension]);
        const derivative = tf.grad((rows) =>
          network.conditionalParameters(rows as Tensor2D, { ...inputs, noise, context: given }),
        );
        return derivative(tf.tensor2d(x, [size, dimension]), tf.tensor2d(dy, [size, dimension * perVariable]));
      });
      const values = await gradient.data<'float32'>();
      gradient.dispose();
      for (let k = 0; k < size; k++) {
        const into = ((done + k) % dimension) * dimension;
        for (let j = 0; j < dimension; j++) sums[into + j]! += Math.abs(values[k * dimension + j]!);
      }
      done += size;
      const milliseconds = performance.now() - started;
      const fitting = Math.min(2 * size, Math.max(size / 2, (size * CHUNK_MS) / milliseconds));
      pace = Math.ceil(Math.min(MAX_PACE, Math.max(MIN_PACE, fitting)));
      yield;
    }
    const mean = Float32Array.from(sums, (sum) => sum / rows.length);
    const order = network.order(snapshot.mask);
    return {
      kind: 'jacobian',
      ...frameBase(snapshot),
      dimension,
      order,
      dataRows: rows.length,
      ...encodeJacobian(mean, order, limits),
      ...leaksOf(mean, order),
    };
  } finally {
    disposeTensors(inputs.masks);
  }
}

/** Rows to average over, fewer the more variables there are: of 784, 2 at a glance, 4 quickly and 16 thoroughly. */
export function jacobianRows(dimension: number, look: Look = 'thorough'): number {
  return Math.min(MOST[look], Math.max(FEWEST[look], Math.round(PRODUCTS[look] / dimension)));
}

/** `count` rows drawn once and for all by the seed: what changes between frames are the weights, not the rows. */
function pickRows({ rows }: Matrix, count: number, seed: number): number[] {
  const random = RandomGenerator.seeded(seed, 'inspection/jacobian');
  return Array.from({ length: Math.min(count, rows) }, () => random.integer(0, rows - 1));
}

function rowsOf({ columns, values }: Matrix, rows: readonly number[]): (Uint8Array | Float32Array)[] {
  return rows.map((row) => values.subarray(row * columns, (row + 1) * columns));
}

/**
 * What of a variable's k parameters is differentiated: the one, or a random direction of length 1 among several, always
 * the same. It is blind to a dependency only where the gradient happens to be at a right angle to it.
 */
function probeOf(perVariable: number, seed: number): Float32Array {
  if (perVariable === 1) return Float32Array.of(1);
  const random = RandomGenerator.seeded(seed, 'inspection/jacobian/probe');
  const direction = Array.from({ length: perVariable }, () => random.normal());
  return Float32Array.from(direction, (value) => value / Math.hypot(...direction));
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
