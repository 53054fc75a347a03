import { describe, expect, it } from 'vitest';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../../../src/backends/backend.ts';
import { jacobianFrame, leaksOf, type JacobianOptions } from '../../../src/inspection/jacobian.ts';
import type { JacobianFrame } from '../../../src/inspection/frames.ts';
import {
  CODING_LIMITS,
  encodeJacobian,
  jacobianReader,
  type CodingLimits,
} from '../../../src/inspection/jacobianCodes.ts';
import { densityInputs, type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { broken, datasetOf, leaky, made, randomRows, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource, options: JacobianOptions = {}) =>
  toEnd(jacobianFrame(snapshotOf(source, null), options));

/** Mean |Δ logits / Δ x| by central differences over every row of the data. */
async function byDifferences(model: Model, backend: Backend, source: InspectionSource): Promise<Float32Array> {
  const { tf } = backend;
  const { train } = await source.dataset();
  const inputs = { ...densityInputs(snapshotOf(source, null)), noise: {}, context: null };
  const step = 2 ** -6;
  const mean = new Float32Array(model.dimension ** 2);
  const rows = Float32Array.from(train.values);
  for (let j = 0; j < model.dimension; j++) {
    const logits = await readAll(() =>
      [step, -step].map((shift) => {
        const moved = rows.map((value, i) => (i % train.columns === j ? value + shift : value));
        const x: Tensor2D = tf.tensor2d(moved, [train.rows, train.columns]);
        return model.network!.conditionalParameters(x, inputs);
      }),
    );
    for (let n = 0; n < train.rows; n++) {
      for (let i = 0; i < model.dimension; i++) {
        const at = n * model.dimension + i;
        mean[i * model.dimension + j]! += Math.abs(logits[0]![at]! - logits[1]![at]!) / (2 * step) / train.rows;
      }
    }
  }
  return mean;
}

onEveryBackend('Jacobian frame', (backend) => {
  it('is the mean over rows of the absolute derivatives', async () => {
    const model = made(7, { hidden: [16, 16], activation: 'tanh', direct: true, order: 'random' });
    const row = randomRows(1, 7);
    // Equal rows, so that whichever are drawn the mean is known.
    const values = Uint8Array.from({ length: 5 * 7 }, (_, i) => row.values[i % 7]!);
    const source = sourceOf(model, backend(), { dataset: datasetOf({ rows: 5, columns: 7, values }) });
    const frame = await frameOf(source, { dataRows: 3 });
    const expected = await byDifferences(model, backend(), source);
    expect(frame.dataRows).toBe(3);
    for (const [i, value] of frame.values.entries()) expect(value).toBeCloseTo(expected[i]!, 3);
  });

  it('is exactly 0 outside the strict triangle of a sound model and nowhere inside it', async () => {
    const model = made(12, { hidden: [64, 64], activation: 'tanh', order: 'reversed' });
    const { values, order, leaks, worstLeak, dataRows } = await frameOf(sourceOf(model, backend()));
    expect({ leaks, worstLeak, dataRows }).toEqual({ leaks: 0, worstLeak: null, dataRows: 64 });
    for (const [i, value] of values.entries()) {
      const allowed = order[Math.floor(i / 12)]! > order[i % 12]!;
      expect(value > 0, `entry ${i}`).toBe(allowed);
    }
  });

  it('finds the leak of an output mask with ≥', async () => {
    const { leaks, worstLeak, values } = await frameOf(sourceOf(leaky(made(6, { hidden: [32] })), backend()));
    expect(leaks).toBe(5);
    expect(worstLeak!.output).toBe(worstLeak!.input);
    expect(worstLeak!.value).toBe(values[worstLeak!.output * 6 + worstLeak!.input]);
  });

  it('finds a path that forgets its mask although the masks are sound', async () => {
    const forgetful = broken(made(6), {
      masks: (sound) => ({ ...sound, 'output.weight': { shape: [6, 12], data: new Float32Array(72).fill(1) } }),
    });
    const { leaks } = await frameOf(sourceOf(forgetful, backend()));
    expect(leaks).toBeGreaterThan(10);
  });

  it('finds leaks among many variables, too, whose rows are computed by themselves', async () => {
    const source = (model: Model) => sourceOf(model, backend(), { dataset: datasetOf(randomRows(2, 256)) });
    const sound = made(256, { hidden: [64] });
    const { leaks, values } = await frameOf(source(sound), { dataRows: 2 });
    expect(leaks).toBe(0);
    expect(Array.from(values).filter((value) => value > 0).length).toBeGreaterThan(10_000);
    const leaking = await frameOf(source(leaky(sound)), { dataRows: 2 });
    expect(leaking.leaks).toBeGreaterThan(0);
    expect(leaking.worstLeak!.output).toBe(leaking.worstLeak!.input);
  });

  it('is 1 × 1 and 0 for a single variable', async () => {
    const frame = await frameOf(sourceOf(made(1, { hidden: [2] }), backend()));
    expect([...frame.values]).toEqual([0]);
  });

  it('leaves no tensors behind, finished or given up', async () => {
    const { tf } = backend();
    const source = sourceOf(made(5), backend());
    const before = tf.memory().numTensors;
    const finished = snapshotOf(source, null);
    await toEnd(jacobianFrame(finished));
    finished.dispose();
    const abandoned = snapshotOf(source, null);
    const work = jacobianFrame(abandoned);
    await work.next();
    await work.return(undefined as never);
    abandoned.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('counts NaN and infinity as not finite, and NaN as no leak', () => {
  const worst = { output: 1, input: 1, value: 0.5 };
  expect(leaksOf(Float32Array.of(NaN, 0, Infinity, 0.5), Int32Array.of(1, 2))).toEqual({
    leaks: 1,
    worstLeak: worst,
    largestLeaks: [worst],
    notFinite: 2,
  });
});

describe('entries that travel', () => {
  const random = RandomGenerator.seeded(3, 'entries');
  const dimension = 40;
  const order = random.permutation(dimension).map((position) => position + 1);
  const allowed = (o: number, i: number) => order[o]! > order[i]!;
  /** Twelve decades of sizes, a few leaks, one of them tiny, and one NaN. */
  const entries = Float32Array.from({ length: dimension ** 2 }, (_, at) =>
    allowed(Math.floor(at / dimension), at % dimension) ? 10 ** (6 - 12 * random.uniform()) : 0,
  );
  const leaks = [0, 7, 20].map((d) => d * dimension + d);
  leaks.forEach((at, k) => (entries[at] = 1e-6 * 10 ** k));
  entries[entries.findIndex((value, at) => value > 0 && !leaks.includes(at))] = NaN;
  const frame = (limits: CodingLimits): JacobianFrame => ({
    kind: 'jacobian',
    version: 1,
    step: 1,
    epoch: 1,
    mask: 0,
    maskCount: 1,
    dimension,
    order,
    dataRows: 4,
    ...encodeJacobian(entries, order, limits),
    ...leaksOf(entries, order),
  });
  const each = (visit: (value: number, o: number, i: number) => void) => {
    for (let o = 0; o < dimension; o++) for (let i = 0; i < dimension; i++) visit(entries[o * dimension + i]!, o, i);
  };

  it('are as they were measured while they are few', () => {
    const own = frame({ exact: dimension, single: dimension });
    const reader = jacobianReader(own);
    expect(own.coding).toBeNull();
    each((value, o, i) => expect(reader.at(o, i)).toBe(value));
  });

  it('are near as bytes, the extremes and 0 exactly, NaN as NaN', () => {
    const own = frame({ exact: 10, single: dimension });
    const reader = jacobianReader(own);
    expect(own.values).toBeInstanceOf(Uint8Array);
    expect(reader.error).toBeGreaterThan(0);
    const finite = [...entries].filter((value) => value > 0);
    each((value, o, i) => {
      const found = reader.at(o, i)!;
      if (Number.isNaN(value)) expect(found).toBeNaN();
      else if (value === 0) expect(found).toBe(0);
      else expect(Math.abs(found / value - 1)).toBeLessThanOrEqual(reader.error * 1.001);
      if (value === Math.max(...finite)) expect(found).toBe(value);
      if (value === Math.min(...finite)) expect(found).toBeCloseTo(value, 12);
    });
  });

  it('in bins are no smaller than they are, and leaks stay what they are', () => {
    const own = { ...frame({ exact: 10, single: 16 }) };
    const reader = jacobianReader(own);
    expect(own.values).toHaveLength(256);
    each((value, o, i) => {
      const found = reader.at(o, i);
      if (leaks.includes(o * dimension + i)) expect(found).toBe(value);
      else if (!allowed(o, i)) expect(found === 0 || found === null).toBe(true);
      else if (!Number.isNaN(value)) expect(found! >= value / (1 + reader.error) || Number.isNaN(found)).toBe(true);
    });
  });

  it('never take more than a megabyte', () => {
    for (const size of [2, CODING_LIMITS.exact, CODING_LIMITS.exact + 1, CODING_LIMITS.single, 2048]) {
      const natural = Int32Array.from({ length: size }, (_, d) => d + 1);
      const { values } = encodeJacobian(new Float32Array(size * size), natural);
      expect(values.byteLength).toBeLessThanOrEqual(1_000_000);
    }
  });
});
