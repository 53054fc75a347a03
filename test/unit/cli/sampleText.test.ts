/** `lens sample` of a model of text. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unescaped } from '../../../src/protocol/textLimits.ts';
import { textExperiment } from '../worker/textRun.ts';
import { Workplace } from '../worker/workplace.ts';
import { lens } from './run.ts';

let place: Workplace;
let run: string;
beforeAll(async () => {
  place = await Workplace.make();
  run = place.newRunFolder();
  const { code, err } = await lens(
    ...['train', await textExperiment(place), '--run', run, '--backend', 'wasm', '--json'],
  );
  expect([code, err.includes('rror')]).toEqual([0, false]);
});
afterAll(() => place.remove());

it('is told of by the character while it is learnt', async () => {
  const { err } = await lens(
    ...['train', await textExperiment(place), '--run', place.newRunFolder(), '--backend', 'wasm'],
  );
  expect(err).toMatch(/^Model +\d+ characters a row, /m);
  const [, told, unit] = /train +(\S+) .* validation +\S+ +(\S+)/.exec(err)!;
  // Not above what seven letters drawn by chance would cost, by far less than a row does.
  expect(Number(told)).toBeLessThan(3);
  expect(unit).toBe('nats/character');
});

const sample = (...more: string[]) => lens('sample', run, ...more);

describe('a text', () => {
  it('is what standard output has, what it goes on from first; what is known of it is said beside', async () => {
    const { code, out, err } = await sample(
      '--length',
      '80',
      '--prime',
      'hello\\n',
      '--temperature',
      '0.7',
      '--seed',
      '4',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^hello\n[ehlo\n ]{80}\n?$/);
    expect(err).toMatch(
      /^80 characters, seed 4, temperature 0\.7, \d\.\d{3} nats a character under the model itself\n$/,
    );
    expect((await sample('--length', '80', '--prime', 'hello\\n', '--temperature', '0.7', '--seed', '4')).out).toBe(
      out,
    );
    const longer = await sample('--length', '90', '--prime', 'hello\\n', '--temperature', '0.7', '--seed', '4');
    expect(longer.out.startsWith(out.trimEnd())).toBe(true);
  });

  it('is a file, or JSON', async () => {
    const out = join(place.folder, 'written.txt');
    const said = await sample('--length', '30', '--top-k', '1', '--out', out);
    expect(said).toMatchObject({ code: 0, out: '' });
    expect(said.err).toContain(`30 characters, seed 1, temperature 1, top 1`);
    const text = await readFile(out, 'utf8');
    const json = JSON.parse((await sample('--length', '30', '--top-k', '1', '--seed', '9', '--json')).out) as object;
    // From the most probable character alone there is but one text, whatever the seed.
    expect(json).toMatchObject({ prime: '', text, length: 30, seed: 9, temperature: 1, topK: 1 });
    expect(json).toHaveProperty('natsPerCharacter');
  });

  it('is refused with what would be right', async () => {
    const refused = async (...more: string[]) => (await sample(...more)).err;
    expect(await refused('--prime', 'Hallo')).toContain(
      '--prime: the text that the model learnt never had “H” and “a”',
    );
    expect(await refused('--top-k', '0')).toContain('--top-k');
    expect(await refused('--temperature', '-1')).toContain('--temperature');
    expect(await refused('--length', '9', '--count', '3', '--out', 'x.npy')).toContain(
      '--length and --count do not go together',
    );
    expect(await refused('--keep', '0-3', '--given-from', 'test')).toContain(
      'is for rows; a text goes on from --prime',
    );
    expect(await refused('--backend', 'onnx')).toContain('--backend is for rows');
  });

  it('leaves rows to be drawn like those of any other model', async () => {
    const out = join(place.folder, 'rows.npy');
    expect((await sample('--count', '5', '--out', out)).out).toContain('5 rows of 12 variables');
  });
});

it('texts of the samples view are text, and units along a text a picture', async () => {
  const samples = JSON.parse((await lens('inspect', run, '--view', 'samples', '--json')).out) as { texts: string[] };
  expect(JSON.stringify(samples)).toMatch(/"texts":\["[ehlo\\n ]{12,24}"/);
  const svg = join(place.folder, 'units.svg');
  const units = await lens('inspect', run, '--view', 'units', '--svg', svg);
  expect([units.code, units.out]).toEqual([0, expect.stringContaining('guessing among 6 would cost 1.79')]);
  expect(await readFile(svg, 'utf8')).toContain('Inside the LSTM');
  expect((await lens('inspect', run, '--view', 'ensemble')).err).toContain('none to average over');
});

it('what characters cost is told by place and by character', async () => {
  const svg = join(place.folder, 'entropy.svg');
  const { code, out } = await lens('inspect', run, '--view', 'entropy', '--svg', svg);
  expect([code, out]).toEqual([0, expect.stringMatching(/The 12 characters cost .* nats a piece together/)]);
  expect(out).not.toContain('variable');
  expect(await readFile(svg, 'utf8')).toMatch(/By place in a piece[^]*By character[^]*>␣</);
});

it('takes line breaks and tabs where a shell has no easy way to write them', () => {
  expect(unescaped('a\\nb\\tc\\\\n')).toBe('a\nb\tc\\n');
});

it('is no picture, and is told of no image', async () => {
  const { code, err } = await sample('--count', '2', '--out', join(run, 'rows.png'));
  expect([code, err.includes('there is no PNG'), err.includes('without --count')]).toEqual([1, true, true]);
});
