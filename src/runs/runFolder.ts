import type { NamedArrays } from './arrays.ts';
import type { RunManifest } from './manifest.ts';
import type { Metric } from './metrics.ts';

/** What a training run needs to go on exactly where it was. */
export interface Checkpoint {
  /** Parameters and buffers (orders, degrees) by their dotted names. */
  readonly model: NamedArrays;
  /** Optimiser state by `slot/parameter`. */
  readonly optimizer: NamedArrays;
  /** Counters and generator states: anything JSON holds exactly. */
  readonly state: unknown;
}

/**
 * A run on disk: `run.json`, `experiment.jsonc` (the experiment as it was), `metrics.jsonl`,
 * `checkpoints/<step, 8 digits>/{model.safetensors,optimizer.safetensors,state.json}`, `samples/`.
 */
export class RunFolder {
  /** Absolute. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder with its experiment and first manifest. @throws RunError when a run is already there. */
  static create(path: string, first: { experimentText: string; manifest: RunManifest }): Promise<RunFolder> {
    throw new Error(`not built yet ${path} ${first.experimentText}`);
  }

  /** @throws RunError when there is no run in it. */
  static open(path: string): Promise<RunFolder> {
    throw new Error(`not built yet ${path}`);
  }

  get manifestFile(): string {
    throw new Error('not built yet');
  }
  get experimentFile(): string {
    throw new Error('not built yet');
  }
  get metricsFile(): string {
    throw new Error('not built yet');
  }
  get samplesFolder(): string {
    throw new Error('not built yet');
  }
  checkpointFolder(name: string): string {
    throw new Error(`not built yet ${name}`);
  }
  /** `model.safetensors` of a checkpoint. */
  weightsFile(name: string): string {
    throw new Error(`not built yet ${name}`);
  }

  /** @throws RunError */
  readManifest(): Promise<RunManifest> {
    throw new Error('not built yet');
  }
  /** Atomic. */
  writeManifest(manifest: RunManifest): Promise<void> {
    throw new Error(`not built yet ${manifest.state}`);
  }
  /** The experiment's text as it was when the run began. */
  readExperimentText(): Promise<string> {
    throw new Error('not built yet');
  }

  appendMetrics(metrics: readonly Metric[]): Promise<void> {
    throw new Error(`not built yet ${metrics.length}`);
  }
  /** A torn last line (power cut, kill) is left out. @throws RunError for any other bad line. */
  readMetrics(): Promise<Metric[]> {
    throw new Error('not built yet');
  }
  /** Drops every metric after `step`, and a torn last line. Answers with what is left. */
  truncateMetrics(step: number): Promise<Metric[]> {
    throw new Error(`not built yet ${step}`);
  }

  /** Atomic: the checkpoint is there whole or not at all. Answers with its name, the step in 8 digits. */
  writeCheckpoint(step: number, checkpoint: Checkpoint): Promise<string> {
    throw new Error(`not built yet ${step} ${String(checkpoint.state)}`);
  }
  /** @throws RunError */
  readCheckpoint(name: string): Promise<Checkpoint> {
    throw new Error(`not built yet ${name}`);
  }
  /** Deletes all checkpoints but those named (the last and the best), and left-overs of interrupted writes. */
  pruneCheckpoints(keep: readonly (string | null)[]): Promise<void> {
    throw new Error(`not built yet ${keep.length}`);
  }
  /** Atomic; makes the samples folder. Answers with the absolute path. */
  writeSamples(fileName: string, bytes: Uint8Array): Promise<string> {
    throw new Error(`not built yet ${fileName} ${bytes.length}`);
  }
}

/** `<experiment's folder>/runs/<experiment name>/<UTC time>`, absolute; the time to the millisecond, legal on every system. */
export function newRunPath(experimentFile: string, time: Date): string {
  throw new Error(`not built yet ${experimentFile} ${time.toISOString()}`);
}
