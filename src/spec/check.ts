/**
 * Checks an experiment file: syntax, schema, and what a schema cannot say. Pure and small, so that the editor uses it as
 * the command line does.
 */
import type * as z from 'zod/mini';
import type { Complaint } from './complaint.ts';
import { generators, dataSpec, type DataSpec } from './data.ts';
import { checkData, checkTraining } from './dataChecks.ts';
import { experimentSpec, modelSpec, type Experiment } from './experiment.ts';
import { explain } from './explain.ts';
import { arrayAt, dimensionOf, locationsOf, type CheckContext } from './facts.ts';
import { imageOfShape } from './imageShape.ts';
import { JsonText } from './jsonText.ts';
import { parseLocation } from './location.ts';
import { checkModel } from './models/index.ts';
import type { Problem } from './problem.ts';
import { trainingSpec } from './training.ts';

export type { ArrayFacts, CheckContext, DataFacts } from './facts.ts';
export type { Problem } from './problem.ts';

/** Every problem of an experiment file, errors and warnings, in the order of the text. */
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
    const empty: Complaint = {
      severity: 'error',
      path: [],
      at: 'value',
      message: 'the file is empty; an experiment has at least "model" and "data"',
    };
    return { experiment: null, problems: [json.problemAt(empty, 'syntax')] };
  }
  const problems = [
    ...json.duplicateKeys().map((complaint) => json.problemAt(complaint, 'syntax')),
    ...explain(experimentSpec, value).map((complaint) => json.problemAt(complaint, 'schema')),
    ...checkMeaning(value, context).map((complaint) => json.problemAt(complaint, 'semantic')),
  ];
  problems.sort((a, b) => a.offset - b.offset);
  const valid = problems.every(({ severity }) => severity === 'warning');
  return { experiment: valid ? experimentSpec.parse(value) : null, problems };
}

/** Each entry is checked if it is well formed itself, whatever is wrong with the others. */
function checkMeaning(value: unknown, context: CheckContext): Complaint[] {
  const model = entryOf(modelSpec, value, 'model');
  const data = entryOf(dataSpec, value, 'data');
  const training = entryOf(trainingSpec, value, 'training');
  const dimension = data === null ? null : dimensionOf(data, context);
  return [
    ...(model === null ? [] : checkModel(model, { dimension, written: keysOf(child(value, 'model')) })),
    ...(data === null ? [] : checkData(data, model, context)),
    ...(training === null ? [] : checkTraining(training, data, keysOf(child(value, 'training')), context)),
  ];
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

/** The `data` entry of a text, whatever else is wrong with it. */
function dataOf(text: string): DataSpec | null {
  return entryOf(dataSpec, new JsonText(text).value, 'data');
}

/** Files that the experiment names under `data`, without `#name`, as written: ask for the facts of these. */
export function dataFiles(text: string): string[] {
  const data = dataOf(text);
  if (data === null) return [];
  return [...new Set(locationsOf(data).map(({ location }) => parseLocation(location).file))];
}

/** D and the shape of an image as far as the facts tell: for diagrams of the model before any data is read. */
export function dataShape(
  text: string,
  context: CheckContext = {},
): { readonly dimension: number | null; readonly image: readonly [number, number] | null } {
  const data = dataOf(text);
  if (data === null) return { dimension: null, image: null };
  return { dimension: dimensionOf(data, context), image: data.image ?? imageFromFacts(data, context) };
}

function imageFromFacts(data: DataSpec, context: CheckContext): readonly [number, number] | null {
  if ('generate' in data) return generators[data.generate].image;
  const shape = arrayAt('source' in data ? data.source : data.train, context)?.shape ?? null;
  return shape === null ? null : imageOfShape(shape);
}
