/** Adam behind a compiled step, in one pass, and within it: the same training. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import { MOST_BYTES } from '../../../../src/backends/onnx/arena.ts';
import type { Port } from '../../../../src/backends/onnx/program.ts';
import { OnnxStorage } from '../../../../src/backends/onnx/storage.ts';
import { clearBehind } from '../../../../src/backends/onnx/updates.ts';
import { type AdamArrays, adamOneByOne } from '../../../../src/backends/wasm/adam.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { makeTrainingStep } from '../../../../src/training/makeStep.ts';
import { absent } from './run.ts';
import { modelOf } from './specimen.ts';
import { expectClose, specimen, stepOf, STEPS, trained } from './steps.ts';

if (absent === null) describe('updates of parameters', suite);
else it('updates parameters', (context) => context.skip(absent ?? undefined));

function suite(): void {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  it.each([1, 2])('stand apart, each with its gradient, and train as within: %i blocks', (blocks) => {
    const of = specimen();
    const before = tf.memory().numTensors;
    const [apart, within] = [stepOf(of, { blocks }), stepOf(of, { blocks, form: { updatesApart: false } })];
    const found = trained(of, apart.run);
    expectClose(found.state, trained(of, within.run).state);
    const [encoded, whole] = [apart.written[0]!, within.written[0]!];
    // Weights and biases of three layers, the weights in blocks.
    expect(encoded.updates).toHaveLength(3 * blocks + 3);
    // A gradient each, and the two scalars.
    expect(encoded.between).toHaveLength(encoded.updates.length + 2);
    expect(whole).toMatchObject({ updates: [], between: [] });
    expect(encoded.inputs.map(({ shape }) => shape)).toEqual(whole.inputs.map(({ shape }) => shape));
    expect(Buffer.from(whole.model).includes('Sqrt')).toBe(true);
    apart.dispose();
    within.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('pass over what the masks of their blocks forbid, and give the same bits where norms need the masked gradient', () => {
    const of = specimen();
    const [plain, measured] = [stepOf(of, { blocks: 2 }), stepOf(of, { blocks: 2, norms: true })];
    expect(trained(of, plain.run).state).toEqual(trained(of, measured.run).state);
    for (const { updates } of [plain.written[0]!, measured.written[0]!]) {
      const blocks = updates.flatMap(({ reach }) => (reach === null ? [] : [reach]));
      expect(blocks).toHaveLength(6);
      // A staircase, some of whose steps end before the block does.
      for (const reach of blocks) expect([...reach]).toEqual([...reach].sort((a, b) => a - b));
      expect(blocks.some((reach) => reach[0]! < reach.at(-1)!)).toBe(true);
    }
    plain.dispose();
    measured.dispose();
  });

  it('take 0 behind what a gradient reaches', () => {
    const gradient = Float32Array.of(1, 2, 3, 4, NaN, 6, 7, 8, 9);
    clearBehind(gradient, Int32Array.of(3, 1, 0));
    expect([...gradient]).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 0]);
  });

  it('take as many entries of a gradient as there are of the parameter, also where a column is repeated under a mask', () => {
    const of = specimen({}, { direct: true, conditioning: true });
    const [apart, within] = [stepOf(of, { blocks: 2 }), stepOf(of, { blocks: 2, form: { updatesApart: false } })];
    expectClose(trained(of, apart.run).state, trained(of, within.run).state);
    const { inputs, between, updates } = apart.written[0]!;
    const ports = inputs.flatMap(({ name, shape, blocks }) => blocks?.parts ?? [{ name, shape }]);
    const shapeOf = (all: readonly Pick<Port, 'name' | 'shape'>[], wanted: string) =>
      all.find(({ name }) => name === wanted)!.shape;
    expect(updates.length).toBeGreaterThan(6);
    for (const { state, gradient } of updates) {
      expect(shapeOf(between, gradient)).toEqual(shapeOf(ports, state.parameter));
    }
    apart.dispose();
    within.dispose();
  });

  it.each([
    [301, 51],
    [3, 5001],
  ])('go through the %i rows of %i some at a time, where there is room and where there is none', (rows, columns) => {
    const random = RandomGenerator.seeded(1, 'rows');
    const reach = Int32Array.from({ length: rows }, (_, row) => Math.floor((row * columns) / (rows - 1)));
    const constants = { beta1: 0.9, beta2: 0.999, stepSize: 0.001, floor: 1e-8 };
    const empty = () => new Float32Array(rows * columns);
    const storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
    const given = Array.from({ length: 4 }, (_, i) =>
      empty().map(() => (i === 3 ? random.uniform() : random.normal())),
    );
    const masked = given[1]!.map((value, i) => (i % columns < reach[Math.floor(i / columns)]! ? value : 0));
    const expected = [given[0]!, masked, given[2]!, given[3]!, empty(), empty(), empty()];
    adamOneByOne(expected as unknown as AdamArrays, constants);
    storage.room.enter();
    try {
      expect(storage.room.makeRoom(4 * rows * columns)).toBe(true);
      for (const take of [() => storage.room.take('float32', rows * columns) as Float32Array, empty]) {
        const found = Array.from({ length: 7 }, (_, i) => {
          const values = take();
          values.set(given[i] ?? empty());
          return values;
        });
        storage.room.adam(found as unknown as AdamArrays, constants, reach);
        for (const i of [4, 5, 6]) expect(found[i]).toEqual(expected[i]);
      }
    } finally {
      storage.room.leave();
    }
  });

  it('have as much room as can be addressed, and none for a state of which that are no four', () => {
    const storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
    storage.room.enter();
    try {
      expect(storage.room.makeRoom(2 ** 29)).toBe(true);
      const taken = Array.from({ length: 8 }, () => storage.room.take('float32', 2 ** 27));
      expect(new Set(taken.map(({ buffer }) => buffer)).size).toBe(2);
      expect(taken.map(({ buffer }) => buffer.byteLength)).toEqual([...Array(7).fill(MOST_BYTES), 2 ** 29]);
      expect(storage.room.makeRoom(2 ** 30)).toBe(false);
    } finally {
      storage.room.leave();
    }
  });

  it('leave the same bits where there is no room for them, or not any more', () => {
    const of = specimen();
    const [roomy, cramped] = [stepOf(of, {}), stepOf(of, {})];
    const found = trained(of, roomy.run).state;
    roomy.dispose();
    const narrow = stepOf(of, {});
    let turn = 0;
    // Another program's room, in which nothing of this one lies.
    const elsewhere = trained(of, narrow.run, () => void narrow.storage.room.makeRoom(2 ** (23 + turn++))).state;
    expect(turn).toBe(STEPS);
    expect(elsewhere).toEqual(found);
    narrow.dispose();
    cramped.dispose();
  });

  it('give the same bits where norms of them are measured, and the norms', () => {
    const of = specimen();
    const [plain, measured] = [stepOf(of, {}), stepOf(of, { norms: true })];
    const [found, told] = [trained(of, plain.run), trained(of, measured.run)];
    expect(told.state).toEqual(found.state);
    expect(measured.written[0]!.updates).toHaveLength(6);
    const eager = trained(of, makeTrainingStep(modelOf(of), of.experiment.training, { norms: true })).told;
    expect(Object.keys(told.told).sort()).toEqual(Object.keys(eager).sort());
    for (const [name, norm] of Object.entries(eager)) expect(told.told[name]! / norm, name).toBeCloseTo(1, 3);
    plain.dispose();
    measured.dispose();
  });

  it('take gradients as they are clipped, and stay within for other optimisers', () => {
    const clipped = specimen({ clip: 0.01 });
    const [apart, within] = [stepOf(clipped, {}), stepOf(clipped, { form: { updatesApart: false } })];
    expectClose(trained(clipped, apart.run).state, trained(clipped, within.run).state);
    expect(apart.written[0]!.updates).toHaveLength(6);
    const momentum = stepOf(specimen({ optimizer: { type: 'sgd', momentum: 0.9 } }), {});
    trained(specimen({ optimizer: { type: 'sgd', momentum: 0.9 } }), momentum.run);
    expect(momentum.written[0]!.updates).toEqual([]);
    for (const step of [apart, within, momentum]) step.dispose();
  });
}
