/** What a checkpoint's `state.json` holds: all that a run needs, beside tensors, to go on bit for bit. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Matrix } from '../data/dataset.ts';

export const trainingStateSpec = z.object({
  formatVersion: z.literal(1),
  /** Rows of the training data: with others the run could not go on as it was. */
  rows: z.int().positive(),
  /** {@link checksumOf} the training data; left out in checkpoints of old. */
  data: z.string().optional(),
  /** Steps done. */
  step: z.int().nonnegative(),
  /** Whole epochs done, validation included. */
  epoch: z.int().nonnegative(),
  /** Batches done of the epoch under way. When all are, its validation is still to come. */
  batch: z.int().nonnegative(),
  /** Generator of the shuffling as it was before the epoch under way. */
  shuffle: z.array(z.number()),
  /** Generator of the model's noise after the last step; left out before the first, and in checkpoints of old. */
  noise: z.array(z.number()).optional(),
  /**
   * The step whose weights the statistics that are stored for scoring were measured by; left out in models without any, and in
   * checkpoints of old.
   */
  measured: z.int().nonnegative().optional(),
  /** Σ rows × loss, rows and seconds of the epoch's batches so far. */
  sums: z.object({
    loss: z.number(),
    rows: z.int().nonnegative(),
    seconds: z.number(),
    /** Batches whose gradient was clipped; left out where none is. */
    clipped: z.int().nonnegative().optional(),
  }),
  /** Seconds of the run, pauses left out. */
  seconds: z.number(),
  best: z.object({ epoch: z.int(), nats: z.number(), step: z.int() }).nullable(),
  /** Epochs since the best one. */
  worse: z.int().nonnegative(),
});
export type TrainingState = z.output<typeof trainingStateSpec>;

/**
 * Tells whether rows are the same as before: SHA-256 over their values as they are stored, bytes or float32, and then
 * over those of what they are conditioned on, and over the chances of rows that are drawn anew.
 */
export function checksumOf({ values, context, chances }: Matrix): string {
  const hash = createHash('sha256').update(values);
  if (context) hash.update(context.values);
  if (chances) hash.update(chances.values);
  return hash.digest('hex');
}
