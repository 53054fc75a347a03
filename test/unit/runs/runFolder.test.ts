import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../../src/runs/processes.ts';
import { listRuns } from '../../../src/runs/list.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { BatchMetric, EpochMetric } from '../../../src/runs/metrics.ts';
import { experimentName, newRunPath, RunFolder, type Checkpoint } from '../../../src/runs/runFolder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lens-runs-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const manifest: RunManifest = {
  formatVersion: 1,
  experiment: 'digits-made',
  experimentFile: '../../../digits-made.lens.json',
  created: '2026-03-01T10:20:30.456Z',
  state: 'preparing',
  backend: 'cpu',
  reason: null,
  dimension: 16,
  image: [4, 4],
  parameterCount: 100,
  step: 0,
  epoch: 0,
  epochs: 30,
  best: null,
  checkpoints: { last: null, best: null },
  validation: null,
  test: null,
};
const first = { experimentText: '{ /* as written */ }', manifest };
const batch = (step: number): BatchMetric => ({
  type: 'batch',
  step,
  epoch: step / 10,
  seconds: step / 100,
  train: 90 + step,
  mask: 0,
});
const epoch: EpochMetric = {
  type: 'epoch',
  step: 10,
  epoch: 1,
  seconds: 0.1,
  train: 95,
  validation: null,
  best: true,
  rowsPerSecond: 1000,
};
const checkpoint = (value: number): Checkpoint => ({
  model: { w: { shape: [2], data: Float32Array.of(value, 2) }, order: { shape: [2], data: Int32Array.of(2, 1) } },
  optimizer: { 'm/w': { shape: [2], data: Float32Array.of(0.1, 0.2) } },
  state: { step: 7, random: { shuffle: [1, -2, 3, -4] } },
});

describe('RunFolder', () => {
  it('keeps the experiment as it was written and the manifest', async () => {
    const folder = await RunFolder.create(join(root, 'run'), first);
    const again = await RunFolder.open(join(root, 'run'));
    expect(await again.readExperimentText()).toBe(first.experimentText);
    expect(await again.readManifest()).toEqual(manifest);
    await folder.writeManifest({ ...manifest, state: 'running', step: 4 });
    expect((await again.readManifest()).step).toBe(4);
    // Nothing half-written is left beside the files that are documented.
    expect((await readdir(folder.path)).sort()).toEqual(['experiment.jsonc', 'metrics.jsonl', 'run.json']);
  });

  it('never makes a run over another, nor opens what is none', async () => {
    await RunFolder.create(root, first);
    await expect(RunFolder.create(root, first)).rejects.toThrow(/there is a run in this folder already/);
    await expect(RunFolder.open(join(root, 'nowhere'))).rejects.toThrow(/nowhere: there is no run in this folder/);
  });

  it('names the key that is wrong in a manifest, on reading and before writing', async () => {
    const folder = await RunFolder.create(root, first);
    await expect(folder.writeManifest({ ...manifest, best: { epoch: 1, nats: NaN } })).rejects.toThrow(
      /best\.nats is NaN; a number is needed/,
    );
    expect(await folder.readManifest()).toEqual(manifest);
    await writeFile(folder.manifestFile, JSON.stringify({ ...manifest, state: 'sleeping' }));
    await expect(folder.readManifest()).rejects.toThrow(
      /run\.json: is no manifest of a run \(state is "sleeping"; it must be "preparing"/,
    );
    await writeFile(folder.manifestFile, '{"formatVersion": 1, ');
    await expect(folder.readManifest()).rejects.toThrow(/run\.json: is not JSON/);
  });

  it('refuses samples outside its folder', async () => {
    const folder = await RunFolder.create(root, first);
    expect(await readFile(await folder.writeSamples('a.npy', Uint8Array.of(1, 2)))).toEqual(Buffer.of(1, 2));
    await expect(folder.writeSamples('../a.npy', Uint8Array.of(1))).rejects.toThrow('not a file name');
    await expect(folder.writeSamples('..', Uint8Array.of(1))).rejects.toThrow('not a file name');
  });

  it('names new runs by experiment and time', () => {
    const time = new Date('2026-03-01T10:20:30.456Z');
    expect(newRunPath('/work/digits-made.lens.json', time)).toBe(
      join('/work', 'runs', 'digits-made', '2026-03-01T10-20-30-456Z'),
    );
    expect(experimentName('a/b.json')).toBe('b');
  });
});

describe('metrics', () => {
  it('keep the figures that a model has of its own, those that are no numbers too', async () => {
    const folder = await RunFolder.create(root, first);
    const metric: BatchMetric = { ...batch(1), extra: { kl: 12.5, reconstruction: Infinity } };
    await folder.appendMetrics([metric]);
    expect(await folder.readMetrics()).toEqual([metric]);
    await appendFile(
      folder.metricsFile,
      '{"type":"batch","step":1,"epoch":0,"seconds":0,"train":1,"mask":0,"extra":{"kl":"x"}}\n',
    );
    await expect(folder.readMetrics()).rejects.toThrow(/metrics\.jsonl:2: is no metric/);
  });

  it('come back in the order in which they were added, not-a-numbers too', async () => {
    const folder = await RunFolder.create(root, first);
    const bad = { ...batch(3), train: NaN };
    const worse: EpochMetric = { ...epoch, train: Infinity, validation: -Infinity };
    await Promise.all([
      folder.appendMetrics([batch(1), batch(2)]),
      folder.appendMetrics([bad]),
      folder.appendMetrics([worse]),
    ]);
    expect(await folder.readMetrics()).toEqual([batch(1), batch(2), bad, worse]);
    const lines = (await readFile(folder.metricsFile, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines[2]!)).toMatchObject({ train: 'NaN' });
  });

  it('survive a torn last line, which resuming removes', async () => {
    const folder = await RunFolder.create(root, first);
    await folder.appendMetrics([batch(1), batch(2), batch(3), epoch]);
    await appendFile(folder.metricsFile, '{"type":"batch","step":11,"ep');
    expect(await folder.readMetrics()).toHaveLength(4);
    expect(await folder.truncateMetrics(2)).toEqual([batch(1), batch(2)]);
    await folder.appendMetrics([batch(3)]);
    expect(await folder.readMetrics()).toEqual([batch(1), batch(2), batch(3)]);
  });

  it('name the line that is none', async () => {
    const folder = await RunFolder.create(root, first);
    await folder.appendMetrics([batch(1)]);
    await appendFile(folder.metricsFile, 'rubbish\n');
    await expect(folder.readMetrics()).rejects.toThrow(/metrics\.jsonl:2: is no metric, since it is not JSON: rubbish/);
    await writeFile(folder.metricsFile, '{"type":"batch","step":1}\n');
    await expect(folder.readMetrics()).rejects.toThrow(
      /metrics\.jsonl:1: is no metric \("epoch" is missing\): \{"type"/,
    );
  });

  it('are none where the log is missing', async () => {
    const folder = await RunFolder.create(root, first);
    await rm(folder.metricsFile);
    expect(await folder.readMetrics()).toEqual([]);
  });
});

describe('checkpoints', () => {
  it('come back exactly, replace one of the same step, and are pruned', async () => {
    const folder = await RunFolder.create(root, first);
    expect(await folder.writeCheckpoint(7, checkpoint(1))).toBe('00000007');
    await folder.writeCheckpoint(7, checkpoint(3));
    await folder.writeCheckpoint(20, checkpoint(4));
    await folder.writeCheckpoint(300, checkpoint(5));
    expect(await folder.checkpointNames()).toEqual(['00000007', '00000020', '00000300']);
    expect(await folder.readCheckpoint('00000007')).toEqual(checkpoint(3));
    await folder.pruneCheckpoints(['00000300', null]);
    expect(await readdir(folder.checkpointsFolder)).toEqual(['00000300']);
    expect(folder.weightsFile('00000300')).toBe(join(root, 'checkpoints', '00000300', 'model.safetensors'));
    await expect(folder.readCheckpoint('00000007')).rejects.toThrow(/no such checkpoint; there is 00000300/);
  });

  it('recover from a process that ended while writing', async () => {
    const folder = await RunFolder.create(root, first);
    await folder.writeCheckpoint(7, checkpoint(1));
    await folder.writeCheckpoint(8, checkpoint(2));
    // Cut short before the rename; and between setting the old one aside and putting the new one in its place.
    await mkdir(join(folder.checkpointsFolder, '.new-00000009'));
    await rename(folder.checkpointFolder('00000008'), join(folder.checkpointsFolder, '.old-00000008'));
    expect(await folder.checkpointNames()).toEqual(['00000007']);
    await folder.claim();
    expect(await readdir(folder.checkpointsFolder)).toEqual(['00000007', '00000008']);
    expect(await folder.readCheckpoint('00000008')).toEqual(checkpoint(2));
    await folder.writeCheckpoint(9, checkpoint(3));
    expect(await folder.readCheckpoint('00000009')).toEqual(checkpoint(3));
  });

  it('name the file that is damaged', async () => {
    const folder = await RunFolder.create(root, first);
    const name = await folder.writeCheckpoint(7, checkpoint(1));
    await writeFile(folder.weightsFile(name), 'short');
    await expect(folder.readCheckpoint(name)).rejects.toThrow(/model\.safetensors: 5 bytes/);
    await rm(folder.weightsFile(name));
    await expect(folder.readCheckpoint(name)).rejects.toThrow(/model\.safetensors: is not there/);
  });
});

describe('claim', () => {
  it('is refused while another living process has it, and taken from a dead one', async () => {
    const folder = await RunFolder.create(root, first);
    const lock = join(root, 'run.lock');
    await writeFile(lock, JSON.stringify({ pid: process.ppid, host: hostname() }));
    await expect(folder.claim()).rejects.toThrow(`process ${process.ppid} is training this run`);
    const dead = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(lock, JSON.stringify({ pid: dead, host: hostname() }));
    expect(await folder.owner()).toBeNull();
    await folder.claim();
    await folder.claim();
    expect(await folder.owner()).toBe(process.pid);
    await folder.release();
    expect(await readdir(root)).not.toContain('run.lock');
    await writeFile(lock, '{"pid"');
    await folder.claim();
    expect(await folder.owner()).toBe(process.pid);
    expect(await readdir(root)).toContain('run.lock');
    expect((await readdir(root)).filter((name) => name.startsWith('run.lock.'))).toEqual([]);
  });

  it('is refused with the other machine and the way out where its process cannot be seen', async () => {
    const folder = await RunFolder.create(root, first);
    const lock = join(root, 'run.lock');
    await writeFile(lock, JSON.stringify({ pid: 4711, host: 'elsewhere' }));
    expect(await folder.owner()).toBe(4711);
    await expect(folder.claim()).rejects.toThrow(
      `${lock}: process 4711 on elsewhere is training this run, or ended there without a word; from ${hostname()} that ` +
        `cannot be seen. If nothing trains it on elsewhere any more, delete ${lock} and try again`,
    );
    await writeFile(lock, JSON.stringify({ pid: process.ppid, host: hostname() }));
    await expect(folder.claim()).rejects.toThrow(`is something else by now, delete ${lock} and try again`);
    await rm(lock);
    await folder.claim();
    await folder.release();
  });

  it.runIf(process.platform === 'linux')('is taken from a process whose number another one has now', async () => {
    const folder = await RunFolder.create(root, first);
    const lock = join(root, 'run.lock');
    const started = await startOf(process.ppid);
    expect(started).toMatch(/^[0-9a-f-]{36}\/\d+$/);
    await writeFile(lock, JSON.stringify({ pid: process.ppid, host: hostname(), started }));
    await expect(folder.claim()).rejects.toThrow(/process \d+ is training this run; stop it first$/);
    for (const pid of [process.ppid, process.pid]) {
      await writeFile(lock, JSON.stringify({ pid, host: hostname(), started: `${started!}0` }));
      expect(await folder.owner()).toBeNull();
      await folder.claim();
      expect(JSON.parse(await readFile(lock, 'utf8'))).toEqual({
        pid: process.pid,
        host: hostname(),
        started: await startOf(process.pid),
      });
    }
    await folder.release();
    expect(await startOf(2 ** 22 + 1)).toBeNull();
  });

  it('goes to one of many processes that find a dead lock at the same moment', async () => {
    await RunFolder.create(root, first);
    const dead = JSON.stringify({ pid: spawnSync(process.execPath, ['--version']).pid, host: hostname() });
    const script = join(root, 'claim.mjs');
    await build({
      stdin: {
        contents: `import { claim } from ${JSON.stringify(join(import.meta.dirname, '../../../src/runs/claim.ts'))};
          process.on('message', (file) => claim(file).then(() => process.send('has it'), () => process.send('refused')));
          process.send('ready');`,
        resolveDir: import.meta.dirname,
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const processes = Array.from({ length: 4 }, () => fork(script));
    const heard = () => Promise.all(processes.map(async (child) => String((await once(child, 'message'))[0])));
    try {
      expect(new Set(await heard())).toEqual(new Set(['ready']));
      for (let round = 0; round < 25; round++) {
        const lock = join(root, `lock-${round}`);
        await writeFile(lock, dead);
        const answers = heard();
        for (const child of processes) child.send(lock);
        expect((await answers).sort()).toEqual(['has it', 'refused', 'refused', 'refused']);
      }
    } finally {
      for (const child of processes) child.kill();
    }
  });
});

describe('listRuns', () => {
  it('finds every run, newest first, the damaged ones with their reason', async () => {
    const at = (name: string, time: string) => join(root, name, time.replaceAll(':', '-').replace('.', '-'));
    const times = ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-03T10:00:00.000Z'];
    for (const [i, created] of times.entries()) {
      await RunFolder.create(at(i === 1 ? 'other' : 'digits', created), {
        ...first,
        manifest: { ...manifest, created },
      });
    }
    await writeFile(join(at('digits', times[2]!), 'run.json'), '{}');
    await mkdir(join(root, 'empty'));
    const runs = await listRuns(root);
    expect(runs.map((run) => run.path)).toEqual([
      at('digits', times[2]!),
      at('other', times[1]!),
      at('digits', times[0]!),
    ]);
    expect(runs[0]).toMatchObject({ manifest: null, owner: null });
    expect(runs[0]!.problem).toMatch(/run\.json: is no manifest/);
    expect(runs[1]!.manifest!.created).toBe(times[1]);
    expect(await listRuns(join(root, 'digits'))).toHaveLength(2);
    expect(await listRuns(join(root, 'nowhere'))).toEqual([]);
  });
});
