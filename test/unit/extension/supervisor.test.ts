import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { TrainParams } from '../../../src/protocol/worker.ts';
import { buildFakeWorker } from './buildFakeWorker.ts';
import type { Behaviour } from './fakeWorker.ts';
import { exitReason } from '../../../extension/worker/workerProcess.ts';
import { Supervisor } from '../../../extension/worker/supervisor.ts';
import { Watchdog } from '../../../extension/worker/watchdog.ts';
import type { RunListener, WorkerStatus } from '../../../extension/worker/runWorker.ts';

// So long that no busy machine reaches them.
const limits = { silenceMs: 60_000, graceMs: 30_000, backOffMs: [10, 20], idleMs: 60_000 };

class Recorder implements RunListener {
  activity(): void {}
  sampling(): void {}
  writing(): void {}
  readonly statuses: WorkerStatus[] = [];
  readonly manifests: RunManifest[] = [];
  readonly losses: number[] = [];
  processes = 0;
  given: string | null = null;
  readonly #waiting: (() => void)[] = [];

  manifest(manifest: RunManifest) {
    this.manifests.push(manifest);
    this.#wake();
  }
  metrics({ metrics }: Parameters<RunListener['metrics']>[0]) {
    this.losses.push(...metrics.map((metric) => metric.train));
    this.#wake();
  }
  findings() {
    this.#wake();
  }
  backend() {
    this.#wake();
  }
  status(status: WorkerStatus) {
    this.statuses.push(status);
    this.#wake();
  }
  restarted() {
    this.processes += 1;
    this.#wake();
  }
  gaveUp(reason: string) {
    this.given = reason;
    this.#wake();
  }
  get phase() {
    return this.statuses.at(-1)?.phase;
  }
  /** Settles once `condition` holds; the test's own time limit is what ends a wait in vain. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

let program: Awaited<ReturnType<typeof buildFakeWorker>>;
let file: string;
beforeAll(async () => {
  program = await buildFakeWorker();
  ({ file } = program);
});
afterAll(() => program.remove());

let folder: string;
let supervisor: Supervisor;
let heard: Recorder;
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lens-supervisor-'));
  log.length = 0;
  heard = new Recorder();
  supervisor = new Supervisor({ file, limits, log: (level, text) => log.push(`${level}: ${text}`) });
});
afterEach(async () => {
  await supervisor.dispose();
  await rm(folder, { recursive: true });
});

async function script(...behaviours: Behaviour[]): Promise<TrainParams> {
  await writeFile(join(folder, 'script.json'), JSON.stringify(behaviours));
  await writeFile(join(folder, 'used.json'), '0');
  return { experimentFile: '/x.lens.json', runFolder: folder, backend: 'auto', resume: false };
}
const worker = () => supervisor.worker(folder, heard);

describe('a worker that trains', () => {
  it('is live after the first batch and tells what it measures', async () => {
    const manifest = await worker().train(await script('train'));
    expect(manifest.state).toBe('running');
    await heard.until(() => heard.losses.length === 1);
    expect(heard.losses).toEqual([1]);
    expect(heard.statuses.map((s) => s.phase)).toEqual(['starting', 'live']);
    expect(worker().training).toBe(true);
  });

  it('is one process per run: a second training of the same run is refused', async () => {
    const params = await script('train');
    await worker().train(params);
    await expect(worker().train(params)).rejects.toThrow('already being trained');
  });

  it('counts as idle, not as training, once the run has finished', async () => {
    await worker().train(await script('finish'));
    await heard.until(() => heard.manifests.at(-1)?.state === 'finished');
    expect(worker().training).toBe(false);
    expect(worker().live).toBe(true);
  });

  it('writes what it keeps before it goes, when the editor closes', async () => {
    await worker().train(await script('train'));
    await supervisor.dispose();
    expect(await readFile(join(folder, 'farewell'), 'utf8')).toBe('checkpoint written');
    expect(heard.statuses.at(-1)).toEqual({ phase: 'absent', problem: null });
  });
});

describe('a worker that dies', () => {
  it('while training is restarted and resumes', async () => {
    await worker().train(await script('crash', 'train'));
    await heard.until(() => heard.losses.length === 2);
    expect(heard.losses, 'the second process was asked to resume').toEqual([1, 2]);
    expect(heard.statuses).toContainEqual({
      phase: 'restarting',
      attempt: 1,
      of: 2,
      reason: 'the worker process ended with code 134: FATAL ERROR: heap out of memory',
    });
    expect(heard.phase).toBe('live');
    expect(heard.processes).toBe(2);
  });

  it('again and again is given up with the reason after the last restart', async () => {
    await worker().train(await script('crash'));
    await heard.until(() => heard.given !== null);
    expect(heard.given).toBe(
      'the worker process ended with code 134: FATAL ERROR: heap out of memory; given up after 2 restarts',
    );
    expect(heard.processes).toBe(3);
    expect(worker().training).toBe(false);
    expect(heard.statuses.at(-1)).toEqual({ phase: 'absent', problem: heard.given });
  });

  it('is not restarted when the resumed run is refused with words', async () => {
    await worker().train(await script('crash', 'refuse'));
    await heard.until(() => heard.given !== null);
    expect(heard.given).toBe('the data has no columns');
    expect(heard.processes).toBe(2);
  });

  it('before the first batch rejects the request with the reason and is not restarted', async () => {
    await expect(worker().train(await script('die'))).rejects.toThrow('the worker process ended with code 3');
    expect(heard.processes).toBe(1);
    expect(heard.given).toBe(null);
    expect(heard.phase).toBe('absent');
    expect(worker().training).toBe(false);
  });

  it('rejects what is pending, with the reason', async () => {
    await worker().open('auto');
    await expect(worker().request('sample', { rows: 1, seed: 1, temperature: 1, from: 'best' })).rejects.toThrow(
      'the worker process ended with code 1',
    );
    expect(worker().live).toBe(false);
    await worker().open('auto');
    expect(heard.processes, 'the next request starts a new one').toBe(2);
  });

  it('of silence is killed and counts as crashed', async () => {
    await supervisor.dispose();
    supervisor = new Supervisor({ file, limits: { ...limits, silenceMs: 400 }, log: () => undefined });
    await worker().train(await script('hang', 'train'));
    await heard.until(() => heard.losses.length === 2);
    const restart = heard.statuses.find((s) => s.phase === 'restarting');
    expect(restart).toMatchObject({ reason: expect.stringContaining('gave no sign of life') });
  });

  it('may be stopped while it waits for its restart', async () => {
    await supervisor.dispose();
    supervisor = new Supervisor({ file, limits: { ...limits, backOffMs: [60_000] }, log: () => undefined });
    await worker().train(await script('crash'));
    await heard.until(() => heard.phase === 'restarting');
    await worker().stop();
    await heard.until(() => heard.phase === 'absent');
    expect(heard.processes).toBe(1);
    expect(worker().live).toBe(false);
  });
});

describe('the workers of one run', () => {
  const pidsOf = async () => (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
  const alive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  beforeEach(() => {
    process.env['FAKE_WORKER_PIDS'] = join(folder, 'pids');
  });
  afterEach(() => {
    delete process.env['FAKE_WORKER_PIDS'];
  });

  it('are one: training that begins while the inspector’s is still starting takes its place', async () => {
    const params = await script('train');
    const opened = worker().open('auto');
    const refused = expect(opened).rejects.toThrow('training starts in a new worker');
    const manifest = await worker().train(params);
    await refused;
    expect(manifest.state).toBe('running');
    const pids = await pidsOf();
    expect(pids.filter(alive)).toEqual([pids.at(-1)]);
    expect(heard.manifests.map(({ state }) => state)).toEqual(['running']);
    expect(heard.phase).toBe('live');
  });

  it('are one: training does not wait for the inspector’s to have read its data', async () => {
    const params = await script('train');
    await writeFile(join(folder, 'slow'), '');
    const refused = expect(worker().open('auto')).rejects.toThrow('training starts in a new worker');
    await expect
      .poll(() =>
        stat(join(folder, 'opening')).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await worker().train(params);
    await refused;
    expect(await pidsOf()).toHaveLength(2);
    expect((await pidsOf()).filter(alive)).toHaveLength(1);
    expect(heard.manifests.map(({ state }) => state)).toEqual(['running']);
  });

  it('serve an inspector that asks while training begins', async () => {
    const params = await script('train');
    await Promise.all([worker().train(params), worker().open('auto'), worker().open('auto')]);
    expect(await pidsOf()).toHaveLength(1);
  });

  it('are all gone when the editor closes while one is starting', async () => {
    const refused = expect(worker().open('auto')).rejects.toThrow('shutting down');
    await heard.until(() => heard.phase === 'starting');
    await supervisor.dispose();
    await refused;
    expect((await pidsOf()).filter(alive)).toEqual([]);
  });

  it('may be stopped before the first batch', async () => {
    const training = worker().train(await script('prepare'));
    const refused = expect(training).rejects.toThrow('stopped before the first batch');
    await heard.until(() => heard.processes === 1);
    await worker().stop();
    await refused;
    expect(worker().training).toBe(false);
    expect((await pidsOf()).filter(alive)).toEqual([]);
  });
});

describe('a worker that refuses', () => {
  it('hands its words on and is let go', async () => {
    await expect(worker().train(await script('refuse'))).rejects.toThrow('the data has no columns');
    expect(heard.statuses.at(-1)).toEqual({ phase: 'absent', problem: 'the data has no columns' });
    expect(worker().live).toBe(false);
  });
});

describe('a worker opened for inspection', () => {
  it('is ended when nobody asks it anything for a while', async () => {
    await supervisor.dispose();
    supervisor = new Supervisor({ file, limits: { ...limits, idleMs: 50 }, log: () => undefined });
    await worker().open('auto');
    await heard.until(() => heard.phase === 'absent');
    expect(heard.statuses.at(-1)).toEqual({ phase: 'absent', problem: null });
  });

  it('is the same one for everybody who opens it', async () => {
    await Promise.all([worker().open('auto'), worker().open('auto')]);
    expect(heard.processes).toBe(1);
  });

  it('refuses requests when there is none', async () => {
    await expect(worker().request('diagnose', {})).rejects.toThrow('no worker is at work on this run');
  });
});

it('lists the backends from a process of its own', async () => {
  expect(await supervisor.devices()).toMatchObject([{ name: 'cpu', available: true }]);
});

it('says why a worker that cannot be started cannot', async () => {
  const missing = new Supervisor({ file: join(folder, 'nothing.cjs'), limits, log: () => undefined });
  await expect(missing.worker(folder, heard).open('auto')).rejects.toThrow(/ended with code 1: .*Cannot find module/);
});

describe('exitReason', () => {
  it.each([
    [null, 'SIGKILL', '', 'the worker process was killed (SIGKILL)'],
    [0, null, '', 'the worker process ended by itself'],
    [1, null, 'Error: no\n    at x\n\nNode.js v20.1.0\n', 'the worker process ended with code 1: Error: no'],
    [7, null, 'first\nlast\n', 'the worker process ended with code 7: last'],
    [7, null, 'last\nI0000 00:00:1 port.cc:153] round-off errors\n', 'the worker process ended with code 7: last'],
  ] as const)('%s %s', (code, signal, text, words) => {
    expect(exitReason(code, signal, text)).toBe(words);
  });
});

describe('Watchdog', () => {
  const watched = () => {
    const clock = { now: 0 };
    const silences: number[] = [];
    const dog = new Watchdog({
      silenceMs: 1000,
      everyMs: 100,
      now: () => clock.now,
      onSilence: (ms) => silences.push(ms),
    });
    const lookEvery = (ms: number, times: number) => {
      for (let i = 0; i < times; i++) {
        clock.now += ms;
        dog.look();
      }
    };
    return { dog, silences, lookEvery };
  };

  it('barks at silence', () => {
    const { silences, lookEvery } = watched();
    lookEvery(100, 9);
    expect(silences).toEqual([]);
    lookEvery(100, 1);
    expect(silences).toEqual([1000]);
  });

  it('is calmed by a beat', () => {
    const { dog, silences, lookEvery } = watched();
    lookEvery(100, 9);
    dog.beat();
    lookEvery(100, 9);
    expect(silences).toEqual([]);
  });

  it('does not blame a process for the sleep of the machine', () => {
    const { silences, lookEvery } = watched();
    lookEvery(3_600_000, 1);
    expect(silences).toEqual([]);
    lookEvery(100, 10);
    expect(silences).toHaveLength(1);
  });
});
