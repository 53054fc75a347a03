/** What is known of data files without reading their values, and what follows for an experiment. */
import { generators, type DataSpec, type SplitName } from './data.ts';
import { parseLocation } from './location.ts';

/** One array of a data file. */
export interface ArrayFacts {
  /** Its name in an npz; null in a file that holds one array. */
  readonly name: string | null;
  /** As in the file; null when only reading it whole would tell (text files: the number of rows). */
  readonly shape: readonly number[] | null;
  readonly rows: number | null;
  /** Columns once flattened to rows. */
  readonly columns: number;
  readonly dtype: string;
}

/** A data file as its headers describe it. */
export interface DataFacts {
  readonly exists: boolean;
  readonly arrays: readonly ArrayFacts[];
  /** Why it cannot be read, as a sentence that names it; null when it can. */
  readonly problem: string | null;
}

export interface CheckContext {
  /** Facts by file as the experiment writes it, without `#name`. Files that are not in it are not checked. */
  readonly files?: ReadonlyMap<string, DataFacts>;
}

/** The array that a location picks; null when unknown, missing or ambiguous. */
export function arrayAt(location: string, { files }: CheckContext): ArrayFacts | null {
  const { file, array } = parseLocation(location);
  const arrays = files?.get(file)?.arrays ?? [];
  if (array === null) return arrays.length === 1 ? arrays[0]! : null;
  return arrays.find(({ name }) => name === array) ?? null;
}

/** The keys of `data` that hold locations, with their splits. */
export function locationsOf(
  data: DataSpec,
): readonly { readonly key: SplitName | 'source'; readonly location: string }[] {
  if ('source' in data) return [{ key: 'source', location: data.source }];
  if ('generate' in data) return [];
  const keys = ['train', 'validation', 'test'] as const;
  return keys.flatMap((key) => (data[key] === undefined ? [] : [{ key, location: data[key] }]));
}

/** D as far as the facts tell. */
export function dimensionOf(data: DataSpec, context: CheckContext): number | null {
  if ('generate' in data) return generators[data.generate].dimension;
  const columns = arrayAt('source' in data ? data.source : data.train, context)?.columns;
  if (columns !== undefined) return columns;
  return data.image === undefined ? null : data.image[0] * data.image[1];
}

/** Rows to train on as far as the facts tell. */
export function trainingRows(data: DataSpec, context: CheckContext): number | null {
  if ('train' in data) return arrayAt(data.train, context)?.rows ?? null;
  const rows = 'generate' in data ? data.rows : arrayAt(data.source, context)?.rows;
  return rows === null || rows === undefined ? null : Math.round(rows * data.split.train);
}
