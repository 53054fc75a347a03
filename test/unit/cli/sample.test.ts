/** `lens sample`: rows drawn and completed. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { DIMENSION } from '../worker/workplace.ts';
import { presentBackends } from '../backends/everyBackend.ts';
import { expectClose } from '../inspection/compiledLooks.ts';
import { lens, lines } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { at } = small;

describe('sample', () => {
  it('writes npy, the same for the same seed', async () => {
    const draw = async (name: string, seed: string) => {
      const { code, out } = await lens(
        'sample',
        small.run,
        '--count',
        '9',
        '--seed',
        seed,
        '--out',
        at(name),
        '--json',
      );
      expect(code).toBe(0);
      expect(lines(out)).toEqual([
        { rows: 9, dimension: DIMENSION, seed: Number(seed), temperature: 1, file: at(name) },
      ]);
      return readMatrix(name, small.place.folder);
    };
    const first = await draw('a.npy', '5');
    expect([first.rows, first.columns]).toEqual([9, DIMENSION]);
    expect((await draw('b.npy', '5')).values).toEqual(first.values);
    expect((await draw('c.npy', '6')).values).not.toEqual(first.values);
  });

  it('writes csv with names, which is read as the same rows', async () => {
    const draw = async (name: string) => {
      const ran = await lens('sample', small.run, '--count', '9', '--seed', '5', '--out', at(name));
      expect(ran.code).toBe(0);
      return readMatrix(name, small.place.folder);
    };
    const [csv, npy] = [await draw('rows.csv'), await draw('rows.npy')];
    expect((await readFile(at('rows.csv'), 'utf8')).split('\n')[0]).toBe('x1,x2,x3,x4,x5,x6');
    expect([csv.rows, csv.columns]).toEqual([9, DIMENSION]);
    expect([...csv.values]).toEqual([...npy.values]);
    const refused = await lens('sample', small.run, '--count', '2', '--out', at('rows.txt'));
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/are written as \.npy, \.csv or \.png/)]);
  });

  it('completes rows of a file, where NaN and empty cells are drawn', async () => {
    const nan = Float32Array.from([1, 0, NaN, NaN, NaN, NaN, 0, 1, 1, NaN, NaN, NaN]);
    await writeFile(at('given.npy'), writeNpy(nan, [2, DIMENSION]));
    await writeFile(at('given.csv'), '1,0,,,nan,\n0,1,1,,,\n');
    const drawn: Matrix[] = [];
    for (const name of ['given.npy', 'given.csv']) {
      const out = at(`${name}.out.npy`);
      const ran = await lens('sample', small.run, '--count', '5', '--given', at(name), '--out', out, '--json');
      expect([ran.code, lines(ran.out)[0]!['given']]).toEqual([0, 2]);
      drawn.push(await readMatrix(out, small.place.folder));
    }
    for (let r = 0; r < 5; r++) {
      const start = r % 2 === 0 ? [1, 0] : [0, 1, 1];
      expect([...drawn[0]!.values.slice(r * DIMENSION, r * DIMENSION + start.length)]).toEqual(start);
    }
    expect(drawn[1]).toEqual(drawn[0]);
  });

  it('completes rows of a split, of which some columns are kept', async () => {
    const args = ['--given-from', 'test', '--keep', '0,1-2', '--first', '4', '--count', '3', '--out', at('kept.npy')];
    const { code, out } = await lens('sample', small.run, ...args);
    expect([code, out]).toEqual([
      0,
      `3 rows of 6 variables completed from 3, seed 1, temperature 1: ${at('kept.npy')}\n`,
    ]);
    const [kept, test] = [
      await readMatrix('kept.npy', small.place.folder),
      await readMatrix('test.npy', small.place.folder),
    ];
    for (let r = 0; r < 3; r++) {
      const from = (4 + r) * DIMENSION;
      expect([...kept.values.slice(r * DIMENSION, r * DIMENSION + 3)]).toEqual([...test.values.slice(from, from + 3)]);
    }
  });

  it.each([
    [['--given-from', 'test'], 1, /--given-from needs --keep/],
    [['--keep', '0-2'], 1, /--keep says which part of --given-from/],
    [['--given-from', 'test', '--keep', '3-1'], 2, /Columns are needed, counted from 0, such as 0-391/],
    [['--given-from', 'test', '--keep', '1-2'], 1, /x₃ is given but comes at position 3 in the order, after x₁/],
    [['--given-from', 'test', '--keep', '0-9'], 1, /columns 0-9 cannot be kept; there are 0-5/],
    [['--given', 'x.npy', '--given-from', 'test'], 2, /cannot be used with option '--given-from <split>'/],
    [['--given', 'none.npy'], 1, /none\.npy/],
    [['--mask', '1'], 1, /there is no mask 1; this model has 1 mask, counted from 0: the only one is 0/],
    [['--mask', 'one'], 2, /A whole number from 0 is needed/],
    [['--backend', 'auto'], 2, /argument 'auto' is invalid\. Allowed choices are tensorflow-gpu, .*, cpu/],
    [['--context', '3'], 1, /--context 3: this model is not conditioned on anything; leave the option out/],
  ])('refuses %j in words, and writes nothing', async (args, code, message) => {
    const ran = await lens('sample', small.run, '--count', '2', '--out', at('refused.npy'), ...args);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(message);
    await expect(readFile(at('refused.npy'))).rejects.toThrow(/ENOENT/);
  });

  it('draws under one mask of several, each of its own', async () => {
    const model: ExperimentInput['model'] = { type: 'made', hidden: [8], masks: 2, orderAgnostic: true };
    const several = small.place.newRunFolder();
    const file = await small.place.experiment('several', { model });
    expect((await lens('train', file, '--run', several, '--epochs', '1', '--backend', 'wasm')).code).toBe(0);
    const draw = async (...args: string[]) => {
      const ran = await lens('sample', several, '--count', '40', '--out', at('several.npy'), ...args);
      return { ...ran, values: (await readMatrix('several.npy', small.place.folder)).values };
    };
    const [first, second] = [await draw('--mask', '0'), await draw('--mask', '1', '--json')];
    expect(first.out).toBe(`40 rows of 6 variables, mask 0 of 0 … 1, seed 1, temperature 1: ${at('several.npy')}\n`);
    expect(lines(second.out)[0]).toMatchObject({ rows: 40, mask: 1 });
    expect(second.values).not.toEqual(first.values);
    expect((await draw()).values).not.toEqual(first.values);
  });

  it('draws on another backend where one is named, all but the last bits the same', async (context) => {
    const model: ExperimentInput['model'] = { type: 'realnvp', layers: 2, hidden: [8] };
    const flow = small.place.newRunFolder();
    const file = await small.place.experiment('flow', { model });
    expect((await lens('train', file, '--run', flow, '--epochs', '1', '--backend', 'wasm')).code).toBe(0);
    const draw = async (...args: string[]) => {
      const ran = await lens('sample', flow, '--count', '2003', '--out', at('flow.npy'), ...args);
      return { ...ran, values: (await readMatrix('flow.npy', small.place.folder)).values };
    };
    const [plain, named] = [await draw(), await draw('--backend', 'wasm', '--json')];
    expect(lines(named.out)[0]).toMatchObject({ rows: 2003, backend: 'wasm' });
    expect(named.values).toEqual(plain.values);
    if (!presentBackends.includes('onnx')) context.skip('onnx is absent');
    const compiled = await draw('--backend', 'onnx');
    expect([compiled.code, compiled.out, compiled.err]).toEqual([
      0,
      `2,003 rows of 6 variables, seed 1, temperature 1, on onnx: ${at('flow.npy')}\n`,
      '',
    ]);
    expect(compiled.values).not.toEqual(plain.values);
    expectClose(compiled.values, plain.values);
    expect((await draw('--backend', 'onnx')).values).toEqual(compiled.values);
  });

  it('says which labels rows were drawn under where none was asked for', async () => {
    const generate = { generate: 'bars-and-stripes', rows: 40, context: { labels: 'own' } } as const;
    const file = await small.place.experiment('labelled', { data: generate, training: { epochs: 1, batchSize: 20 } });
    const run = small.place.newRunFolder();
    expect((await lens('train', file, '--run', run, '--backend', 'wasm')).code).toBe(0);
    const draw = async (...args: string[]) =>
      (await lens('sample', run, '--out', at('labelled.npy'), ...args)).out.trimEnd().split('\n').slice(1);
    expect(await draw('--count', '4')).toEqual([
      'Drawn under labels 0 … 1 in turn; --context <label> takes one for all.',
    ]);
    expect(await draw('--count', '1')).toEqual(['Drawn under label 0; --context <label> takes one for all.']);
    expect(await draw('--count', '4', '--context', '1')).toEqual([]);
  });

  it('writes a PNG of images', async () => {
    expect((await lens('sample', small.run, '--count', '9', '--out', at('grid.png'))).code).toBe(0);
    const png = await readFile(at('grid.png'));
    // 3 × 3 images of 3 × 2 pixels, one pixel between them.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([11, 8]);
  });
});
