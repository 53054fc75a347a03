/** What rows are drawn by where batch normalisation's statistics are of other weights. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Chunked } from '../../../src/inspection/source.ts';
import { LiveRun } from '../../../src/worker/liveRun.ts';
import { OpenRun } from '../../../src/worker/openRun.ts';
import { Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const LAYERS = 3;
const STEPS = 20;

async function prepared(name: string) {
  const experimentFile = await place.experiment(name, {
    model: { type: 'realnvp', hidden: [4], layers: LAYERS },
    data: { train: 'train.npy' },
    training: { epochs: 1, batchSize: 400 / STEPS },
  });
  const runFolder = place.newRunFolder();
  const until = { step: Infinity };
  const run: LiveRun = await LiveRun.prepare(
    { experimentFile, runFolder, backend: 'wasm', resume: false },
    {
      warn: () => undefined,
      betweenBatches: () => {
        if (run.trainer.stepsDone >= until.step) void run.trainer.stop();
        return Promise.resolve();
      },
    },
  );
  return { run, runFolder, until };
}

/** The outcome, and how often others had their turn. */
async function inTurns<T>(work: Chunked<T>): Promise<{ turns: number; value: T }> {
  for (let turns = 0; ; turns++) {
    const { done, value } = await work.next();
    if (done) return { turns, value };
  }
}

it('lets others have their turn while the statistics of a run that trains are measured', async () => {
  const { run } = await prepared('turns');
  let clock = 0;
  const time = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 5));
  const { turns, value } = await inTurns(run.parametersOf('current'));
  time.mockRestore();
  // Of each layer that normalises and what leads to it.
  expect(turns).toBeGreaterThan(2 * LAYERS);
  expect(value.step).toBe(0);
  expect(value.parameters['layers.1.mean']!.data.every((mean) => mean > 0 && mean < 1)).toBe(true);
  await run.close();
});

it('draws from a run that was stopped within an epoch by statistics of the weights that it came to', async () => {
  const { run, runFolder, until } = await prepared('stopped');
  until.step = 7;
  await run.trainer.run();
  await run.close();
  const open = await OpenRun.open(runFolder, 'wasm');
  expect([open.source.step, open.source.measured]).toEqual([7, 0]);
  const stale = await open.source.parameters['layers.5.mean']!.data<'float32'>();
  const { value } = await inTurns(open.parametersOf());
  expect(value.parameters['layers.5.mean']!.data).not.toEqual(stale);
  await open.close();
});

it('takes those that were measured where the epoch has ended', async () => {
  const { run, runFolder } = await prepared('ended');
  await run.trainer.run();
  await run.close();
  const open = await OpenRun.open(runFolder, 'wasm');
  expect([open.source.step, open.source.measured]).toEqual([STEPS, STEPS]);
  const measured = await open.source.parameters['layers.5.mean']!.data<'float32'>();
  expect((await inTurns(open.parametersOf())).value.parameters['layers.5.mean']!.data).toEqual(measured);
  await open.close();
});
