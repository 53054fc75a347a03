/** One thing that diagnostics judge by and that takes a model or its data to measure. */
import type { Model } from '../../../models/model.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { RunFacts } from '../context.ts';

/** How much to measure: what holds throughout a run, what is cheap, everything. */
export type Depth = 'facts' | 'cheap' | 'full';

/** The least first. */
export const depths: readonly Depth[] = ['facts', 'cheap', 'full'];

/** Whether `depth` includes what `needed` does. */
export function reaches(depth: Depth, needed: Depth): boolean {
  return depths.indexOf(depth) >= depths.indexOf(needed);
}

export interface Measurement<T> {
  /** The least depth at which it is measured. `facts`: once a run, since nothing that training changes enters. */
  readonly depth: Depth;
  /** Whether there is such a thing in a model, and at this depth time for it. */
  applies(model: Model, depth: Depth): boolean;
  /** In chunks; null where it turns out that there is nothing to measure. */
  measure(snapshot: Snapshot, run: RunFacts): Chunked<T | null>;
}
