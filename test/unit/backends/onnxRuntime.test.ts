/** ONNX Runtime: where state lies between compiled steps, and what becomes of it where other kernels look at it. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { type Compile, type CompiledFunction, NotCompilable } from '../../../src/backends/compiled.ts';
import { chooseBackend } from '../../../src/backends/choose.ts';
import { apply } from '../../../src/backends/tuning.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { loadNative } from '../../../src/backends/native/find.ts';
import { initialise, type OnnxBinding } from '../../../src/backends/onnx/binding.ts';
import { compiledProgram, onnxCompiler } from '../../../src/backends/onnx/compiler.ts';
import { findOnnxRuntime } from '../../../src/backends/onnx/find.ts';
import { traceProgram } from '../../../src/backends/onnx/program.ts';
import { providers, refusal } from '../../../src/backends/onnx/providers.ts';
import type { OnnxRuntime } from '../../../src/backends/onnx/sessions.ts';
import { OnnxStorage } from '../../../src/backends/onnx/storage.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { Learner } from '../../../src/training/learner.ts';
import { choiceForManifest } from '../../../src/worker/devices.ts';
import { chainDataset, experiment } from '../training/support.ts';

const rung = inject('rungs').find(({ name }) => name === 'onnx')!;
if (rung.available) describe('programs of ONNX Runtime', suite);
else it('programs of ONNX Runtime', (context) => context.skip(rung.reason));

const read = (tensor: tf.Tensor) => [...tensor.dataSync()];

function suite(): void {
  let backend: Backend;
  let storage: OnnxStorage;
  let runtime: OnnxRuntime;
  let threads = 1;
  let before = 0;
  const programs: CompiledFunction[] = [];
  beforeAll(async () => {
    backend = await startBackend('onnx');
  });
  beforeEach(() => {
    const found = findOnnxRuntime(import.meta.dirname);
    const binding = loadNative(found.file!) as OnnxBinding;
    initialise(binding);
    storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
    threads = 1;
    runtime = { binding, storage, choice: () => ({ provider: 'cpu', threads, blocks: 1 }) };
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    for (const program of programs.splice(0)) program.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(storage.numDataIds()).toBe(0);
    expect(storage.room.spareBytes).toBe(0);
  });

  const compile = (examples: readonly tf.Tensor[], compute: () => readonly tf.Tensor[]) => {
    const program = onnxCompiler(runtime, traceProgram)(examples, compute);
    programs.push(program);
    return program;
  };
  /** weight ← weight − 0.1 · weight · mask, and the sum of what it was. */
  const decay = (weight: tf.Tensor, mask: tf.Tensor) =>
    compile([weight, mask], () => [tf.sub(weight, tf.mul(tf.mul(weight, mask), 0.1)), tf.sum(weight)]);

  it('keeps results where the next call takes them in, as often as it likes, in arrays that come round', () => {
    const mask = tf.tensor1d([1, 0, 1]);
    let [now, last] = [tf.tensor1d([1, 2, 3]) as tf.Tensor, null as tf.Tensor | null];
    const program = decay(now, mask);
    const spare = new Set<number>();
    for (let step = 1; step <= 1000; step++) {
      const [next, sum] = program.run([now, mask]);
      expect(read(sum!)[0]).toBeCloseTo(2 + 4 * 0.9 ** (step - 1), 4);
      sum!.dispose();
      // As training does: what was before is kept until the step after.
      last?.dispose();
      [last, now] = [now, next!];
      if (step > 3) spare.add(storage.room.spareBytes);
    }
    expect(spare.size).toBe(1);
    // This generation, the one before, and the mask, which stays here from the second time on.
    expect(storage.numDataIds()).toBe(3);
    expect(read(now)).toEqual([expect.closeTo(0.9 ** 1000, 6), 2, expect.closeTo(3 * 0.9 ** 1000, 6)]);
    tf.dispose([mask, now, last!]);
  });

  it('gives the right numbers to kernels that look at them between two calls, and takes them back', () => {
    const mask = tf.tensor1d([1, 0, 1]);
    const start = tf.tensor1d([1, 2, 3]);
    const program = decay(start, mask);
    const [once, sum] = program.run([start, mask]);
    const held = storage.numDataIds();
    const clone = tf.clone(once!);
    const shaped = tf.reshape(once!, [1, 3]);
    // It has gone to the backend that computes with it.
    expect(storage.numDataIds()).toBe(held - 1);
    expect(tf.tidy(() => read(tf.add(once!, mask)))).toEqual(
      [1.9, 2, 3.7].map((value) => expect.closeTo(value, 6) as unknown),
    );
    for (let time = 0; time < 3; time++) {
      const [twice, more] = program.run([once!, mask]);
      expect(read(twice!)).toEqual([0.81, 2, 2.43].map((value) => expect.closeTo(value, 6) as unknown));
      expect(read(more!)[0]).toBeCloseTo(5.6, 5);
      tf.dispose([twice!, more!]);
    }
    // Also where two tensors share the data that came back.
    once!.dispose();
    for (const other of [clone, shaped]) {
      expect(read(other)).toEqual([0.9, 2, 2.7].map((value) => expect.closeTo(value, 6) as unknown));
    }
    expect(tf.tidy(() => read(tf.sum(shaped, 1))[0])).toBeCloseTo(5.6, 5);
    tf.dispose([mask, start, sum!, clone, shaped]);
  });

  it('takes in what waits for a program that is made, where that is much, and leaves it the rest of the memory', () => {
    const narrow = new OnnxStorage(tf.findBackend('wasm') as BackendWasm, 24);
    const compiling = onnxCompiler({ ...runtime, storage: narrow }, traceProgram);
    for (const [size, taken] of [
      [2, 0],
      [3, 2],
    ] as const) {
      const [example, weight] = [tf.ones([size]), tf.range(0, size)];
      const waiting = [weight, tf.reshape(weight, [size, 1]), tf.zeros([size])];
      const made = compiling([example], () => [tf.mul(example, 2)], { fixed: [], waiting });
      // Two of them share their data.
      expect(narrow.numDataIds()).toBe(taken);
      const [twice] = made.run([weight]);
      expect(read(twice!)).toEqual([0, 2, 4].slice(0, size));
      const spare = narrow.room.spareBytes;
      tf.dispose(waiting);
      // What was moved is not kept once it is gone: later states have another place.
      expect(narrow.room.spareBytes).toBe(spare);
      made.dispose();
      tf.dispose([example, twice!]);
      expect(narrow.numDataIds()).toBe(0);
    }
  });

  it('goes on as before where what is chosen anew does not start', () => {
    const [mask, start] = [tf.tensor1d([1, 1, 1]), tf.tensor1d([1, 2, 3])];
    let provider = 'cpu';
    const compiling = onnxCompiler({ ...runtime, choice: () => ({ provider, threads, blocks: 1 }) }, traceProgram);
    const program = compiling([start, mask], () => [tf.mul(start, mask), tf.sum(start)]);
    programs.push(program);
    provider = 'none such';
    for (let time = 0; time < 2; time++) expect(() => program.run([start, mask])).toThrow(NotCompilable);
    provider = 'cpu';
    const [same, sum] = program.run([start, mask]);
    expect(read(same!)).toEqual([1, 2, 3]);
    tf.dispose([mask, start, same!, sum!]);
  });

  it('hands out values that stay what they were when the array is another tensor’s', async () => {
    const [mask, start] = [tf.tensor1d([1, 1, 1]), tf.tensor1d([1, 2, 3])];
    const program = decay(start, mask);
    const [once, sum] = program.run([start, mask]);
    const [now, later] = [once!.dataSync(), await once!.data()];
    once!.dispose();
    const [other, more] = program.run([mask, mask]);
    expect([...now]).toEqual([...later]);
    expect(now[2]).toBeCloseTo(2.7, 6);
    tf.dispose([mask, start, sum!, other!, more!]);
  });

  it('computes the same bits each time with as many threads, and close to them with others', () => {
    const [x, w] = [tf.randomNormal([64, 300], 0, 1, 'float32', 1), tf.randomNormal([300, 200], 0, 1, 'float32', 2)];
    const program = compile([x, w], () => [tf.matMul(x, tf.relu(tf.matMul(x, w)), true, false)]);
    const run = (count: number) => {
      threads = count;
      const [product] = program.run([x, w]);
      const values = product!.dataSync<'float32'>();
      product!.dispose();
      return values;
    };
    const [one, two] = [run(1), run(2)];
    expect(Buffer.from(run(1).buffer).equals(Buffer.from(one.buffer))).toBe(true);
    expect(Buffer.from(run(2).buffer).equals(Buffer.from(two.buffer))).toBe(true);
    const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = one.reduce((most, value, i) => Math.max(most, Math.abs(value - two[i]!)), 0);
    expect(difference).toBeLessThan(1e-5 * largest);
    // Where this fails, the backend can say that their number changes no bits.
    expect(backend.threads).toMatchObject({ changesBits: true });
    tf.dispose([x, w]);
  });

  it('takes a run up again with the threads and blocks that it has been trained with, without a trial', async () => {
    const prepare = () => expect.fail('it is tried');
    const trial = { key: '', title: '', rowsPerStep: 1, bytes: 0, largestTensorBytes: 0, cuttable: true, prepare };
    const choice = await chooseBackend('onnx', trial, { threads: 3, blocks: 4 });
    expect(choiceForManifest('auto', choice)).toMatchObject({
      threads: 3,
      blocks: 4,
      device: 'native code, 3 threads, masked matrices in 4 blocks',
    });
    await apply(choice.backend, { threads: 1, blocks: 1 });
    expect(choice.backend.device).toBe('native code, 1 thread');
  });

  it('refuses tensors that the program is not for, and keeps nothing of the call', () => {
    const [mask, start] = [tf.tensor1d([1, 1, 1]), tf.tensor1d([1, 2, 3])];
    const program = decay(start, mask);
    const short = tf.tensor1d([1, 2]);
    const whole = tf.tensor1d([1, 2, 3], 'int32');
    expect(() => program.run([start, short])).toThrow(/ is float32 \[2\], expected float32 \[3\]$/);
    expect(() => program.run([start, whole])).toThrow(/ is int32 \[3\], expected float32 \[3\]$/);
    expect(() => program.run([start])).toThrow(/ is nothing, expected float32 \[3\]$/);
    tf.dispose([mask, start, short, whole]);
  });

  it('says in words that a model is refused, and that a program is gone', () => {
    const encoded = { model: Uint8Array.of(1, 2, 3), inputs: [], outputs: [], between: [], updates: [] };
    const nonsense = { fixed: new Map(), nodes: 1, stateBytes: 0, encoded: () => encoded };
    expect(() => compiledProgram(runtime, nonsense)).toThrow(NotCompilable);
    expect(() => compiledProgram(runtime, nonsense)).toThrow(/^ONNX Runtime refuses it: ./);
    const [mask, start] = [tf.tensor1d([1, 1, 1]), tf.tensor1d([1, 2, 3])];
    const program = decay(start, mask);
    program.dispose();
    program.dispose();
    expect(() => program.run([start, mask])).toThrow('this program was disposed of');
    tf.dispose([mask, start]);
  });

  it('trains by programs, not operation by operation, also where parameters are looked at between steps', async () => {
    const { model, training } = experiment({ hidden: [8], masks: 2 }, { optimizer: { type: 'adam' } });
    const train = chainDataset({ rows: 50 }).train;
    const made = createModel(model, train.columns, 1);
    const initial = made.initialise(RandomGenerator.seeded(1, 'weights'));
    const told: string[] = [];
    let runs = 0;
    const counted: Compile = (...function_) => {
      const program = backend.compile!(...function_);
      return { run: (inputs) => (runs++, program.run(inputs)), dispose: () => program.dispose() };
    };
    const trained = async (look: (learner: Learner) => Promise<void> | void) => {
      const options = {
        model: made,
        training,
        seed: 1,
        rows: train,
        initial,
        saved: null,
        tell: (text: string) => told.push(text),
      };
      const learner = new Learner({ ...options, backend: { ...backend, compile: counted } });
      const losses: number[] = [];
      for (let batch = 0; batch < learner.batchesPerEpoch; batch++) {
        losses.push((await learner.batch()).train);
        await look(learner);
      }
      const { model: parameters, optimizer } = await learner.snapshot();
      learner.dispose();
      return { losses, parameters, optimizer };
    };
    const alone = await trained(() => undefined);
    const looked = await trained(async (learner) => {
      const clones = learner.cloneParameters();
      tf.tidy(() => Object.values(learner.parameters).map((tensor) => tf.sum(tf.square(tensor)).dataSync()));
      await learner.snapshot();
      tf.dispose(clones);
    });
    expect(looked).toEqual(alone);
    expect(new Set(alone.losses).size).toBeGreaterThan(2);
    expect(told).toEqual([]);
    expect(runs).toBe(2 * alone.losses.length);
  });
}

describe('reasons of absence', () => {
  const of = (name: string) => providers.find((one) => one.name === name)!;
  it('are words for people where the machine lacks something, and the library’s own for the rest', () => {
    expect(refusal(of('onnx-webgpu'), 'x.cc:136 … Failed to get a WebGPU adapter: No supported adapters')).toMatch(
      /^this machine has no GPU that WebGPU can use/,
    );
    expect(
      refusal(of('onnx-cuda'), 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library'),
    ).toMatch(/LENS_ONNXRUNTIME/);
    expect(refusal(of('onnx'), 'the process that tried it died of SIGSEGV')).toBe(
      'it was tried, and failed: the process that tried it died of SIGSEGV',
    );
  });
});
