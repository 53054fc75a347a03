/** A run on disk. What stands in its files is described in FORMATS.md. */
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  checkpointNames,
  pruneCheckpoints,
  readCheckpoint,
  recoverCheckpoints,
  WEIGHTS_FILE,
  writeCheckpoint,
  type Checkpoint,
} from './checkpoints.ts';
import { claim, LOCK_FILE, ownerOf, release } from './claim.ts';
import { RunError } from './errors.ts';
import { errorCode, makeFolder, readBytes } from './files.ts';
import type { RunManifest } from './manifest.ts';
import { MANIFEST_FILE, parseManifest, readManifest } from './manifestFile.ts';
import type { Metric } from './metrics.ts';
import { decodeMetrics, encodeMetric } from './metricsLog.ts';
import { writeAtomic } from './writeAtomic.ts';

export type { Checkpoint } from './checkpoints.ts';
export { MANIFEST_FILE } from './manifestFile.ts';
export { experimentName, newRunPath } from './names.ts';

/**
 * `run.json` (manifest), `experiment.jsonc` (the experiment's text as it was), `metrics.jsonl`, `run.lock` while a
 * process trains it, `checkpoints/`, `samples/`. Every file but the metrics, which grow, is written whole or not at all.
 */
export class RunFolder {
  /** Absolute. */
  readonly path: string;
  #appending: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.path = resolve(path);
  }

  /** Makes the folder with its experiment and first manifest. @throws RunError when a run is already there, or none can be. */
  static async create(
    path: string,
    first: { readonly experimentText: string; readonly manifest: RunManifest },
  ): Promise<RunFolder> {
    const folder = new RunFolder(path);
    if (await exists(folder.manifestFile)) throw new RunError(`${folder.path}: there is a run in this folder already`);
    await makeFolder(folder.path);
    await writeAtomic(folder.experimentFile, first.experimentText);
    await writeAtomic(folder.metricsFile, '');
    // Last, since the manifest is what makes the folder a run.
    await folder.writeManifest(first.manifest);
    return folder;
  }

  /** Opens a run that is there, for reading or to go on with it. @throws RunError when there is none. */
  static async open(path: string): Promise<RunFolder> {
    const folder = new RunFolder(path);
    if (!(await exists(folder.manifestFile))) {
      throw new RunError(`${folder.path}: there is no run in this folder (it has no ${MANIFEST_FILE})`);
    }
    return folder;
  }

  get manifestFile(): string {
    return join(this.path, MANIFEST_FILE);
  }
  get experimentFile(): string {
    return join(this.path, 'experiment.jsonc');
  }
  get metricsFile(): string {
    return join(this.path, 'metrics.jsonl');
  }
  get samplesFolder(): string {
    return join(this.path, 'samples');
  }
  get checkpointsFolder(): string {
    return join(this.path, 'checkpoints');
  }
  checkpointFolder(name: string): string {
    return join(this.checkpointsFolder, name);
  }
  /** `model.safetensors` of a checkpoint. */
  weightsFile(name: string): string {
    return join(this.checkpointFolder(name), WEIGHTS_FILE);
  }
  get #lockFile(): string {
    return join(this.path, LOCK_FILE);
  }

  /**
   * Says that this process trains the run, and clears away what an interrupted checkpoint has left.
   *
   * @throws RunError when another living process trains it.
   */
  async claim(): Promise<void> {
    await claim(this.#lockFile);
    await recoverCheckpoints(this.checkpointsFolder);
  }
  async release(): Promise<void> {
    await release(this.#lockFile);
  }
  /** Process id of the living trainer, or null: then a manifest that says `running` tells of a run that was cut short. */
  owner(): Promise<number | null> {
    return ownerOf(this.#lockFile);
  }

  /** @throws RunError naming the key that is wrong. */
  readManifest(): Promise<RunManifest> {
    return readManifest(this.path);
  }
  /** Atomic. @throws RunError for a manifest that could not be read back. */
  async writeManifest(manifest: RunManifest): Promise<void> {
    parseManifest(manifest, this.manifestFile);
    await writeAtomic(this.manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  }
  /** The experiment's text as it was when the run began. @throws RunError */
  async readExperimentText(): Promise<string> {
    return new TextDecoder().decode(await readBytes(this.experimentFile));
  }

  /** Adds lines to the log; calls that overlap are written in the order in which they were made. */
  appendMetrics(metrics: readonly Metric[]): Promise<void> {
    const lines = metrics.map(encodeMetric).join('');
    const written = this.#appending.then(() => appendFile(this.metricsFile, lines));
    // A failure is told to who asked for that write; later writes try for themselves.
    this.#appending = written.catch(() => undefined);
    return written;
  }
  /** A torn last line (power cut, kill) is left out. @throws RunError for any other line that is no metric. */
  readMetrics(): Promise<readonly Metric[]> {
    return this.#readLog();
  }
  /**
   * Drops every metric after `step`, ends of epochs after the first `epochs`, and a torn last line: the log as it was
   * then (the end of an epoch may come after its last step). Answers with what is left.
   */
  async truncateMetrics(step: number, epochs = Infinity): Promise<readonly Metric[]> {
    const metrics = await this.#readLog();
    const kept = metrics.filter((metric) => metric.step <= step && (metric.type === 'batch' || metric.epoch <= epochs));
    await writeAtomic(this.metricsFile, kept.map(encodeMetric).join(''));
    return kept;
  }
  async #readLog(): Promise<readonly Metric[]> {
    await this.#appending;
    try {
      return decodeMetrics(await readFile(this.metricsFile, 'utf8'), this.metricsFile);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Atomic: the checkpoint is there whole or not at all. Answers with its name, the step in 8 digits. */
  writeCheckpoint(step: number, checkpoint: Checkpoint): Promise<string> {
    return writeCheckpoint(this.checkpointsFolder, step, checkpoint);
  }
  /** @throws RunError naming the file that is missing or wrong, and the checkpoints that are there. */
  readCheckpoint(name: string): Promise<Checkpoint> {
    return readCheckpoint(this.checkpointsFolder, name);
  }
  /** Names of the checkpoints that are whole, earliest step first. */
  checkpointNames(): Promise<string[]> {
    return checkpointNames(this.checkpointsFolder);
  }
  /** Deletes all checkpoints but those named (the last and the best). */
  pruneCheckpoints(keep: readonly (string | null)[]): Promise<void> {
    return pruneCheckpoints(this.checkpointsFolder, keep);
  }

  /** Atomic; makes the samples folder. Answers with the absolute path. @throws RangeError for names that lead elsewhere. */
  async writeSamples(fileName: string, bytes: Uint8Array): Promise<string> {
    if (basename(fileName) !== fileName || fileName === '..') throw new RangeError(`${fileName} is not a file name`);
    await mkdir(this.samplesFolder, { recursive: true });
    const file = join(this.samplesFolder, fileName);
    await writeAtomic(file, bytes);
    return file;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
