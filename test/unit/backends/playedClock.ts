/** A clock for steps that take as long as told, whatever else the machine is busy with. */
import { afterEach, beforeEach, vi } from 'vitest';

/**
 * Takes the place of `performance.now` in every test of the file or the group; nothing but steps moves it.
 * @returns a step that takes so many milliseconds, more than none, or fails
 */
export function playedClock(): (ms: number | Error) => Promise<void> {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());
  return (ms) => {
    if (ms instanceof Error) return Promise.reject(ms);
    vi.advanceTimersByTime(ms);
    return Promise.resolve();
  };
}
