import { expect, it } from 'vitest';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../../../src/backends/backend.ts';
import { jacobianFrame, leaksOf } from '../../../src/inspection/jacobian.ts';
import { densityInputs, type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import type { Model } from '../../../src/models/model.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { broken, datasetOf, leaky, made, randomRows, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource, rows?: number) => toEnd(jacobianFrame(snapshotOf(source, null), rows));

/** Mean |Δ logits / Δ x| by central differences over every row of the data. */
async function byDifferences(model: Model, backend: Backend, source: InspectionSource): Promise<Float32Array> {
  const { tf } = backend;
  const { train } = await source.dataset();
  const inputs = densityInputs(snapshotOf(source, null));
  const step = 2 ** -6;
  const mean = new Float32Array(model.dimension ** 2);
  const rows = Float32Array.from(train.values);
  for (let j = 0; j < model.dimension; j++) {
    const logits = await readAll(() =>
      [step, -step].map((shift) => {
        const moved = rows.map((value, i) => (i % train.columns === j ? value + shift : value));
        const x: Tensor2D = tf.tensor2d(moved, [train.rows, train.columns]);
        return model.masked!.conditionalParameters(x, inputs);
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
    const frame = await frameOf(source, 3);
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

it('does not count NaN as a leak', () => {
  expect(leaksOf(Float32Array.of(NaN, 0, 1, 0.5), Int32Array.of(1, 2))).toEqual({
    leaks: 1,
    worstLeak: { output: 1, input: 1, value: 0.5 },
  });
});
