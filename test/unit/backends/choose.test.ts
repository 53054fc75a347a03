/** What `auto` takes, remembers and tells. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { BackendName } from '../../../src/backends/backend.ts';
import { chooseBackend, doesNotFit } from '../../../src/backends/choose.ts';
import { probeBackends, startBackend } from '../../../src/backends/index.ts';
import { lastTimings, rememberComparison, rememberedComparison, timingKey } from '../../../src/backends/timings.ts';
import { timeSteps, type Timing, type Trial } from '../../../src/backends/trial.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { trainingTrial } from '../../../src/training/trial.ts';
import { presentBackends } from './everyBackend.ts';
import { playedClock } from './playedClock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lens-choose-'));
afterAll(() => rmSync(folder, { recursive: true }));
// Choosing the number of threads has a test of its own.
process.env['LENS_WASM_THREADS'] = '1';
process.env['LENS_ONNX_THREADS'] = '1';
/** What is really there, whatever this run of the tests leaves out. */
const probes = await probeBackends();
let files = 0;
beforeEach(() => {
  process.env['LENS_TIMINGS'] = join(folder, 'cache', `${files++}.json`);
});

const small = experimentSpec.parse({
  model: { type: 'made', hidden: [8] },
  data: { train: 'x.npy' },
  training: { batchSize: 10 },
});
const timing = (name: BackendName, stepMs: number, measured = new Date().toISOString()): Timing => ({
  name,
  stepMs,
  rowsPerSecond: 1000 / stepMs,
  title: 'a model',
  measured,
});

describe('auto', () => {
  const taking = playedClock();

  /** A model that takes the given time a step, whatever the backend. */
  function played(steps: Partial<Record<BackendName, number | Error>>, prepared: string[] = []): Trial {
    return {
      ...trainingTrial(small, 6),
      prepare: ({ name }) => {
        prepared.push(name);
        return { step: () => taking(steps[name] ?? 5), dispose: () => prepared.push(`${name} freed`) };
      },
    };
  }

  const real = probes.flatMap((rung) => (rung.available && !rung.software ? [rung.name] : []));
  const compared: readonly BackendName[] = real.filter((name) => name !== 'cpu');

  it('never takes what only imitates a GPU, nor cpu beside wasm, and says why not', async () => {
    const prepared: string[] = [];
    const { backend, skipped } = await chooseBackend('auto', played({}, prepared));
    expect(compared).toContain(backend.name);
    expect(skipped.find(({ name }) => name === 'cpu')?.reason).toMatch(/WebAssembly is faster/);
    for (const rung of probes) {
      if (!compared.includes(rung.name)) expect(skipped.map(({ name }) => name)).toContain(rung.name);
      if (rung.available && rung.software) expect(prepared).not.toContain(rung.name);
    }
  });

  it('tries nothing where there is one choice, else takes the fastest and remembers it', async () => {
    const steps = Object.fromEntries(compared.map((name, i) => [name, 20 - 10 * (i === 0 ? 0 : 1)]));
    const prepared: string[] = [];
    const first = await chooseBackend('auto', played(steps, prepared));
    expect(tf.getBackend()).toBe(first.backend.engine);
    if (compared.length === 1) {
      expect(first).toMatchObject({ backend: { name: compared[0] }, timings: [], remembered: false });
      expect(prepared).toEqual([]);
      return;
    }
    expect(first.timings.map(({ name }) => name).sort()).toEqual([...compared].sort());
    expect(first.timings[0]!.name).toBe(first.backend.name);
    expect(prepared.length).toBe(2 * compared.length);
    const again = await chooseBackend('auto', played(steps, prepared));
    expect(again).toMatchObject({ backend: { name: first.backend.name }, remembered: true, timings: first.timings });
    expect(again.skipped, 'reasons are told again').toEqual(first.skipped);
    expect(again.skipped.map(({ name }) => name)).toContain('cpu');
    expect(prepared.length).toBe(2 * compared.length);
    const other = { ...played(steps, prepared), key: 'another model' };
    expect((await chooseBackend('auto', other)).remembered).toBe(false);
  });

  it('leaves out a backend on which a step fails', async () => {
    const trial = played({ wasm: new Error('no such kernel') });
    if (compared.length === 1) {
      expect((await chooseBackend('auto', trial)).backend.name).toBe('wasm');
      return;
    }
    const { backend, skipped } = await chooseBackend('auto', trial);
    expect(backend.name).not.toBe('wasm');
    expect(skipped).toContainEqual({ name: 'wasm', reason: 'a training step failed: no such kernel' });
  });

  it('takes what is asked for by name without a trial', async () => {
    const prepared: string[] = [];
    const { backend, timings } = await chooseBackend('cpu', played({}, prepared));
    expect([backend.name, timings, prepared]).toEqual(['cpu', [], []]);
  });

  it('refuses a model that fits nowhere, with every reason', async () => {
    const huge = { ...played({}), bytes: 1e15 };
    await expect(chooseBackend('auto', huge)).rejects.toThrow(
      /wasm: training needs about 931322.6 GiB, more than the 3.5/,
    );
  });
});

describe('a trial', () => {
  it.each(presentBackends)('takes real steps on %s, keeps nothing', async (name) => {
    const backend = await startBackend(name);
    const before = tf.memory().numTensors;
    const found = await timeSteps(trainingTrial(small, 6), backend);
    expect(tf.memory().numTensors).toBe(before);
    expect(found).toMatchObject({ name, title: 'MADE 6-8-6, batch 10' });
    expect(found.rowsPerSecond).toBeCloseTo(10_000 / found.stepMs, 6);
  });

  it('fails when the device reports a fault', async () => {
    const backend = { ...(await startBackend('cpu')), fault: () => 'out of memory' };
    await expect(timeSteps(trainingTrial(small, 6), backend)).rejects.toThrow('out of memory');
    expect(
      doesNotFit({ bytes: 10, largestTensorBytes: 10 }, { memoryBytes: null, largestTensorBytes: null }),
    ).toBeNull();
    expect(
      doesNotFit({ bytes: 2 ** 31, largestTensorBytes: 2 ** 30 }, { memoryBytes: null, largestTensorBytes: 2 ** 29 }),
    ).toBe('one tensor needs 1.0 GiB, more than the 0.5 GiB that it allows');
  });
});

describe('remembered timings', () => {
  it('come back by model, the last of each backend whatever the model', async () => {
    const [a, b] = [timingKey(['a']), timingKey(['b'])];
    expect(a).not.toBe(b);
    const skipped = [{ name: 'webgpu' as const, reason: 'no GPU' }];
    await rememberComparison(a, {
      timings: [timing('wasm', 1, '2999-01-01T00:00:00.000Z'), timing('cpu', 9)],
      skipped,
    });
    await rememberComparison(b, { timings: [timing('cpu', 7, '2999-01-02T00:00:00.000Z')], skipped: [] });
    expect((await rememberedComparison(a))?.timings.map(({ stepMs }) => stepMs)).toEqual([1, 9]);
    expect((await rememberedComparison(a))?.skipped).toEqual(skipped);
    expect(await rememberedComparison(timingKey(['c']))).toBeNull();
    expect((await lastTimings()).get('cpu')?.stepMs).toBe(7);
  });

  it('are forgotten when old or unreadable', async () => {
    const key = timingKey(['a']);
    await rememberComparison(key, { timings: [timing('wasm', 1, '2020-01-01T00:00:00.000Z')], skipped: [] });
    expect(await rememberedComparison(key)).toBeNull();
    await rememberComparison(key, { timings: [timing('wasm', 1)], skipped: [] });
    expect(await rememberedComparison(key)).not.toBeNull();
    const file = process.env['LENS_TIMINGS']!;
    writeFileSync(file, readFileSync(file, 'utf8').slice(5));
    expect(await rememberedComparison(key)).toBeNull();
    // As earlier versions wrote it.
    writeFileSync(file, JSON.stringify({ formatVersion: 1, models: { [key]: [timing('wasm', 1)] } }));
    expect(await rememberedComparison(key)).toBeNull();
  });
});
