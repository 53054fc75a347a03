/** The frames by their kinds. */
import { connectivityFrame } from './connectivity.ts';
import type { Frame, FrameKind } from './frames.ts';
import { jacobianFrame, jacobianRows } from './jacobian.ts';
import { samplesFrame } from './samples.ts';
import { type Chunked, type InspectionSource, snapshotOf } from './source.ts';

/**
 * Computes one frame of the source as it is now, in chunks; the source may go on meanwhile.
 * @param mask the mask to show, or null: the one in use, and for samples the ensemble.
 * @param look `first`: somebody waits with nothing to look at yet, so quickly rather than thoroughly.
 */
export async function* frameOf(
  kind: FrameKind,
  source: InspectionSource,
  mask: number | null,
  look: 'first' | 'thorough' = 'thorough',
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
