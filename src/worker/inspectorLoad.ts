/** Asks as an open inspector does: for benchmarks and tests of what that costs training. */
import type { Connection } from '../protocol/rpc.ts';
import type { HostSide } from '../protocol/worker.ts';
import { frameKinds, type FrameKind } from '../inspection/frames.ts';

export interface InspectorLoad {
  /** Frames received, by kind. */
  readonly frames: Readonly<Record<FrameKind, number>>;
  /** Ends the asking; answers when the last request is answered. */
  stop(): Promise<void>;
}

const WAIT_MS = 500;

/** Long-polls every kind of frame at once, each again as soon as it is answered, until stopped or disconnected. */
export function openInspectorLoad(
  connection: Connection<HostSide>,
  kinds: readonly FrameKind[] = frameKinds,
): InspectorLoad {
  const frames = Object.fromEntries(frameKinds.map((kind) => [kind, 0])) as Record<FrameKind, number>;
  let open = true;
  const watch = async (kind: FrameKind) => {
    let newerThan = 0;
    while (open) {
      const frame = await connection.request('frame', { kind, newerThan, mask: null, waitMs: WAIT_MS }, 0);
      if (!frame) continue;
      newerThan = frame.version;
      frames[kind]++;
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
