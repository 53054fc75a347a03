import type { Dataset } from '../../../data/dataset.ts';
import type { Support } from '../../../spec/support.ts';
import type { Chunked } from '../../source.ts';
import { categoricalBaseline } from './categoricalBaseline.ts';
import { gaussianBaseline } from './gaussianBaseline.ts';
import type { Measurement } from './measurement.ts';
import { textBaseline } from './textBaseline.ts';

/** What a model must beat: a simple density in closed form, that knows of no context. */
export interface Baseline {
  readonly name: string;
  /** Which rows it was scored on; its parameters always come from the training rows. */
  readonly split: 'train' | 'validation';
  /** Mean NLL in nats a row. */
  readonly nats: number;
  readonly rows: number;
  readonly standardError: number;
  /** Of text: characters of a row, and what frequencies of pairs of characters cost a row; left out for other rows. */
  readonly text?: {
    readonly length: number;
    readonly pairs: { readonly nats: number; readonly standardError: number };
  };
}

export const baseline: Measurement<Baseline> = {
  depth: 'facts',
  applies: ({ quantity }) => quantity.kind !== 'loss',
  async *measure({ source }) {
    return yield* baselineOf(await source.dataset(), source.model.support);
  },
};

/**
 * Independent Bernoullis, independent categorical variables, or a Gaussian with full covariance: what the data are. Of text
 * characters by their frequencies, wherever in a row they stand.
 */
export function baselineOf(dataset: Dataset, support: Support): Chunked<Baseline> {
  if (dataset.text) return textBaseline(dataset, dataset.text);
  if (support === 'real') return gaussianBaseline(dataset);
  return categoricalBaseline(dataset, support === 'binary' ? 2 : support.levels);
}
