/** States in the memory of a device: on SwiftShader, which imitates one, where there is no other. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { CompiledFunction } from '../../../../src/backends/compiled.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { onnxCompiler } from '../../../../src/backends/onnx/compiler.ts';
import { DeviceTensor } from '../../../../src/backends/onnx/binding.ts';
import { DeviceMemory, locationsOf } from '../../../../src/backends/onnx/device.ts';
import { type Port, traceProgram } from '../../../../src/backends/onnx/program.ts';
import { OnnxStorage } from '../../../../src/backends/onnx/storage.ts';
import { nativeBinding } from './run.ts';
import { specimen, stepOf, trained } from './steps.ts';

describe('outputs', () => {
  it('stay on the device if they could go in again', () => {
    const port = (name: string, shape: number[], type: Port['type'] = 'float32'): Port => ({ name, shape, type });
    const inputs = [
      port('weight', [3, 2]),
      port('bias', [3]),
      port('step', []),
      port('none', [0]),
      port('rows', [4], 'int32'),
    ];
    const outputs = [
      port('a', [3, 2]),
      port('b', [2, 3]),
      port('c', [3]),
      port('loss', []),
      port('nothing', [0]),
      port('numbers', [4], 'int32'),
    ];
    const places = Object.values(locationsOf(inputs, outputs));
    expect(places).toEqual(['gpu-buffer', 'cpu', 'gpu-buffer', 'cpu', 'cpu', 'cpu']);
  });
});

describe('a tensor of the storage', () => {
  it('is read again after a device has failed to give it once', () => {
    const storage = new OnnxStorage({ typedArrayFromHeap: () => new Float32Array() });
    let [tries, there] = [0, true];
    const dataId = storage.adopt({
      ...{ type: 'float32', size: 2, tensor: new DeviceTensor('float32', null, [2]), release: () => (there = false) },
      read: (into) => {
        into.fill(9);
        if (tries++ === 0) throw new Error('the device does not answer');
        into.set([1, 2]);
      },
    });
    expect(() => storage.readSync(dataId)).toThrow('the device does not answer');
    expect([...storage.readSync(dataId)]).toEqual([1, 2]);
    expect([...storage.readSync(dataId)]).toEqual([1, 2]);
    expect(tries).toBe(2);
    storage.disposeData(dataId);
    expect(there).toBe(false);
  });

  it('that comes from another backend lies where there is room, and else where it was copied to', () => {
    const storage = new OnnxStorage({ typedArrayFromHeap: () => new Float32Array() });
    storage.room.enter();
    const [first, second] = [{}, {}];
    const values = Float32Array.of(1, 2);
    storage.move(first, values, [2], 'float32', 1);
    expect(storage.valuesOf({ dataId: first, shape: [2], dtype: 'float32' }, () => undefined)).toBe(values);
    storage.room.makeRoom(2 ** 10);
    storage.move(second, values, [2], 'float32', 1);
    const found = storage.valuesOf({ dataId: second, shape: [2], dtype: 'float32' }, () => undefined);
    expect(found).toEqual(values);
    expect(found.buffer.byteLength).toBe(2 ** 26);
    for (const dataId of [first, second]) storage.disposeData(dataId);
    storage.room.leave();
  });
});

const rung = inject('rungs').find(({ name }) => name === 'onnx-webgpu')!;
if (rung.available) describe('a state on a device', suite);
else it('a state on a device', (context) => context.skip(rung.reason));

function suite(): void {
  let storage: OnnxStorage;
  let memory: DeviceMemory;
  let program: CompiledFunction;
  let before = 0;
  const upload = vi.spyOn(DeviceMemory.prototype, 'upload');
  beforeAll(() => startBackend('onnx-webgpu'));
  beforeEach(() => {
    storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
    memory = new DeviceMemory(nativeBinding(), 'webgpu');
    before = tf.memory().numTensors;
    const choice = () => ({ provider: 'webgpu', threads: 1, blocks: 1 });
    const compile = onnxCompiler({ binding: nativeBinding(), storage, memory, choice }, traceProgram);
    // weight ← weight − 0.1 · weight · mask, and the sum of what it was.
    const [weight, mask] = [tf.tensor1d([4, 5, 6]), tf.tensor1d([0, 1, 1])];
    program = compile([weight, mask], () => [tf.sub(weight, tf.mul(tf.mul(weight, mask), 0.1)), tf.sum(weight)]);
    tf.dispose([weight, mask]);
    upload.mockClear();
  });
  afterEach(() => {
    program.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(storage.numDataIds()).toBe(0);
    expect(storage.room.spareBytes).toBe(0);
    expect(memory.tensors).toBe(0);
  });
  const read = (tensor: tf.Tensor) => [...tensor.dataSync()];
  const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5) as unknown);

  it('stays there from step to step, and so does what comes again with every step', () => {
    const mask = tf.tensor1d([1, 0, 1]);
    let now: tf.Tensor = tf.tensor1d([1, 2, 3]);
    for (let step = 0; step < 10; step++) {
      const [next, sum] = program.run([now, mask]);
      expect(read(sum!)[0]).toBeCloseTo(2 + 4 * 0.9 ** step, 4);
      tf.dispose([now, sum!]);
      now = next!;
      // From the second step on the mask, too.
      expect(memory.tensors).toBe(step === 0 ? 1 : 2);
    }
    expect(upload).toHaveBeenCalledTimes(1);
    expect(read(now)).toEqual(close([0.9 ** 10, 2, 3 * 0.9 ** 10]));
    expect(read(now)).toEqual(close([0.9 ** 10, 2, 3 * 0.9 ** 10]));
    tf.dispose([mask, now]);
  });

  it('is what it was for other kernels, and goes there again after them', () => {
    const [mask, start] = [tf.tensor1d([1, 0, 1]), tf.tensor1d([1, 2, 3])];
    const [once, sum] = program.run([start, mask]);
    const clone = tf.clone(once!);
    expect(tf.tidy(() => read(tf.add(once!, mask)))).toEqual(close([1.9, 2, 3.7]));
    for (let time = 0; time < 3; time++) {
      const [twice, more] = program.run([once!, mask]);
      expect(read(twice!)).toEqual(close([0.81, 2, 2.43]));
      tf.dispose([twice!, more!]);
    }
    once!.dispose();
    expect(read(clone)).toEqual(close([0.9, 2, 2.7]));
    tf.dispose([mask, start, sum!, clone]);
  });

  it('outlives the program that has left it there', () => {
    const [mask, start] = [tf.tensor1d([1, 0, 1]), tf.tensor1d([1, 2, 3])];
    const [once, sum] = program.run([start, mask]);
    program.dispose();
    expect(() => program.run([start, mask])).toThrow('this program was disposed of');
    expect(read(once!)).toEqual(close([0.9, 2, 2.7]));
    expect(memory.tensors).toBe(1);
    tf.dispose([mask, start, once!, sum!]);
  });

  it('refuses tensors that the program is not for, and keeps nothing of the call', () => {
    const [mask, short] = [tf.tensor1d([1, 0, 1]), tf.tensor1d([1, 2])];
    const [once, sum] = program.run([mask, mask]);
    const [lying, spare] = [memory.tensors, storage.room.spareBytes];
    for (let time = 0; time < 2; time++) {
      const fresh = tf.tensor1d([1, 2, 3]);
      expect(() => program.run([fresh, short])).toThrow(/ is float32 \[2\], expected float32 \[3\]$/);
      fresh.dispose();
    }
    expect(memory.tensors).toBe(lying);
    // The fresh ones were copied into an array that lay there, and came back.
    expect(spare).toBeGreaterThanOrEqual(12);
    expect(storage.room.spareBytes).toBe(spare);
    tf.dispose([mask, short, once!, sum!]);
  });

  it('keeps nothing of a step whose results cannot all be had', () => {
    const [mask, start] = [tf.tensor1d([1, 0, 1]), tf.tensor1d([1, 2, 3])];
    const [once, sum] = program.run([start, mask]);
    const take = vi.spyOn(storage.room, 'take').mockImplementation((_, size) => {
      if (size === 1) throw new RangeError('no memory for a sum');
      return new Float32Array(size);
    });
    expect(() => program.run([once!, mask])).toThrow('no memory for a sum');
    take.mockRestore();
    // The state as it was, and the mask.
    expect(memory.tensors).toBe(2);
    expect(read(once!)).toEqual(close([0.9, 2, 2.7]));
    tf.dispose([mask, start, once!, sum!]);
  });

  it('takes whole numbers and truth values with every step, from here', () => {
    const weight = tf.tensor1d([4, 5, 6]);
    const [places, kept] = [tf.tensor1d([2, 0, 1], 'int32'), tf.tensor1d([true, false, true], 'bool')];
    const given = [weight, places, kept];
    const choice = () => ({ provider: 'webgpu', threads: 1, blocks: 1 });
    const compile = onnxCompiler({ binding: nativeBinding(), storage, memory, choice }, traceProgram);
    const picking = compile(given, () => [tf.where(kept, tf.gather(weight, places), tf.zerosLike(weight))]);
    for (let time = 0; time < 4; time++) {
      const [picked] = picking.run(given);
      expect(read(picked!)).toEqual([6, 0, 5]);
      picked!.dispose();
    }
    expect(memory.tensors).toBe(1);
    picking.dispose();
    tf.dispose(given);
  });

  it('of a model and its optimiser is that of a run on the processor', () => {
    const of = specimen();
    const [here, there] = [stepOf(of, { form: { updatesApart: false } }), stepOf(of, { memory })];
    const [expected, found] = [
      trained(of, here.run),
      trained(of, there.run, ({ parameters, optimizer }) => {
        expect(memory.tensors).toBe(Object.keys({ ...parameters, ...optimizer }).length);
      }),
    ];
    expect(found.told['loss']).toBeCloseTo(expected.told['loss']!, 3);
    expect([...found.state.keys()]).toEqual([...expected.state.keys()]);
    for (const [name, values] of expected.state) {
      const others = found.state.get(name)!;
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = values.reduce((most, value, i) => Math.max(most, Math.abs(value - others[i]!)), 0);
      expect(off, name).toBeLessThan(1e-3 * largest);
    }
    here.dispose();
    there.dispose();
  });
}
