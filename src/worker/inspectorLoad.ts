/** Asks as an open inspector does: for benchmarks and tests of what that costs training. */
import type { Connection } from '../protocol/rpc.ts';
import type { HostSide } from '../protocol/worker.ts';
import type { FrameKind } from '../inspection/frames.ts';
import { views, type RunFacts } from '../inspection/views.ts';

export interface InspectorLoad {
  /** Frames received, by kind. */
  readonly frames: Readonly<Partial<Record<FrameKind, number>>>;
  /** Ends the asking; answers when the last request is answered. */
  stop(): Promise<void>;
}

const WAIT_MS = 500;

/** Kinds of frame that the views of such a run draw. */
export function kindsOf(run: RunFacts): readonly FrameKind[] {
  const shown = Object.values(views).filter((view) => view.missing(run) === null);
  return [...new Set(shown.flatMap((view) => view.framesOf?.(run) ?? view.frames))];
}

/** A run that tells nothing of its model: its conditionals come from one network. */
const ofConditionals: RunFacts = { dimension: 1, image: null };

/** Long-polls so many kinds of frame at once, each again as soon as it is answered, until stopped or disconnected. */
export function openInspectorLoad(
  connection: Connection<HostSide>,
  kinds: readonly FrameKind[] = kindsOf(ofConditionals),
): InspectorLoad {
  const frames: Partial<Record<FrameKind, number>> = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  let open = true;
  const watch = async (kind: FrameKind) => {
    let newerThan = 0;
    while (open) {
      const frame = await connection.request('frame', { kind, newerThan, mask: null, waitMs: WAIT_MS }, 0);
      if (!frame) continue;
      newerThan = frame.version;
      frames[kind] = (frames[kind] ?? 0) + 1;
    }
  };
  const watching = Promise.allSettled(kinds.map(watch));
  return {
    frames,
    async stop() {
      open = false;
      await watching;
    },
  };
}
