/** How a run ends, in the words of its manifest. */
import type { RunManifest } from '../runs/manifest.ts';
import { messageOf } from '../text/messageOf.ts';
import { NonFiniteError } from './nonFinite.ts';

/** Thrown through whatever a stop cuts short. */
export class Stopped extends Error {}

/** What the manifest says of a run that is over. */
export type End = Partial<RunManifest> & Pick<RunManifest, 'state' | 'reason'>;

/** The end that an error makes. */
export function endOf(error: unknown): End {
  if (error instanceof Stopped) return { state: 'stopped', reason: null };
  if (error instanceof NonFiniteError) return { state: 'failed', reason: error.message, nonFinite: error.report };
  return { state: 'failed', reason: messageOf(error) };
}
