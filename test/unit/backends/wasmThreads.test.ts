/** The threads of the wasm backend: same numbers, chosen by trial, and none left behind. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { chooseBackend } from '../../../src/backends/choose.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { tune } from '../../../src/backends/tuning.ts';
import type { Trial } from '../../../src/backends/trial.ts';
import { THREADED_BINARY, THREADED_SCRIPT } from '../../../src/backends/wasm/threads.ts';
import { findWasmFolder } from '../../../src/backends/wasm/folder.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { trainingTrial } from '../../../src/training/trial.ts';
import { playedClock } from './playedClock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lens-threads-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
beforeEach(() => {
  process.env['LENS_TIMINGS'] = join(folder, `${files++}.json`);
});

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

function threads(): NonNullable<Backend['threads']> {
  if (backend.threads === undefined) throw new Error('the build with threads did not start');
  return backend.threads;
}

const several = 2;

/** Products of every kind that is transposed, a convolution, and their gradients. */
async function numbers(): Promise<number[][]> {
  const random = RandomGenerator.seeded(3, 'threads');
  const normals = (shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
      shape,
    );
  const outputs = tf.tidy(() => {
    const [a, b] = [normals([101, 203]) as tf.Tensor2D, normals([203, 67]) as tf.Tensor2D];
    const [x, filter] = [normals([3, 14, 13, 5]) as tf.Tensor4D, normals([3, 3, 5, 7]) as tf.Tensor4D];
    const products = tf.valueAndGrads((p: tf.Tensor, q: tf.Tensor) => tf.sum(tf.square(tf.matMul(p, q))))([a, b]);
    const convolved = tf.valueAndGrads((p: tf.Tensor, q: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(p as tf.Tensor4D, q as tf.Tensor4D, 1, 'same'))),
    )([x, filter]);
    return [tf.matMul(a, b), products.value, ...products.grads, convolved.value, ...convolved.grads];
  });
  const values = await Promise.all(outputs.map(async (tensor) => [...(await tensor.data<'float32'>())]));
  tf.dispose(outputs);
  return values;
}

describe('any number of threads', () => {
  it('computes the same bits, time after time, with tensors that were there before', async () => {
    await threads().use(1);
    const kept = tf.tensor1d([1, 2, 3]);
    const expected = await numbers();
    for (const count of [several, several + 1, several]) {
      await threads().use(count);
      expect(backend.device).toBe(`WebAssembly SIMD, ${count} threads`);
      for (let i = 0; i < 5; i++) expect(await numbers()).toEqual(expected);
    }
    await threads().use(1);
    expect(backend.device).toBe('WebAssembly SIMD, 1 thread');
    expect(await numbers()).toEqual(expected);
    expect([...(await kept.data())]).toEqual([1, 2, 3]);
    kept.dispose();
  });
});

describe('the number of threads', () => {
  const experiment = experimentSpec.parse({ model: { type: 'made', hidden: [8] }, data: { train: 'x.npy' } });
  const used: number[] = [];
  const taking = playedClock();

  /** A backend with so many threads, on which a step takes as long as told by their number. */
  function played(stepMs: readonly (number | Error)[]): { backend: Backend; trial: Trial } {
    let now = 1;
    used.length = 0;
    const use = (count: number) => {
      used.push((now = count));
      return Promise.resolve();
    };
    return {
      backend: { ...backend, threads: { most: stepMs.length, count: 1, changesBits: false, use } },
      trial: {
        ...trainingTrial(experiment, 6),
        prepare: () => ({ step: () => taking(stepMs[now - 1]!), dispose: () => undefined }),
      },
    };
  }

  it.each([
    ['all where they make a step shorter', [40, 1, 10], 3, [1, 3, 3]],
    ['one where they make it longer', [20, 60], 1, [1, 2, 1]],
    ['one for short steps, without starting others', [1, 0], 1, [1, 1]],
    ['one where they fail', [20, new Error('none')], 1, [1, 2, 1]],
  ])('is %s, and is remembered', async (_, stepMs, expected, calls) => {
    const { backend: found, trial } = played(stepMs);
    await tune(found, trial);
    expect(used).toEqual(calls);
    await tune(found, trial);
    expect(used).toEqual([...calls, expected]);
  });

  it('is chosen for a backend that is asked for by name, too', async () => {
    const prepare = () => ({ step: () => taking(0.5), dispose: () => undefined });
    const { backend: found } = await chooseBackend('wasm', { ...trainingTrial(experiment, 5), prepare });
    expect(found.device).toMatch(/1 thread$/);
  });
});

describe('a process with threads', () => {
  const bundle = join(folder, 'program.cjs');
  beforeAll(async () => {
    const packaged = findWasmFolder(__dirname, THREADED_BINARY, THREADED_SCRIPT)!;
    const source = `
      const { startThreaded } = require(${JSON.stringify(join(__dirname, '../../../src/backends/wasm/threads.ts'))});
      const tf = require('@tensorflow/tfjs-core');
      (async () => {
        const { backend, useThreads } = await startThreaded(${JSON.stringify(packaged)});
        tf.registerBackend('threads', () => backend);
        await useThreads(2);
        console.log('started');
        if (process.argv[2] === 'exit') process.exit(3);
        if (process.argv[2] === 'stay') setInterval(() => {}, 1000);
      })();`;
    const entry = join(folder, 'program.js');
    writeFileSync(entry, source);
    const nodePaths = [join(__dirname, '../../../node_modules')];
    await build({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', nodePaths });
  });

  it.each([
    ['by itself when there is nothing left to do', 'leave', [0, null]],
    ['when it says so', 'exit', [3, null]],
    ['when it is killed', 'stay', [null, 'SIGTERM']],
  ])('ends %s', async (_, argument, expected) => {
    const child = spawn(process.execPath, [bundle, argument], { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stderr.on('data', (text) => (told += String(text)));
    child.stdout.on('data', (text) => {
      told += String(text);
      if (argument === 'stay') child.kill();
    });
    const ended = await new Promise((resolve) => child.on('close', (...found) => resolve(found)));
    expect(told).toBe('started\n');
    expect(ended).toEqual(expected);
  });
});
