/**
 * What training waits for, on standard error: on a terminal at once, in place of what was told before; elsewhere afterwards,
 * a line of whatever took long, so that logs are not full of what did not.
 */
import { type Activity, activityText } from '../text/activity.ts';
import { say } from './output.ts';

const LONG_MS = 1_000;
const CLEAR_LINE = '\r\u001b[K';

export class Waiting {
  readonly #bar: () => ((text: string) => void) | null;
  #told: Activity | null = null;
  #since = 0;

  /** @param bar Where it is told while a progress bar stands on the terminal. */
  constructor(bar: () => ((text: string) => void) | null) {
    this.#bar = bar;
  }

  tell(activity: Activity | null): void {
    if (process.stderr.isTTY) this.#show(activity === null ? '' : activityText(activity));
    else if (isSame(activity, this.#told)) {
      // More is known of it now.
      this.#told = activity;
      return;
    } else this.#sayLong();
    this.#told = activity;
    this.#since = performance.now();
  }

  /** Something else is about to be written. */
  end(): void {
    if (this.#told !== null) this.tell(null);
  }

  #show(text: string): void {
    const bar = this.#bar();
    if (bar) bar(text);
    else process.stderr.write(`${CLEAR_LINE}${text}`);
  }

  #sayLong(): void {
    const ms = performance.now() - this.#since;
    if (this.#told !== null && ms > LONG_MS) say(`${activityText(this.#told)} ${(ms / 1000).toFixed(1)} s`);
  }
}

function isSame(a: Activity | null, b: Activity | null): boolean {
  if (a?.doing === 'compiling' && b?.doing === 'compiling') return a.what === b.what;
  return a === null && b === null;
}
