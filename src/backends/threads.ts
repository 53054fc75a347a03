/** How many threads a model is trained with: products of large matrices gain by them, small ones wait for them. */
import type { Backend } from './backend.ts';
import { rememberComparison, rememberedComparison, timingKey } from './timings.ts';
import { timeSteps, type Timing, type Trial } from './trial.ts';

/** A shorter step is made of operations that are over before another thread has woken up. */
const SHORT_STEP_MS = 3;
/** Time per step, of that with one thread, below which threads are taken: they take other programs' time, too. */
const WORTHWHILE = 0.9;

/**
 * Gives a backend the number of threads that suits the model: one, or as many as there can be, by a trial unless there
 * has been one. The backend is the current one.
 */
export async function chooseThreads({ threads, ...backend }: Backend, trial: Trial): Promise<void> {
  if (threads === undefined) return;
  if (threads.most === 1) return threads.use(1);
  const key = timingKey([trial.key, 'threads', backend.name, backend.version, String(threads.most)]);
  const before = await rememberedComparison(key);
  if (before) return use(before.timings[0]!.threads ?? 1);
  const found: Timing[] = [];
  for (const count of [1, threads.most]) {
    try {
      await threads.use(count);
      found.push({ ...(await timeSteps(trial, backend)), threads: count });
    } catch {
      break;
    }
    if (found[0]!.stepMs < SHORT_STEP_MS) break;
  }
  const [one, more] = found;
  if (one === undefined) return threads.use(1);
  const best = more !== undefined && more.stepMs < WORTHWHILE * one.stepMs ? more : one;
  await rememberComparison(key, { timings: [best], skipped: [] });
  return use(best.threads!);

  async function use(count: number): Promise<void> {
    await threads!.use(count).catch(() => threads!.use(1));
  }
}
