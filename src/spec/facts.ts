/** What is known of data files without reading their values, and what follows for an experiment. */
import type { JsonPath } from './complaint.ts';
import { generators, type DataSpec, type SplitName } from './data.ts';
import { variablesIn } from './imageShape.ts';
import { parseLocation } from './location.ts';
import { textCuts, textPlaces, type TextCut, type TextSpec } from './dataText.ts';
import type { ValueFacts } from './valueWords.ts';

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
  /** Of the values at the beginning of the array, as far as they can be read in a moment; left out where they cannot. */
  readonly values?: ValueFacts;
}

/** A text file, or the text files of a folder. */
export interface TextPlaceFacts {
  /** Code points. */
  readonly characters: number;
  /** Each that occurs, ascending. */
  readonly distinct: readonly string[];
  /** Whether the next file has its line to itself. */
  readonly endsLine: boolean;
}

/** A data file as its headers describe it. */
export interface DataFacts {
  readonly exists: boolean;
  /** None of a text that is to be read character by character. */
  readonly arrays: readonly ArrayFacts[];
  /** Of such a text, where it is short enough to be read whole in a moment. */
  readonly text?: TextPlaceFacts;
  /** Why it cannot be read, as a sentence that names it; null when it can. */
  readonly problem: string | null;
}

/** What files of an experiment are taken for. */
export type DataKind = 'rows' | 'text';

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
  if ('generate' in data || 'text' in data) return [];
  const keys = ['train', 'validation', 'test'] as const;
  return keys.flatMap((key) => (data[key] === undefined ? [] : [{ key, location: data[key] }]));
}

/** A file of what rows are conditioned on. */
export interface ContextLocation {
  readonly kind: 'labels' | 'values';
  /** Whose context it is. */
  readonly of: SplitName | 'source';
  readonly path: JsonPath;
  readonly location: string;
}

/** Files of `data.context`; none where it is among the columns of the rows, or there is none. */
export function contextLocationsOf({ context, ...data }: DataSpec): readonly ContextLocation[] {
  if (context === undefined || 'generate' in data) return [];
  const kind = 'labels' in context ? 'labels' : 'values' in context ? 'values' : null;
  if (kind === null) return [];
  const files = 'labels' in context ? context.labels : 'values' in context ? context.values : '';
  const path = ['data', 'context', kind];
  if (typeof files === 'string') return [{ kind, of: 'source', path, location: files }];
  const splits = ['train', 'validation', 'test'] as const;
  return splits.flatMap((of) =>
    files[of] === undefined ? [] : [{ kind, of, path: [...path, of], location: files[of] }],
  );
}

/** A file of labels that rows are shown by. */
export type LabelLocation = Pick<ContextLocation, 'of' | 'path' | 'location'>;

/** Files of `data.labels`; none where they are a column of the rows, or there are none. */
export function labelLocationsOf(data: DataSpec): readonly LabelLocation[] {
  const labels = 'labels' in data ? data.labels : undefined;
  if (labels === undefined || 'column' in labels) return [];
  const splits = ['train', 'validation', 'test'] as const;
  const files: Readonly<Partial<Record<SplitName | 'source', string | undefined>>> =
    'source' in labels ? { source: labels.source } : labels;
  return (['source', ...splits] as const).flatMap((of) => {
    const location = files[of];
    return location === undefined ? [] : [{ of, path: ['data', 'labels', of], location }];
  });
}

/** The column of the rows, counted from 0, that holds labels to show rows by; null where none does. */
export function labelColumnOf(data: DataSpec): number | null {
  const labels = 'labels' in data ? data.labels : undefined;
  return labels !== undefined && 'column' in labels ? labels.column : null;
}

/** A place in the experiment that names a file. */
export interface FilePlace {
  readonly path: JsonPath;
  readonly location: string;
  /** Whether it holds labels, which may be a column of a table. */
  readonly labels?: true;
  /** Whether it is a text to be read character by character, or a folder of such. */
  readonly text?: true;
}

/** The file or folder itself: a text is no array of anything. */
export function fileOf({ location, text }: FilePlace): string {
  return text ? location : parseLocation(location).file;
}

/** Every place in the experiment that names a file. */
export function filesOf(data: DataSpec): readonly FilePlace[] {
  if ('text' in data) {
    const path = ['data', 'text'];
    return textPlaces(data).map((location, i) => ({
      path: typeof data.text === 'string' ? path : [...path, i],
      location,
      text: true as const,
    }));
  }
  const rows = locationsOf(data).map(({ key, location }) => ({ path: ['data', key], location }));
  const labels = labelLocationsOf(data).map((one) => ({ ...one, labels: true as const }));
  return [...rows, ...contextLocationsOf(data), ...labels];
}

/** Columns, counted from 0, that are taken out of the rows and conditioned on. */
export function columnsOfContext({ context }: DataSpec): readonly number[] {
  if (context === undefined) return [];
  if ('columns' in context) return [...new Set(context.columns)];
  return 'labelColumn' in context ? [context.labelColumn] : [];
}

/** Columns, counted from 0, that are taken out of the rows: conditioned on, or labels to show them by. */
export function columnsTaken(data: DataSpec): ReadonlySet<number> {
  const label = labelColumnOf(data);
  return new Set([...columnsOfContext(data), ...(label === null ? [] : [label])]);
}

/** Columns of the rows as they come, those included that are conditioned on. */
export function columnsOf(data: DataSpec, context: CheckContext): number | null {
  if ('generate' in data) return generators[data.generate].dimension;
  if ('text' in data) return data.length;
  return arrayAt('source' in data ? data.source : data.train, context)?.columns ?? null;
}

/** D as far as the facts tell. */
export function dimensionOf(data: DataSpec, context: CheckContext): number | null {
  const columns = columnsOf(data, context);
  if (columns !== null) return Math.max(1, columns - columnsTaken(data).size);
  return data.image === undefined ? null : variablesIn(data.image);
}

/** C, columns that rows are conditioned on: 0 for none, null where only the data themselves will tell. */
export function contextSizeOf(data: DataSpec, context: CheckContext): number | null {
  const spec = data.context;
  if (spec === undefined) return 0;
  if ('columns' in spec) return columnsOfContext(data).length;
  if ('classes' in spec && spec.classes !== undefined) return spec.classes;
  if ('generate' in data) return 'labels' in spec ? generators[data.generate].labels.length : null;
  const [first] = contextLocationsOf(data);
  return first?.kind === 'values' ? (arrayAt(first.location, context)?.columns ?? null) : null;
}

/** Rows to train on as far as the facts tell. */
export function trainingRows(data: DataSpec, context: CheckContext): number | null {
  if ('train' in data) return arrayAt(data.train, context)?.rows ?? null;
  if ('text' in data) return cutsOf(data, context)?.train.rows ?? null;
  const rows = 'generate' in data ? data.rows : arrayAt(data.source, context)?.rows;
  return rows === null || rows === undefined ? null : Math.round(rows * data.split.train);
}

/** The characters of a text, V and how many in all; null where the facts do not tell. */
export function charactersOf(
  data: TextSpec,
  { files }: CheckContext,
): { readonly distinct: ReadonlySet<string>; readonly count: number } | null {
  const texts = textPlaces(data).map((place) => files?.get(place)?.text);
  const distinct = new Set<string>();
  let count = 0;
  for (const [i, text] of texts.entries()) {
    if (text === undefined) return null;
    for (const character of text.distinct) distinct.add(character);
    count += text.characters;
    if (i === texts.length - 1 || text.endsLine) continue;
    distinct.add('\n');
    count += 1;
  }
  return { distinct, count };
}

/** How a text will be cut; null where the facts do not tell. */
export function cutsOf(data: TextSpec, context: CheckContext): Readonly<Record<SplitName, TextCut>> | null {
  const characters = charactersOf(data, context);
  return characters && textCuts(characters.count, data);
}
