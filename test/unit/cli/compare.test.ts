/** `lens compare`: the difference of two runs' scores row by row, or why there is none, and what else differs. */
import { readFile, rename } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { readMatrix } from '../../../src/data/read.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { lens, lines } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { at, plain } = small;

let other: string;
beforeAll(async () => {
  other = await train('other', { model: { type: 'made', hidden: [8], masks: 2, orderAgnostic: true } });
});

async function train(name: string, change: Partial<ExperimentInput>): Promise<string> {
  const run = small.place.newRunFolder();
  const file = await small.place.experiment(name, change);
  const { code, err } = await lens('train', file, '--run', run, '--backend', 'wasm', '--epochs', '2');
  expect(code, err).toBe(0);
  return run;
}

const compare = (a: string, b: string, ...more: string[]) => lens('compare', a, b, '--backend', 'wasm', ...more);

/** −log p of every test row, as `lens evaluate` writes it. */
async function nllOf(run: string): Promise<number[]> {
  const file = at('logp.npy');
  await lens('evaluate', run, '--backend', 'wasm', '--per-row', file);
  return Array.from((await readMatrix('logp.npy', small.place.folder)).values, (value) => -value);
}

it('gives the difference row by row, with its standard error', async () => {
  const [a, b] = [await nllOf(small.run), await nllOf(other)];
  const gains = a.map((nll, row) => nll - b[row]!);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const { code, out } = await compare(small.run, other, '--json');
  expect(code).toBe(0);
  const [told] = lines(out);
  expect(Object.keys(told!)).toEqual(['a', 'b', 'difference', 'differences', 'reading']);
  const { gain, standardError, ...how } = told!['difference'] as { gain: number; standardError: number };
  expect(how).toEqual({ paired: true, rows: 50, split: 'test' });
  expect(gain).toBeCloseTo(mean, 4);
  expect(standardError).toBeCloseTo(Math.sqrt(squares / 49 / 50), 4);
  expect(told!['b']).toMatchObject({ run: other, experiment: 'other', model: 'made', best: { epoch: 2 } });
  expect(told!['differences']).toEqual(
    expect.arrayContaining([
      { key: 'model.hidden', a: [16, 16], b: [8] },
      { key: 'model.masks', a: 1, b: 2 },
      { key: 'data.image', a: [2, 3], b: null },
    ]),
  );
});

it('says so in words, with both in a table', async () => {
  const { code, out, err } = await compare(small.run, other);
  expect(code).toBe(0);
  expect(err).toBe('Scoring A …\nScoring B …\n');
  expect(plain(out)).toMatch(/^A {2}<folder>\/runs\/run-\d\nB {2}<folder>\/runs\/run-\d\n\n/);
  expect(out).toMatch(/\n(B is|A and B cannot be told apart).+ nats .*on 50 test rows, taken row by row; B has .+\.\n/);
  expect(out).toMatch(/\nExperiment +small +other\n/);
  expect(out).toMatch(/\nBest epoch +4 \(\d\.\d{3} nats\) +2 \(\d\.\d{3} nats\)\n/);
  expect(out).toMatch(/\nB less A: -?\d\.\d{3} ± \d\.\d{3} nats on 50 test rows, row by row\n/);
  expect(out).toMatch(/\nThe experiments differ in\nKEY +A +B\n(.+\n)*model\.hidden +\[16,16\] +\[8\]\n/);
});

it('draws the curves of both, against the training samples too', async () => {
  const file = at('both.svg');
  const { code, err } = await compare(small.run, other, '--svg', file, '--axis', 'rows', '--log-x');
  expect(code, err).toBe(0);
  const svg = await readFile(file, 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]+<\/svg>$/);
  expect(svg).toContain('training samples evaluated (rows)');
  expect(svg).toContain('>B: other<');
  const { code: refused, err: reason } = await compare(small.run, other, '--log-x');
  expect([refused, reason]).toEqual([1, expect.stringContaining('--log-x needs --svg')]);
});

it('measures how fast each draws, and was trained', async () => {
  const [told] = lines((await compare(small.run, other, '--sampling', '--json')).out);
  for (const run of [told!['a'], told!['b']] as { rowsPerSecond: number; drawingSeconds: Record<string, number> }[]) {
    expect(run.rowsPerSecond).toBeGreaterThan(0);
    expect(Object.keys(run.drawingSeconds)).toEqual(['one', 'each']);
    for (const seconds of Object.values(run.drawingSeconds)) expect(seconds).toBeGreaterThan(0);
  }
});

it('has several in one table', async () => {
  const third = await train('third', { model: { type: 'autoencoder', hidden: [4] } });
  const { code, out, err } = await compare(small.run, other, third, '--sampling');
  expect(code, err).toBe(0);
  expect(out).toMatch(/\nExperiment +small +other +third\n/);
  expect(out).toMatch(/\nTrained at +[\d.,]+ rows\/s +[\d.,]+ rows\/s +[\d.,]+ rows\/s\n/);
  // No rows can be drawn from an autoencoder.
  expect(out).toMatch(/\nA row drawn by itself +[\d.]+ m?s +[\d.]+ m?s +–\n/);
  expect(out).not.toContain('B less A');
  const [told] = lines((await compare(small.run, other, third, '--json')).out);
  expect((told!['runs'] as { experiment: string }[]).map(({ experiment }) => experiment)).toEqual([
    'small',
    'other',
    'third',
  ]);
  const same = await compare(small.run, other, small.run);
  expect([same.code, same.err]).toEqual([1, expect.stringContaining('is the same run as')]);
  const drawn = await compare(small.run, other, third, '--svg', at('several.svg'));
  expect([drawn.code, drawn.err]).toEqual([1, expect.stringContaining('--svg draws the learning curves of two runs')]);
});

it('says why scores do not compare, and compares the rest', async () => {
  const loss = await train('loss', { model: { type: 'autoencoder', hidden: [4] } });
  const withLoss = await compare(small.run, loss);
  expect(withLoss.code).toBe(0);
  expect(withLoss.err).toBe('');
  expect(withLoss.out).toContain('The scores cannot be compared: autoencoder has no density, so that its loss is no');
  expect(withLoss.out).toMatch(/\nMeasured +NLL +cross-entropy\n/);
  expect(withLoss.out).not.toContain('B less A');

  const rows = await train('rows', { data: { train: 'train.npy', test: 'validation.npy' } });
  const [told] = lines((await compare(small.run, rows, '--json')).out);
  expect(told!['difference']).toEqual({ reason: 'the test rows of the two are not the same rows' });
  expect(told!['reading']).toMatch(
    /^The scores cannot be compared: the test rows of the two are not the same rows; B has /,
  );
});

it('falls back on the scores that runs have kept where their rows are gone', async () => {
  await rename(at('test.npy'), at('gone.npy'));
  try {
    const { code, out } = await compare(small.run, other);
    expect(code).toBe(0);
    expect(plain(out)).toMatch(/\nA could not be scored: .*test\.npy.*\nB could not be scored: .*test\.npy/);
    expect(out).toContain(
      'The scores cannot be compared: it is not known yet whether both were scored on the same rows',
    );
  } finally {
    await rename(at('gone.npy'), at('test.npy'));
  }
});

it.each([
  [() => [small.run, small.run], /run-1: is the same run as .*run-1; two runs are compared/],
  [() => [small.run, at('none')], /^lens: <folder>\/none: no such file or folder/],
  [() => [small.experiment, small.run], /is a file; the folder of a run is needed/],
])('refuses what is no pair of runs: %#', async (args, message) => {
  const { code, out, err } = await lens('compare', ...args());
  expect([code, out]).toEqual([1, '']);
  expect(plain(err)).toMatch(message);
});
