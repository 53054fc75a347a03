/**
 * Pause, resume, step and stop: what people ask of a run, and when the run has done it. The last request wins; who asked
 * for something else before it is answered as soon as that is overruled. A stop is final.
 */

/** How far a run may go: on, to the end of a batch, to the end of an epoch, or not at all. */
type Allowance = 'on' | 'batch' | 'epoch' | 'none';

export class Control {
  #allowance: Allowance = 'on';
  #stopping = false;
  #askedToStop: (() => void)[] = [];
  #askedToRest: (() => void)[] = [];
  #askedToRun: (() => void)[] = [];
  #wake: (() => void) | null = null;

  /** Asks the run to go so far and no further; answers when it rests (paused, stopped or over), or may run after all. */
  askToRest(allowance: Exclude<Allowance, 'on'>): Promise<void> {
    this.#allowance = allowance;
    this.#wake?.();
    return new Promise((resolve) => this.#askedToRest.push(resolve));
  }

  /**
   * Asks the run to go on; answers when it does, or rests after all.
   * @param resting whether it tells that it rests; one that has not come to rest yet simply does not.
   */
  askToRun(resting: boolean): Promise<void> {
    this.#allowance = 'on';
    this.#wake?.();
    const answered = new Promise<void>((resolve) => this.#askedToRun.push(resolve));
    if (!resting && !this.#stopping) this.runs();
    return answered;
  }

  /** Asks the run to end; answers when it has. */
  askToStop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    return new Promise((resolve) => this.#askedToStop.push(resolve));
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

  /** The run tells that it runs (again): with leave to go on, who asked it to rest has been overruled. */
  runs(): void {
    this.#answer(this.#askedToRun);
    if (this.#allowance === 'on') this.#answer(this.#askedToRest);
  }

  /** The run tells that it rests: unless it may run again already, who asked it to run has been overruled. */
  rests(): void {
    this.#answer(this.#askedToRest);
    if (!this.mayRun) this.#answer(this.#askedToRun);
  }

  /** The run tells that it is over. */
  ended(): void {
    for (const waiting of [this.#askedToStop, this.#askedToRest, this.#askedToRun]) this.#answer(waiting);
  }

  /** While the run rests: until somebody asks for something else. Answers whether it may go on. */
  async change(): Promise<boolean> {
    if (!this.mayRun && !this.#stopping) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
    return this.mayRun;
  }

  #answer(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }
}
