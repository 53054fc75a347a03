/** Metrics of a run, one JSON object a line in `metrics.jsonl`. All likelihoods are negative, in nats a row. */
import * as z from 'zod/mini';
import { boundMomentSpec } from './boundMoment.ts';
import { count, number } from './numbers.ts';

/** What both have; a model's own figures, such as the parts that a bound is made of, under names of its own. */
const common = {
  /** Steps done, this one included. */
  step: count,
  /** Epochs done as a fraction. */
  epoch: number,
  /** Training rows evaluated so far, each as often as it was in a minibatch; left out by earlier versions. */
  rows: z.optional(count),
  /** Seconds of training so far, pauses left out. */
  seconds: number,
  /** Mean NLL: of the minibatch before the step; of the epoch's minibatches. */
  train: number,
  /**
   * With gradient clipping `gradientNorm`, of a minibatch the norm of the whole gradient before it was clipped, and
   * `clippedShare`, of an epoch the share of its minibatches whose gradient was.
   */
  extra: z.optional(z.record(z.string(), number)),
};

const batchMetric = z.object({
  type: z.literal('batch'),
  ...common,
  /** Mask used. */
  mask: count,
});

const epochMetric = z.object({
  type: z.literal('epoch'),
  ...common,
  /** NLL of the validation rows; null without them. With more than 8 masks, of the ensemble of the first 8. */
  validation: z.nullable(number),
  /** Whether this is the best epoch so far. */
  best: z.boolean(),
  /** Rows per second of this epoch, training alone. */
  rowsPerSecond: number,
  /** How the bound of a model with latent variables is made up; left out for others. */
  bound: z.optional(boundMomentSpec),
});

export const metricSpec = z.discriminatedUnion('type', [batchMetric, epochMetric]);

/** One minibatch. */
export type BatchMetric = Readonly<z.output<typeof batchMetric>>;
/** The end of an epoch. */
export type EpochMetric = Readonly<z.output<typeof epochMetric>>;
export type Metric = BatchMetric | EpochMetric;
