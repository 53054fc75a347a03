/** What keeps a run from its next step, as it is shown: before the first one at once, later only if it lasts. */
import type { Activity } from '../../src/text/activity.ts';

/** What is over sooner is not worth a change of the words that people read. */
const LASTING_MS = 1_000;

export class ShownActivity {
  readonly #changed: () => void;
  #shown: Activity | null = null;
  #waiting: { activity: Activity; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get shown(): Activity | null {
    return this.#shown;
  }

  /** @param lasting Whether it is shown only after a while. */
  set(activity: Activity | null, lasting: boolean): void {
    if (activity !== null && lasting && this.#shown === null) {
      if (this.#waiting) this.#waiting.activity = activity;
      else this.#waiting = { activity, timer: setTimeout(() => this.#lasts(), LASTING_MS) };
      return;
    }
    this.#forget();
    this.#show(activity);
  }

  /** Nobody will tell that it is over. */
  clear(): void {
    this.set(null, false);
  }

  #lasts(): void {
    const { activity } = this.#waiting!;
    this.#waiting = null;
    this.#show(activity);
  }

  #forget(): void {
    if (this.#waiting) clearTimeout(this.#waiting.timer);
    this.#waiting = null;
  }

  #show(activity: Activity | null): void {
    if (activity === this.#shown) return;
    this.#shown = activity;
    this.#changed();
  }
}
