/** The views of probabilities on the command line. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnsembleFrame, EntropyFrame, ProbabilityFrame } from '../../../src/inspection/frames.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { DIMENSION, Workplace } from '../worker/workplace.ts';
import { lens, lines } from './run.ts';

let place: Workplace;
let several: string;
let loss: string;

beforeAll(async () => {
  place = await Workplace.make();
  const train = async (name: string, model: ExperimentInput['model']) => {
    const folder = place.newRunFolder();
    const experiment = await place.experiment(name, { model });
    const { code, err } = await lens('train', experiment, '--run', folder, '--backend', 'wasm', '--epochs', '1');
    expect(err).not.toMatch(/Error/);
    expect(code).toBe(0);
    return folder;
  };
  several = await train('several', { type: 'made', hidden: [8], masks: 3, orderAgnostic: true });
  loss = await train('loss', { type: 'autoencoder', hidden: [8] });
});
afterAll(() => place.remove());

const frameOf = async (run: string, view: string) =>
  lines((await lens('inspect', run, '--view', view, '--json', '--backend', 'wasm')).out)[0];

it.each([
  ['probability', /^Total probability: The probabilities of all 64 rows add up to 1 to within .+ all 3 masks together/],
  ['ensemble', /^Ensemble curve: 3 masks together need \d\.\d\d nats a row/],
  ['entropy', /^Conditional entropy: The 6 variables cost \d\.\d\d ± \d\.\d\d nats a row together/],
])('shows %s as a sentence and as a picture', async (view, sentence) => {
  const file = join(place.folder, `${view}.svg`);
  const { code, out } = await lens('inspect', several, '--view', view, '--svg', file, '--backend', 'wasm');
  expect(code).toBe(0);
  expect(out).toMatch(sentence);
  const svg = await readFile(file, 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]+<\/svg>$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

it('looks as closely as it can, and gives numbers that fit together', async () => {
  const probability = (await frameOf(several, 'probability')) as unknown as ProbabilityFrame;
  expect(probability).toMatchObject({ complete: true, ensemble: true, reason: null });
  expect(probability.sum!.total).toBeCloseTo(1, 5);
  const ensemble = (await frameOf(several, 'ensemble')) as unknown as EnsembleFrame;
  expect(ensemble.curve).toHaveLength(3);
  const entropy = (await frameOf(several, 'entropy')) as unknown as EntropyFrame;
  expect(entropy.surprise).toHaveLength(DIMENSION);
  expect(entropy.nll).toBeCloseTo(ensemble.single[entropy.mask]!, 4);
});

it('adds up an autoencoder’s exp(−loss), and says why it has no other view', async () => {
  const { out } = await lens('inspect', loss, '--view', 'probability', '--backend', 'wasm');
  expect(out).toMatch(/^Total probability: Over all 64 rows exp\(−loss\) adds up to/);
  const { code, err } = await lens('inspect', loss, '--view', 'entropy', '--backend', 'wasm');
  expect(code).toBe(1);
  expect(err).toContain('has no density');
});
