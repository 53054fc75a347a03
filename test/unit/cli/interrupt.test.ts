/** Ctrl-C, on the real program. */
import { spawn } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { textExperiment } from '../worker/textRun.ts';
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

/** Runs the program; interrupts it once it has written `when`. */
async function interrupted(args: readonly string[], when: RegExp) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err, sent] = ['', '', false];
  const look = () => {
    if (sent || !when.test(out + err)) return;
    sent = true;
    child.kill('SIGINT');
  };
  child.stdout.on('data', (data) => {
    out += String(data);
    look();
  });
  child.stderr.on('data', (data) => {
    err += String(data);
    look();
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

it('stops with a checkpoint, says how to go on, and that works', async () => {
  const experiment = await place.experiment('endless', { training: { epochs: 100_000, batchSize: 20, patience: 1e6 } });
  const run = place.newRunFolder();
  const { code, err, out } = await interrupted(['train', experiment, '--run', run], /epoch +2\//);
  expect(code).toBe(130);
  expect(err).toContain('Stopping after this batch; Ctrl-C again quits at once.');
  expect(err).toContain(`--run ${run} --resume`);
  expect(out).toMatch(/^State {7}stopped\n/);
  const stopped = await (await RunFolder.open(run)).readManifest();
  expect(stopped.checkpoints.last).toBe(String(stopped.step).padStart(8, '0'));

  const resumed = await interrupted(['train', experiment, '--run', run, '--resume', '--json'], /"event":"epoch"/);
  const events = resumed.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; step?: number });
  expect(resumed.code).toBe(130);
  expect(events.find(({ event }) => event === 'epoch')!.step).toBe(Math.ceil((stopped.step + 1) / 20) * 20);
  expect(events.at(-1)!.event).toBe('stopped');
});

it('keeps the rows of a drawing that are finished', async () => {
  const experiment = await place.experiment('drawn', { training: { epochs: 1, batchSize: 20 } });
  const run = place.newRunFolder();
  await interrupted(['train', experiment, '--run', run], /never/);
  const out = join(place.folder, 'many.npy');
  const {
    code,
    err,
    out: said,
  } = await interrupted(['sample', run, '--count', '3000000', '--out', out], /[\d,]+ of 3,000,000 rows drawn/);
  expect(code).toBe(130);
  const [, told] = /Interrupted: ([\d,]+) of 3,000,000 rows were finished; they are written/.exec(err)!;
  const count = Number(told!.replaceAll(',', ''));
  expect(count).toBeGreaterThanOrEqual(300_000);
  expect(count).toBeLessThan(3_000_000);
  expect(said).toContain(`${told!} rows of ${DIMENSION} variables`);
  const rows = await readMatrix('many.npy', place.folder);
  expect([rows.rows, rows.values.every(Number.isFinite)]).toEqual([count, true]);
  expect((await readdir(place.folder)).filter((name) => name.includes('many'))).toEqual(['many.npy']);
});

it('keeps what has been written of a text', async () => {
  const run = place.newRunFolder();
  await interrupted(['train', await textExperiment(place), '--run', run, '--backend', 'wasm'], /never/);
  const { code, out, err } = await interrupted(['sample', run, '--length', '100000', '--prime', 'hel'], /^hel[^]{20}/);
  expect(code).toBe(130);
  const written = Number(/^Interrupted after ([\d,]+) characters/.exec(err)![1]!.replaceAll(',', ''));
  expect(written).toBeLessThan(100_000);
  // A line break ends what does not end so itself.
  expect([written + 3, written + 4]).toContain(Array.from(out).length);
});
