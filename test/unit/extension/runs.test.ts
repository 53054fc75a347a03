import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertRunFolder, deleteRunFolder } from '../../../extension/runs/deletion.ts';
import { RunRecord, type RunOnDisk } from '../../../extension/runs/runRecord.ts';
import { RunStore } from '../../../extension/runs/runStore.ts';
import { runsFolderOf } from '../../../src/runs/names.ts';
import type { Finding } from '../../../src/inspection/findings.ts';
import type { SamplesFrame } from '../../../src/inspection/frames.ts';
import type { RunManifest, RunState } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';

const experiment = join('/w', 'digits.lens.json');
const folder = join('/w', 'runs', 'digits');

const manifest = (state: RunState, more: Partial<RunManifest> = {}): RunManifest => ({
  formatVersion: 1,
  experiment: 'digits',
  experimentFile: '../../../digits.lens.json',
  created: '2026-01-02T03:04:05.678Z',
  state,
  backend: 'cpu',
  reason: null,
  dimension: 4,
  image: null,
  parameterCount: 10,
  step: 3,
  epoch: 1,
  epochs: 5,
  best: null,
  checkpoints: { last: '00000003', best: '00000003' },
  validation: null,
  test: null,
  ...more,
});
const onDisk = (state: RunState, more: Partial<RunOnDisk> = {}): RunOnDisk => ({
  path: join(folder, '1'),
  manifest: manifest(state),
  owner: null,
  problem: null,
  ...more,
});
const metric = (step: number): Metric => ({ type: 'batch', step, epoch: 0, seconds: 0, train: 1, mask: 0 });
const record = () => new RunRecord(join(folder, '1'), experiment);

it('offers no samples of a model that is no density', () => {
  const run = record();
  const quantity = { kind: 'loss', name: 'cross-entropy', unit: 'nats' } as const;
  const model = { type: 'autoencoder', quantity, network: true } as unknown as NonNullable<RunManifest['model']>;
  run.setFromDisk(onDisk('finished', { manifest: manifest('finished', { model }) }));
  expect(run.summary('id')?.actions).toEqual(['train']);
});

describe('the state of a run', () => {
  it('that a killed process left as running is interrupted, and can be continued', () => {
    const run = record();
    for (const state of ['running', 'paused', 'preparing'] as const) {
      run.setFromDisk(onDisk(state));
      expect(run.state).toBe('interrupted');
      expect(run.continuable).toBe(true);
      expect(run.summary('id')).toMatchObject({
        state: 'interrupted',
        actions: ['train', 'continue', 'sample'],
        problem: null,
      });
    }
  });

  it('that another process trains is told from one that is dead', () => {
    const run = record();
    run.setFromDisk(onDisk('running', { owner: 4711 }));
    expect(run.state).toBe('elsewhere');
    expect(run.continuable).toBe(false);
    expect(run.summary('id')).toMatchObject({ state: 'elsewhere', actions: ['sample'], owner: 4711, problem: null });
  });

  it('that a worker of ours trains is the manifest’s', () => {
    const run = record();
    run.beginTraining();
    run.setStatus({ phase: 'starting' });
    expect(run.state).toBe('preparing');
    expect(run.summary('id')).toBe(null);
    run.setStatus({ phase: 'live' });
    run.setManifest(manifest('running'));
    expect(run.state).toBe('running');
    expect(run.training).toBe(true);
    expect(run.summary('id')).toMatchObject({ state: 'running', actions: ['pause', 'stop', 'sample'] });
    run.setManifest(manifest('finished'));
    expect([run.state, run.training, run.continuable]).toEqual(['finished', false, false]);
  });

  it('whose worker dies says so, with the reason', () => {
    const run = record();
    run.beginTraining();
    run.setStatus({ phase: 'live' });
    run.setManifest(manifest('running'));
    run.setStatus({ phase: 'restarting', attempt: 1, of: 3, reason: 'it was killed' });
    expect(run.state).toBe('restarting');
    expect(run.training).toBe(true);
    expect(run.problem).toBe('it was killed; restarting from the last checkpoint (1 of 3)');
    run.setStatus({ phase: 'absent', problem: 'it was killed again' });
    expect([run.state, run.training, run.problem]).toEqual(['interrupted', false, 'it was killed again']);
  });

  it('opened for inspection while interrupted stays interrupted', () => {
    const run = record();
    run.setFromDisk(onDisk('running'));
    run.setStatus({ phase: 'live' });
    run.setManifest(manifest('running'));
    expect([run.state, run.training]).toEqual(['interrupted', false]);
  });

  it('without a readable manifest is unreadable', () => {
    const run = record();
    run.setFromDisk(onDisk('running', { manifest: null, problem: 'run.json: is no manifest' }));
    expect([run.state, run.problem, run.hasWeights]).toEqual(['unreadable', 'run.json: is no manifest', false]);
  });

  it('on disk does not overrule the worker that trains', () => {
    const run = record();
    run.beginTraining();
    run.setStatus({ phase: 'live' });
    run.setManifest(manifest('running', { step: 50 }));
    run.setFromDisk(onDisk('preparing'));
    expect(run.manifest?.step).toBe(50);
  });

  it('can be continued after a failure only from a checkpoint', () => {
    const run = record();
    run.setFromDisk(onDisk('failed'));
    expect(run.continuable).toBe(true);
    run.setFromDisk(onDisk('failed', { manifest: manifest('failed', { checkpoints: { last: null, best: null } }) }));
    expect(run.continuable).toBe(false);
  });

  it('asked to continue is being prepared until its worker trains, and offers only to stop', () => {
    const run = record();
    run.setFromDisk(onDisk('stopped'));
    run.beginTraining();
    expect(run.summary('id')).toMatchObject({ state: 'preparing', actions: ['stop'] });
    run.setManifest(manifest('running'));
    expect(run.state).toBe('running');
  });
});

describe('metrics of a run', () => {
  it('grow, are replaced from an index on, and say from where', () => {
    const run = record();
    const told: number[] = [];
    run.changed.event((change) => change.of === 'metrics' && told.push(change.from));
    run.setMetrics([]);
    expect(run.addMetrics(0, [metric(1), metric(2)])).toBe(true);
    expect(run.addMetrics(2, [metric(3)])).toBe(true);
    expect(run.addMetrics(1, [metric(20)])).toBe(true);
    expect(run.metrics.map(({ step }) => step)).toEqual([1, 20]);
    expect(told).toEqual([0, 0, 2, 1]);
  });

  it('with a gap before them have to be read', () => {
    const run = record();
    run.setMetrics([]);
    expect(run.addMetrics(5, [metric(6)])).toBe(false);
    expect([run.metricsKnown, run.metrics]).toEqual([false, []]);
  });

  it('are read again when the run went on elsewhere', () => {
    const run = record();
    run.setFromDisk(onDisk('running', { owner: 1 }));
    run.setMetrics([metric(1)]);
    run.setFromDisk(onDisk('running', { owner: 1, manifest: manifest('running', { step: 9 }) }));
    expect(run.metricsKnown).toBe(false);
  });
});

describe('findings', () => {
  const finding: Finding = {
    id: 'overfit',
    severity: 'warning',
    title: 't',
    explanation: 'e',
    evidence: [],
    view: 'curves',
    step: 1,
  };

  it('that come later overtake what all checks said before', () => {
    const run = record();
    run.beginTraining();
    run.setOutcomes([
      { id: 'overfit', state: 'ok' },
      { id: 'nan', state: 'finding', finding: { ...finding, id: 'nan' } },
      { id: 'frozen', state: 'not-applicable', reason: 'r' },
    ]);
    expect(run.findings.map(({ id }) => id)).toEqual(['nan']);
    run.setFindings([finding]);
    expect(run.outcomes).toEqual([
      { id: 'overfit', state: 'finding', finding },
      { id: 'nan', state: 'ok' },
      { id: 'frozen', state: 'not-applicable', reason: 'r' },
    ]);
  });

  it('of a worker that has run only some checks do not undo what all of them said', () => {
    const run = record();
    run.setFromDisk(onDisk('finished'));
    expect(run.checks).toBe(null);
    run.setOutcomes([
      { id: 'future-leak', state: 'finding', finding: { ...finding, id: 'future-leak' } },
      { id: 'overfit', state: 'ok' },
      { id: 'frozen', state: 'not-applicable', reason: 'r', unmeasured: true },
      { id: 'ensemble-space', state: 'not-applicable', reason: 'r' },
    ]);
    run.setFindings([]);
    expect(run.findings.map(({ id }) => id)).toEqual(['future-leak']);
    expect(run.checks).toEqual({ passed: 1, notApplicable: 1, notMeasured: 1 });
  });

  it('are forgotten when the run trains on, here or elsewhere, and checks of before when training ends', () => {
    const run = record();
    run.setFromDisk(onDisk('stopped'));
    run.setOutcomes([{ id: 'overfit', state: 'finding', finding }]);
    run.beginTraining();
    expect([run.outcomes, run.checks, run.findings]).toEqual([null, null, []]);
    run.setManifest(manifest('running'));
    run.setOutcomes([{ id: 'overfit', state: 'ok' }]);
    run.setManifest(manifest('finished'));
    expect(run.checks).toBe(null);
    run.setOutcomes([{ id: 'overfit', state: 'ok' }]);
    run.setFromDisk(onDisk('running', { owner: 1, manifest: manifest('running', { step: 99 }) }));
    expect(run.checks).toBe(null);
  });

  it('count as a change of the run', () => {
    const run = record();
    const before = run.revision;
    run.setFindings([finding]);
    expect(run.revision).toBe(before + 1);
  });
});

describe('rows drawn by hand', () => {
  const rows = (count: number): SamplesFrame => ({
    kind: 'samples',
    version: 0,
    step: 3,
    epoch: 1,
    mask: 0,
    maskCount: 1,
    rows: count,
    dimension: 784,
    image: null,
    values: new Uint8Array(count * 784),
    means: new Uint8Array(count * 784),
    request: { seed: 1, temperature: 1 },
  });

  it('are kept for a page that begins anew, newest only', () => {
    const run = record();
    run.setDrawn(rows(1));
    run.setDrawn(rows(100));
    run.drawnFetched();
    expect(run.drawn).toMatchObject({ serial: 2, frame: { rows: 100 } });
  });

  it('are kept until they are fetched if they are many', () => {
    const run = record();
    run.setDrawn(rows(10_000));
    expect(run.drawn?.frame.rows).toBe(10_000);
    run.drawnFetched();
    expect(run.drawn).toBe(null);
    run.setDrawn(rows(1));
    expect(run.drawn?.serial).toBe(2);
    run.setDrawn({ ...rows(1), context: new Float32Array(2 ** 19) });
    run.drawnFetched();
    expect(run.drawn).toBe(null);
  });
});

describe('the store', () => {
  let disk: Record<string, RunOnDisk[]>;
  let store: RunStore;
  beforeEach(() => {
    disk = {};
    store = new RunStore({ listRuns: (path) => Promise.resolve(disk[path] ?? []) });
  });
  const at = (time: string, state: RunState = 'finished') => onDisk(state, { path: join(folder, time) });

  it('knows experiments by their file and runs by their folder, newest first', async () => {
    disk[folder] = [at('2026-01-01'), at('2026-03-01'), at('2026-02-01')];
    await store.setExperiments([experiment, join('/w', 'b.lens.json')]);
    expect(store.experiments.map(({ name, runs }) => [name, runs.map(({ path }) => path)])).toEqual([
      ['b', []],
      ['digits', [join(folder, '2026-03-01'), join(folder, '2026-02-01'), join(folder, '2026-01-01')]],
    ]);
    expect(runsFolderOf(experiment)).toBe(folder);
  });

  it('keeps the record of a run over refreshes, and drops runs that are gone', async () => {
    disk[folder] = [at('a'), at('b')];
    await store.setExperiments([experiment]);
    const kept = store.find(join(folder, 'a'));
    disk[folder] = [at('a', 'failed')];
    await store.refresh(experiment);
    expect(store.runs).toEqual([kept]);
    expect(kept?.state).toBe('failed');
  });

  it('keeps a live run whose folder is not there yet', async () => {
    await store.setExperiments([experiment]);
    const run = store.record(join(folder, 'new'), experiment);
    run.setStatus({ phase: 'starting' });
    await store.refresh(experiment);
    await store.setExperiments([]);
    expect(store.runs).toEqual([run]);
  });

  it('believes the newest reading, however long an older one takes', async () => {
    const answers: ((runs: RunOnDisk[]) => void)[] = [];
    const slow = new RunStore({ listRuns: () => new Promise((resolve) => answers.push(resolve)) });
    const first = slow.setExperiments([experiment]);
    const second = slow.refresh(experiment);
    const answer = async (state: RunState) => {
      while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
      answers.shift()!([at('a', state)]);
    };
    await answer('running');
    await answer('failed');
    await Promise.all([first, second]);
    expect(slow.runs[0]?.state).toBe('failed');
  });

  it('tells of changes of runs', async () => {
    disk[folder] = [at('a')];
    await store.setExperiments([experiment]);
    const told: string[] = [];
    store.runChanged.event((run) => told.push(run.path));
    let lists = 0;
    store.changed.event(() => lists++);
    const run = store.find(join(folder, 'a'))!;
    run.setMetrics([]);
    expect([told, lists]).toEqual([[run.path], 0]);
    run.setManifest(manifest('stopped'));
    expect([told.length, lists]).toEqual([2, 1]);
  });
});

describe('deleting a run', () => {
  let workspace: string;
  let file: string;
  let runs: string;
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'lens-delete-'));
    file = join(workspace, 'digits.lens.json');
    runs = join(workspace, 'runs', 'digits');
    await mkdir(join(runs, 'one', 'checkpoints'), { recursive: true });
    await writeFile(join(runs, 'one', 'run.json'), '{}');
    await mkdir(join(runs, 'other'));
  });
  afterEach(() => rm(workspace, { recursive: true }));
  const there = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );

  it('deletes its folder and nothing beside it', async () => {
    await deleteRunFolder({ path: join(runs, 'one'), experimentFile: file });
    expect(await there(join(runs, 'one'))).toBe(false);
    expect(await there(join(runs, 'other'))).toBe(true);
  });

  it.each([
    ['a folder without run.json', () => join(runs, 'other'), 'holds no run.json'],
    ['the folder of all runs', () => runs, 'does not lie directly in'],
    ['a folder further down', () => join(runs, 'one', 'checkpoints'), 'does not lie directly in'],
    ['the workspace', () => workspace, 'does not lie directly in'],
    ['a way out', () => join(runs, 'one') + '/../../..', 'does not lie directly in'],
  ])('refuses %s', async (_, path, why) => {
    await expect(assertRunFolder({ path: path(), experimentFile: file })).rejects.toThrow(why);
  });

  it('refuses a link to a run elsewhere', async () => {
    const elsewhere = join(workspace, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'run.json'), '{}');
    await symlink(elsewhere, join(runs, 'link'), 'dir');
    await expect(deleteRunFolder({ path: join(runs, 'link'), experimentFile: file })).rejects.toThrow(
      'no folder of its own',
    );
    expect(await there(join(elsewhere, 'run.json'))).toBe(true);
  });
});
