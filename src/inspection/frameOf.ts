/** The frames by their kinds. */
import { connectivityFrame } from './connectivity.ts';
import type { Frame, FrameKind } from './frames.ts';
import { jacobianFrame, jacobianRows, type Look } from './jacobian.ts';
import { samplesFrame } from './samples.ts';
import { type Chunked, type InspectionSource, snapshotOf } from './source.ts';

/**
 * Computes one frame of the source as it is now, in chunks; the source may go on meanwhile.
 * @param mask the mask to show, or null: the one in use, and for samples the ensemble.
 * @param look how closely, where that is a choice.
 */
export async function* frameOf(
  kind: FrameKind,
  source: InspectionSource,
  mask: number | null,
  look: Look = 'thorough',
): Chunked<Frame> {
  const snapshot = snapshotOf(source, mask);
  try {
    switch (kind) {
      case 'connectivity':
        return yield* connectivityFrame(snapshot);
      case 'jacobian':
        return yield* jacobianFrame(snapshot, jacobianRows(source.model.dimension, look));
      case 'samples':
        return yield* samplesFrame(snapshot, mask);
    }
  } finally {
    snapshot.dispose();
  }
}

/** Whether a thorough look at the same parameters would show more than one of this kind did. */
export function canBeRefined(kind: FrameKind, { model }: InspectionSource, look: Look): boolean {
  return kind === 'jacobian' && jacobianRows(model.dimension, look) < jacobianRows(model.dimension);
}
