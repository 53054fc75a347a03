/**
 * Experiments and their runs: what the disk holds, merged with what live workers tell. No editor in here; finding files
 * and watching them is handed in.
 */
import { experimentName, runsFolderOf } from '../../src/runs/names.ts';
import { Signal } from '../signal.ts';
import { RunRecord, type RunOnDisk } from './runRecord.ts';

/** One experiment file with its runs, newest first. */
export interface ExperimentEntry {
  /** Absolute. */
  readonly file: string;
  /** File name without `.lens.json`. */
  readonly name: string;
  readonly runs: readonly RunRecord[];
}

export interface RunStoreOptions {
  /** Lists the runs in a folder, see `src/runs/list.ts`. */
  readonly listRuns: (folder: string) => Promise<readonly RunOnDisk[]>;
}

export class RunStore {
  /** Something that lists show has changed: which experiments, which runs, what state. */
  readonly changed = new Signal<void>();
  /** One run changed. */
  readonly runChanged = new Signal<RunRecord>();
  readonly #listRuns: RunStoreOptions['listRuns'];
  readonly #runs = new Map<string, Map<string, RunRecord>>();
  readonly #reading = new Map<string, Promise<void>>();

  constructor(o: RunStoreOptions) {
    this.#listRuns = o.listRuns;
  }

  /** Sorted by path. */
  get experiments(): readonly ExperimentEntry[] {
    return [...this.#runs.keys()].sort().map((file) => this.entry(file));
  }

  /** The experiment as it is known; without runs if it is not. */
  entry(file: string): ExperimentEntry {
    const runs = [...(this.#runs.get(file)?.values() ?? [])].sort((a, b) => (a.path < b.path ? 1 : -1));
    return { file, name: experimentName(file), runs };
  }

  get runs(): readonly RunRecord[] {
    return [...this.#runs.values()].flatMap((runs) => [...runs.values()]);
  }

  find(path: string): RunRecord | null {
    return this.runs.find((run) => run.path === path) ?? null;
  }

  /** Sets which experiments there are, and reads their runs. Those that are gone go, unless one of their runs is live. */
  async setExperiments(files: readonly string[]): Promise<void> {
    for (const [file, runs] of this.#runs) {
      if (!files.includes(file) && ![...runs.values()].some((run) => run.live)) this.#runs.delete(file);
    }
    for (const file of files) this.#runsOf(file);
    await Promise.all(files.map((file) => this.refresh(file)));
    this.changed.fire();
  }

  /** Adds one experiment, as when a file from outside of the workspace is opened. */
  async addExperiment(file: string): Promise<void> {
    if (this.#runs.has(file)) return;
    this.#runsOf(file);
    await this.refresh(file);
  }

  /** Reads one experiment's runs anew. One reading at a time: an older one must not overrule a newer one. */
  async refresh(file: string): Promise<void> {
    const before = this.#reading.get(file) ?? Promise.resolve();
    const reading = before.then(() => this.#read(file));
    this.#reading.set(
      file,
      reading.catch(() => undefined),
    );
    await reading;
  }

  async #read(file: string): Promise<void> {
    const listed = await this.#listRuns(runsFolderOf(file));
    const runs = this.#runs.get(file);
    if (!runs) return;
    const there = new Set(listed.map((found) => found.path));
    for (const [path, run] of runs) if (!there.has(path) && !run.live) runs.delete(path);
    for (const found of listed) this.record(found.path, file).setFromDisk(found);
    this.changed.fire();
  }

  /** The record of a run, made if it is not known yet. */
  record(path: string, experimentFile: string): RunRecord {
    const runs = this.#runsOf(experimentFile);
    let run = runs.get(path);
    if (!run) {
      run = new RunRecord(path, experimentFile);
      runs.set(path, run);
      const added = run;
      run.changed.event((change) => {
        this.runChanged.fire(added);
        if (change.of === 'run') this.changed.fire();
      });
    }
    return run;
  }

  remove(run: RunRecord): void {
    this.#runs.get(run.experimentFile)?.delete(run.path);
    this.changed.fire();
  }

  #runsOf(file: string): Map<string, RunRecord> {
    let runs = this.#runs.get(file);
    if (!runs) this.#runs.set(file, (runs = new Map<string, RunRecord>()));
    return runs;
  }
}
