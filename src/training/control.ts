/** Pause, resume, step and stop: what people ask of a run, and when the run has done it. */

/** How far a run may go: on, to the end of a batch, to the end of an epoch, or not at all. */
export type Allowance = 'on' | 'batch' | 'epoch' | 'none';

export class Control {
  #allowance: Allowance = 'on';
  #stopping = false;
  #askedToRest: (() => void)[] = [];
  #askedToRun: (() => void)[] = [];
  #wake: (() => void) | null = null;

  /** Asks the run to go so far; answers when it rests (paused, stopped or over), or runs if that was asked. */
  ask(allowance: Allowance): Promise<void> {
    this.#allowance = allowance;
    this.#wake?.();
    return new Promise((resolve) => (allowance === 'on' ? this.#askedToRun : this.#askedToRest).push(resolve));
  }

  /** Asks the run to end; answers when it has. */
  askToStop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    return new Promise((resolve) => this.#askedToRest.push(resolve));
  }

  /** Whether the run may go on now. */
  get mayRun(): boolean {
    return this.#allowance !== 'none' && !this.#stopping;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The run tells that a batch or an epoch is done; what was allowed may be used up by it. */
  passed(unit: 'batch' | 'epoch'): void {
    if (this.#allowance === unit) this.#allowance = 'none';
  }

  /** The run tells that it runs (again). */
  runs(): void {
    this.#answer(this.#askedToRun);
  }

  /** The run tells that it rests: everybody is answered, also who asked it to run and was overruled. */
  rests(): void {
    this.#answer(this.#askedToRest);
    this.#answer(this.#askedToRun);
  }

  /** While the run rests: until somebody asks for something else. */
  async change(): Promise<void> {
    if (this.mayRun || this.#stopping) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = null;
  }

  #answer(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }
}
