/** What a run tells of what keeps it from its steps, and in which order. */
import { clone, dispose, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { NotCompilable } from '../../../src/backends/compiled.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { tune } from '../../../src/backends/tuning.ts';
import { type Activity, activityText } from '../../../src/text/activity.ts';
import { MANY_OPERATIONS } from '../../../src/training/trainingSteps.ts';
import { trainingTrial } from '../../../src/training/trial.ts';
import { presentBackends } from '../backends/everyBackend.ts';
import { playedClock } from '../backends/playedClock.ts';
import { chainDataset, experiment, newTrainer, temporaryFolder } from './support.ts';

let eager: Backend;
beforeAll(async () => {
  eager = await startBackend(presentBackends.includes('wasm') ? 'wasm' : 'cpu');
});

/** Counts operations, and then refuses: everything is computed as it is. */
const compile: NonNullable<Backend['compile']> = (_, __, hints) => {
  hints?.counted?.(12);
  throw new NotCompilable('this is played');
};

describe('a run', () => {
  it('tells of every program before a step or a score waits for it, how large it is, and that it is over', async () => {
    const told: string[] = [];
    const trainer = await newTrainer(
      { ...eager, compile },
      {
        // Four batches of 16 rows, and the last one of 6.
        experiment: experiment({}, { epochs: 1, batchSize: 16 }),
        callbacks: {
          onActivity: (activity) => void told.push(activity ? activityText(activity) : 'over'),
          onMetrics: (_, metrics) => void told.push(...metrics.map(({ type }) => type)),
        },
      },
    );
    await trainer.run();
    const program = (what: string) => [`Compiling ${what} …`, `Compiling ${what} (12 operations) …`, 'over'];
    const activities = told.filter((text) => text !== 'batch' && text !== 'epoch');
    expect(activities.slice(0, 9)).toEqual([
      // That which measures norms, too; then that which does not; the last batch.
      ...program('the training step'),
      ...program('the training step'),
      ...program('the training step for a batch of 6'),
    ]);
    expect(activities.slice(9, 12)).toEqual(program('the scores of 40 rows'));
    expect(activities.at(-1)).toBe('over');
  });

  it('makes one program of many operations for steps that measure norms and for those that do not', async () => {
    const told: string[] = [];
    const many: typeof compile = (examples, compute, hints) => {
      hints?.counted?.(MANY_OPERATIONS);
      told.push('a program');
      let results: Tensor[] = [];
      tidy(() => void (results = compute().map((tensor) => keep(tensor))));
      // The numbers are those of the examples, which says nothing of how often programs are made.
      return {
        run: () => results.map((tensor) => clone(tensor)),
        dispose: () => dispose(results),
      };
    };
    const trainer = await newTrainer(
      { ...eager, compile: many },
      {
        dataset: chainDataset({ rows: 64, validation: false }),
        experiment: experiment({}, { epochs: 1, batchSize: 16 }),
        callbacks: { onActivity: (activity) => void told.push(activity ? activityText(activity) : 'over') },
      },
    );
    await trainer.run();
    expect(trainer.stepsDone).toBe(4);
    expect(told.slice(0, 4)).toEqual([
      'Compiling the training step …',
      'Compiling the training step (2,000 operations) …',
      'a program',
      'over',
    ]);
    expect(told.slice(4).filter((text) => text.includes('step'))).toEqual([]);
  });

  it('tells of the first step where nothing is compiled, and of no other', async () => {
    const told: (Activity | null)[] = [];
    const { compile: _, ...without } = eager;
    const trainer = await newTrainer(without, {
      experiment: experiment({}, { epochs: 1 }),
      callbacks: { onActivity: (activity) => void told.push(activity) },
    });
    await trainer.run();
    expect(told).toEqual([{ doing: 'stepping' }, null]);
  });
});

describe('a trial', () => {
  const taking = playedClock();

  it('tells what it compiles, then what it tries', async () => {
    process.env['LENS_TIMINGS'] = `${temporaryFolder()}/timings.json`;
    const told: string[] = [];
    const threads = { most: 2, count: 1, changesBits: false, use: () => Promise.resolve() };
    const backend = { ...eager, threads, blocks: { counts: [1, 4], count: 1, use: () => undefined }, compile };
    const trial = trainingTrial(experiment(), 6);
    // Slow enough that threads and blocks are worth trying.
    const prepare: typeof trial.prepare = (on) => {
      const run = trial.prepare(on);
      return { ...run, step: () => taking(10) };
    };
    await tune(
      backend,
      { ...trial, prepare },
      (activity) => void told.push(activity ? activityText(activity) : 'over'),
    );
    expect(told).toEqual([
      'Compiling the training step …',
      'Compiling the training step (12 operations) …',
      'over',
      `Timing a training step on ${eager.name} …`,
      'Trying masked matrices in 4 blocks …',
      'Trying 2 threads …',
    ]);
  });
});
