/** Runs that are resumed, extended or paused end in the bits of a run that went through. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { experiment, learned, newRun, newTrainer, temporaryFolder, timeless } from './support.ts';
import { finished } from './finished.ts';

onEveryTrainingBackend(
  'trainer: the same bits',
  (backend) => {
    it.each(['sgd', 'rmsprop', 'adagrad', 'adam'] as const)(
      'goes on bit for bit where a killed run stood, whichever batch that was, with %s',
      async (type) => {
        const optimizer = { type, learningRate: 0.01, ...(type === 'sgd' && { momentum: 0.9 }) };
        const spec = experiment({ masks: 2, order: 'random', orderAgnostic: true, direct: true }, { optimizer });
        const whole = await newTrainer(backend(), { experiment: spec });
        const uninterrupted = await finished(whole);
        expect(await whole.folder.checkpointNames()).toContain('00000025');

        const folder = await newRun(temporaryFolder());
        let previous: string | null = null;
        // Stopped in the first epoch, at its very end (validation still to come), in the middle, shortly before the end.
        for (const stopAt of [1, 5, 8, 24]) {
          const trainer = await newTrainer(backend(), {
            experiment: spec,
            folder: await RunFolder.open(folder.path),
            resume: previous !== null,
            betweenBatches: (t) => {
              if (t.stepsDone >= stopAt) void t.stop();
            },
          });
          expect((await trainer.run()).state).toBe('stopped');
          expect(trainer.stepsDone).toBe(stopAt);
          trainer.dispose();
          // A killed run leaves metrics that are ahead of its checkpoint, and a line that is cut short.
          await folder.appendMetrics([
            { type: 'batch', step: stopAt + 1, epoch: 9, seconds: 0, train: 99, mask: 0 },
            {
              type: 'epoch',
              step: stopAt,
              epoch: 99,
              seconds: 0,
              train: 9,
              validation: 9,
              best: true,
              rowsPerSecond: 1,
            },
          ]);
          previous = trainer.manifest.checkpoints.last;
        }
        const last = await newTrainer(backend(), {
          experiment: spec,
          folder: await RunFolder.open(folder.path),
          resume: true,
        });
        const resumed = await finished(last);

        expect(learned(folder, '00000025')).toEqual(learned(whole.folder, '00000025'));
        expect(timeless(resumed.metrics)).toEqual(timeless(uninterrupted.metrics));
        expect(last.manifest.best).toEqual(whole.manifest.best);
        expect(last.manifest.test).toEqual(whole.manifest.test);
      },
    );

    it('goes on bit for bit from what a kill leaves on disk at any moment, last and best checkpoint included', async () => {
      const spec = experiment({ order: 'random', direct: true }, { optimizer: { type: 'adam', learningRate: 0.02 } });
      const copies = new Map<number, string>();
      const whole = await newTrainer(backend(), {
        experiment: spec,
        saving: { epoch: 0, timed: 3 },
        betweenBatches: ({ folder, stepsDone }) => {
          if (stepsDone % 3 !== 1 || copies.has(stepsDone)) return;
          const copy = join(temporaryFolder(), 'run');
          cpSync(folder.path, copy, { recursive: true });
          // The lock of a process that is no more.
          rmSync(join(copy, 'run.lock'));
          copies.set(stepsDone, copy);
        },
      });
      const uninterrupted = await finished(whole);
      expect([...copies.keys()]).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25]);
      let resumedInTheMiddle = 0;
      for (const path of copies.values()) {
        const trainer = await newTrainer(backend(), {
          experiment: spec,
          folder: await RunFolder.open(path),
          resume: true,
        });
        if (trainer.stepsDone > 0) resumedInTheMiddle++;
        const { metrics, manifest, folder } = await finished(trainer);
        expect(learned(folder, '00000025')).toEqual(learned(whole.folder, '00000025'));
        expect(timeless(metrics)).toEqual(timeless(uninterrupted.metrics));
        expect([manifest.best, manifest.test]).toEqual([whole.manifest.best, whole.manifest.test]);
      }
      expect(resumedInTheMiddle).toBeGreaterThan(5);
    });

    it('has a checkpoint after its first epoch, however quick that was', async () => {
      const names: string[][] = [];
      const trainer = await newTrainer(backend(), {
        saving: { epoch: Infinity, timed: Infinity },
        betweenBatches: async ({ folder, stepsDone }) => {
          if (stepsDone === 6) names.push(await folder.checkpointNames());
        },
      });
      await finished(trainer);
      expect(names).toEqual([['00000005']]);
    });

    it('extends a finished run to more epochs, as if it had had them from the start', async () => {
      const long = await newTrainer(backend(), { experiment: experiment({}, { epochs: 6 }) });
      await long.run();
      const short = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      await short.run();
      short.dispose();
      const extended = await newTrainer(backend(), {
        experiment: experiment({}, { epochs: 4 }),
        folder: await RunFolder.open(short.folder.path),
        resume: true,
        epochs: 6,
      });
      expect(extended.manifest).toMatchObject({ epochs: 6, epoch: 4, step: 20, state: 'preparing' });
      await extended.run();
      expect(learned(extended.folder, '00000030')).toEqual(learned(long.folder, '00000030'));
      expect(extended.manifest.test).toEqual(long.manifest.test);
    });

    it('gives other numbers for another seed, the same for the same', async () => {
      const nats = async (seed: number) =>
        (await (await newTrainer(backend(), { experiment: { ...experiment({}, { epochs: 1 }), seed } })).run()).test!
          .nats;
      const first = await nats(1);
      expect(await nats(1)).toBe(first);
      expect(await nats(2)).not.toBe(first);
    });

    it('ends in the same bits when it was paused and stepped through', async () => {
      const plain = await newTrainer(backend());
      await plain.run();
      const stepped = await newTrainer(backend());
      const over = stepped.run();
      await stepped.pause();
      for (let i = 0; i < 4; i++) await stepped.step('batch');
      await stepped.step('epoch');
      await stepped.resume();
      await over;
      expect(learned(stepped.folder, '00000025')).toEqual(learned(plain.folder, '00000025'));
    });
  },
  { everywhere: false },
);
