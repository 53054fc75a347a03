/** `lens train`: what it writes, where it puts a run, and how it fails. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIMENSION } from '../worker/workplace.ts';
import { lens, lines, shapeOf } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { plain } = small;

const SCORE = { rows: 'number', nats: 'number', standardError: 'number', bitsPerDim: 'number', quantity: 'string' };

describe('train', () => {
  it('with --json writes one event a line and done last', () => {
    expect(small.trained.code).toBe(0);
    const events = lines(small.trained.out);
    expect(events.map(({ event }) => event).filter((event) => event !== 'finding')).toEqual([
      'start',
      ...Array.from({ length: 4 }, () => 'epoch'),
      'done',
    ]);
    expect(events[0]).toEqual({
      event: 'start',
      run: small.run,
      experiment: 'small',
      backend: 'wasm',
      dimension: DIMENSION,
      parameterCount: 16 * 6 + 16 + 16 * 16 + 16 + 6 * 16 + 6,
      epochs: 4,
    });
    const epoch = events.find((event) => event['event'] === 'epoch');
    expect(shapeOf(epoch)).toEqual({
      event: 'string',
      step: 'number',
      epoch: 'number',
      rows: 'number',
      seconds: 'number',
      train: 'number',
      validation: 'number',
      best: 'boolean',
      rowsPerSecond: 'number',
    });
    const done = events.at(-1)!;
    expect(shapeOf(done)).toEqual({
      event: 'string',
      run: 'string',
      epoch: 'number',
      step: 'number',
      best: { epoch: 'number', nats: 'number' },
      validation: SCORE,
      test: SCORE,
    });
    expect(done).toMatchObject({ event: 'done', run: small.run, test: { rows: 50 } });
  });

  it('in words says where the run is and how it ended, line by line off a terminal', async () => {
    const args = ['--run', small.place.newRunFolder(), '--epochs', '2', '--backend', 'wasm'];
    const { code, out, err } = await lens('train', small.experiment, ...args);
    expect(code).toBe(0);
    expect(plain(err)).toMatch(
      /^Experiment {2}small\nModel {7}6 variables, 486 parameters\nBackend {5}wasm\nRun {9}<folder>\/runs\/run-\d+\n/m,
    );
    expect(err).toMatch(
      /epoch 1\/2 {2}train {4}\d\.\d{3} {2}validation \d\.\d{3}\*? +nats +[\d,]+ rows\/s\nepoch 2\/2/,
    );
    expect(out).toMatch(/^State {7}finished\nRun .+\nBest epoch {2}2 .+\nValidation .+\nTest {8}\d\.\d{3} ± /);
  });

  it('puts a new run beside its experiment, and goes on with the newest unfinished one', async () => {
    const first = lines((await lens('train', small.experiment, '--epochs', '1', '--json')).out).at(-1)!;
    expect(plain(String(first['run']))).toMatch(/^<folder>\/runs\/small\/\d{4}-\d\d-\d\dT/);
    const again = await lens('train', small.experiment, '--resume', '--json');
    expect(again.code).toBe(1);
    expect(again.err).toContain('has no unfinished run to resume');
    const more = lines((await lens('train', small.experiment, '--resume', '--epochs', '3', '--json')).out).at(-1)!;
    expect(more).toMatchObject({ event: 'done', run: first['run'], epoch: 3 });
  });

  it('says where the experiment names bad data', async () => {
    const bad = join(small.place.folder, 'bad.csv');
    await writeFile(bad, '0,1,0,1,0,0\n0,1,nan,1,0,0\n');
    const file = await small.place.experiment('bad', { data: { train: 'train.npy', test: 'bad.csv' } });
    const { code, err } = await lens('train', file, '--run', small.place.newRunFolder());
    expect(code).toBe(1);
    expect(plain(err)).toMatch(/lens: .*bad\.lens\.json:\d+:\d+: error: bad\.csv/);
  });

  it('reports a run that failed with its reason and exit code 1', async () => {
    const exploding = await small.place.experiment('exploding', {
      training: { epochs: 3, optimizer: { type: 'sgd', learningRate: 100, momentum: 0.999 } },
      model: { type: 'made', hidden: [16, 16, 16, 16], activation: 'elu' },
    });
    const failed = small.place.newRunFolder();
    const { code, out, err } = await lens('train', exploding, '--run', failed, '--json');
    expect(lines(out).at(-1)).toMatchObject({ event: 'failed', reason: expect.any(String) as string });
    expect(code).toBe(1);
    expect(err).toMatch(/^lens: .+: training failed: .+/m);
    const seen = await lens('inspect', failed);
    expect(seen.out).toMatch(/\nerror +nan +(NaN|-?Infinity) in .+ at step \d+\n/);
  });
});
