/** The run that stands beside the shown one: a store of its own, filled by pulls of its own while it is looked at. */
import { NOT_TIMED } from '../src/inspection/frames.ts';
import type { Connection } from '../src/protocol/rpc.ts';
import type { Compared, Difference, PageSide } from '../src/protocol/webview.ts';
import { afterPaint, Puller } from './pull.ts';
import { freshState } from './savedState.ts';
import { PageStore, type PageState } from './store.ts';

export class Beside {
  readonly store = new PageStore(freshState, () => undefined);
  readonly #puller: Puller;
  #compared: Compared | null = null;
  #seen = false;
  /** What the shown run draws from. */
  #seed: number | undefined;
  #asked = NOT_TIMED;

  constructor(connection: Connection<PageSide>) {
    this.#puller = new Puller({
      ask: (pull) => connection.request('pullCompared', pull),
      wanted: () => this.store.wanted,
      take: (asked, result) => this.store.applyPull(asked, result),
      drawn: afterPaint,
      onTrouble: (problem) => this.store.setTrouble(problem),
    });
  }

  /** What there is of the other run; null while none is compared with. */
  get state(): { readonly page: PageState; readonly differences: readonly Difference[] | null } | null {
    return this.#compared && { page: this.store.state, differences: this.#compared.differences };
  }

  stand(compared: Compared | null): void {
    this.#compared = compared;
    if (compared) this.store.applySnapshot(compared.snapshot);
    this.store.openTab('compare');
    this.store.tell(null);
    this.#chooseSeed();
    this.#chooseTiming();
    this.#puller.reset();
    this.#follow();
  }

  /** Whether the comparison is in sight: only then is anything asked for. */
  look(seen: boolean): void {
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#follow();
  }

  /** Times drawing as the shown run has been timed: one after the other, so that neither is in the other's way. */
  time(asked: number): void {
    this.#asked = asked;
    if (this.#chooseTiming()) this.#puller.change();
  }

  /** Draws from the same seed as the shown run does, whichever run stands beside it. */
  drawFrom(seed: number | undefined): void {
    if (seed === undefined) return;
    this.#seed = seed;
    if (this.#chooseSeed()) this.#puller.change();
  }

  /** Whether that asks for something else than before. */
  #chooseSeed(): boolean {
    const seed = this.#seed;
    if (seed === undefined || this.store.state.model.options.samples?.seed === seed) return false;
    this.store.chooseOptions('samples', { seed });
    return true;
  }

  #chooseTiming(): boolean {
    if ((this.store.state.model.options.drawingTime?.asked ?? NOT_TIMED) === this.#asked) return false;
    this.store.chooseOptions('drawingTime', { asked: this.#asked });
    return true;
  }

  #follow(): void {
    if (this.#seen && this.#compared) this.#puller.kick();
    else this.#puller.stop();
  }
}
