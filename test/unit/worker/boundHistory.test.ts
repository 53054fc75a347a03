/** The bound over a run with latent variables: kept with its epochs, whoever looks and when. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LatentUnitsFrame } from '../../../src/inspection/frames.ts';
import type { EpochMetric } from '../../../src/runs/metrics.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { epochs } from '../training/finished.ts';
import { Bench, Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const model: ExperimentInput['model'] = { type: 'vae', latent: 3, encoder: { hidden: [8] }, decoder: { hidden: [8] } };
const training = { epochs: 4, batchSize: 50, patience: 20, optimizer: { type: 'adam', learningRate: 0.02 } } as const;

const keptIn = async (run: string): Promise<EpochMetric[]> => epochs(await (await RunFolder.open(run)).readMetrics());
const timeless = (metrics: readonly EpochMetric[]) => metrics.map(({ epoch, step, bound }) => ({ epoch, step, bound }));

async function looked(run: string, bench: Bench): Promise<LatentUnitsFrame> {
  await bench.host.request('open', { runFolder: run, backend: 'wasm' });
  const frame = await bench.host.request('frame', { kind: 'latentUnits', newerThan: 0, mask: null, waitMs: 60_000 });
  return frame as LatentUnitsFrame;
}

it('is in the metrics of every epoch, is seen whole when the run is opened, and is the same after a stop', async () => {
  const file = await place.experiment('whole', { model, training });
  const [whole, stopped] = [place.newRunFolder(), place.newRunFolder()];
  const bench = new Bench();
  await bench.train(file, whole);
  await bench.until('finished');
  const kept = await keptIn(whole);
  expect(kept.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  for (const { bound, validation } of kept) {
    expect(bound).toMatchObject({ rows: 50, active: expect.any(Number) as number });
    expect(bound!.perUnit).toHaveLength(3);
    expect(bound!.perUnit!.reduce((sum, own) => sum + own, 0)).toBeCloseTo(bound!.divergence, 2);
    // Of 50 of the same 60 rows, by other noise.
    expect(Math.abs(bound!.reconstruction - bound!.divergence + validation!)).toBeLessThan(0.6);
  }
  expect(new Set(kept.map(({ bound }) => bound!.reconstruction)).size).toBe(4);

  bench.manifests.length = 0;
  await bench.train(file, stopped, { epochs: 2 });
  await bench.until('finished');
  const half = await keptIn(stopped);
  expect(timeless(half)).toEqual(timeless(kept.slice(0, 2)));
  const frame = await looked(stopped, bench);
  expect(frame.moments.map(({ epoch }) => epoch)).toEqual([1, 2]);
  bench.manifests.length = 0;
  await bench.train(file, stopped, { resume: true, epochs: 4 });
  await bench.until('finished');
  expect(timeless(await keptIn(stopped))).toEqual(timeless(kept));
  await bench.session.close();

  const other = new Bench();
  const again = await looked(stopped, other);
  expect(again.moments.map(({ epoch, step, active, reconstruction }) => [epoch, step, active, reconstruction])).toEqual(
    kept.map(({ epoch, step, bound }) => [epoch, step, bound!.active, bound!.reconstruction]),
  );
  expect([...again.moments[1]!.perUnit!]).toEqual(kept[1]!.bound!.perUnit!.map(Math.fround));
  await other.session.close();
});

it('goes with the metrics that a checkpoint cuts off', async () => {
  const run = place.newRunFolder();
  const bench = new Bench();
  const file = await place.experiment('cut', { model, training });
  await bench.train(file, run, { epochs: 3 });
  const { checkpoints } = await bench.until('finished');
  const folder = await RunFolder.open(run);
  const first = await keptIn(run);
  await folder.truncateMetrics(first[0]!.step, 1);
  expect((await keptIn(run)).map(({ epoch }) => epoch)).toEqual([1]);
  expect(checkpoints.last).not.toBeNull();
  await bench.session.close();
});

it('is not there where a model has no latent variables', async () => {
  const run = place.newRunFolder();
  const bench = new Bench();
  await bench.train(await place.experiment('plain', { training }), run, { epochs: 1 });
  await bench.until('finished');
  expect((await keptIn(run))[0]).not.toHaveProperty('bound');
  await bench.session.close();
});
