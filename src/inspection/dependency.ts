/** The dependency frame: what reaches one output, by the masks and by the weights of this moment. */
import { fromMasks } from '../masks/byMasks.ts';
import { channelPaths, growthOf } from '../masks/pixels/growth.ts';
import type { PixelNetwork } from '../masks/pixels/network.ts';
import { middleOf, seenBy } from '../masks/pixels/reach.ts';
import type { Model } from '../models/model.ts';
import { conditionalsIn, networkOf } from './connectivity.ts';
import { partOf } from './effort.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { LAST_IN_ORDER, type ChannelMatrix, type DependencyFrame, type ReachGrowth } from './frames/dependency.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';
import { vectorJacobianProducts } from './vectorJacobian.ts';

/** Data rows averaged over: one product each, so that many can be had. */
const ROWS = { glance: 32, quick: 64, thorough: 512 } as const satisfies Record<Look, number>;
const FEWEST_ROWS = 4;

export const dependencyMaker: FrameMaker<'dependency'> = {
  compute: (snapshot, { look, part, free, options: { output } }) =>
    dependencyFrame(snapshot, { output, dataRows: partOf(ROWS[look], part, FEWEST_ROWS), free }),
  renewed: 'step',
  inPart: true,
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
  const { pixels } = model;
  const growth = pixels && growthTo(pixels.layers, output);
  yield;
  // All colours of a pixel are measured on the same rows, one beside the other.
  const colours = pixels?.layers.image[2] ?? 1;
  const first = output - (output % colours);
  const outputs = Array.from({ length: colours }, (_, c) => first + c);
  const sums = outputs.map(() => new Float64Array(dimension));
  const rows = yield* vectorJacobianProducts(snapshot, { dataRows, outputs, free }, (of, values, start) => {
    const own = sums[of - first]!;
    for (let j = 0; j < dimension; j++) own[j]! += Math.abs(values[start + j]!);
  });
  const strengths = sums.map((sum) => Float32Array.from(sum, (total) => total / rows));
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
    strength: strengths[output - first]!,
    ...(growth && { growth }),
    ...(pixels && colours > 1 && { channels: channelMatrix(pixels.layers, first / colours, strengths) }),
  };
}

/** Behind which layer each input has first come to an output. */
function growthTo(network: PixelNetwork, output: number): ReachGrowth {
  const stages = growthOf(network, output);
  const first = new Int16Array(stages[0]!.seen.length).fill(-1);
  for (const [stage, { seen }] of stages.entries()) {
    for (const [d, one] of seen.entries()) if (one === 1 && first[d] === -1) first[d] = stage;
  }
  return { names: stages.map(({ name }) => name), first };
}

/** @param strengths [C][D] mean |∂| of each colour of the pixel. */
function channelMatrix(network: PixelNetwork, pixel: number, strengths: readonly Float32Array[]): ChannelMatrix {
  const count = strengths.length;
  const { own, earlier } = channelPaths(network, pixel);
  const ofOwn = new Float32Array(count ** 2);
  const ofEarlier = new Float32Array(count ** 2);
  for (const [to, strength] of strengths.entries()) {
    for (let from = 0; from < count; from++) {
      const at = to * count + from;
      ofOwn[at] = strength[pixel * count + from]!;
      for (let before = 0; before < pixel; before++) ofEarlier[at]! += strength[before * count + from]!;
    }
  }
  return {
    ...{ count, pixel },
    own: { paths: own, strength: ofOwn },
    earlier: { paths: earlier, strength: ofEarlier },
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
