/** Reading a run back: its experiment, its model with the orders and degrees of a checkpoint, its parameters. */
import { dirname, resolve } from 'node:path';
import { codedAs } from '../data/characters/recode.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadDataOf } from '../data/ofExperiment.ts';
import { createModel } from '../models/index.ts';
import type { Model, NamedArrays } from '../models/model.ts';
import { RunError } from '../runs/errors.ts';
import type { RunManifest } from '../runs/manifest.ts';
import { RunFolder } from '../runs/runFolder.ts';
import { parseExperiment } from '../spec/check.ts';
import type { Experiment } from '../spec/experiment.ts';
import { SpecError } from '../spec/problem.ts';
import { trainingStateSpec } from '../training/state.ts';
import { messageOf } from '../text/messageOf.ts';

/** A run that is on disk. */
export interface StoredRun {
  readonly folder: RunFolder;
  readonly manifest: RunManifest;
  readonly experiment: Experiment;
  /** Absolute; the file may be gone or changed, the run keeps its own copy of the text. */
  readonly experimentFile: string;
}

/** A model with parameters out of a checkpoint or a weights file. */
export interface StoredModel {
  readonly model: Model;
  readonly parameters: NamedArrays;
}

/** A model out of a checkpoint. */
export interface CheckpointModel extends StoredModel {
  /** The step whose weights the stored statistics were measured by; null where nobody knows. */
  readonly measured: number | null;
}

/** @throws RunError when there is no run there, SpecError when its experiment is not one. */
export async function loadRun(path: string): Promise<StoredRun> {
  const folder = await RunFolder.open(path);
  const manifest = await folder.readManifest();
  const { experiment, problems } = parseExperiment(await folder.readExperimentText());
  if (!experiment) throw new SpecError(folder.experimentFile, problems);
  return { folder, manifest, experiment, experimentFile: resolve(folder.path, manifest.experimentFile) };
}

/**
 * The data of a run, read from where its experiment says; a text in the characters that the run was trained on.
 * @throws DataError also when a text has characters by now that the run knows nothing of.
 */
export async function loadRunData({
  experiment,
  experimentFile,
  manifest: { characters },
}: Pick<StoredRun, 'experiment' | 'experimentFile'> & {
  readonly manifest: Pick<RunManifest, 'characters'>;
}): Promise<Dataset> {
  const dataset = await loadDataOf(experiment, { baseFolder: dirname(experimentFile) });
  return characters === undefined ? dataset : codedAs(dataset, characters);
}

/** The checkpoint to use: the best epoch's or the last one, the other where only that is there. @throws RunError */
export function checkpointOf({ folder, manifest }: StoredRun, which: 'best' | 'last'): string {
  const { best, last } = manifest.checkpoints;
  const name = which === 'best' ? (best ?? last) : (last ?? best);
  if (name === null) throw new RunError(`${folder.path}: this run has no checkpoint yet; nothing was trained`);
  return name;
}

/** @throws RunError when the checkpoint is missing or does not fit the experiment. */
export async function loadCheckpointModel(run: StoredRun, name: string): Promise<CheckpointModel> {
  const { model: arrays, state } = await run.folder.readCheckpoint(name);
  const fitted = fitWeights(arrays, run.experiment, run.manifest, run.folder.weightsFile(name));
  return { ...fitted, measured: measuredOf(state) };
}

/** Checkpoints of old do not tell; those between two epochs were measured at the end of the one before. */
function measuredOf(state: unknown): number | null {
  const { data } = trainingStateSpec.pick({ step: true, batch: true, measured: true }).safeParse(state);
  return data?.measured ?? (data?.batch === 0 ? data.step : null);
}

/**
 * Builds the experiment's model around weights from a file. Orders and degrees come from the file where it has them
 * (files written elsewhere may not), otherwise from the experiment and its seed.
 * @throws RunError naming the file and the tensor that is missing or has another shape.
 */
export function fitWeights(
  arrays: NamedArrays,
  { model: spec, seed }: Experiment,
  {
    dimension,
    contextDimension = 0,
    characters = [],
  }: Pick<RunManifest, 'dimension' | 'contextDimension' | 'characters'>,
  file: string,
): StoredModel {
  const drawn = createModel(spec, dimension, seed, contextDimension, characters.length);
  const model = withBuffersOf(drawn, arrays, file);
  const parameters = model.parameters.map(({ name, shape }) => {
    const array = arrays[name];
    if (!array) {
      throw new RunError(`${file}: has no tensor ${name}; it has ${Object.keys(arrays).sort().join(', ') || 'none'}`);
    }
    if (array.shape.length !== shape.length || array.shape.some((size, i) => size !== shape[i])) {
      throw new RunError(`${file}: ${name} is [${array.shape.join(', ')}]; this model needs [${shape.join(', ')}]`);
    }
    if (!(array.data instanceof Float32Array)) throw new RunError(`${file}: ${name} is not float32`);
    return [name, array] as const;
  });
  return { model, parameters: Object.fromEntries(parameters) };
}

function withBuffersOf(model: Model, arrays: NamedArrays, file: string): Model {
  const names = Object.keys(model.buffers());
  const present = names.filter((name) => arrays[name]);
  if (present.length === 0) return model;
  try {
    return model.withBuffers(Object.fromEntries(present.map((name) => [name, arrays[name]!])));
  } catch (error) {
    throw new RunError(`${file}: ${messageOf(error)}`);
  }
}
