/** A run that trains here. */
import { dirname, relative, resolve } from 'node:path';
import type { Backend } from '../backends/backend.ts';
import { chooseBackend, type Choice } from '../backends/choose.ts';
import { isPlain, settingOf } from '../backends/tuning.ts';
import { describeFile } from '../data/describe.ts';
import { truthOf } from '../data/generated/truth.ts';
import { contextDimensionOf, vocabularyOf, type Dataset } from '../data/dataset.ts';
import { loadDataOf } from '../data/ofExperiment.ts';
import type { Chunked, InspectionSource } from '../inspection/source.ts';
import { createModel } from '../models/index.ts';
import { rebuilderOf } from '../models/rebuilder.ts';
import { modelFacts } from '../models/facts.ts';
import { parameterCount } from '../models/parameters.ts';
import type { BackendInUse, TrainParams } from '../protocol/worker.ts';
import { isUnderWay, type RunManifest } from '../runs/manifest.ts';
import { experimentName, RunFolder } from '../runs/runFolder.ts';
import type { Experiment } from '../spec/experiment.ts';
import { readExperiment } from '../spec/read.ts';
import { KeptPrograms, type StepPrograms } from '../training/stepPrograms.ts';
import { type ParametersOfStep, Trainer, type TrainerCallbacks } from '../training/trainer.ts';
import { trainingTrial } from '../training/trial.ts';
import { type ActiveRun, isOver, MetricMemory } from './activeRun.ts';
import { backendInUse, choiceForManifest } from './devices.ts';
import { freshParameters } from './freshParameters.ts';
import { loadRun, loadRunData } from './loadRun.ts';
import { backendToResume } from './resumeBackend.ts';

export interface LiveRunHooks extends TrainerCallbacks {
  /** Awaited between batches, and in turn while paused. */
  readonly betweenBatches: () => Promise<void>;
  /** Told what people should know about how the run is prepared. */
  readonly warn: (text: string) => void;
  /** Told what the run computes on, before it begins. */
  readonly onBackend?: (choice: BackendInUse) => void;
}

interface Prepared {
  readonly experiment: Experiment;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly choice: Choice;
  readonly folder: RunFolder;
  readonly created: string;
  /** What a trial has left. */
  readonly programs?: StepPrograms;
}

export class LiveRun implements ActiveRun {
  readonly trainer: Trainer;
  readonly folder: RunFolder;
  readonly source: InspectionSource;
  readonly #memory: MetricMemory;

  private constructor(trainer: Trainer, { folder, dataset, experiment, backend }: Prepared, memory: MetricMemory) {
    this.trainer = trainer;
    this.folder = folder;
    this.#memory = memory;
    this.source = {
      model: trainer.model,
      backend,
      image: dataset.image,
      seed: experiment.seed,
      get step() {
        return trainer.shown.step;
      },
      get epoch() {
        return trainer.shown.epoch;
      },
      get mask() {
        return trainer.shown.mask;
      },
      get measured() {
        return trainer.shown.measured;
      },
      get parameters() {
        return trainer.shown.parameters;
      },
      rebuild: rebuilderOf(experiment, contextDimensionOf(dataset), vocabularyOf(dataset)),
      truth: (rows) => truthOf(experiment.data, rows),
      epochs: () => memory.epochs,
      dataset: () => Promise.resolve(dataset),
    };
  }

  /**
   * Reads the experiment (a new run's from its file, a resumed one's from its folder) and its data, starts the backend
   * and makes a trainer. Nothing is trained before `trainer.run()`.
   * @throws SpecError, DataError, RunError, BackendError
   */
  static async prepare(params: TrainParams, hooks: LiveRunHooks): Promise<LiveRun> {
    const prepared = params.resume ? await prepareResumed(params, hooks) : await prepareNew(params, hooks);
    const { experiment, dataset, backend, folder, created, programs } = prepared;
    hooks.onBackend?.(backendInUse(params.backend, prepared.choice));
    for (const note of dataset.text?.notes ?? []) hooks.onNote?.(note);
    const memory = new MetricMemory();
    const trainer = await Trainer.create({
      experiment,
      dataset,
      backend,
      folder,
      resume: params.resume,
      ...(params.epochs !== undefined && { epochs: params.epochs }),
      identity: identityOf(params, created, prepared.choice),
      ...(programs && { programs }),
      callbacks: {
        ...hooks,
        onMetrics: (from, metrics) => {
          memory.add(metrics);
          hooks.onMetrics?.(from, metrics);
        },
      },
      betweenBatches: hooks.betweenBatches,
    }).catch((error: unknown) => {
      programs?.dispose();
      throw error;
    });
    if (params.resume) memory.add(await folder.readMetrics());
    return new LiveRun(trainer, prepared, memory);
  }

  get manifest(): RunManifest {
    return this.trainer.manifest;
  }

  get training(): boolean {
    const { state } = this.manifest;
    return state === 'running' || state === 'preparing';
  }

  get facts() {
    const { norms, failure } = this.trainer;
    return { metrics: this.#memory.all, norms, failure, over: isOver(this.manifest) };
  }

  async *parametersOf(which: 'current' | 'best'): Chunked<ParametersOfStep> {
    return which === 'best' ? this.trainer.best() : yield* freshParameters(this.source);
  }

  async close(): Promise<void> {
    if (isUnderWay(this.manifest.state)) await this.trainer.stop();
    this.trainer.dispose();
  }
}

async function prepareNew(params: TrainParams, hooks: LiveRunHooks): Promise<Prepared> {
  const kept = new KeptPrograms();
  try {
    const prepared = await newRun(params, hooks, kept);
    const { backend } = prepared;
    // Programs have been compared with the operations one by one as they were opened: a resumed run would see no other ones.
    return isPlain(settingOf(backend)) ? { ...prepared, programs: kept.take(backend) } : prepared;
  } finally {
    kept.dispose();
  }
}

async function newRun(params: TrainParams, { onActivity }: LiveRunHooks, kept: KeptPrograms): Promise<Prepared> {
  const { experimentFile, runFolder, epochs } = params;
  await onActivity?.({ doing: 'reading' });
  const { experiment, text } = await readExperiment(experimentFile, describeFile);
  const dataset = await loadDataOf(experiment, { baseFolder: dirname(experimentFile) });
  const contextDimension = contextDimensionOf(dataset);
  const vocabulary = vocabularyOf(dataset);
  const model = createModel(experiment.model, dataset.dimension, experiment.seed, contextDimension, vocabulary);
  const trial = trainingTrial(experiment, dataset.dimension, contextDimension, vocabulary, kept);
  const choice = await chooseBackend(params.backend, trial, null, onActivity);
  const { backend } = choice;
  const created = new Date().toISOString();
  // The trainer rewrites it; a first one is there so that a run that fails to start is seen all the same.
  const manifest: RunManifest = {
    formatVersion: 1,
    ...identityOf(params, created, choice),
    state: 'preparing',
    backend: backend.name,
    reason: null,
    dimension: dataset.dimension,
    ...(contextDimension > 0 && { contextDimension }),
    ...(dataset.text && { characters: [...dataset.text.characters] }),
    image: dataset.image ? [...dataset.image] : null,
    parameterCount: parameterCount(model),
    model: modelFacts(model),
    step: 0,
    epoch: 0,
    epochs: epochs ?? experiment.training.epochs,
    best: null,
    checkpoints: { last: null, best: null },
    validation: null,
    test: null,
  };
  const folder = await RunFolder.create(runFolder, { experimentText: text, manifest });
  return { experiment, dataset, backend, choice, folder, created };
}

async function prepareResumed(params: TrainParams, hooks: LiveRunHooks): Promise<Prepared> {
  await hooks.onActivity?.({ doing: 'reading' });
  const run = await loadRun(params.runFolder);
  const { folder, experiment, manifest } = run;
  const dataset = await loadRunData(run);
  const trial = trainingTrial(experiment, dataset.dimension, contextDimensionOf(dataset), vocabularyOf(dataset));
  const choice = await backendToResume(params.backend, manifest, trial, hooks);
  return { experiment, dataset, backend: choice.backend, choice, folder, created: manifest.created };
}

function identityOf({ experimentFile, runFolder, backend }: TrainParams, created: string, choice: Choice) {
  return {
    experiment: experimentName(experimentFile),
    experimentFile: relative(resolve(runFolder), resolve(experimentFile)).replaceAll('\\', '/'),
    created,
    backendChoice: choiceForManifest(backend, choice),
  };
}
