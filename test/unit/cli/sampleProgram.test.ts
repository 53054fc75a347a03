/** `lens sample` as the real program: in a process where nothing has started a backend before it. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMatrix } from '../../../src/data/read.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { bundle } from '../worker/bundle.ts';
import { DIMENSION, Workplace } from '../worker/workplace.ts';

let place: Workplace;
let program: string;
beforeAll(async () => {
  place = await Workplace.make();
  program = await bundle("import './src/cli/main.ts';", 'cli');
});
afterAll(async () => {
  await place.remove();
  await rm(dirname(program), { recursive: true, force: true });
});

const lens = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);

/** One of every way to draw: on the device at once or in turns, and in plain arrays. */
const models: Readonly<Record<string, ExperimentInput['model']>> = {
  vae: { type: 'vae', latent: 2, encoder: { hidden: [8] }, decoder: { hidden: [8] }, image: [2, 3] },
  flow: { type: 'realnvp', layers: 2, hidden: [8] },
  made: { type: 'made', hidden: [8] },
};

describe('the program samples', () => {
  it.each(Object.entries(models))('a %s', async (name, model) => {
    const experiment = await place.experiment(name, {
      model,
      data: { train: 'train.npy', validation: 'validation.npy' },
      training: { epochs: 1, batchSize: 100 },
    });
    const run = place.newRunFolder();
    const trained = await lens('train', experiment, '--run', run, '--backend', 'wasm');
    // A bound is called one, and nothing else is.
    expect(/NLL bound: never below the NLL itself/.test(trained.stderr)).toBe(name === 'vae');
    expect(trained.stdout).toMatch(name === 'vae' ? /Validation NLL bound +\d/ : /Validation +-?\d/);
    const out = join(place.folder, `${name}.npy`);
    const { stdout, stderr } = await lens('sample', run, '--count', '5', '--out', out);
    expect([stdout, stderr]).toEqual([`5 rows of ${DIMENSION} variables, seed 1, temperature 1: ${out}\n`, '']);
    const rows = await readMatrix(`${name}.npy`, place.folder);
    expect([rows.rows, rows.values.every(Number.isFinite)]).toEqual([5, true]);
    if (name !== 'vae') return;
    // The data say nothing of images, and the model does: four tiles of 2 × 3 pixels, a line between them.
    const png = join(place.folder, `${name}.png`);
    await lens('sample', run, '--count', '4', '--out', png);
    expect(decode(await readFile(png))).toMatchObject({ width: 3 + 1 + 3, height: 2 + 1 + 2 });
  });
});
