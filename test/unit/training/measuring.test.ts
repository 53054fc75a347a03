/** Statistics of batch normalisation in a run: which weights they are of. */
import { expect, it, vi } from 'vitest';
import { generateRows } from '../../../src/data/generated/index.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { newTrainer } from './support.ts';

const moons = (rows: number, seed: number) => generateRows('two-moons', rows, seed);
const EPOCH = 6;

onEveryTrainingBackend('a run that normalises', (backend) => {
  it('knows the step that its statistics are of, also while an epoch ends', async () => {
    // Every look at the clock is late, so that others get their turn wherever they may.
    let clock = 0;
    const time = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 5));
    const looks: { step: number; epoch: number; measured: number | null }[] = [];
    const trainer = await newTrainer(backend(), {
      experiment: experimentSpec.parse({
        model: { type: 'realnvp', hidden: [4], layers: 3 },
        data: { train: 'moons.npy' },
        training: { batchSize: 50, epochs: 2 },
      }),
      dataset: { dimension: 2, image: null, train: moons(50 * EPOCH, 1), validation: moons(40, 2), test: null },
      saving: { epoch: Infinity, timed: Infinity },
      betweenBatches: ({ shown: { step, epoch, measured } }) => void looks.push({ step, epoch, measured }),
    });
    const { state, reason } = await trainer.run();
    time.mockRestore();
    expect(state, reason ?? '').toBe('finished');
    expect(looks[0]).toEqual({ step: 0, epoch: 0, measured: null });
    for (const { step, measured } of looks.filter(({ step }) => step % EPOCH !== 0)) {
      expect(measured).toBe(EPOCH * Math.floor(step / EPOCH));
    }
    // The epoch is whole by then: first the statistics are those of its beginning, then its own.
    for (const epoch of [1, 2]) {
      const ending = looks.filter(({ step }) => step === EPOCH * epoch).map(({ measured }) => measured);
      const first = ending.indexOf(EPOCH * epoch);
      expect(first).toBeGreaterThan(1);
      expect(ending.slice(0, first)).toEqual(new Array(first).fill(EPOCH * (epoch - 1)));
      expect(ending.slice(first)).toEqual(new Array(ending.length - first).fill(EPOCH * epoch));
    }
    expect(trainer.shown.measured).toBe(trainer.shown.step);
  });
});
