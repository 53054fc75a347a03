/** What a request for samples asks to be completed, and what to be conditioned on, as numbers. */
import type { ContextFacts, Dataset, Matrix } from '../data/dataset.ts';
import { gridContext } from '../inspection/sampleFrames.ts';
import type { Repeated } from '../inspection/samples.ts';
import type { InspectionSource } from '../inspection/source.ts';
import type { Model } from '../models/model.ts';
import type { ContextParams, GivenParams, SampleParams } from '../protocol/worker.ts';
import { plural } from '../text/numbers.ts';
import { RequestError } from './requestSpecs.ts';

interface Source extends Pick<InspectionSource, 'model' | 'dataset'> {
  /** What the model is conditioned on, where that is known without reading the data. */
  readonly contextKind?: ContextFacts['kind'];
}

export interface SampleInputs {
  /** [n, D], NaN where nothing is given; null for rows drawn from nothing. */
  readonly given: Repeated | null;
  /** [n, C]; null for models without a context. */
  readonly context: Repeated | null;
}

/**
 * Rows that are completed under their own context unless another is asked for; rows drawn from nothing under that of the
 * grid: the classes in turn, or what the data's first rows are.
 * @throws RequestError naming what does not fit; DataError where data is needed that cannot be read.
 */
export async function sampleInputs(
  source: Source,
  { rows, given, context }: Pick<SampleParams, 'rows' | 'given' | 'context'>,
): Promise<SampleInputs> {
  const { model } = source;
  const asked = context === undefined ? null : await contextRows(context, source);
  const split = given && 'split' in given ? rowsOfSplit(await source.dataset(), given, rows) : null;
  const own = split?.context && { values: Float32Array.from(split.context.values) };
  return {
    given: split && given && 'split' in given ? keptOf(split, given.keep) : given && 'values' in given ? given : null,
    context: asked ?? (model.contextDimension > 0 ? (own ?? (await gridContext(source, rows))) : null),
  };
}

/**
 * The mask that every row is drawn under; null for the ensemble of all.
 * @throws RequestError when the model has no such mask.
 */
export function maskAsked({ maskCount }: Pick<Model, 'maskCount'>, mask: number | undefined): number | null {
  if (mask === undefined) return null;
  if (mask < maskCount) return mask;
  const range = maskCount === 1 ? 'the only one is 0' : `0 … ${maskCount - 1}`;
  throw new RequestError(
    `there is no mask ${mask}; this model has ${plural(maskCount, 'mask')}, counted from 0: ${range}`,
  );
}

/** One label for all rows, or values. */
async function contextRows(context: ContextParams, source: Source): Promise<Repeated> {
  const size = source.model.contextDimension;
  if (size === 0) throw new RequestError('a context is asked for; this model is not conditioned on anything');
  if ('values' in context) return context;
  const { label } = context;
  // A label is a class: in columns of values there is none, though one of them could be set to 1.
  const kind = source.contextKind ?? (await source.dataset()).context?.kind;
  if (kind === 'values') throw new RequestError(labelFault(label, size));
  if (label >= size) throw new RequestError(`there is no label ${label}; this model is conditioned on 0 … ${size - 1}`);
  const values = new Float32Array(size);
  values[label] = 1;
  return { values };
}

/** Why a label is no context of a model that is conditioned on values. */
export function labelFault(label: number, size: number): string {
  const columns = `${size} ${size === 1 ? 'column' : 'columns'} of values`;
  return `${label} is a label; this model is conditioned on ${columns} and knows no labels: give values [n, ${size}]`;
}

type GivenOfSplit = Extract<GivenParams, { readonly split: unknown }>;

/** As many rows as are drawn at most: more would not be looked at. */
function rowsOfSplit(dataset: Dataset, { split, first = 0, count }: GivenOfSplit, most: number): Matrix {
  const matrix = dataset[split];
  if (matrix === null) throw new RequestError(`this run has no ${split} rows to complete`);
  if (first >= matrix.rows) {
    throw new RequestError(`there is no ${split} row ${first}; there are ${matrix.rows}, counted from 0`);
  }
  const end = Math.min(matrix.rows, first + Math.min(count ?? most, most));
  const cut = ({ columns, values }: Matrix): Matrix => ({
    rows: end - first,
    columns,
    values: values.slice(first * columns, end * columns),
  });
  return { ...cut(matrix), ...(matrix.context && { context: cut(matrix.context) }) };
}

/** The rows with the columns that are kept, NaN elsewhere. */
function keptOf({ rows, columns, values }: Matrix, keep: GivenOfSplit['keep']): Repeated {
  const kept = new Float32Array(rows * columns).fill(NaN);
  for (const [from, to] of keep) {
    if (from > to || to >= columns) {
      throw new RequestError(`columns ${from}-${to} cannot be kept; there are 0-${columns - 1}`);
    }
    for (let row = 0; row < rows; row++) {
      for (let d = row * columns + from; d <= row * columns + to; d++) kept[d] = values[d]!;
    }
  }
  return { values: kept };
}
