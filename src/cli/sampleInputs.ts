/** What the options of `lens sample` name to be completed, and to be conditioned on. */
import type { ContextFacts } from '../data/dataset.ts';
import { readMatrix } from '../data/read.ts';
import type { Model } from '../models/model.ts';
import type { ColumnRange, ContextParams, GivenParams } from '../protocol/worker.ts';
import type { SplitName } from '../spec/data.ts';
import type { Experiment } from '../spec/experiment.ts';
import { labelFault } from '../worker/sampleInputs.ts';
import { CliError } from './output.ts';

interface GivenOptions {
  readonly given?: string;
  readonly givenFrom?: SplitName;
  readonly keep?: readonly ColumnRange[];
  readonly first?: number;
}

/** @throws CliError for rows of another width, DataError for a file that cannot be read. */
export async function givenOf(
  { given, givenFrom, keep, first }: GivenOptions,
  { dimension }: Pick<Model, 'dimension'>,
): Promise<GivenParams | undefined> {
  if (givenFrom !== undefined) return { split: givenFrom, keep: keep ?? [], first };
  if (given === undefined) return undefined;
  const { columns, values } = await readMatrix(given, process.cwd(), { missing: true });
  if (columns !== dimension) {
    throw new CliError(
      `--given ${given}: has ${columns} columns; the model has ${dimension} variables`,
      'Leave no column out: a value that is not given is NaN or an empty cell.',
    );
  }
  return { values: Float32Array.from(values) };
}

/** What a model of an experiment is conditioned on, if on anything. */
export function contextKindOf({ context }: Pick<Experiment['data'], 'context'>): ContextFacts['kind'] {
  return context === undefined || 'labels' in context || 'labelColumn' in context ? 'labels' : 'values';
}

/**
 * A whole number is a label; everything else names a file of values.
 * @param kind what the model is conditioned on: where that is values, a label is refused.
 * @throws CliError, DataError
 */
export async function contextOf(
  { context }: { readonly context?: string },
  { contextDimension }: Pick<Model, 'contextDimension'>,
  kind: ContextFacts['kind'],
): Promise<ContextParams | undefined> {
  if (context === undefined) return undefined;
  if (contextDimension === 0) {
    throw new CliError(`--context ${context}: this model is not conditioned on anything; leave the option out`);
  }
  if (/^\d+$/.test(context)) {
    if (kind === 'values') throw new CliError(`--context ${labelFault(Number(context), contextDimension)} in a file`);
    return { label: Number(context) };
  }
  const { columns, values } = await readMatrix(context, process.cwd());
  if (columns !== contextDimension) {
    throw new CliError(
      `--context ${context}: has ${columns} columns; this model is conditioned on ${contextDimension} values a row`,
    );
  }
  return { values: Float32Array.from(values) };
}
