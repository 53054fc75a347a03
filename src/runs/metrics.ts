/** Metrics of a run, one JSON object a line in `metrics.jsonl`. All likelihoods are negative, in nats a row. */

/** One minibatch. */
export interface BatchMetric {
  readonly type: 'batch';
  /** Steps done, this one included. */
  readonly step: number;
  /** Epochs done as a fraction. */
  readonly epoch: number;
  /** Seconds of training so far, pauses left out. */
  readonly seconds: number;
  /** Mean NLL of the minibatch before the step. */
  readonly train: number;
  /** Mask used. */
  readonly mask: number;
}

/** The end of an epoch. */
export interface EpochMetric {
  readonly type: 'epoch';
  readonly step: number;
  readonly epoch: number;
  readonly seconds: number;
  /** Mean of the epoch's minibatches. */
  readonly train: number;
  /** NLL of the validation rows; null without them. With more than 8 masks, of the ensemble of the first 8. */
  readonly validation: number | null;
  /** Whether this is the best epoch so far. */
  readonly best: boolean;
  /** Rows per second of this epoch, training alone. */
  readonly rowsPerSecond: number;
}

export type Metric = BatchMetric | EpochMetric;
