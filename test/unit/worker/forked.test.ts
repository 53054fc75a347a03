/** The worker as a process of its own: how it lives, dies and is replaced. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ConnectivityFrame } from '../../../src/inspection/frames.ts';
import { Connection, type Transport } from '../../../src/protocol/rpc.ts';
import { type HostSide, WORKER_PROTOCOL_VERSION, type WorkerNotifications } from '../../../src/protocol/worker.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { bundle } from './bundle.ts';
import { Bench, Workplace } from './workplace.ts';

let place: Workplace;
let workerFile: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  place = await Workplace.make();
  workerFile = await bundle("import './src/worker/main.ts';", 'worker');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await place.remove();
  await rm(dirname(workerFile), { recursive: true, force: true });
});

function start(file = workerFile) {
  const child = fork(file, [], {
    execArgv: [],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  const transport: Transport = {
    send: (message) => child.send(message as object),
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => void child.on('exit', () => listener('the worker is gone')),
  };
  const host = new Connection<HostSide>(transport);
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  return { child, host, exit };
}

/** Waits until `check` gives something. */
async function eventually<T>(check: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await check();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const LONG = { training: { epochs: 100_000, batchSize: 20, patience: 1_000_000 } } as const;
const train = (host: Connection<HostSide>, experimentFile: string, runFolder: string, resume = false) =>
  host.request('train', { experimentFile, runFolder, backend: 'wasm', resume });

it('greets, beats, trains, sends typed arrays, and ends with its host', async () => {
  const { child, host, exit } = start();
  const beat = new Promise<WorkerNotifications['heartbeat']>((resolve) => host.on('heartbeat', resolve));
  expect(await host.request('hello', { version: WORKER_PROTOCOL_VERSION })).toEqual({
    version: WORKER_PROTOCOL_VERSION,
    pid: child.pid,
  });
  const run = place.newRunFolder();
  await train(host, await place.experiment('forked', LONG), run);
  const frame = await host.request('frame', { kind: 'connectivity', newerThan: 0, mask: null, waitMs: 10_000 });
  expect((frame as ConnectivityFrame).weights[0]!.values).toBeInstanceOf(Int8Array);
  expect((await beat).rssBytes).toBeGreaterThan(1e6);
  child.disconnect();
  expect(await exit).toBe(0);
  expect(await (await RunFolder.open(run)).readManifest()).toMatchObject({ state: 'stopped' });
});

it('exits when its parent is killed, having written a checkpoint', async () => {
  const run = place.newRunFolder();
  const params = {
    experimentFile: await place.experiment('orphan', LONG),
    runFolder: run,
    backend: 'wasm',
    resume: false,
  };
  const parentFile = join(place.folder, 'parent.cjs');
  await writeFile(
    parentFile,
    `const child = require('node:child_process').fork(${JSON.stringify(workerFile)}, [], { execArgv: [], serialization: 'advanced' });
     child.on('message', (m) => { if (m.kind === 'reply') console.log(child.pid); });
     child.send({ kind: 'request', id: 1, method: 'train', params: ${JSON.stringify(params)} });`,
  );
  const parent = spawn(process.execPath, [parentFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(parent);
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
  expect(lives(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !lives(pid));
  const manifest = await (await RunFolder.open(run)).readManifest();
  expect(manifest.state).toBe('stopped');
  expect(manifest.checkpoints.last).toBe(String(manifest.step).padStart(8, '0'));
});

it('killed outright and resumed, ends bit for bit where the uninterrupted run ends', async () => {
  const file = await place.experiment('killed', { training: { epochs: 80, batchSize: 20, patience: 1000 } });
  const whole = place.newRunFolder();
  const bench = new Bench();
  await bench.train(file, whole);
  const uninterrupted = await bench.until('finished');
  await bench.session.close();

  const broken = place.newRunFolder();
  const first = start();
  let step = 0;
  first.host.on('metrics', ({ metrics }) => (step = metrics.at(-1)?.step ?? step));
  await train(first.host, file, broken);
  await eventually(() => step > 30);
  const paused = await first.host.request('pause', {});
  expect(paused.checkpoints.last).not.toBeNull();
  await first.host.request('resume', {});
  // So many rows take minutes: the request is pending when the worker dies.
  const sample = { rows: 10_000_000, seed: 1, temperature: 1, from: 'current' } as const;
  const pending = first.host.request('sample', sample, 0).catch((error: unknown) => error);
  await eventually(() => step > paused.step + 40);
  first.child.kill('SIGKILL');
  expect(await first.exit).toBe('SIGKILL');
  expect(await pending).toMatchObject({ name: 'ConnectionError', message: 'the worker is gone' });
  const folder = await RunFolder.open(broken);
  expect((await folder.readManifest()).state).toBe('running');
  expect(await folder.owner()).toBeNull();

  const second = start();
  const ended = new Promise<RunManifest>((resolve) => {
    second.host.on('manifest', (manifest) => {
      if (manifest.state === 'finished') resolve(manifest);
    });
  });
  await train(second.host, file, broken, true);
  const resumed = await ended;
  const { created: _, ...expected } = uninterrupted;
  expect(resumed).toMatchObject(expected);
  const weights = async (path: string) => readFile((await RunFolder.open(path)).weightsFile(resumed.checkpoints.last!));
  expect(await weights(broken)).toEqual(await weights(whole));
  const losses = async (path: string) =>
    (await (await RunFolder.open(path)).readMetrics()).map(({ step, train: loss }) => [step, loss]);
  expect(await losses(broken)).toEqual(await losses(whole));
});

it('tells of an error that nobody caught, and exits with 1', async () => {
  const file = await bundle(
    "import './src/worker/main.ts'; setTimeout(() => { throw new Error('a mistake of ours'); }, 50);",
    'mistaken',
  );
  const { host, exit } = start(file);
  const log = new Promise<WorkerNotifications['log']>((resolve) => host.on('log', resolve));
  expect(await log).toMatchObject({ level: 'error', text: expect.stringContaining('a mistake of ours') as string });
  expect(await exit).toBe(1);
  await rm(dirname(file), { recursive: true });
});

it('says what it is when somebody starts it by hand', async () => {
  const child = spawn(process.execPath, [workerFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  let text = '';
  child.stderr.on('data', (data) => (text += String(data)));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
  expect(text).toContain('the editor starts it');
});
