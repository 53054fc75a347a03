/** The connectivity frame: structure and current weights of a masked network, quantised to one byte a weight. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { packed, sameBits } from '../masks/bits.ts';
import { fromDegrees } from '../masks/byDegrees.ts';
import { connectivityOf } from '../masks/byMasks.ts';
import { networkLayers, type NetworkData } from '../masks/connectivity.ts';
import type { MaskMatrix } from '../masks/matrix.ts';
import { layerSizes, type MaskedNetwork } from '../masks/network.ts';
import { arrangedUnits } from '../masks/sorting.ts';
import { weightsPerConnection } from '../masks/weightCount.ts';
import {
  type ConditionalNetwork,
  type Conditionals,
  conditionalsOf,
  type NamedTensors,
  type NetworkWeights,
} from '../models/model.ts';
import { binOfUnits } from './bins.ts';
import type { FrameMaker } from './frameMaker.ts';
import type { ConnectivityFrame, WeightMatrix } from './frames.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';
import { encodeWeight } from './weightCodes.ts';

/** Weights of a network that are sent one by one; beyond, they are aggregated. */
const MAX_CELLS = 2_000_000;
/** Cells that an aggregated network comes to, about a megabyte. */
const BINNED_CELLS = 1_000_000;
/** Cells worked on between two yields, some 3 ms. */
const CHUNK_CELLS = 400_000;

/** Limits of {@link connectivityFrame}, for tests and other places to draw in. */
export interface ConnectivityLimits {
  readonly maxCells: number;
  readonly binnedCells: number;
}

export const connectivityMaker: FrameMaker<'connectivity'> = {
  compute: (snapshot) => connectivityFrame(snapshot),
  renewed: 'step',
  canBeRefined: () => false,
};

/**
 * Weights of the network under the snapshot's mask. @throws RangeError when the model has no single network.
 * The frame's version is left at 0.
 */
export async function* connectivityFrame(
  snapshot: Snapshot,
  limits: ConnectivityLimits = { maxCells: MAX_CELLS, binnedCells: BINNED_CELLS },
): Chunked<ConnectivityFrame> {
  const described = networkOf(snapshot);
  const network = described.connections(snapshot.mask);
  const labels = { order: described.order(snapshot.mask), hidden: described.degrees(snapshot.mask) };
  const data = yield* networkData(labels, network);
  const masks = network.direct ? [...network.masks, network.direct] : network.masks;
  const cells = masks.reduce((sum, mask) => sum + mask.rows * mask.columns, 0);
  const shrink = cells > limits.maxCells ? Math.sqrt(limits.binnedCells / cells) : 1;

  const weights: WeightMatrix[] = [];
  const companions: (WeightMatrix | null)[] = [];
  for (const [l, mask] of masks.entries()) {
    const name = described.weightNames[l]!;
    const [from, to] = l === network.masks.length ? [0, l] : [l, l + 1];
    const bins =
      shrink === 1
        ? null
        : {
            rowBins: binOfUnits(arrangedUnits(data.layers[to]!), binsOf(mask.rows, shrink)),
            columnBins: binOfUnits(arrangedUnits(data.layers[from]!), binsOf(mask.columns, shrink)),
            rows: binsOf(mask.rows, shrink),
            columns: binsOf(mask.columns, shrink),
          };
    const coded = (values: Float32Array) => (bins ? aggregate(values, mask, bins) : quantise(values, mask));
    const own = await valuesOf(described, snapshot.parameters, ({ joints }) => joints[l]!);
    weights.push({ name, rows: mask.rows, columns: mask.columns, ...(yield* coded(own!)) });
    const companion = await valuesOf(described, snapshot.parameters, (all) => all.companions[l] ?? null);
    companions.push(
      companion && {
        name: `companion of ${name}`,
        rows: mask.rows,
        columns: mask.columns,
        ...(yield* coded(companion)),
      },
    );
  }
  const context: WeightMatrix[] = [];
  for (const [i, layer] of (network.context?.into ?? []).entries()) {
    const [rows, columns] = [data.layers[layer]!.units, network.context!.size];
    const values = await valuesOf(described, snapshot.parameters, (all) => all.context[i]!);
    const whole = { rows, columns, cells: new Uint8Array(rows * columns).fill(1) };
    context.push({
      name: `context of ${data.layers[layer]!.name}`,
      rows,
      columns,
      ...(yield* quantise(values!, whole)),
    });
  }
  // Where a node is a whole vector, a connection is of as many weights as that, and shared: there is no such number.
  const weightsEach = network.vectors
    ? null
    : weightsPerConnection(connectivityOf(data), {
        perOutput: described.parametersPerVariable,
        companions: (index) => companions[index] !== null,
      });
  const told = weightsEach?.some((each) => each !== 1) ? { ...data, weightsEach } : data;
  return { kind: 'connectivity', ...frameBase(snapshot), network: told, weights, companions, context };
}

/**
 * A network as it is, to be drawn. Its masks are left away only where they are, weight by weight, those that the
 * structure's degrees define; degrees that do not fit the layers are no labels of theirs.
 */
export async function* networkData(
  { order, hidden }: { readonly order: Int32Array; readonly hidden: readonly (Int32Array | null)[] },
  network: MaskedNetwork,
): Chunked<NetworkData> {
  const direct = network.direct !== null;
  const sizes = layerSizes(network);
  const layers = networkLayers(
    sizes,
    order,
    sizes.slice(1, -1).map((units, l) => (hidden[l]?.length === units ? hidden[l] : null)),
  );
  const byDegrees =
    hidden.length === sizes.length - 2 &&
    layers.every(({ degrees }) => degrees) &&
    fromDegrees({ order, hidden: hidden.filter((degrees) => degrees !== null), direct });
  const masks = [];
  let same = byDegrees !== false;
  for (const [index, mask] of [...network.masks, ...(network.direct ? [network.direct] : [])].entries()) {
    const bits = packed(mask);
    same &&= byDegrees && sameBits(bits, byDegrees.mask(index));
    masks.push(bits);
    yield;
  }
  const { context, vectors } = network;
  const name = (l: number) => (vectors!.length === 1 ? 'hidden vectors' : `hidden vectors ${l}`);
  const named = layers.map((layer, l) => {
    const units = vectors?.[l - 1];
    return units === undefined ? layer : { ...layer, name: name(l), vectors: units };
  });
  return { layers: named, order, direct, masks: same ? null : masks, ...(context && { context }) };
}

/** The layered network of a snapshot's model. @throws RangeError when it has none. */
export function networkOf({ source: { model } }: Snapshot): ConditionalNetwork {
  if (!model.network) {
    throw new RangeError(
      `the conditionals of a ${model.type} model come from no single network; there is none to show`,
    );
  }
  return model.network;
}

/** The conditionals of a snapshot's model. @throws RangeError when it has none one after the other. */
export function conditionalsIn({ source: { model } }: Snapshot): Conditionals {
  const found = conditionalsOf(model);
  if (found) return found;
  throw new RangeError(`a ${model.type} model has no conditionals one after the other; there are none to show`);
}

/** One matrix of weights as they are drawn, [to, from] row-major; null where the network has none such. */
async function valuesOf(
  network: ConditionalNetwork,
  parameters: NamedTensors,
  pick: (weights: NetworkWeights) => Tensor2D | null,
): Promise<Float32Array | null> {
  const weights = tf.tidy(() => {
    const picked = pick(network.weights(parameters));
    return picked ? [tf.clone(picked)] : [];
  })[0];
  if (!weights) return null;
  try {
    return await weights.data<'float32'>();
  } finally {
    weights.dispose();
  }
}

type Quantised = Pick<WeightMatrix, 'binnedRows' | 'binnedColumns' | 'values' | 'scale'>;

const binsOf = (size: number, shrink: number) => Math.max(1, Math.round(size * shrink));

async function* quantise(weights: Float32Array, { rows, columns, cells }: MaskMatrix): Chunked<Quantised> {
  let scale = 0;
  // NaN and infinite weights are the business of a diagnostic; here they must not hide the others.
  for (let i = 0; i < cells.length; i++) {
    const size = cells[i] === 1 ? Math.abs(weights[i]!) : 0;
    if (size > scale && size < Infinity) scale = size;
  }
  yield;
  const values = new Int8Array(cells.length);
  for (let start = 0; start < cells.length; start += CHUNK_CELLS) {
    const end = Math.min(cells.length, start + CHUNK_CELLS);
    for (let i = start; i < end; i++) if (cells[i] === 1) values[i] = encodeWeight(weights[i]!, scale);
    yield;
  }
  return { binnedRows: rows, binnedColumns: columns, values, scale };
}

interface Bins {
  readonly rowBins: Int32Array;
  readonly columnBins: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Mean |weight| over those weights of a bin that exist; 0 in a bin with none. */
async function* aggregate(weights: Float32Array, mask: MaskMatrix, bins: Bins): Chunked<Quantised> {
  const sums = new Float64Array(bins.rows * bins.columns);
  const counts = new Uint32Array(sums.length);
  const rowsAChunk = Math.max(1, Math.floor(CHUNK_CELLS / mask.columns));
  for (let row = 0; row < mask.rows; row++) {
    const into = bins.rowBins[row]! * bins.columns;
    for (let c = 0, i = row * mask.columns; c < mask.columns; c++, i++) {
      const size = Math.abs(weights[i]!);
      if (mask.cells[i] !== 1 || !(size < Infinity)) continue;
      sums[into + bins.columnBins[c]!]! += size;
      counts[into + bins.columnBins[c]!]!++;
    }
    if ((row + 1) % rowsAChunk === 0) yield;
  }
  let scale = 0;
  for (let i = 0; i < sums.length; i++) {
    if (counts[i] !== 0) sums[i]! /= counts[i]!;
    scale = Math.max(scale, sums[i]!);
  }
  const values = Int8Array.from(sums, (mean) => encodeWeight(mean, scale));
  return { binnedRows: bins.rows, binnedColumns: bins.columns, values, scale };
}
