/** A run opened from disk: its best checkpoint (or the last one) to look at, nothing to train. */
import type { Backend } from '../backends/backend.ts';
import { chooseBackend } from '../backends/choose.ts';
import type { Dataset } from '../data/dataset.ts';
import { truthOf } from '../data/generated/truth.ts';
import { rebuilderOf } from '../models/rebuilder.ts';
import type { Chunked, InspectionSource } from '../inspection/source.ts';
import type { BackendChoice, BackendInUse } from '../protocol/worker.ts';
import { freshParameters } from './freshParameters.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { ParametersOfStep } from '../training/trainer.ts';
import { trainingTrial } from '../training/trial.ts';
import { type ActiveRun, isOver, MetricMemory } from './activeRun.ts';
import { backendInUse } from './devices.ts';
import {
  type CheckpointModel,
  checkpointOf,
  loadCheckpointModel,
  loadRun,
  loadRunData,
  type StoredRun,
} from './loadRun.ts';

export class OpenRun implements ActiveRun {
  readonly trainer = null;
  readonly training = false;
  readonly source: InspectionSource;
  readonly facts;
  readonly #run: StoredRun;

  private constructor(
    run: StoredRun,
    source: InspectionSource,
    memory: MetricMemory,
    readonly backend: BackendInUse,
  ) {
    this.#run = run;
    this.source = source;
    this.facts = {
      metrics: memory.all,
      norms: null,
      failure: run.manifest.nonFinite ?? null,
      over: isOver(run.manifest),
    };
  }

  /** @throws RunError, SpecError, BackendError. Missing data are an error only of what needs data. */
  static async open(path: string, asked: BackendChoice): Promise<OpenRun> {
    const run = await loadRun(path);
    const name = checkpointOf(run, 'best');
    const stored = await loadCheckpointModel(run, name);
    const memory = new MetricMemory();
    memory.add(await run.folder.readMetrics());
    const { dimension, contextDimension, characters } = run.manifest;
    const trial = trainingTrial(run.experiment, dimension, contextDimension, characters?.length);
    const choice = await chooseBackend(asked, trial);
    const source = sourceOf(run, stored, choice.backend, Number(name), memory);
    return new OpenRun(run, source, memory, backendInUse(asked, choice));
  }

  get folder() {
    return this.#run.folder;
  }

  get manifest() {
    return this.#run.manifest;
  }

  /** What frames show is the best epoch here. */
  parametersOf(): Chunked<ParametersOfStep> {
    return freshParameters(this.source);
  }

  close(): Promise<void> {
    disposeTensors(this.source.parameters);
    return Promise.resolve();
  }
}

function sourceOf(
  run: StoredRun,
  { model, parameters, measured }: CheckpointModel,
  backend: Backend,
  step: number,
  memory: MetricMemory,
): InspectionSource {
  let data: Promise<Dataset> | null = null;
  const { manifest, experiment } = run;
  const epoch = memory.all.find((metric) => metric.type === 'epoch' && metric.step === step)?.epoch ?? manifest.epoch;
  return {
    model,
    backend,
    image: manifest.image,
    seed: experiment.seed,
    step,
    epoch,
    mask: 0,
    measured,
    parameters: upload(parameters),
    rebuild: rebuilderOf(experiment, manifest.contextDimension ?? 0, manifest.characters?.length),
    truth: (rows) => truthOf(experiment.data, rows),
    epochs: () => memory.epochs,
    ...(manifest.characters && { characters: manifest.characters }),
    dataset: () => (data ??= loadRunData(run)),
  };
}
