import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { diagnosticIds } from '../../../src/inspection/findings.ts';
import { allBinaryRows } from '../../../src/inspection/diagnostics/measurements/totalProbability.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { DIMENSION, Workplace } from '../worker/workplace.ts';
import { lens, lines, type Ran, shapeOf } from './run.ts';

let place: Workplace;
let experiment: string;
let run: string;
let trained: Ran;

beforeAll(async () => {
  place = await Workplace.make();
  const image: [number, number] = [2, 3];
  experiment = await place.experiment('small', {
    data: { train: 'train.npy', validation: 'validation.npy', test: 'test.npy', image },
  });
  run = place.newRunFolder();
  trained = await lens('train', experiment, '--run', run, '--backend', 'wasm', '--json');
});
afterAll(() => place.remove());

const at = (name: string) => join(place.folder, name);
/** Absolute paths as in the golden texts. */
const plain = (text: string) => text.replaceAll(place.folder, '<folder>').replaceAll('\\', '/');

const SCORE = { rows: 'number', nats: 'number', standardError: 'number', bitsPerDim: 'number', quantity: 'string' };

describe('train', () => {
  it('with --json writes one event a line and done last', () => {
    expect(trained.code).toBe(0);
    const events = lines(trained.out);
    expect(events.map(({ event }) => event).filter((event) => event !== 'finding')).toEqual([
      'start',
      ...Array.from({ length: 4 }, () => 'epoch'),
      'done',
    ]);
    expect(events[0]).toEqual({
      event: 'start',
      run,
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
    expect(done).toMatchObject({ event: 'done', run, test: { rows: 50 } });
  });

  it('in words says where the run is and how it ended, line by line off a terminal', async () => {
    const args = ['--run', place.newRunFolder(), '--epochs', '2', '--backend', 'wasm'];
    const { code, out, err } = await lens('train', experiment, ...args);
    expect(code).toBe(0);
    expect(plain(err)).toMatch(
      /^Experiment {2}small\nModel {7}6 variables, 486 parameters\nBackend {5}wasm\nRun {9}<folder>\/runs\/run-\d+\n/,
    );
    expect(err).toMatch(
      /epoch 1\/2 {2}train {4}\d\.\d{3} {2}validation \d\.\d{3}\*? +nats +[\d,]+ rows\/s\nepoch 2\/2/,
    );
    expect(out).toMatch(/^State {7}finished\nRun .+\nBest epoch {2}2 .+\nValidation .+\nTest {8}\d\.\d{3} ± /);
  });

  it('puts a new run beside its experiment, and goes on with the newest unfinished one', async () => {
    const first = lines((await lens('train', experiment, '--epochs', '1', '--json')).out).at(-1)!;
    expect(plain(String(first['run']))).toMatch(/^<folder>\/runs\/small\/\d{4}-\d\d-\d\dT/);
    const again = await lens('train', experiment, '--resume', '--json');
    expect(again.code).toBe(1);
    expect(again.err).toContain('has no unfinished run to resume');
    const more = lines((await lens('train', experiment, '--resume', '--epochs', '3', '--json')).out).at(-1)!;
    expect(more).toMatchObject({ event: 'done', run: first['run'], epoch: 3 });
  });

  it('says where the experiment names bad data', async () => {
    const bad = join(place.folder, 'bad.csv');
    await writeFile(bad, '0,1,0,1,0,0\n0,1,nan,1,0,0\n');
    const file = await place.experiment('bad', { data: { train: 'train.npy', test: 'bad.csv' } });
    const { code, err } = await lens('train', file, '--run', place.newRunFolder());
    expect(code).toBe(1);
    expect(plain(err)).toMatch(/lens: .*bad\.lens\.json:\d+:\d+: error: bad\.csv/);
  });

  it('reports a run that failed with its reason and exit code 1', async () => {
    const exploding = await place.experiment('exploding', {
      training: { epochs: 3, optimizer: { type: 'sgd', learningRate: 100, momentum: 0.999 } },
      model: { type: 'made', hidden: [16, 16, 16, 16], activation: 'elu' },
    });
    const failed = place.newRunFolder();
    const { code, out, err } = await lens('train', exploding, '--run', failed, '--json');
    expect(lines(out).at(-1)).toMatchObject({ event: 'failed', reason: expect.any(String) as string });
    expect(code).toBe(1);
    expect(err).toMatch(/^lens: .+: training failed: .+/);
    const seen = await lens('inspect', failed);
    expect(seen.out).toMatch(/\nerror +nan +(NaN|-?Infinity) in .+ at step \d+\n/);
  });
});

describe('evaluate', () => {
  it('scores the test rows with the best parameters: the figures that training ended with', async () => {
    const { code, out } = await lens('evaluate', run, '--backend', 'wasm', '--json');
    expect(code).toBe(0);
    const [score] = lines(out);
    expect(shapeOf(score)).toEqual(SCORE);
    expect(Object.keys(score!)).toEqual(['rows', 'nats', 'standardError', 'bitsPerDim', 'quantity']);
    expect(score).toEqual(lines(trained.out).at(-1)!['test']);
  });

  it('writes log p of each row: over all rows they are probabilities', async () => {
    const rows = allBinaryRows(DIMENSION, 0, 2 ** DIMENSION);
    await writeFile(at('all.npy'), writeNpy(rows.values, [rows.rows, DIMENSION]));
    const result = await lens('evaluate', run, '--data', at('all.npy'), '--per-row', at('logp.npy'), '--json');
    expect(result.code).toBe(0);
    // The reader of data has float32 at most; log p is there in float64.
    const bytes = await readFile(at('logp.npy'));
    expect(bytes.toString('latin1', 0, 128)).toContain("'descr': '<f8', 'fortran_order': False, 'shape': (64,)");
    const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 8 * 64));
    expect(values.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(lines(result.out)[0]!['nats']).toBeCloseTo(-values.reduce((sum, value) => sum + value, 0) / 64, 10);
  });

  it('takes parameters from any safetensors file, with or without orders and degrees', async () => {
    const folder = await RunFolder.open(run);
    const file = folder.weightsFile((await folder.readManifest()).checkpoints.best!);
    const { arrays } = decodeSafetensors(await readFile(file), file);
    const bare = Object.fromEntries(Object.entries(arrays).filter(([name]) => /weight|bias/.test(name)));
    await writeFile(at('bare.safetensors'), encodeSafetensors(bare));
    const expected = (await lens('evaluate', run, '--json')).out;
    for (const weights of [file, at('bare.safetensors')]) {
      expect((await lens('evaluate', experiment, '--weights', weights, '--json')).out).toBe(expected);
    }
    const { ['output.bias']: _, ...lacking } = bare;
    await writeFile(at('lacking.safetensors'), encodeSafetensors(lacking));
    const failed = await lens('evaluate', experiment, '--weights', at('lacking.safetensors'));
    expect(plain(failed.err)).toBe(
      'lens: <folder>/lacking.safetensors: has no tensor output.bias; it has hidden.0.bias, hidden.0.weight, ' +
        'hidden.1.bias, hidden.1.weight, output.weight\n',
    );
  });

  it('of an experiment takes its newest run, or says that there is none', async () => {
    const file = await place.experiment('twice');
    const none = await lens('evaluate', file);
    expect(none.code).toBe(1);
    expect(none.err).toMatch(/has no run with a checkpoint\nTrain it first/);
    const older = lines((await lens('train', file, '--epochs', '1', '--json')).out).at(-1)!;
    const newer = lines((await lens('train', file, '--epochs', '2', '--json')).out).at(-1)!;
    expect(newer['test']).not.toEqual(older['test']);
    const { out, err } = await lens('evaluate', file, '--json');
    expect(lines(out)).toEqual([newer['test']]);
    expect(err).toContain(String(newer['run']));
  });

  it('says in words what was scored', async () => {
    const { out } = await lens('evaluate', run);
    expect(plain(out)).toMatch(
      /^Rows {8}test rows\nParameters {2}<folder>.+model\.safetensors\nNLL {9}\d\.\d{3} ± \d\.\d{3} nats, \d\.\d{4} bits\/dim \(50 rows\)\nQuantity {4}log-likelihood\n$/,
    );
  });
});

describe('sample', () => {
  it('writes npy, the same for the same seed', async () => {
    const draw = async (name: string, seed: string) => {
      const { code, out } = await lens('sample', run, '--count', '9', '--seed', seed, '--out', at(name), '--json');
      expect(code).toBe(0);
      expect(lines(out)).toEqual([
        { rows: 9, dimension: DIMENSION, seed: Number(seed), temperature: 1, file: at(name) },
      ]);
      return readMatrix(name, place.folder);
    };
    const first = await draw('a.npy', '5');
    expect([first.rows, first.columns]).toEqual([9, DIMENSION]);
    expect((await draw('b.npy', '5')).values).toEqual(first.values);
    expect((await draw('c.npy', '6')).values).not.toEqual(first.values);
  });

  it('completes rows of a file, where NaN and empty cells are drawn', async () => {
    const nan = Float32Array.from([1, 0, NaN, NaN, NaN, NaN, 0, 1, 1, NaN, NaN, NaN]);
    await writeFile(at('given.npy'), writeNpy(nan, [2, DIMENSION]));
    await writeFile(at('given.csv'), '1,0,,,nan,\n0,1,1,,,\n');
    const drawn: Matrix[] = [];
    for (const name of ['given.npy', 'given.csv']) {
      const out = at(`${name}.out.npy`);
      const ran = await lens('sample', run, '--count', '5', '--given', at(name), '--out', out, '--json');
      expect([ran.code, lines(ran.out)[0]!['given']]).toEqual([0, 2]);
      drawn.push(await readMatrix(out, place.folder));
    }
    for (let r = 0; r < 5; r++) {
      const start = r % 2 === 0 ? [1, 0] : [0, 1, 1];
      expect([...drawn[0]!.values.slice(r * DIMENSION, r * DIMENSION + start.length)]).toEqual(start);
    }
    expect(drawn[1]).toEqual(drawn[0]);
  });

  it('completes rows of a split, of which some columns are kept', async () => {
    const args = ['--given-from', 'test', '--keep', '0,1-2', '--first', '4', '--count', '3', '--out', at('kept.npy')];
    const { code, out } = await lens('sample', run, ...args);
    expect([code, out]).toEqual([
      0,
      `3 rows of 6 variables completed from 3, seed 1, temperature 1: ${at('kept.npy')}\n`,
    ]);
    const [kept, test] = [await readMatrix('kept.npy', place.folder), await readMatrix('test.npy', place.folder)];
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
    [['--context', '3'], 1, /--context 3: this model is not conditioned on anything; leave the option out/],
  ])('refuses %j in words, and writes nothing', async (args, code, message) => {
    const ran = await lens('sample', run, '--count', '2', '--out', at('refused.npy'), ...args);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(message);
    await expect(readFile(at('refused.npy'))).rejects.toThrow(/ENOENT/);
  });

  it('writes a PNG of images', async () => {
    expect((await lens('sample', run, '--count', '9', '--out', at('grid.png'))).code).toBe(0);
    const png = await readFile(at('grid.png'));
    // 3 × 3 images of 3 × 2 pixels, one pixel between them.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([11, 8]);
  });
});

describe('inspect', () => {
  it('sums up a run and its diagnostics', async () => {
    const { code, out } = await lens('inspect', run);
    expect(code).toBe(0);
    expect(plain(out)).toMatch(
      /^Run {9}<folder>.+\nExperiment {2}small\nState {7}finished, epoch 4\nModel {7}6 variables/,
    );
    expect(out).toMatch(/\n\nok +nan\nok +future-leak\n/);
    const [json] = lines((await lens('inspect', run, '--json')).out);
    expect(Object.keys(json!)).toEqual(['run', 'manifest', 'diagnostics']);
    expect(json!['diagnostics']).toHaveLength(diagnosticIds.length);
  });

  it.each([
    ['curves', /^Learning curves: .+\n/],
    ['connectivity', /^Connectivity: Every output sees only earlier inputs: 0 of 21 forbidden pairs/],
    ['masks', /^Masks, paths and Jacobian: .*0 of 21 forbidden pairs, .*no forbidden entry differs from 0: 0 of 21\./],
    ['samples', /^Samples: 32|^Samples: 64/],
  ])('shows %s as a sentence, as JSON and as a picture', async (view, sentence) => {
    const { code, out } = await lens('inspect', run, '--view', view, '--svg', at(`${view}.svg`));
    expect(code).toBe(0);
    expect(out).toMatch(sentence);
    expect(await readFile(at(`${view}.svg`), 'utf8')).toMatch(/^<svg [\s\S]+<\/svg>$/);
    expect(lines((await lens('inspect', run, '--view', view, '--json')).out)).toHaveLength(1);
  });

  it('gives typed arrays as lists of numbers', async () => {
    const [frame] = lines((await lens('inspect', run, '--view', 'connectivity', '--json')).out);
    expect((frame!['network'] as { order: number[] }).order).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('check and devices', () => {
  it('check finds nothing in a sound file and everything in a bad one, with lines', async () => {
    expect(await lens('check', experiment)).toMatchObject({
      code: 0,
      out: expect.stringContaining('no problems') as string,
    });
    await writeFile(
      at('bad.lens.json'),
      '{\n  "model": { "type": "made", "hiden": [5] },\n  "data": { "train": "gone.npy" }\n}\n',
    );
    const { code, out } = await lens('check', at('bad.lens.json'));
    expect(code).toBe(1);
    expect(plain(out)).toMatch(/bad\.lens\.json:2:\d+: error: .*hiden/);
    expect(out).toMatch(/bad\.lens\.json:3:\d+: error: .*gone\.npy/);
    const problems = JSON.parse((await lens('check', at('bad.lens.json'), '--json')).out) as { line: number }[];
    expect(problems.map(({ line }) => line)).toContain(2);
  });

  it('devices lists every backend', async () => {
    const { out } = await lens('devices', '--json');
    const devices = JSON.parse(out) as { name: string; available: boolean }[];
    expect(devices.map(({ name }) => name)).toEqual(['tensorflow-gpu', 'webgpu', 'tensorflow', 'wasm', 'cpu']);
    // Whether it has been timed depends on what other tests trained.
    const wasm = devices.filter(({ name }) => name === 'wasm').map((device) => ({ ...device, timing: null }));
    expect(shapeOf(wasm)).toEqual([
      {
        name: 'string',
        available: 'boolean',
        version: 'string',
        device: 'string',
        reason: 'null',
        memoryBytes: 'number',
        software: 'boolean',
        timing: 'null',
      },
    ]);
    expect((await lens('devices')).out).toMatch(
      /^BACKEND +STATE +MEMORY +VERSION +DEVICE, OR WHY NOT\n(.*\n)*wasm +available +\d+\.\d GiB +4\.\S+ +WebAssembly/,
    );
  });
});

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
      () => ['evaluate', place.folder],
      1,
      /^lens: <folder>: is neither a run \(it has no run\.json\)/,
    ],
    [
      'an experiment where a run is needed',
      () => ['inspect', experiment],
      1,
      /is a file; the folder of a run is needed/,
    ],
    ['a run where an experiment is needed', () => ['train', run], 1, /is a run; an experiment file/],
    [
      'a run that is there already',
      () => ['train', experiment, '--run', run],
      1,
      /there is a run in this folder already\nAdd --resume/,
    ],
    [
      'nothing to resume',
      () => ['train', experiment, '--run', at('empty'), '--resume'],
      1,
      /there is no run in this folder to resume/,
    ],
    [
      'a run of another experiment',
      () => ['train', other, '--run', run, '--resume'],
      1,
      /is a run of .*small\.lens\.json, not of <folder>\/other\.lens\.json\nTo go on with it: lens train .*--resume/,
    ],
    [
      'a run where there is a file',
      () => ['train', experiment, '--run', experiment],
      1,
      /small\.lens\.json: is a file; a folder is needed there/,
    ],
    [
      'a run below a file',
      () => ['train', experiment, '--run', join(experiment, 'x')],
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
      () => ['evaluate', run, '--per-row', at('none/x.npy')],
      1,
      /--per-row <folder>\/none\/x\.npy: there is no folder <folder>\/none/,
    ],
    [
      'samples into a folder',
      () => ['sample', run, '--count', '1', '--out', at('dir.npy')],
      1,
      /--out <folder>\/dir\.npy: is a folder/,
    ],
    ['a mask without a view', () => ['inspect', run, '--mask', '3'], 1, /--mask needs --view/],
    ['missing weights', () => ['evaluate', run, '--weights', at('no.safetensors')], 1, /no\.safetensors: no such file/],
    [
      'weights that are a folder',
      () => ['evaluate', run, '--weights', at('runs')],
      1,
      /runs: EISDIR: illegal operation/,
    ],
    ['missing data', () => ['evaluate', run, '--data', at('no.npy')], 1, /no\.npy/],
    [
      'an array that is not there',
      () => ['evaluate', run, '--data', `${at('test.npy')}#other`],
      1,
      /holds one array; leave out "#other"/,
    ],
    [
      'data with another number of columns',
      () => ['evaluate', run, '--data', at('narrow.csv')],
      1,
      /narrow\.csv has 2 columns; the model has 6 variables/,
    ],
    [
      'samples in an unknown format',
      () => ['sample', run, '--count', '1', '--out', 'x.gif'],
      1,
      /written as \.npy or \.png/,
    ],
    ['a picture without a view', () => ['inspect', run, '--svg', 'x.svg'], 1, /--svg needs --view/],
    ['an unknown command', () => ['dance'], 2, /unknown command 'dance'/],
    ['a missing argument', () => ['train'], 2, /missing required argument 'experiment'/],
    ['an unknown option', () => ['train', experiment, '--fast'], 2, /unknown option '--fast'/],
    [
      'an unknown backend',
      () => ['train', experiment, '--backend', 'gpu'],
      2,
      /Allowed choices are auto, tensorflow-gpu, webgpu, tensorflow, wasm, cpu/,
    ],
    [
      'an unknown view',
      () => ['inspect', run, '--view', 'dreams'],
      2,
      /Allowed choices are curves, connectivity, masks, dependency, samples/,
    ],
    [
      'a number that is none',
      () => ['sample', run, '--count', 'many', '--out', 'x.npy'],
      2,
      /is invalid\. A whole number from 1 to 10000000 is needed/,
    ],
    ['no count', () => ['sample', run, '--out', 'x.npy'], 2, /required option '--count <n>' not specified/],
  ];

  let other: string;
  beforeAll(async () => {
    await writeFile(at('narrow.csv'), '0,1\n1,0\n');
    await mkdir(at('dir.npy'));
    other = await place.experiment('other');
  });

  it.each(cases)('%s', async (_, args, code, message) => {
    const result = await lens(...args());
    expect(plain(result.err)).toMatch(message);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).not.toMatch(/\n\s+at /);
  });

  it('of an experiment name the file and the line', async () => {
    const unknown = await place.experiment('unknown', { model: { type: 'made', hidden: [4], layers: 3 } as never });
    const wrongArray = await place.experiment('wrong array', { data: { train: 'train.npy#rows' } });
    for (const [file, message] of [
      [unknown, /^lens: <folder>\/unknown\.lens\.json:\d+:\d+: .*layers/],
      [wrongArray, /wrong array\.lens\.json:\d+:\d+: .*train\.npy/],
    ] as const) {
      const { code, err } = await lens('train', file, '--run', place.newRunFolder());
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
