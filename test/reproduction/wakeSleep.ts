/**
 * AEVB against wake–sleep (Kingma & Welling 2014, figure 2): the lower bound against training rows seen, of the same
 * networks on Frey faces. `node --import ./test/harness/typescript.mjs test/reproduction/wakeSleep.ts [epochs]` trains both
 * with the command line and keeps the curves in wakeSleep.json.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { latents } from './latentPresets.ts';

const KEPT = 'test/reproduction/wakeSleep.json';
/** Rows of Frey faces that are trained on: 80 % of 1,965. */
const ROWS = 1572;

interface Point {
  /** Training rows seen. */
  readonly seen: number;
  /** Mean lower bound in nats over the epoch's minibatches, and of the validation rows after it. */
  readonly train: number;
  readonly validation: number | null;
}

async function curve(learning: 'aevb' | 'wake-sleep', epochs: number, folder: string): Promise<Point[]> {
  const { experiment } = latents.find(({ name }) => name === 'frey/vae-2-latents')!;
  const source = path.join(path.resolve(process.env['LENS_DATA'] ?? '../shared/data'), "frey/frey_rawface.mat#ff'");
  const file = path.join(folder, `${learning}.lens.json`);
  const own = { ...experiment, model: { ...experiment.model, learning }, data: { ...experiment.data, source } };
  await writeFile(file, `${JSON.stringify(own, null, 2)}\n`);
  const run = path.join(folder, `${learning}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  const args = ['train', file, '--run', run, '--epochs', `${epochs}`, '--backend', 'wasm', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [path.resolve('dist/cli.cjs'), ...args], {
    maxBuffer: 2 ** 26,
  });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; epoch: number; train: number; validation: number | null })
    .filter(({ event }) => event === 'epoch')
    .map(({ epoch, train, validation }) => ({
      seen: epoch * ROWS,
      train: -train,
      validation: validation === null ? null : -validation,
    }));
}

const epochs = Number(process.argv[2] ?? 60);
if (!Number.isInteger(epochs) || epochs < 1)
  throw new Error(`epochs are a whole number from 1, found ${process.argv[2]}`);
const folder = path.resolve('artifacts/reproduction/wake-sleep');
await mkdir(folder, { recursive: true });
const curves = { aevb: await curve('aevb', epochs, folder), 'wake-sleep': await curve('wake-sleep', epochs, folder) };
await writeFile(path.resolve(KEPT), `${JSON.stringify(curves, null, 2)}\n`);
for (const [name, points] of Object.entries(curves)) {
  const { seen, train, validation } = points.at(-1)!;
  console.log(`${name}: bound ${train.toFixed(2)}, validation ${validation?.toFixed(2)} after ${seen} rows`);
}
