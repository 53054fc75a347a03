import type { Experiment } from './experiment.ts';
import type { Problem } from './problem.ts';

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

/** What is known of a data file without reading its values. */
export interface DataFacts {
  readonly exists: boolean;
  readonly arrays: readonly ArrayFacts[];
  /** Why it cannot be read, though it exists. */
  readonly problem: string | null;
}

export interface CheckContext {
  /** Facts by file as the experiment writes it, without `#name`. Files that are not in it are not checked. */
  readonly files?: ReadonlyMap<string, DataFacts>;
}

/** Every problem of an experiment file, errors and warnings, in the order of the text. Pure. */
export function checkExperiment(text: string, context: CheckContext = {}): Problem[] {
  throw new Error(`not built yet ${text} ${String(context)}`);
}

/** The experiment with every default, or null where it has errors; with all problems either way. */
export function parseExperiment(
  text: string,
  context: CheckContext = {},
): { readonly experiment: Experiment | null; readonly problems: readonly Problem[] } {
  throw new Error(`not built yet ${text} ${String(context)}`);
}

/** Files that the experiment names under `data`, without `#name`, as written: ask for the facts of these. */
export function dataFiles(text: string): string[] {
  throw new Error(`not built yet ${text}`);
}

/** D and the shape of an image as far as the facts tell: for diagrams of the model before any data is read. */
export function dataShape(
  text: string,
  context: CheckContext,
): { readonly dimension: number | null; readonly image: readonly [number, number] | null } {
  throw new Error(`not built yet ${text} ${String(context)}`);
}
