/** What the command line says of what is wrong with a command: one message, and the exit code. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lens } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { at, plain } = small;

describe('errors', () => {
  const cases: readonly [name: string, args: () => readonly string[], code: number, message: RegExp][] = [
    [
      'a missing experiment',
      () => ['train', at('none.lens.json')],
      1,
      /^lens: <folder>\/none\.lens\.json: no such file/,
    ],
    [
      'a missing run',
      () => ['sample', at('none'), '--count', '1', '--out', 'x.npy'],
      1,
      /^lens: <folder>\/none: no such file/,
    ],
    [
      'a folder that is no run',
      () => ['evaluate', small.place.folder],
      1,
      /^lens: <folder>: is neither a run \(it has no run\.json\)/,
    ],
    [
      'an experiment where a run is needed',
      () => ['inspect', small.experiment],
      1,
      /is a file; the folder of a run is needed/,
    ],
    ['a run where an experiment is needed', () => ['train', small.run], 1, /is a run; an experiment file/],
    [
      'a run that is there already',
      () => ['train', small.experiment, '--run', small.run],
      1,
      /there is a run in this folder already\nAdd --resume/,
    ],
    [
      'nothing to resume',
      () => ['train', small.experiment, '--run', at('empty'), '--resume'],
      1,
      /there is no run in this folder to resume/,
    ],
    [
      'a run of another experiment',
      () => ['train', other, '--run', small.run, '--resume'],
      1,
      /is a run of .*small\.lens\.json, not of <folder>\/other\.lens\.json\nTo go on with it: lens train .*--resume/,
    ],
    [
      'a run where there is a file',
      () => ['train', small.experiment, '--run', small.experiment],
      1,
      /small\.lens\.json: is a file; a folder is needed there/,
    ],
    [
      'a run below a file',
      () => ['train', small.experiment, '--run', join(small.experiment, 'x')],
      1,
      /cannot be made: .*small\.lens\.json is no folder/,
    ],
    [
      'data as an experiment',
      () => ['train', at('train.npy')],
      1,
      /is no experiment file; one is named \*\.lens\.json/,
    ],
    [
      'log p into a folder that is not there',
      () => ['evaluate', small.run, '--per-row', at('none/x.npy')],
      1,
      /--per-row <folder>\/none\/x\.npy: there is no folder <folder>\/none/,
    ],
    [
      'samples into a folder',
      () => ['sample', small.run, '--count', '1', '--out', at('dir.npy')],
      1,
      /--out <folder>\/dir\.npy: is a folder/,
    ],
    ['a mask without a view', () => ['inspect', small.run, '--mask', '3'], 1, /--mask needs --view/],
    [
      'missing weights',
      () => ['evaluate', small.run, '--weights', at('no.safetensors')],
      1,
      /no\.safetensors: no such file/,
    ],
    [
      'weights that are a folder',
      () => ['evaluate', small.run, '--weights', at('runs')],
      1,
      /runs: EISDIR: illegal operation/,
    ],
    ['missing data', () => ['evaluate', small.run, '--data', at('no.npy')], 1, /no\.npy/],
    [
      'an array that is not there',
      () => ['evaluate', small.run, '--data', `${at('test.npy')}#other`],
      1,
      /holds one array; leave out "#other"/,
    ],
    [
      'data with another number of columns',
      () => ['evaluate', small.run, '--data', at('narrow.csv')],
      1,
      /narrow\.csv has 2 columns; the model has 6 variables/,
    ],
    [
      'samples in an unknown format',
      () => ['sample', small.run, '--count', '1', '--out', 'x.gif'],
      1,
      /written as \.npy, \.csv or \.png/,
    ],
    ['a picture without a view', () => ['inspect', small.run, '--svg', 'x.svg'], 1, /--svg needs --view/],
    ['an unknown command', () => ['dance'], 2, /unknown command 'dance'/],
    ['a missing argument', () => ['train'], 2, /missing required argument 'experiment'/],
    ['an unknown option', () => ['train', small.experiment, '--fast'], 2, /unknown option '--fast'/],
    [
      'an unknown backend',
      () => ['train', small.experiment, '--backend', 'gpu'],
      2,
      /Allowed choices are auto, tensorflow-gpu, .*, onnx, tensorflow, wasm, cpu/,
    ],
    [
      'an unknown view',
      () => ['inspect', small.run, '--view', 'dreams'],
      2,
      /Allowed choices are curves, connectivity, masks, dependency, receptiveField/,
    ],
    [
      'a number that is none',
      () => ['sample', small.run, '--count', 'many', '--out', 'x.npy'],
      2,
      /is invalid\. A whole number from 1 to 10000000 is needed/,
    ],
    ['no count', () => ['sample', small.run, '--out', 'x.npy'], 2, /required option '--count <n>' not specified/],
  ];

  let other: string;
  beforeAll(async () => {
    await writeFile(at('narrow.csv'), '0,1\n1,0\n');
    await mkdir(at('dir.npy'));
    other = await small.place.experiment('other');
  });

  it.each(cases)('%s', async (_, args, code, message) => {
    const result = await lens(...args());
    expect(plain(result.err)).toMatch(message);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).not.toMatch(/\n\s+at /);
  });

  it('of an experiment name the file and the line', async () => {
    const unknown = await small.place.experiment('unknown', {
      model: { type: 'made', hidden: [4], layers: 3 } as never,
    });
    const wrongArray = await small.place.experiment('wrong array', { data: { train: 'train.npy#rows' } });
    for (const [file, message] of [
      [unknown, /^lens: <folder>\/unknown\.lens\.json:\d+:\d+: .*layers/],
      [wrongArray, /wrong array\.lens\.json:\d+:\d+: .*train\.npy/],
    ] as const) {
      const { code, err } = await lens('train', file, '--run', small.place.newRunFolder());
      expect(plain(err)).toMatch(message);
      expect(code).toBe(1);
    }
  });

  it('help is no error', async () => {
    const { code, out } = await lens('evaluate', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/--per-row <file> +write log p of every row as npy, float64/);
  });
});
