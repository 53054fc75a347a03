/** Work in chunks, as the scheduler sees it. */
import type { Chunked } from './source.ts';

export interface Task {
  /** What shares the budget: a kind of frame, or the name of other work. */
  readonly key: string;
  readonly work: Chunked<unknown>;
  /** How much its time counts when the budget is shared out. */
  readonly weight: number;
  /** Runs without credit and costs none. */
  readonly urgent: boolean;
  /** Whether somebody waits for it at present; it rests meanwhile if not. */
  readonly wanted: () => boolean;
  /** Given what it came to, and the milliseconds that its chunks took, the making of programs left out. */
  readonly finish: (value: unknown, cost: number) => void;
  readonly fail: (error: unknown) => void;
}

/** Ends a task's work early, so that it frees what it holds. */
export function giveUp({ work }: Task): void {
  void work.return(undefined).catch(() => undefined);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
