/**
 * Which checkpoints a run has, and when it gets new ones.
 *
 * The best epoch is first kept in memory and written with the next checkpoint: epochs may take milliseconds, flushing
 * files takes longer. Nothing is lost by that: a run that is killed goes on from an earlier checkpoint and comes, bit
 * for bit, to the same best epoch.
 */
import { RunError } from '../runs/errors.ts';
import type { Checkpoint, RunFolder } from '../runs/runFolder.ts';
import type { Learner } from './learner.ts';
import { trainingStateSpec, type TrainingState } from './state.ts';

/** Milliseconds between checkpoints. */
export interface SavingIntervals {
  /** Between two at the ends of epochs, at least. */
  readonly epoch: number;
  /** Between any two, at most. */
  readonly timed: number;
}
export const savingIntervals: SavingIntervals = { epoch: 2_000, timed: 30_000 };

type Saved = Checkpoint & { readonly state: TrainingState };

export class Saver {
  readonly #folder: RunFolder;
  readonly #intervals: SavingIntervals;
  #last: string | null = null;
  #best: string | null = null;
  /** The best epoch as long as it is not on disk. */
  #unwritten: Saved | null = null;
  /** Counters of the newest checkpoint, to tell whether anything has happened since. */
  #savedState: string | null = null;
  #savedAt = performance.now();

  constructor(folder: RunFolder, intervals: SavingIntervals) {
    this.#folder = folder;
    this.#intervals = intervals;
  }

  /** Names of the last and the best checkpoint on disk. */
  get names(): { readonly last: string | null; readonly best: string | null } {
    return { last: this.#last, best: this.#best };
  }

  /** Whether the end of an epoch is worth a checkpoint; the first one is, so that there is one to go on from. */
  get epochIsDue(): boolean {
    return this.#last === null || performance.now() - this.#savedAt >= this.#intervals.epoch;
  }
  /** Whether a long epoch needs one in its middle. */
  get timeIsDue(): boolean {
    return performance.now() - this.#savedAt >= this.#intervals.timed;
  }

  /**
   * The checkpoint to go on from, the one of the latest step; null when there is none.
   * @throws RunError when a new run is to be written over an old one, or a checkpoint cannot be used.
   */
  async latest(resume: boolean): Promise<Saved | null> {
    const names = await this.#folder.checkpointNames();
    const name = names.at(-1);
    if (name === undefined) return null;
    if (!resume) {
      throw new RunError(
        `${this.#folder.path}: there are checkpoints in it; resume this run or train in another folder`,
      );
    }
    const saved = await this.#read(name);
    this.#last = name;
    this.#savedState = JSON.stringify(saved.state);
    const { best } = saved.state;
    this.#best = best && (names.find((other) => Number(other) === best.step) ?? null);
    return saved;
  }

  /** Keeps what the learner has now as the best epoch. */
  async remember(learner: Learner): Promise<void> {
    this.#unwritten = await learner.snapshot();
  }

  /** The checkpoint of the best epoch; null when there is none. @throws RunError when it cannot be read. */
  async best(): Promise<Saved | null> {
    return this.#unwritten ?? (this.#best === null ? null : await this.#read(this.#best));
  }

  /** Writes the best epoch, if it is not on disk, and the present; deletes what they replace. */
  async save(learner: Learner): Promise<void> {
    const state = JSON.stringify(learner.state);
    if (state === this.#savedState) return;
    const best = this.#unwritten;
    if (best) {
      this.#best = await this.#folder.writeCheckpoint(best.state.step, best);
      this.#unwritten = null;
    }
    if (best && JSON.stringify(best.state) === state) {
      this.#last = this.#best;
    } else {
      const now = await learner.snapshot();
      this.#last = await this.#folder.writeCheckpoint(now.state.step, now);
    }
    await this.#folder.pruneCheckpoints([this.#last, this.#best]);
    this.#savedState = state;
    this.#savedAt = performance.now();
  }

  async #read(name: string): Promise<Saved> {
    const checkpoint = await this.#folder.readCheckpoint(name);
    const state = trainingStateSpec.safeParse(checkpoint.state);
    if (state.success) return { ...checkpoint, state: state.data };
    const problems = state.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new RunError(`${this.#folder.checkpointFolder(name)}: state.json cannot be used (${problems.join('; ')})`);
  }
}
