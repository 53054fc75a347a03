/** The dependency frame: what reaches one output, by the masks and by the weights of this moment. */
import { fromMasks } from '../masks/byMasks.ts';
import { middleOf, seenBy } from '../masks/pixels/reach.ts';
import type { Model } from '../models/model.ts';
import { conditionalsIn, networkOf } from './connectivity.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { LAST_IN_ORDER, type DependencyFrame } from './frames/dependency.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';
import { vectorJacobianProducts } from './vectorJacobian.ts';

/** Data rows averaged over: one product each, so that many can be had. */
const ROWS = { glance: 32, quick: 64, thorough: 512 } as const satisfies Record<Look, number>;

export const dependencyMaker: FrameMaker<'dependency'> = {
  compute: (snapshot, { look, free, options: { output } }) =>
    dependencyFrame(snapshot, { output, dataRows: ROWS[look], free }),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

export interface DependencyOptions {
  /** The output, counted from 0, or {@link LAST_IN_ORDER}. */
  readonly output: number;
  readonly dataRows: number;
  /** Whether nothing trains meanwhile. */
  readonly free?: boolean;
}

/**
 * Which inputs a path leads from to one output, and the mean over data rows of |∂ output / ∂ x_j|.
 * @throws RangeError when the model has no conditionals or no such output.
 */
export async function* dependencyFrame(
  snapshot: Snapshot,
  { output: asked, dataRows, free = false }: DependencyOptions,
): Chunked<DependencyFrame> {
  const conditionals = conditionalsIn(snapshot);
  const { image, model } = snapshot.source;
  const { dimension } = model;
  const order = conditionals.order(snapshot.mask);
  const output = asked === LAST_IN_ORDER ? firstShown(model, order) : asked;
  if (!Number.isInteger(output) || output < 0 || output >= dimension) {
    throw new RangeError(`no output ${asked}: the model has ${dimension}, counted from 0`);
  }
  const { reached, layers, blind } = pathsTo(snapshot, output);
  yield;
  const sums = new Float64Array(dimension);
  const rows = yield* vectorJacobianProducts(snapshot, { dataRows, outputs: [output], free }, (_, values, start) => {
    for (let j = 0; j < dimension; j++) sums[j]! += Math.abs(values[start + j]!);
  });
  return {
    kind: 'dependency',
    ...frameBase(snapshot),
    dimension,
    image,
    order,
    output,
    layers,
    ...(blind && { blind }),
    dataRows: rows,
    reached,
    strength: Float32Array.from(sums, (sum) => sum / rows),
  };
}

/** The output that nobody has asked for. */
function firstShown({ pixels, dimension }: Model, order: Int32Array): number {
  return pixels ? middleOf(pixels.layers.image) : order.indexOf(dimension);
}

/** Variables from which the structure leaves a path to an output, and layers of the network, inputs and outputs included. */
function pathsTo(snapshot: Snapshot, output: number): Pick<DependencyFrame, 'reached' | 'layers' | 'blind'> {
  const { pixels } = snapshot.source.model;
  if (pixels) {
    const layers = pixels.layers.nodes.filter(({ kind }) => kind === 'convolution').length;
    const ever = seenBy(pixels.deepest(), output);
    const blind = ever.map((one, d) => (d < output && one === 0 ? 1 : 0));
    return { reached: seenBy(pixels.layers, output), layers: layers + 1, blind };
  }
  const network = networkOf(snapshot);
  const connections = network.connections(snapshot.mask);
  const last = connections.masks.length;
  const below = fromMasks(connections, network.order(snapshot.mask)).below({ layer: last, unit: output });
  return { reached: Uint8Array.from(below[0]!), layers: last + 1 };
}
