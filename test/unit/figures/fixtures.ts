/** Networks, frames and metrics for drawing, all from fixed seeds. */
import type { ConnectivityFrame, JacobianFrame, SamplesFrame, WeightMatrix } from '../../../src/inspection/frames.ts';
import { type ImageSize, variablesIn } from '../../../src/spec/imageShape.ts';
import { leaksOf } from '../../../src/inspection/jacobian.ts';
import { encodeWeight } from '../../../src/inspection/weightCodes.ts';
import { madeStructures, type MadeStructure } from '../../../src/masks/degrees.ts';
import { madeMasks } from '../../../src/masks/masks.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import type { Connectivity, NetworkData } from '../../../src/masks/connectivity.ts';
import { maskOf } from '../../../src/masks/matrix.ts';
import { networkOf, type MaskedNetwork } from '../../../src/masks/network.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';

export function made(dimension: number, hidden: number[], changes: Partial<MadeSpec> = {}): MadeStructure {
  const random = RandomGenerator.seeded(7, 'figures');
  // No MADE is without hidden layers, but a structure may be.
  const spec = { ...madeSpec.parse({ type: 'made', hidden: [1], ...changes }), hidden };
  return madeStructures(spec, dimension, random)[0]!;
}

/** The example of every test that reads one: 3 variables, 4 hidden units of degrees 1, 1, 2, 2. */
export const three: MadeStructure = {
  order: Int32Array.of(1, 2, 3),
  hidden: [Int32Array.of(1, 2, 1, 2)],
  direct: false,
};

/** MADE with ≥ where the output mask needs >: every output that a hidden unit of its degree reaches sees its own input. */
export function leaky(structure: MadeStructure): MaskedNetwork {
  const sound = networkOf(madeMasks(structure));
  const degrees = structure.hidden.at(-1)!;
  const output = maskOf(structure.order.length, degrees.length, (d, k) => structure.order[d]! >= degrees[k]!);
  return { ...sound, masks: [...sound.masks.slice(0, -1), output] };
}

/** Strict triangles in every layer of `layers` masks: pairs near the diagonal are lost. */
export function strictEverywhere(dimension: number, layers: number): MaskedNetwork {
  const triangle = maskOf(dimension, dimension, (r, c) => r > c);
  return { masks: new Array<typeof triangle>(layers).fill(triangle), direct: null };
}

/** What a frame carries of masks that no degrees made, or only labels. */
export function networkData(network: Connectivity): NetworkData {
  const { layers, order, direct, joints } = network;
  return { layers, order, direct, masks: joints.map(({ index }) => network.mask(index)) };
}

/** @param network masks of the network, if not those of the structure's degrees. */
export function connectivityFrame(structure: MadeStructure, broken?: MaskedNetwork): ConnectivityFrame {
  const random = RandomGenerator.seeded(11, 'weights');
  const network = broken ?? networkOf(madeMasks(structure));
  const { layers, order, direct } = fromDegrees(structure);
  const carried: NetworkData = broken
    ? networkData(fromMasks(broken, structure.order, structure.hidden))
    : { layers, order, direct, masks: null };
  const masks = network.direct ? [...network.masks, network.direct] : network.masks;
  const weights = masks.map((mask, i): WeightMatrix => {
    const drawn = Float32Array.from(mask.cells, (cell) => (cell === 1 ? random.normal() : 0));
    const scale = drawn.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return {
      name: `weight ${i}`,
      rows: mask.rows,
      columns: mask.columns,
      binnedRows: mask.rows,
      binnedColumns: mask.columns,
      values: Int8Array.from(drawn, (value) => encodeWeight(value, scale)),
      scale,
    };
  });
  const shown = { version: 1, step: 1200, epoch: 2, mask: 0, maskCount: 1 };
  const none = { companions: weights.map(() => null), context: [] };
  return { kind: 'connectivity', ...shown, network: carried, weights, ...none };
}

export function jacobianFrame(
  { order }: MadeStructure,
  leak: readonly [output: number, input: number] | null,
): JacobianFrame {
  const dimension = order.length;
  const random = RandomGenerator.seeded(13, 'jacobian');
  const values = new Float32Array(dimension * dimension);
  for (let output = 0; output < dimension; output++) {
    for (let input = 0; input < dimension; input++) {
      if (order[output]! > order[input]!) values[output * dimension + input] = Math.abs(random.normal());
    }
  }
  if (leak) values[leak[0] * dimension + leak[1]] = 0.25;
  return {
    kind: 'jacobian',
    version: 1,
    step: 1200,
    epoch: 2,
    mask: 0,
    maskCount: 1,
    dimension,
    order,
    dataRows: 64,
    values,
    coding: null,
    ...leaksOf(values, order),
  };
}

export function samplesFrame(rows: number, image: ImageSize | null, dimension = 6): SamplesFrame {
  const random = RandomGenerator.seeded(17, 'samples');
  const size = image ? variablesIn(image) : dimension;
  return {
    kind: 'samples',
    version: 1,
    step: 1200,
    epoch: 2,
    mask: 0,
    maskCount: 1,
    rows,
    dimension: size,
    image,
    values: Uint8Array.from({ length: rows * size }, () => (random.uniform() < 0.5 ? 0 : 255)),
    means: Uint8Array.from({ length: rows * size }, () => random.integer(0, 255)),
    request: null,
  };
}

/** `epochs` epochs of `batches` minibatches; `shift` moves the NLL, below zero if wanted. */
export function metrics(epochs: number, batches: number, shift = 0): Metric[] {
  const random = RandomGenerator.seeded(19, 'metrics');
  const all: Metric[] = [];
  let best = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let batch = 1; batch <= batches; batch++) {
      const step = (epoch - 1) * batches + batch;
      const train = shift + 90 + 60 * Math.exp(-step / (batches * 0.8)) + random.normal();
      all.push({ type: 'batch', step, epoch: step / batches, rows: step * 100, seconds: step * 0.05, train, mask: 0 });
    }
    const validation = shift + 91 + 50 * Math.exp(-epoch) + 0.4 * Math.max(0, epoch - 4);
    all.push({
      type: 'epoch',
      step: epoch * batches,
      epoch,
      rows: epoch * batches * 100,
      seconds: epoch * batches * 0.05,
      train: shift + 90 + 60 * Math.exp(-epoch / 0.8),
      validation,
      best: validation < best,
      rowsPerSecond: 2000,
    });
    best = Math.min(best, validation);
  }
  return all;
}
