import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { momentsOf, RunningMoments } from '../../../src/flows/moments.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { type Cut, measureFlow } from '../../../src/models/flowMoments.ts';
import { FlowModel } from '../../../src/models/flowModel.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { initialParameters } from '../inspection/specimens.ts';

const D = 3;
const ROWS = 1200;
const CONTEXT = 2;

function flowOf(entry: object, context = CONTEXT): FlowModel {
  return createModel(modelSpec.parse(entry), D, 7, context) as FlowModel;
}
const levels = flowOf({ type: 'maf', hidden: [5], layers: 3, dequantise: { levels: 8, logit: 0.05 } });

/** Grey levels, bytes, and what they are conditioned on. The last rows are unlike the others. */
function rowsOf(rows: number): Matrix {
  const random = RandomGenerator.seeded(2, 'rows');
  const values = Uint8Array.from({ length: rows * D }, (_, at) => (at >= (rows - 20) * D ? 7 : random.integer(0, 3)));
  const context = Float32Array.from({ length: rows * CONTEXT }, () => random.normal());
  return { rows, columns: D, values, context: { rows, columns: CONTEXT, values: context } };
}
const matrix = rowsOf(ROWS);

async function measured(model: FlowModel, cut: Cut = {}): Promise<NamedArrays> {
  const parameters = upload(initialParameters(model));
  try {
    const work = measureFlow(model, 'stored', parameters, matrix, cut);
    for (;;) {
      const { done, value } = await work.next();
      if (done) return value;
    }
  } finally {
    disposeTensors(parameters);
  }
}

onEveryBackend('moments of what comes into the layers of a flow', () => {
  it('are those of all rows, those far down as well', async () => {
    const found = await measured(levels);
    const [name] = Object.keys(found).filter((name) => name.endsWith('.mean'));
    const first = Number(/^layers\.(\d+)\./.exec(name!)![1]);
    // All at once, with the same noise.
    const values = await read(() => {
      const given = upload(initialParameters(levels));
      const [noise] = Object.values(levels.noise(ROWS, RandomGenerator.seeded(0, 'moments')));
      const x = tf.add<tf.Tensor2D>(
        tf.tensor2d(Float32Array.from(matrix.values), [ROWS, D]),
        tf.tensor2d(noise!.data as Float32Array, [ROWS, D]),
      );
      const own = tf.tensor2d(matrix.context!.values as Float32Array, [ROWS, CONTEXT]);
      const inputs = { parameters: given, masks: upload(levels.masks(0)), noise: {}, context: own };
      return levels.activations(x, inputs)[first - 1]!.value;
    });
    const expected = momentsOf(Float32Array.from(values), D);
    const [mean, variance] = [found[name!]!, found[name!.replace('mean', 'variance')]!];
    for (let d = 0; d < D; d++) {
      expect(mean.data[d]).toBeCloseTo(expected.mean[d]!, 4);
      expect(variance.data[d]).toBeCloseTo(expected.variance[d]!, 4);
    }
  });

  it('are the same in whatever pieces rows are carried, and however many of them are held on the way', async () => {
    const whole = await measured(levels);
    const pieces = await measured(levels, { rows: 70 });
    expect(await measured(levels, { rows: 70, held: 0 })).toEqual(pieces);
    expect(await measured(levels, { rows: 70, held: 500 * D })).toEqual(pieces);
    for (const [name, { data }] of Object.entries(whole)) {
      for (const [i, value] of data.entries()) expect(pieces[name]!.data[i]).toBeCloseTo(value, 4);
    }
  });

  it('take noise for the rows of a piece alone', async () => {
    const asked: number[] = [];
    const noise = vi.spyOn(levels, 'noise').mockImplementation((rows, random) => {
      asked.push(rows);
      return FlowModel.prototype.noise.call(levels, rows, random);
    });
    try {
      await measured(levels);
    } finally {
      noise.mockRestore();
    }
    expect(asked).toEqual([500, 500, 200]);
  });

  it('are taken of fewer rows at a time where a layer has many weights, or filters', async () => {
    const asked = vi.fn();
    const looked = async (model: FlowModel, columns: number) => {
      const noise = vi.spyOn(model, 'noise').mockImplementation((rows) => {
        asked(rows);
        throw new Error('enough');
      });
      const work = measureFlow(model, 'stored', {}, { rows: ROWS, columns, values: new Uint8Array(ROWS * columns) });
      await expect(work.next()).rejects.toThrow('enough');
      noise.mockRestore();
      return asked.mock.lastCall![0] as number;
    };
    const large = flowOf({ type: 'maf', hidden: [2000, 2000], layers: 2 }, 0);
    expect(await looked(large, D)).toBeLessThan(100);
    const image = modelSpec.parse({ type: 'realnvp', image: [16, 16], scales: 2, couplings: 1, hidden: [64, 64] });
    expect(await looked(createModel(image, 256, 7) as FlowModel, 256)).toBeLessThan(300);
  });

  it('leave no tensors behind, nor where the measuring is broken off', async () => {
    const parameters = upload(initialParameters(levels));
    const before = tf.memory().numTensors;
    const begun = () => measureFlow(levels, 'stored', parameters, matrix, { rows: 3 });
    const whole = begun();
    let turns = 0;
    while (!(await whole.next()).done) turns++;
    expect(turns).toBeGreaterThan(1);
    expect(tf.memory().numTensors).toBe(before);
    const broken = begun();
    await broken.next();
    await broken.return({});
    expect(tf.memory().numTensors).toBe(before);
    disposeTensors(parameters);
  });
});

describe('running moments', () => {
  it('are bit for bit the same however the rows are cut, and exact far from 0', () => {
    const random = RandomGenerator.seeded(3, 'rows');
    const values = Float32Array.from({ length: 400 * 2 }, (_, at) => (at % 2 === 0 ? 1e4 : 0) + random.normal());
    const whole = momentsOf(values, 2);
    for (const rows of [1, 7, 399]) {
      const running = new RunningMoments(2);
      for (let at = 0; at < 400; at += rows) running.add(values.subarray(at * 2, (at + rows) * 2));
      expect(running.moments).toEqual(whole);
    }
    for (const d of [0, 1]) {
      const own = [...values].filter((_, at) => at % 2 === d);
      const mean = own.reduce((sum, value) => sum + value, 0) / 400;
      expect(whole.mean[d]).toBeCloseTo(mean, 8);
      expect(whole.variance[d]).toBeCloseTo(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400, 8);
    }
  });

  it('are refused of no rows', () => {
    expect(() => momentsOf(new Float32Array(0), 2)).toThrow('there are no rows');
  });
});
