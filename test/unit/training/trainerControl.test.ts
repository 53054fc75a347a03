/** Pausing, stepping, resuming and stopping. */
import { MessageChannel } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { Learner } from '../../../src/training/learner.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { chainDataset, chainRows, experiment, learned, newTrainer } from './support.ts';
import { epochs, finished } from './finished.ts';

onEveryTrainingBackend(
  'trainer: what it is asked for',
  (backend) => {
    it('pauses, steps by batch and by epoch, resumes', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      const over = trainer.run();
      expect((await trainer.pause()).state).toBe('paused');
      const at = trainer.stepsDone;
      await expect(trainer.folder.checkpointNames()).resolves.toContain(trainer.manifest.checkpoints.last);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(trainer.stepsDone).toBe(at);
      expect((await trainer.folder.readManifest()).state).toBe('paused');

      expect(await trainer.step('batch')).toMatchObject({ state: 'paused', step: at + 1 });
      expect(await trainer.step('batch')).toMatchObject({ state: 'paused', step: at + 2 });
      const afterEpoch = await trainer.step('epoch');
      expect(afterEpoch).toMatchObject({ state: 'paused', epoch: Math.floor((at + 2) / 5) + 1 });
      expect(epochs(await trainer.folder.readMetrics())).toHaveLength(afterEpoch.epoch);
      // Again from the end of an epoch: to the end of the next.
      expect(await trainer.step('epoch')).toMatchObject({ state: 'paused', epoch: afterEpoch.epoch + 1 });
      expect((await trainer.resume()).state).toBe('running');
      expect((await over).state).toBe('finished');
      expect(await trainer.pause()).toMatchObject({ state: 'finished' });
    });

    it('hears what came in during a batch before others get their turn after it', async () => {
      const { port1, port2 } = new MessageChannel();
      let [sent, heard] = [0, 0];
      port2.on('message', () => heard++);
      const late: number[] = [];
      const own = Learner.prototype.batch;
      const batch = vi.spyOn(Learner.prototype, 'batch').mockImplementation(async function (this: Learner) {
        const metric = await own.call(this);
        port1.postMessage(++sent);
        return metric;
      });
      try {
        const betweenBatches = () => {
          if (heard < sent) late.push(sent);
        };
        const o = { experiment: experiment({}, { epochs: 2 }), betweenBatches };
        expect((await (await newTrainer(backend(), o)).run()).state).toBe('finished');
        expect([sent, late]).toEqual([10, []]);
      } finally {
        batch.mockRestore();
        port1.close();
      }
    });

    it('does what it was asked last, also where that comes before an earlier request was carried out', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      const over = trainer.run();
      const [pause, resume] = await Promise.all([trainer.pause(), trainer.resume()]);
      expect([pause.state, resume.state]).toEqual(['running', 'running']);
      const [, , last] = await Promise.all([trainer.pause(), trainer.resume(), trainer.pause()]);
      expect(last.state).toBe('paused');

      // On to the end of the epoch, and on beyond that before it is reached.
      const step = trainer.step('epoch');
      const onwards = await Promise.all([step, trainer.resume()]);
      expect(onwards.map(({ state }) => state)).toEqual(['running', 'running']);

      expect((await trainer.pause()).state).toBe('paused');
      const [overruled, again] = await Promise.all([trainer.resume(), trainer.pause()]);
      expect([overruled.state, again.state]).toEqual(['paused', 'paused']);
      const [stopped, resumed] = await Promise.all([trainer.stop(), trainer.resume()]);
      expect([stopped.state, resumed.state]).toEqual(['stopped', 'stopped']);
      expect((await over).state).toBe('stopped');
    });

    it('shows the best epoch once it is stopped, as a run that is opened again does, and the newest until then', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 9 }) });
      const over = trainer.run();
      await trainer.pause();
      while (trainer.manifest.best === null || Number.isInteger(trainer.epoch)) await trainer.step('batch');
      expect(trainer.shown.step).toBe(trainer.stepsDone);
      const { best } = await trainer.stop();
      await over;
      const { step, epoch, parameters } = trainer.shown;
      expect(epoch).toBe(best!.epoch);
      expect(step).toBe(Number(trainer.manifest.checkpoints.best));
      expect(step).toBeLessThan(trainer.stepsDone);
      const kept = (await trainer.best()).parameters;
      for (const [name, tensor] of Object.entries(parameters)) expect(tensor.dataSync()).toEqual(kept[name]!.data);
      trainer.dispose();
    });

    it('stops while paused, and lets go of the folder', async () => {
      const trainer = await newTrainer(backend());
      const over = trainer.run();
      await trainer.pause();
      expect(await trainer.folder.owner()).toBe(process.pid);
      expect((await trainer.stop()).state).toBe('stopped');
      expect((await over).state).toBe('stopped');
      expect(await trainer.folder.owner()).toBeNull();
      expect((await trainer.resume()).state).toBe('stopped');
    });

    it('pauses and stops in the middle of a validation, which then comes after the resumption', async () => {
      const dataset = { ...chainDataset(), validation: chainRows(3000, 6, 2) };
      const whole = await newTrainer(backend(), { dataset, experiment: experiment({}, { epochs: 2 }) });
      await whole.run();
      let calls = 0;
      const cut = await newTrainer(backend(), {
        dataset,
        experiment: experiment({}, { epochs: 2 }),
        betweenBatches: (trainer) => {
          // Six pieces of 500 rows are validated after step 5; the third is where it ends.
          if (trainer.stepsDone === 5 && ++calls === 4) void trainer.stop();
        },
      });
      expect(await cut.run()).toMatchObject({ state: 'stopped', step: 5, epoch: 1, best: null });
      cut.dispose();
      const resumed = await newTrainer(backend(), {
        dataset,
        experiment: experiment({}, { epochs: 2 }),
        folder: await RunFolder.open(cut.folder.path),
        resume: true,
      });
      const { metrics } = await finished(resumed);
      expect(epochs(metrics).map(({ epoch }) => epoch)).toEqual([1, 2]);
      expect(learned(resumed.folder, '00000010')).toEqual(learned(whole.folder, '00000010'));
    });
  },
  { everywhere: false },
);
