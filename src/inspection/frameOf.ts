/** Frames by what is chosen of them. */
import type { FrameManner, FrameMaker } from './frameMaker.ts';
import { frameMakers } from './frameMakers.ts';
import { frameFacts, type Frame, type FrameChoice, type FrameKind } from './frames.ts';
import { freshened } from './freshMoments.ts';
import { type Chunked, type InspectionSource, type Snapshot, snapshotOf } from './source.ts';

/** A kind's maker takes its own options alone; whoever asks has looked it up by the kind. */
export const makerOf = (kind: FrameKind): FrameMaker<FrameKind> => frameMakers[kind];

/**
 * Computes one frame of the source as it is now, in chunks; the source may go on meanwhile.
 * @param manner how closely, where that is a choice, and whether training waits.
 */
export async function* frameOf(
  { kind, mask, options }: FrameChoice,
  source: InspectionSource,
  manner: FrameManner = { look: 'thorough', part: 1, free: false },
): Chunked<Frame> {
  const reasons: string[] = [];
  let snapshot: Snapshot = { ...snapshotOf(source, mask), tell: (reason) => void reasons.push(reason) };
  try {
    snapshot = yield* freshened(snapshot);
    const task = { mask, ...manner, options: { ...frameFacts[kind].options, ...options } };
    const frame = yield* makerOf(kind).compute(snapshot, task);
    const [uncompiled] = reasons;
    return uncompiled === undefined ? frame : { ...frame, uncompiled };
  } finally {
    snapshot.dispose();
  }
}
