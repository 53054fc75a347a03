/** Principal components of the training rows: what a linear model of them would call their spectrum. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { rowOrder } from '../data/heldOut.ts';
import { forwardThrough, type FlowLayerKind } from '../flows/flow.ts';
import { momentsOf } from '../flows/moments.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import { plural } from '../text/numbers.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { rowsAt } from './ensembleScoring.ts';
import { noiseFor, type Chunked, type InspectionSource, type Snapshot } from './source.ts';

/** Of more variables they would take many seconds. */
const MOST_VARIABLES = 1024;
/** Of so many it does not matter when they are computed. */
const FEW_VARIABLES = 128;
const MOST_ROWS = 5000;
const CHUNK_ROWS = 250;

export interface PrincipalComponents {
  /** [D] standard deviations √λ, falling; null where they are left out. */
  readonly deviations: Float64Array | null;
  readonly rows: number;
  /** Why they are left out; null where they are not. */
  readonly reason: string | null;
}

/** They do not change while a run trains. */
const known = new WeakMap<InspectionSource, PrincipalComponents>();

/** Whether there is no need to wait for them. */
export function haveComponents(source: InspectionSource): boolean {
  return known.has(source) || source.model.dimension <= FEW_VARIABLES || source.model.dimension > MOST_VARIABLES;
}

/** Layers that only say where values lie, and learn nothing. */
const PREPARING: ReadonlySet<FlowLayerKind> = new Set(['pixels', 'squeeze']);

/** Of rows as they come into the first layer that learns: dequantised, and on the scale of the flow. */
export async function* principalComponents(snapshot: Snapshot): Chunked<PrincipalComponents> {
  const { source } = snapshot;
  const found = known.get(source) ?? (yield* measured(snapshot, (await source.dataset()).train));
  known.set(source, found);
  return found;
}

async function* measured(snapshot: Snapshot, train: Matrix): Chunked<PrincipalComponents> {
  const { dimension } = snapshot.source.model;
  const rows = Math.min(MOST_ROWS, train.rows);
  if (dimension > MOST_VARIABLES) {
    return without(`of ${plural(dimension, 'variable')} they would take too long (up to ${MOST_VARIABLES})`);
  }
  if (rows < 2) return without('a single training row has none');
  const values = yield* prepared(snapshot, train, rows);
  const { mean } = momentsOf(values, dimension);
  for (let at = 0; at < values.length; at++) values[at]! -= mean[at % dimension]!;
  if (!values.every(Number.isFinite)) return without('some training rows have values that are not finite');
  const { tf } = snapshot.source.backend;
  const covariance = new Float64Array(dimension * dimension);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const to = Math.min(rows, from + CHUNK_ROWS);
    const products = tf.tidy((): Tensor2D => {
      const x = tf.tensor2d(values.subarray(from * dimension, to * dimension), [to - from, dimension]);
      return tf.matMul(x, x, true, false);
    });
    const sums = await products.data<'float32'>();
    products.dispose();
    for (let i = 0; i < sums.length; i++) covariance[i]! += sums[i]! / rows;
    yield;
  }
  const work = symmetricEigenvalues(covariance);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return { deviations: step.value.map((own) => Math.sqrt(Math.max(0, own))), rows, reason: null };
    yield;
  }
}

const without = (reason: string): PrincipalComponents => ({ deviations: null, rows: 0, reason });

/** [rows, D], some of the training rows, behind the layers that only prepare. */
async function* prepared(snapshot: Snapshot, train: Matrix, rows: number): Chunked<Float32Array> {
  const { source, parameters } = snapshot;
  const { model, backend, seed } = source;
  const { dimension } = model;
  const { values } = rowsAt(train, rowOrder(train, seed).subarray(0, rows))(0, rows);
  const all = Float32Array.from(values);
  const noise = noiseFor(snapshot, rows);
  for (const tensor of Object.values(noise)) {
    const added = await tensor.data<'float32'>();
    for (let i = 0; i < all.length; i++) all[i]! += added[i]!;
  }
  disposeTensors(noise);
  const flow = model.flow!;
  const learns = flow.layers.findIndex(({ kind }) => !PREPARING.has(kind));
  const layers = flow.layers.slice(0, learns === -1 ? flow.layers.length : learns);
  if (layers.length === 0) return all;
  const masks = upload(model.masks(0));
  try {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = Math.min(rows, from + CHUNK_ROWS);
      const y = backend.tf.tidy((): Tensor2D => {
        const x = backend.tf.tensor2d(all.subarray(from * dimension, to * dimension), [to - from, dimension]);
        return forwardThrough({ ...flow, layers }, x, { parameters, masks, context: null }).at(-1)!.y;
      });
      all.set(await y.data<'float32'>(), from * dimension);
      y.dispose();
      yield;
    }
  } finally {
    disposeTensors(masks);
  }
  return all;
}
