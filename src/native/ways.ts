/** What every way to an installation is given, and what it leaves. */
import type { Variant } from './current.ts';
import { SetupError } from './errors.ts';
import type { Machine } from './machine.ts';

export interface WayContext {
  readonly machine: Machine;
  /** To be filled: `deps/lib/` and the addon, as an installation has them. */
  readonly target: string;
  /** For what is needed on the way; removed afterwards. */
  readonly scratch: string;
  readonly variant: Variant;
  /** Compute capability of the card, or null. */
  readonly card: number | null;
  readonly pythonPath: string | null;
  readonly nodePath: string | null;
  /** Folders where the addon's C++ sources may be. */
  readonly sources: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** What is being done, for people. */
  readonly say: (text: string) => void;
  /** How far it is: "120 MB of 370 MB". */
  readonly detail: (text: string) => void;
  /** A line for the log. */
  readonly log: (line: string) => void;
}

export interface WayResult {
  readonly variant: Variant;
  /** Where the library comes from, for people. */
  readonly source: string;
}

const MB = 1e6;

/** "120 MB". */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}

/** @throws SetupError when there is less room than `bytes` on the disk of `folder`. */
export async function needRoom(machine: Machine, folder: string, bytes: number): Promise<void> {
  const free = await machine.freeBytes(folder);
  if (free >= bytes) return;
  throw new SetupError(
    `There is too little room on the disk of ${folder}: about ${megabytes(bytes)} are needed, ${megabytes(free)} are free.`,
    'Free some space, or choose another place with LENS_CACHE (command line) and set up again.',
  );
}
