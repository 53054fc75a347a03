/** Timing training steps of a user's own model on a backend, for `auto`: which one is fastest depends on the model. */
import type { TellActivity } from '../text/activity.ts';
import type { Backend, BackendName } from './backend.ts';

/** What is timed. */
export interface Trial {
  /** What decides its speed: model, dimension, batch size, optimiser. */
  readonly key: string;
  /** For people: "MADE 784-500-500-784, batch 100". */
  readonly title: string;
  readonly rowsPerStep: number;
  /** What training needs at least on a device, and its largest tensor. */
  readonly bytes: number;
  readonly largestTensorBytes: number;
  /** Whether there are masked matrices that could be computed in blocks. */
  readonly cuttable: boolean;
  /** On the backend, which is the current one until `dispose` is called. */
  prepare(backend: Backend): TrialRun;
}

export interface TrialRun {
  /** One training step; settles when its loss has been read. */
  step(): Promise<void>;
  /** The first step, telling what it waits for; left out where there is nothing to tell. */
  begin?(tell: TellActivity): Promise<void>;
  /** Of the program that computes the step, after it has {@link begin}; null, or left out, where there is none. */
  operations?(): number | null;
  dispose(): void;
}

export interface Timing {
  readonly name: BackendName;
  readonly stepMs: number;
  readonly rowsPerSecond: number;
  readonly title: string;
  /** When, ISO 8601. */
  readonly measured: string;
  /** With how many threads, where their number was on trial. */
  readonly threads?: number | undefined;
  /** Into how many blocks masked matrices were cut, where that was on trial. */
  readonly blocks?: number | undefined;
}

/** Time that is spent on timing one backend, its first steps left out. */
const TRIAL_MS = 300;
/** Steps before the clock starts: kernels are compiled and memory is fetched in them. */
const WARM_UP_STEPS = 2;
/** A first step that takes so long is not repeated more than once. */
const LONG_STEP_MS = 1_000;

/**
 * The median of the steps that fit into {@link TRIAL_MS}, one at least.
 * @throws Error when a step fails, or the device reports a fault
 */
export async function timeSteps(trial: Trial, backend: Backend, tell: TellActivity = () => undefined): Promise<Timing> {
  const run = trial.prepare(backend);
  try {
    await run.begin?.(tell);
    await tell({ doing: 'trying', backend: backend.name, threads: 1, blocks: 1 });
    return await timeRun(run, trial, backend, warmUpsAfter(run));
  } finally {
    run.dispose();
  }
}

/** Steps to be left out after a run has begun: its first one is done, and where that took long the next is no slower than others. */
export function warmUpsAfter({ begin }: Pick<TrialRun, 'begin'>): number {
  return begin ? 0 : WARM_UP_STEPS;
}

/** The same of a run that is prepared, and goes on. */
export async function timeRun(
  run: Pick<TrialRun, 'step'>,
  { title, rowsPerStep }: Pick<Trial, 'title' | 'rowsPerStep'>,
  backend: Pick<Backend, 'name' | 'fault'>,
  warmUps = WARM_UP_STEPS,
): Promise<Timing> {
  const timed = async () => {
    const start = performance.now();
    await run.step();
    return performance.now() - start;
  };
  for (let i = 0; i < warmUps; i++) if ((await timed()) > LONG_STEP_MS) break;
  const times: number[] = [];
  for (let spent = 0; times.length === 0 || spent < TRIAL_MS; spent += times.at(-1)!) times.push(await timed());
  const fault = backend.fault();
  if (fault !== null) throw new Error(fault);
  const stepMs = times.sort((a, b) => a - b)[times.length >> 1]!;
  return {
    name: backend.name,
    stepMs,
    rowsPerSecond: (1000 * rowsPerStep) / stepMs,
    title,
    measured: new Date().toISOString(),
  };
}
