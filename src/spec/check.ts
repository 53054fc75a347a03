/**
 * Checks an experiment file: syntax, schema, and what a schema cannot say. Pure and small, so that the editor uses it as
 * the command line does.
 */
import type * as z from 'zod/mini';
import { complain, type Complaint } from './complaint.ts';
import { generators, dataSpec, type DataSpec } from './data.ts';
import { checkData, checkTraining } from './dataChecks.ts';
import { experimentSpec, modelSpec, type Experiment } from './experiment.ts';
import { explain } from './explain.ts';
import {
  contextSizeOf,
  arrayAt,
  columnsTaken,
  dimensionOf,
  fileOf,
  filesOf,
  type CheckContext,
  type DataKind,
} from './facts.ts';
import { imageOfShape, type ImageSize } from './imageShape.ts';
import { JsonText } from './jsonText.ts';
import { checkModel } from './models/index.ts';
import type { Problem } from './problem.ts';
import { trainingSpec } from './training.ts';

export type { ArrayFacts, CheckContext, DataFacts, DataKind } from './facts.ts';
export type { Problem } from './problem.ts';

/** Every problem of an experiment file, errors, warnings and notes, in the order of the text. */
export function checkExperiment(text: string, context: CheckContext = {}): Problem[] {
  return [...parseExperiment(text, context).problems];
}

/** The experiment with every default, or null where it has errors; with all problems either way. */
export function parseExperiment(
  text: string,
  context: CheckContext = {},
): { readonly experiment: Experiment | null; readonly problems: readonly Problem[] } {
  const json = new JsonText(text);
  const syntax = json.syntaxProblems();
  // What a parser makes of broken text is a guess: its further faults would only confuse.
  if (syntax.length > 0) return { experiment: null, problems: syntax };
  const { value } = json;
  if (value === undefined) {
    const empty = complain('error', [], 'the file is empty; an experiment has at least "model" and "data"');
    return { experiment: null, problems: [json.problemAt(empty, 'schema')] };
  }
  const problems = [
    ...json.duplicateKeys().map((complaint) => json.problemAt(complaint, 'syntax')),
    ...explain(experimentSpec, value).map((complaint) => json.problemAt(complaint, 'schema')),
    ...checkMeaning(value, context).map((complaint) => json.problemAt(complaint, 'semantic')),
  ];
  problems.sort((a, b) => a.offset - b.offset);
  const valid = problems.every(({ severity }) => severity !== 'error');
  return { experiment: valid ? experimentSpec.parse(value) : null, problems };
}

/** Every part is checked that is well formed itself, whatever is wrong with the others. */
function checkMeaning(value: unknown, context: CheckContext): Complaint[] {
  const model = entryOf(modelSpec, value, 'model');
  const data = soundPart(dataSpec, value, 'data');
  const training = soundPart(trainingSpec, value, 'training');
  const dimension = data.entry === null ? null : dimensionOf(data.entry, context);
  const contextDimension = data.entry === null ? null : contextSizeOf(data.entry, context);
  const image = data.entry && imageOf(data.entry, context);
  const written = keysOf(child(value, 'training'));
  return [
    ...checkModel(child(value, 'model'), {
      dimension,
      image,
      contextDimension,
      written: keysOf(child(value, 'model')),
    }),
    ...(data.entry === null ? [] : checkData(data.entry, model, context).filter(data.concerns)),
    ...(training.entry === null
      ? []
      : // What data leaves out by mistake, training shall not be blamed for.
        checkTraining(training.entry, data.whole ? data.entry : null, model, written, context).filter(
          training.concerns,
        )),
  ];
}

/** An entry without those of its keys that are wrong by the schema, as if they had been left out. */
function soundPart<S extends z.ZodMiniType>(schema: S, value: unknown, key: string) {
  const written = child(value, key);
  const wrong = new Set(written === undefined ? [] : explain(schema, written).map(({ path }) => path[0]));
  const entries = typeof written === 'object' && written !== null && !Array.isArray(written) ? written : null;
  const sound = entries && Object.fromEntries(Object.entries(entries).filter(([name]) => !wrong.has(name)));
  const parsed = schema.safeParse(sound ?? written);
  return {
    entry: parsed.success ? parsed.data : null,
    whole: wrong.size === 0,
    /** Whether a complaint is about what stands there, and not about a default in its place. */
    concerns: ({ path }: Complaint) => path[1] === undefined || !wrong.has(path[1]),
  };
}

function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function entryOf<S extends z.ZodMiniType>(schema: S, value: unknown, key: string): z.output<S> | null {
  const parsed = schema.safeParse(child(value, key));
  return parsed.success ? parsed.data : null;
}

function keysOf(value: unknown): ReadonlySet<string> {
  return new Set(typeof value === 'object' && value !== null ? Object.keys(value) : []);
}

/** The `data` entry of a text as far as it is sound, whatever else is wrong with it. */
function dataOf(text: string): DataSpec | null {
  return soundPart(dataSpec, new JsonText(text).value, 'data').entry;
}

/** Files that the experiment names under `data`, without `#name`, as written: ask for the facts of these. */
export function dataFiles(text: string): string[] {
  const data = dataOf(text);
  if (data === null) return [];
  return [...new Set(filesOf(data).map(fileOf))];
}

/** What these files are to be taken for. */
export function dataKind(text: string): DataKind {
  const data = dataOf(text);
  return data !== null && 'text' in data ? 'text' : 'rows';
}

/** D, the shape of an image and C (see {@link contextSizeOf}) as far as the facts tell: for diagrams of the model before any data is read. */
export function dataShape(
  text: string,
  context: CheckContext = {},
): {
  readonly dimension: number | null;
  readonly image: ImageSize | null;
  readonly contextDimension: number | null;
} {
  const data = dataOf(text);
  if (data === null) return { dimension: null, image: null, contextDimension: 0 };
  return {
    dimension: dimensionOf(data, context),
    image: imageOf(data, context),
    contextDimension: contextSizeOf(data, context),
  };
}

function imageOf(data: DataSpec, context: CheckContext): ImageSize | null {
  if (data.image !== undefined) return data.image;
  // What is left of an image's pixels is no image.
  if (columnsTaken(data).size > 0) return null;
  if ('generate' in data) return generators[data.generate].image;
  if ('text' in data) return null;
  const shape = arrayAt('source' in data ? data.source : data.train, context)?.shape ?? null;
  return shape === null ? null : imageOfShape(shape);
}
