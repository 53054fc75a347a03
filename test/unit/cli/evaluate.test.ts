/** `lens evaluate`: scores of rows, from a run or from weights. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../../src/data/npy.ts';
import { allRows } from '../../../src/inspection/allRows.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { DIMENSION } from '../worker/workplace.ts';
import { lens, lines, shapeOf } from './run.ts';
import { smallRun } from './smallRun.ts';

const small = smallRun();
const { at, plain } = small;

const SCORE = { rows: 'number', nats: 'number', standardError: 'number', bitsPerDim: 'number', quantity: 'string' };

describe('evaluate', () => {
  it('scores the test rows with the best parameters: the figures that training ended with', async () => {
    const { code, out } = await lens('evaluate', small.run, '--backend', 'wasm', '--json');
    expect(code).toBe(0);
    const [score] = lines(out);
    expect(shapeOf(score)).toEqual(SCORE);
    expect(Object.keys(score!)).toEqual(['rows', 'nats', 'standardError', 'bitsPerDim', 'quantity']);
    expect(score).toEqual(lines(small.trained.out).at(-1)!['test']);
  });

  it('writes log p of each row: over all rows they are probabilities', async () => {
    const rows = allRows(2, DIMENSION, 0, 2 ** DIMENSION);
    await writeFile(at('all.npy'), writeNpy(rows.values, [rows.rows, DIMENSION]));
    const result = await lens('evaluate', small.run, '--data', at('all.npy'), '--per-row', at('logp.npy'), '--json');
    expect(result.code).toBe(0);
    // The reader of data has float32 at most; log p is there in float64.
    const bytes = await readFile(at('logp.npy'));
    expect(bytes.toString('latin1', 0, 128)).toContain("'descr': '<f8', 'fortran_order': False, 'shape': (64,)");
    const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset + bytes.length - 8 * 64));
    expect(values.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(lines(result.out)[0]!['nats']).toBeCloseTo(-values.reduce((sum, value) => sum + value, 0) / 64, 10);
  });

  it('takes parameters from any safetensors file, with or without orders and degrees', async () => {
    const folder = await RunFolder.open(small.run);
    const file = folder.weightsFile((await folder.readManifest()).checkpoints.best!);
    const { arrays } = decodeSafetensors(await readFile(file), file);
    const bare = Object.fromEntries(Object.entries(arrays).filter(([name]) => /weight|bias/.test(name)));
    await writeFile(at('bare.safetensors'), encodeSafetensors(bare));
    const expected = (await lens('evaluate', small.run, '--json')).out;
    for (const weights of [file, at('bare.safetensors')]) {
      expect((await lens('evaluate', small.experiment, '--weights', weights, '--json')).out).toBe(expected);
    }
    const { ['output.bias']: _, ...lacking } = bare;
    await writeFile(at('lacking.safetensors'), encodeSafetensors(lacking));
    const failed = await lens('evaluate', small.experiment, '--weights', at('lacking.safetensors'));
    expect(plain(failed.err)).toBe(
      'lens: <folder>/lacking.safetensors: has no tensor output.bias; it has hidden.0.bias, hidden.0.weight, ' +
        'hidden.1.bias, hidden.1.weight, output.weight\n',
    );
  });

  it('of an experiment takes its newest run, or says that there is none', async () => {
    const file = await small.place.experiment('twice');
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
    const { out } = await lens('evaluate', small.run);
    expect(plain(out)).toMatch(
      /^Rows {8}test rows\nParameters {2}<folder>.+model\.safetensors\nNLL {9}\d\.\d{3} ± \d\.\d{3} nats, \d\.\d{4} bits\/dim \(50 rows\)\nQuantity {4}log-likelihood\n$/,
    );
  });
});
