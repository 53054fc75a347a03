/** With how many threads and in how many blocks a model is trained: found by a trial, and remembered. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Trial } from '../../../src/backends/trial.ts';
import { settingOf, tune } from '../../../src/backends/tuning.ts';
import { playedClock } from './playedClock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lens-tuning-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const taking = playedClock();
beforeEach(() => {
  process.env['LENS_TIMINGS'] = join(folder, `${files++}.json`);
});

/** Milliseconds of a step by "threads/blocks". */
type Times = Readonly<Record<string, number | Error>>;

/** A backend on which a step takes as long as told, and which settings were tried on it. */
function played(times: Times, operations: number | null = null): { backend: Backend; trial: Trial; tried: string[] } {
  const tried: string[] = [];
  let [threads, blocks] = [1, 1];
  const backend = {
    name: 'onnx',
    version: '1',
    fault: () => null,
    threads: {
      most: 2,
      changesBits: true,
      get count() {
        return threads;
      },
      use: (count: number) => Promise.resolve(void (threads = count)),
    },
    blocks: {
      counts: [1, 4, 8],
      get count() {
        return blocks;
      },
      use: (count: number) => void (blocks = count),
    },
  } as unknown as Backend;
  const step = () => {
    const key = `${threads}/${blocks}`;
    if (tried.at(-1) !== key) tried.push(key);
    return taking(times[key]!);
  };
  const trial: Trial = {
    key: 'a model',
    title: 'a model',
    rowsPerStep: 10,
    bytes: 0,
    largestTensorBytes: 0,
    cuttable: true,
    prepare: () => ({ step, operations: () => operations, dispose: () => undefined }),
  };
  return { backend, trial, tried };
}

describe('a setting', () => {
  it.each<[string, Times, readonly string[], string]>([
    [
      'blocks, and then threads for them',
      { '1/1': 60, '1/4': 40, '1/8': 30, '2/8': 15 },
      ['1/1', '1/4', '1/8', '2/8'],
      '2/8',
    ],
    [
      'the blocks that are fastest',
      { '1/1': 60, '1/4': 25, '1/8': 40, '2/4': 50 },
      ['1/1', '1/4', '1/8', '2/4'],
      '1/4',
    ],
    [
      'matrices whole where blocks gain nothing',
      { '1/1': 25, '1/4': 40, '1/8': 60, '2/1': 60 },
      ['1/1', '1/4', '1/8', '2/1'],
      '1/1',
    ],
    [
      'one thread, whole, where the others fail',
      { '1/1': 25, '1/4': new Error('none'), '1/8': new Error('none'), '2/1': new Error('none') },
      ['1/1', '1/4', '1/8', '2/1'],
      '1/1',
    ],
    ['one thread, whole, where nothing works', { '1/1': new Error('none') }, ['1/1'], '1/1'],
  ])('is %s; and is remembered', async (_, times, expected, best) => {
    const { backend, trial, tried } = played(times);
    await tune(backend, trial);
    expect(tried).toEqual(expected);
    expect(settingOf(backend)).toEqual({ threads: Number(best[0]), blocks: Number(best[2]) });
    if (times['1/1'] instanceof Error) return;
    backend.blocks!.use(1);
    await tune(backend, trial);
    expect(tried).toEqual(expected);
    expect(settingOf(backend)).toEqual({ threads: Number(best[0]), blocks: Number(best[2]) });
  });

  it('is of threads alone where there is nothing to cut', async () => {
    const { backend, trial, tried } = played({ '1/1': 25, '2/1': 10 });
    await tune(backend, { ...trial, cuttable: false });
    expect(tried).toEqual(['1/1', '2/1']);
    expect(settingOf(backend)).toEqual({ threads: 2, blocks: 1 });
  });

  it('is tried no further for programs that take longer to be opened anew than it could save', async () => {
    const { backend, trial, tried } = played({ '1/1': 25, '1/4': 10, '1/8': 10, '2/8': 5 }, 12_000);
    await tune(backend, trial);
    expect(tried).toEqual(['1/1']);
    expect(settingOf(backend)).toEqual({ threads: 1, blocks: 1 });
  });

  it('is tried no further for the shortest steps', async () => {
    const { backend, trial, tried } = played({});
    await tune(backend, { ...trial, prepare: () => ({ step: () => taking(0.5), dispose: () => undefined }) });
    expect(tried).toEqual([]);
    expect(settingOf(backend)).toEqual({ threads: 1, blocks: 1 });
  });
});
