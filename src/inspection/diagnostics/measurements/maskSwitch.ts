import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { parameterCount } from '../../../models/parameters.ts';
import type { NamedTensors } from '../../../models/model.ts';
import { contextSlice, slice } from '../../../training/batches.ts';
import { rowsOfProducts } from '../../../training/evaluate.ts';
import { isChunkEnd } from './chunks.ts';
import { gradientsIn } from './gradients.ts';
import { disposeTensors, download, upload } from '../../../layers/namedTensors.ts';
import { type Chunked, noiseFor, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';
import { productsOf } from './scoring.ts';

/** Most rows; fewer where a row is dear. */
const ROWS = 16;
/** Most parameters, by depth: all of them are read back, and differentiated. */
const PARAMETERS = { facts: 0, cheap: 200_000, full: 20_000_000 } as const;

/** What using another mask does to weights and density. */
export interface MaskSwitch {
  /** Whether there is another mask to change to; with one alone gradients are looked at only. */
  readonly masks: number;
  /** Parameters with other bits than before another mask was used. */
  readonly overwritten: readonly string[];
  /** Rows, of so many, whose log p under the first mask is another after a second one was used. */
  readonly rows: number;
  readonly changed: number;
  /** Masked-out weights whose gradient is not 0, by parameter. */
  readonly moved: readonly { readonly name: string; readonly entries: number; readonly largest: number }[];
}

export const maskSwitch: Measurement<MaskSwitch> = {
  depth: 'cheap',
  applies: (model, depth) =>
    model.parameters.some(({ masked }) => masked) && parameterCount(model) <= PARAMETERS[depth],
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<MaskSwitch> {
  const { model, backend } = snapshot.source;
  const { train } = await snapshot.source.dataset();
  // As many at a time for either mask, whatever the clock says: rows computed with others may have other bits.
  const chunk = rowsOfProducts(productsOf(model));
  const rows = Math.min(ROWS, chunk, train.rows);
  const first = upload(model.masks(0));
  const second = model.maskCount > 1 ? upload(model.masks(1)) : null;
  const before = await download(snapshot.parameters);
  const x = slice(train, 0, rows);
  const context = contextSlice(train, 0, rows);
  const noise = noiseFor(snapshot, rows);
  const given = { parameters: snapshot.parameters, noise, context };
  const logProb = async (masks: NamedTensors): Promise<Float32Array> => {
    const score = tf.tidy((): Tensor1D => {
      const inputs = { ...given, masks };
      return model.logProb?.(x, inputs) ?? backend.tf.neg(model.objective(x, inputs));
    });
    try {
      return await score.data<'float32'>();
    } finally {
      score.dispose();
    }
  };
  try {
    let changed = 0;
    const overwritten: string[] = [];
    if (second !== null) {
      const once = await logProb(first);
      yield;
      await logProb(second);
      yield;
      const again = await logProb(first);
      changed = once.filter((value, row) => !Object.is(value, again[row])).length;
      yield;
      const after = await download(snapshot.parameters);
      for (const [name, { data }] of Object.entries(before)) {
        yield;
        if (yield* differ(data, after[name]!.data)) overwritten.push(name);
      }
    }
    const moved = yield* gradientsOf(snapshot, { ...given, masks: first }, x);
    return { masks: second === null ? 1 : 2, rows, changed, overwritten, moved };
  } finally {
    disposeTensors(first, second ?? {}, noise, { x }, context ? { context } : {});
  }
}

/** Whether any bit is another. */
async function* differ(a: ArrayLike<number>, b: ArrayLike<number>): Chunked<boolean> {
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return true;
    if (isChunkEnd(i, 1)) yield;
  }
  return false;
}

/** Gradients of the objective where the mask is 0: they must be 0 there, or training moves weights of other masks. */
async function* gradientsOf(
  { source: { model } }: Snapshot,
  inputs: Parameters<typeof model.objective>[1],
  x: Parameters<typeof model.objective>[0],
): Chunked<MaskSwitch['moved']> {
  const names = model.parameters.filter(({ masked }) => masked).map(({ name }) => name);
  const gradients = gradientsIn(model, inputs, x);
  try {
    const moved: MaskSwitch['moved'][number][] = [];
    for (const name of names) {
      const [gradient, mask] = [await gradients[name]!.data(), await inputs.masks[name]!.data()];
      let [entries, largest] = [0, 0];
      for (let at = 0; at < mask.length; at++) {
        if (isChunkEnd(at, 1)) yield;
        // What is no number is told by `nan`.
        if (mask[at] !== 0 || gradient[at] === 0 || !Number.isFinite(gradient[at])) continue;
        entries++;
        largest = Math.max(largest, Math.abs(gradient[at]!));
      }
      if (entries > 0) moved.push({ name, entries, largest });
      yield;
    }
    return moved;
  } finally {
    disposeTensors(gradients);
  }
}
