import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunService } from '../../../extension/runs/runService.ts';
import { RunStore } from '../../../extension/runs/runStore.ts';
import { runsFolderOf } from '../../../src/runs/names.ts';
import { Supervisor } from '../../../extension/worker/supervisor.ts';
import { CANCELLED } from '../../../src/protocol/drawing.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { RunOnDisk, RunRecord } from '../../../extension/runs/runRecord.ts';
import { buildFakeWorker } from './buildFakeWorker.ts';
import type { Behaviour } from './fakeWorker.ts';

let program: { file: string; remove(): Promise<void> };
beforeAll(async () => {
  program = await buildFakeWorker();
});
afterAll(() => program.remove());

const limits = { silenceMs: 20_000, graceMs: 2000, backOffMs: [10], idleMs: 60_000 };

let workspace: string;
let experiment: string;
let supervisor: Supervisor;
let store: RunStore;
let service: RunService;
let trusted: boolean;
let written: RunManifest[];
let onDisk: RunOnDisk[];
let reads: number;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'lens-service-'));
  experiment = join(workspace, 'digits.lens.json');
  trusted = true;
  written = [];
  onDisk = [];
  reads = 0;
  supervisor = new Supervisor({ file: program.file, limits, log: () => undefined });
  store = new RunStore({ listRuns: () => Promise.resolve(onDisk) });
  service = new RunService({
    store,
    supervisor,
    log: () => undefined,
    backend: () => 'cpu',
    trusted: () => trusted,
    newRunPath: (file) => Promise.resolve(join(runsFolderOf(file), 'now')),
    readMetrics: () => {
      reads += 1;
      const metric = { type: 'batch', epoch: 0, seconds: 0, train: 1, mask: 0 } as const;
      return Promise.resolve(Array.from({ length: reads }, (_, i) => ({ ...metric, step: i + 1 })));
    },
    readMasks: () => Promise.resolve({ count: 1, orders: [Int32Array.of(1, 2)] }),
    writeManifest: (path, manifest) => {
      written.push(manifest);
      onDisk = [{ path, manifest, owner: null, problem: null }];
      return Promise.resolve();
    },
  });
  await store.setExperiments([experiment]);
});
afterEach(async () => {
  await supervisor.dispose();
  await rm(workspace, { recursive: true });
});

async function start(...behaviours: Behaviour[]): Promise<{ run: RunRecord; started: Promise<void> }> {
  const folder = join(runsFolderOf(experiment), 'now');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'script.json'), JSON.stringify(behaviours));
  await writeFile(join(folder, 'used.json'), '0');
  return service.train(experiment);
}

/** Settles once the run is as asked for. */
function until(run: RunRecord, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (condition()) return resolve();
    const subscription = run.changed.event(() => {
      if (!condition()) return;
      subscription.dispose();
      resolve();
    });
  });
}

describe('training', () => {
  it('makes a run known before its worker answers, and the current one', async () => {
    const { run, started } = await start('train');
    expect([run.state, store.runs, service.current]).toEqual(['preparing', [run], run]);
    await started;
    expect([run.state, run.training]).toEqual(['running', true]);
  });

  it('that cannot begin leaves no run behind where there is no folder', async () => {
    const { run, started } = await start('refuse');
    await expect(started).rejects.toThrow('the data has no columns');
    expect([store.find(run.path), service.current]).toEqual([null, null]);
    expect(written).toEqual([]);
  });

  it('tells of bad data, and that a later start succeeded', async () => {
    const told: unknown[] = [];
    service.startSettled.event((settled) => told.push(settled));
    await expect((await start('refuse')).started).rejects.toThrow('no columns');
    expect(told).toEqual([]);
    await expect((await start('bad data')).started).rejects.toThrow('a.csv');
    expect(told).toEqual([{ experimentFile: experiment, refusal: 'a.csv: is bad' }]);
    await (
      await start('train')
    ).started;
    expect(told.at(-1)).toEqual({ experimentFile: experiment, refusal: null });
  });

  it('that dies again and again is failed, on disk as well, with the reason', async () => {
    const { run, started } = await start('crash');
    await started;
    await until(run, () => run.state === 'failed');
    expect(run.manifest?.reason).toMatch(/heap out of memory; given up after 1 restarts?/);
    expect(written).toMatchObject([{ state: 'failed', reason: run.manifest?.reason }]);
  });

  it('that died stays failed when the disk is read again', async () => {
    const { run, started } = await start('crash');
    await started;
    onDisk = [{ path: run.path, owner: null, problem: null, manifest: { ...finished(), state: 'running' } }];
    await until(run, () => run.state === 'failed');
    await store.refresh(experiment);
    expect(run.state).toBe('failed');
  });

  it('that dies once says so and goes on', async () => {
    const { run, started } = await start('crash', 'train');
    await started;
    await until(run, () => run.state === 'restarting');
    expect(run.problem).toMatch(/heap out of memory; restarting from the last checkpoint \(1 of 1\)/);
    await until(run, () => run.state === 'running' && run.metrics.some(({ train }) => train === 2));
    expect([run.problem, run.processes]).toEqual([null, 2]);
  });

  it('is followed by all checks, each time', async () => {
    const { run, started } = await start('finish');
    await started;
    await until(run, () => run.outcomes !== null);
    const continued = service.continueRun(run);
    await until(run, () => run.training);
    expect(run.outcomes).toBe(null);
    await continued;
    await until(run, () => run.outcomes !== null);
    expect(run.processes).toBe(2);
  });

  it('is paused, stepped and stopped', async () => {
    const { run, started } = await start('train');
    await started;
    await service.pause(run);
    expect(run.state).toBe('paused');
    await service.stop(run);
    expect([run.state, run.training, run.continuable]).toEqual(['stopped', false, true]);
  });
});

describe('a drawing', () => {
  const asked = { rows: 4, seed: 1, temperature: 1 };
  const opened = async (...files: string[]) => {
    const path = join(runsFolderOf(experiment), 'now');
    await mkdir(path, { recursive: true });
    onDisk = [{ path, owner: null, problem: null, manifest: finished() }];
    await store.refresh(experiment);
    const run = store.find(path)!;
    for (const file of files) await writeFile(join(run.path, file), '');
    return run;
  };

  it('is given up at the worker, and rows can be drawn again', async () => {
    const run = await opened('long drawing');
    for (const id of ['1', '2']) {
      const drawn = service.sample(run, asked);
      const settled = expect(drawn).rejects.toMatchObject({ remoteName: CANCELLED });
      expect(run.drawing.progress).toMatchObject({ finished: 0, rows: 4 });
      await expect(service.sample(run, asked)).rejects.toThrow('being drawn from this run already');
      await expect.poll(() => readFile(join(run.path, 'drawing'), 'utf8').catch(() => '')).toBe(id);
      service.cancelSample(run);
      await settled;
      expect(run.drawing.progress).toBeNull();
    }
    expect(run.drawn).toBeNull();
  });

  it('that is given up before its worker has opened the run is not begun', async () => {
    const run = await opened('long drawing');
    const settled = expect(service.sample(run, asked)).rejects.toMatchObject({ remoteName: CANCELLED });
    service.cancelSample(run);
    await settled;
    expect(run.drawing.progress).toBeNull();
    await expect(stat(join(run.path, 'drawing'))).rejects.toThrow('ENOENT');
  });

  it('of a text grows as it is written, and stays when it is there', async () => {
    const run = await opened();
    const text = { prime: 'oh ', length: 5, seed: 2, temperature: 0.5, topK: 3 };
    const written = service.sampleText(run, text);
    expect(run.drawing.progress).toMatchObject({ rows: 5, writing: { prime: 'oh ', text: '' } });
    await expect.poll(() => run.drawing.progress?.writing?.text).toBe('hell');
    expect(run.drawing.progress).toMatchObject({ finished: 4, share: 0.8 });
    expect(await written).toMatchObject({ text: 'hello', file: 'oh .txt' });
    const { prime, seed, temperature, topK } = text;
    expect(run.drawing).toMatchObject({
      progress: null,
      written: { prime, seed, temperature, topK, text: 'hello', step: 7, nats: 1.5 },
    });
  });

  it('cannot be given up where none is under way: no process is started for that', async () => {
    const run = await opened();
    service.cancelSample(run);
    expect([run.processes, run.drawing.progress]).toEqual([0, null]);
  });

  it('keeps the worker of a run that nobody looks at, until it is done', async () => {
    const run = await opened('long drawing');
    const draw = () => expect(service.sample(run, asked)).rejects.toMatchObject({ remoteName: CANCELLED });
    const begun = (id: string) =>
      expect.poll(() => readFile(join(run.path, 'drawing'), 'utf8').catch(() => '')).toBe(id);
    const first = draw();
    await begun('1');
    await service.letGo(run);
    service.cancelSample(run);
    // Let go, the worker would have been gone: another error than the one that it answers with.
    await first;
    expect(run.processes).toBe(1);
    await service.letGo(run);
    const second = draw();
    await begun('2');
    expect(run.processes).toBe(2);
    service.cancelSample(run);
    await second;
  });
});

describe('a run that nobody looks at any more', () => {
  async function looked(): Promise<RunRecord> {
    const path = join(runsFolderOf(experiment), 'old');
    await mkdir(path, { recursive: true });
    onDisk = [{ path, owner: null, problem: null, manifest: { ...finished(), state: 'stopped' } }];
    await writeFile(join(path, 'script.json'), JSON.stringify(['train']));
    await writeFile(join(path, 'used.json'), '0');
    await store.refresh(experiment);
    const run = store.runs[0]!;
    await service.frame(run, { kind: 'scores', newerThan: 0, mask: null, waitMs: 10 });
    return run;
  }

  it('can be continued while its worker takes its leave', async () => {
    const run = await looked();
    await writeFile(join(run.path, 'slow to leave'), '');
    const gone = service.letGo(run);
    expect(run.live).toBe(false);
    await service.continueRun(run);
    await gone;
    expect([run.state, run.training, run.status.phase]).toEqual(['running', true, 'live']);
    await service.stop(run);
  });

  it('keeps its worker while somebody waits for its checks', async () => {
    const run = await looked();
    await writeFile(join(run.path, 'slow checks'), '');
    const checks = service.diagnose(run);
    await expect
      .poll(() =>
        stat(join(run.path, 'checking')).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await service.letGo(run);
    expect(run.live).toBe(true);
    await rm(join(run.path, 'slow checks'));
    await checks;
    expect(run.outcomes).toEqual([]);
    await service.letGo(run);
    expect(run.live).toBe(false);
  });
});

describe('without trust', () => {
  it('no process is started', async () => {
    trusted = false;
    await expect(service.train(experiment)).rejects.toThrow('not trusted');
    onDisk = [{ path: join(runsFolderOf(experiment), 'old'), owner: null, problem: null, manifest: finished() }];
    await store.refresh(experiment);
    const run = store.runs[0]!;
    for (const ask of [
      () => service.continueRun(run),
      () => service.sample(run, { rows: 1, seed: 1, temperature: 1 }),
      () => service.frame(run, { kind: 'samples', newerThan: 0, mask: null, waitMs: 10 }),
    ]) {
      await expect(ask()).rejects.toThrow('not trusted');
    }
    await service.diagnoseQuietly(run);
    expect(run.processes).toBe(0);
  });
});

describe('what a page shows of a run', () => {
  it('is read from its folder, metrics again as another process writes them', async () => {
    const run = store.record(join(runsFolderOf(experiment), 'other'), experiment);
    const found = (step: number): RunOnDisk => ({
      path: run.path,
      owner: 99,
      problem: null,
      manifest: { ...finished(), state: 'running', step },
    });
    run.setFromDisk(found(1));
    await Promise.all([service.readForPage(run), service.readForPage(run)]);
    expect([run.metrics.length, reads]).toEqual([1, 1]);
    expect(run.masks).toEqual({ count: 1, orders: [Int32Array.of(1, 2)] });
    await service.readForPage(run);
    expect(reads, 'nothing has changed').toBe(1);
    run.setFromDisk(found(2));
    await service.readForPage(run);
    expect([run.metrics.length, reads]).toEqual([2, 2]);
  });
});

describe('deleting', () => {
  it('is refused while the run is trained, here or elsewhere', async () => {
    const { run, started } = await start('train');
    await started;
    await expect(service.delete(run)).rejects.toThrow('stop it first');
    const other = store.record(join(runsFolderOf(experiment), 'other'), experiment);
    other.setFromDisk({ path: other.path, owner: 99, problem: null, manifest: { ...finished(), state: 'running' } });
    await expect(service.delete(other)).rejects.toThrow('another process');
  });

  it('takes the folder, the record and the worker that looked at it', async () => {
    const { run, started } = await start('finish');
    await started;
    await until(run, () => run.state === 'finished');
    await writeFile(join(run.path, 'run.json'), '{}');
    await service.delete(run);
    expect([store.runs, service.current]).toEqual([[], null]);
    await expect(stat(run.path)).rejects.toThrow('ENOENT');
  });
});

function finished(): RunManifest {
  return {
    formatVersion: 1,
    experiment: 'digits',
    experimentFile: '../../../digits.lens.json',
    created: '2026-01-02T03:04:05.678Z',
    state: 'finished',
    backend: 'cpu',
    reason: null,
    dimension: 4,
    image: null,
    parameterCount: 10,
    step: 3,
    epoch: 1,
    epochs: 1,
    best: null,
    checkpoints: { last: '00000003', best: '00000003' },
    validation: null,
    test: null,
  };
}
