/**
 * With how many threads, and with masked matrices in how many blocks, a model is trained: by a trial of it. Products of
 * large matrices gain by threads, small ones wait for them; blocks spare what masks forbid, and cost a product each.
 */
import type { TellActivity } from '../text/activity.ts';
import type { Backend } from './backend.ts';
import { rememberComparison, rememberedComparison, timingKey } from './timings.ts';
import { type Timing, timeRun, type Trial, type TrialRun, warmUpsAfter } from './trial.ts';

export interface Setting {
  readonly threads: number;
  /** 1: matrices stay whole. */
  readonly blocks: number;
}

/** With one thread and nothing cut: as every backend starts. */
export const plain: Setting = { threads: 1, blocks: 1 };

/** A shorter step is made of operations that are over before another thread has woken up, */
const SHORT_FOR_THREADS_MS = 3;
/** or of matrices too small to be cut. */
const SHORT_FOR_BLOCKS_MS = 1;
/** Each of so many operations is a small one, and to open such a program anew takes longer than another setting could save. */
const TOO_MANY_TO_TRY = 8_000;
/** Time per step, of that with one thread, below which threads are taken: they take other programs' time, too. */
const WORTHWHILE_THREADS = 0.9;
/** And of that with matrices as they are, below which they are cut. */
const WORTHWHILE_BLOCKS = 0.95;

/**
 * Gives a backend what suits the model, by a trial unless there has been one: the timing that it found, null without one.
 * The backend is the current one.
 */
export async function tune(
  backend: Backend,
  trial: Trial,
  tell: TellActivity = () => undefined,
): Promise<Timing | null> {
  const [most, counts] = [backend.threads?.most ?? 1, (trial.cuttable && backend.blocks?.counts) || [1]];
  const asBefore = async (setting: Setting) => {
    await apply(backend, setting);
    return null;
  };
  if (most === 1 && counts.length === 1) return asBefore(plain);
  const key = timingKey([trial.key, 'setting', backend.name, backend.version, JSON.stringify([most, counts])]);
  const before = (await rememberedComparison(key))?.timings[0];
  if (before) return asBefore({ threads: before.threads ?? 1, blocks: before.blocks ?? 1 });
  const best = await tried(backend, trial, { most, counts, tell });
  if (best === null) return asBefore(plain);
  await rememberComparison(key, { timings: [best], skipped: [] });
  await apply(backend, best);
  return best;
}

/** Whether it is as every backend starts. */
export function isPlain({ threads, blocks }: Setting): boolean {
  return threads === plain.threads && blocks === plain.blocks;
}

/** What a backend has, as a setting. */
export function settingOf({ threads, blocks }: Pick<Backend, 'threads' | 'blocks'>): Setting {
  return { threads: threads?.count ?? 1, blocks: blocks?.count ?? 1 };
}

/** Whether the setting of a backend changes the last bits of what it computes. */
export function changesBits({ threads, blocks }: Pick<Backend, 'threads' | 'blocks'>): boolean {
  return blocks !== undefined || threads?.changesBits === true;
}

/** Threads that do not start leave one. */
export async function apply(backend: Pick<Backend, 'threads' | 'blocks'>, setting: Setting): Promise<void> {
  const { threads, blocks } = backend;
  blocks?.use(setting.blocks);
  await threads?.use(setting.threads).catch(() => threads.use(1));
}

type Tried = Timing & Setting;

/** The best setting; null where the model's step fails with the plain one. */
async function tried(
  backend: Backend,
  trial: Trial,
  { most, counts, tell }: { readonly most: number; readonly counts: readonly number[]; readonly tell: TellActivity },
): Promise<Tried | null> {
  await apply(backend, plain);
  const run = prepared(backend, trial);
  if (run === null) return null;
  const time = async (setting: Setting, warmUps?: number): Promise<Tried | null> => {
    try {
      await tell({ doing: 'trying', backend: backend.name, ...setting });
      backend.blocks?.use(setting.blocks);
      if (setting.threads > 1) await backend.threads!.use(setting.threads);
      return { ...(await timeRun(run, trial, backend, warmUps)), ...setting };
    } catch {
      return null;
    }
  };
  try {
    if (!(await hasBegun(run, tell))) return null;
    const one = await time(plain, warmUpsAfter(run));
    if (one === null) return null;
    if ((run.operations?.() ?? 0) >= TOO_MANY_TO_TRY) return one;
    let best = one;
    for (const blocks of one.stepMs < SHORT_FOR_BLOCKS_MS ? [] : counts.slice(1)) {
      const cut = await time({ threads: 1, blocks });
      if (cut !== null && cut.stepMs < Math.min(best.stepMs, WORTHWHILE_BLOCKS * one.stepMs)) best = cut;
    }
    if (most === 1 || best.stepMs < SHORT_FOR_THREADS_MS) return best;
    const more = await time({ threads: most, blocks: best.blocks });
    return more !== null && more.stepMs < WORTHWHILE_THREADS * best.stepMs ? more : best;
  } finally {
    run.dispose();
  }
}

async function hasBegun(run: TrialRun, tell: TellActivity): Promise<boolean> {
  try {
    await run.begin?.(tell);
    return true;
  } catch {
    return false;
  }
}

/** Null where that cannot be done: whoever trains will say why. */
function prepared(backend: Backend, trial: Trial): TrialRun | null {
  try {
    return trial.prepare(backend);
  } catch {
    return null;
  }
}
