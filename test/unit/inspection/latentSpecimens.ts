/** A small variational autoencoder, and frames of it. */
import {
  snapshotOf,
  toEnd,
  type Chunked,
  type InspectionSource,
  type Snapshot,
} from '../../../src/inspection/source.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { vaeSpec } from '../../../src/spec/models/vae.ts';

/** Variables of its rows. */
export const D = 6;

const networks = { encoder: { hidden: [5] }, decoder: { hidden: [5] } };

/** Two latents unless told. */
export function vae(changes: Readonly<Record<string, unknown>> = {}): Model {
  return createModel(vaeSpec.parse({ type: 'vae', latent: 2, ...networks, ...changes }), D, 1);
}

/** What comes of work on a snapshot of this moment. */
export async function of<T>(source: InspectionSource, work: (snapshot: Snapshot) => Chunked<T>): Promise<T> {
  const snapshot = snapshotOf(source, null);
  try {
    return await toEnd(work(snapshot));
  } finally {
    snapshot.dispose();
  }
}
