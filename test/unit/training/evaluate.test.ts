import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { autoencoderSpec } from '../../../src/spec/models/autoencoder.ts';
import { eonadeSpec } from '../../../src/spec/models/eonade.ts';
import { scoreOf, scoreRows } from '../../../src/training/evaluate.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { referenceEnsemble, toFloat64 } from '../models/reference.ts';
import { testModel } from '../models/support.ts';
import { chainRows } from './support.ts';

onImitatedToo('scoring rows', (backend) => {
  const test = testModel({ hidden: [9], masks: 3, orderAgnostic: true, direct: true }, 6);
  const rows = chainRows(23, 6, 4);

  it('gives the log of the mean of p over the masks, whatever the size of the batches', async () => {
    const parameters = upload(test.parameters);
    const values = toFloat64(test.parameters);
    const expected = Array.from({ length: 23 }, (_, i) =>
      referenceEnsemble(test.structures, test.spec.activation, values, rows.values.subarray(i * 6, (i + 1) * 6)),
    );
    for (const batchSize of [1, 5, 23, 100]) {
      const { perRow, score } = await scoreRows(test.model, parameters, rows, { backend: backend(), batchSize });
      for (const [i, value] of expected.entries()) expect(perRow[i]).toBeCloseTo(value, 4);
      expect(score.nats).toBeCloseTo(-expected.reduce((a, b) => a + b, 0) / 23, 4);
      expect(score).toMatchObject({ rows: 23, quantity: 'log-likelihood' });
      expect(score.bitsPerDim).toBeCloseTo(score.nats / (6 * Math.LN2), 10);
    }
    const first = await scoreRows(test.model, parameters, rows, { backend: backend(), masks: 1 });
    const alone = referenceEnsemble([test.structures[0]!], test.spec.activation, values, rows.values.subarray(0, 6));
    expect(first.perRow[0]).toBeCloseTo(alone, 4);
    disposeTensors(parameters);
  });

  it('tells its progress, gives others their turn, and ends when told to, keeping no tensors', async () => {
    const parameters = upload(test.parameters);
    const { tf } = backend();
    const before = tf.memory().numTensors;
    const progress: number[] = [];
    let turns = 0;
    await scoreRows(test.model, parameters, rows, {
      backend: backend(),
      batchSize: 10,
      onProgress: (done) => progress.push(done),
      yieldNow: async () => {
        turns++;
      },
    });
    expect(progress).toEqual([3, 6, 7, 11, 14, 15, 18, 22, 23]);
    expect(turns).toBe(9);
    expect(tf.memory().numTensors).toBe(before);
    const stopped = scoreRows(test.model, parameters, rows, {
      backend: backend(),
      yieldNow: () => Promise.reject(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    disposeTensors(parameters);
  });

  it('refuses rows that do not fit', async () => {
    const o = { backend: backend() };
    await expect(scoreRows(test.model, {}, chainRows(2, 5, 1), o)).rejects.toThrow(
      'the rows have 5 columns, the model 6',
    );
    await expect(scoreRows(test.model, {}, chainRows(0, 6, 1), o)).rejects.toThrow('there are no rows to score');
  });

  it('takes more masks than there are of a model that draws them, and of no other', async () => {
    const turns: number[] = [];
    const o = { backend: backend(), onProgress: (done: number) => turns.push(done) };
    const autoencoder = createModel(autoencoderSpec.parse({ type: 'autoencoder', hidden: [4] }), 6, 1);
    for (const [model, has] of [
      [test.model, 3],
      [autoencoder, 1],
    ] as const) {
      await expect(scoreRows(model, {}, rows, { ...o, masks: has + 2 })).rejects.toThrow(
        `${has + 2} masks are to be averaged over; this model has ${has}, and draws no others`,
      );
    }
    expect(turns, 'refused before anything is scored').toEqual([]);
    const eonade = createModel(eonadeSpec.parse({ type: 'eonade', hidden: [4], orders: 2 }), 6, 1);
    const parameters = upload(eonade.initialise(RandomGenerator.seeded(1)));
    const [two, five] = [
      await scoreRows(eonade, parameters, rows, o),
      await scoreRows(eonade, parameters, rows, { ...o, masks: 5 }),
    ];
    expect(five.score.nats).not.toBe(two.score.nats);
    disposeTensors(parameters);
  });

  it('does not hide a NaN among the masks', async () => {
    const broken = { ...test.parameters, 'output.bias': { shape: [6], data: new Float32Array(6).fill(NaN) } };
    const parameters = upload(broken);
    const { perRow, score } = await scoreRows(test.model, parameters, rows, { backend: backend() });
    expect(perRow.every(Number.isNaN)).toBe(true);
    expect(score.nats).toBeNaN();
    disposeTensors(parameters);
  });
});

describe('a score', () => {
  it('has the standard error s/√N, 0 for a single row', () => {
    const model = { dimension: 2, quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' } } as const;
    const { nats, standardError } = scoreOf(Float64Array.of(-1, -3, -5, -7), model);
    expect(nats).toBe(4);
    expect(standardError).toBeCloseTo(Math.sqrt(20 / 3 / 4), 12);
    expect(scoreOf(Float64Array.of(-1), model).standardError).toBe(0);
  });

  it('of a loss has no bits per dimension, and its own unit', () => {
    const model = { dimension: 2, quantity: { kind: 'loss', name: 'squared error', unit: 'squared units' } } as const;
    expect(scoreOf(Float64Array.of(-1, -3), model)).toMatchObject({
      nats: 2,
      bitsPerDim: null,
      quantity: 'squared error',
      unit: 'squared units',
    });
  });
});
