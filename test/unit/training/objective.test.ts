/** A model without a density is trained on its objective and scored by it. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { differentiable } from '../../../src/layers/differentiable.ts';
import type { Model } from '../../../src/models/model.ts';
import { maskBytes } from '../../../src/training/maskCache.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { makeTrainingStep } from '../../../src/training/makeStep.ts';
import { traceNonFinite } from '../../../src/training/nonFinite.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { prefixed } from '../../../src/layers/prefixes.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { modelSpec } from '../../../src/spec/models/index.ts';
import { CARRIED } from '../../../src/training/streams.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { testModel } from '../models/support.ts';

/** Reconstructs every row as the same vector: loss Σ_d (x_d − b_d)². */
function meanModel(dimension: number): Model {
  const model: Model = {
    type: 'made',
    dimension,
    contextDimension: 0,
    trainingMask: () => 0,
    completing: () => ({ reason: 'there is no density' }),
    quantity: { kind: 'loss', name: 'squared error', unit: 'squared units' },
    support: 'real',
    parameters: [{ name: 'bias', shape: [dimension], description: '[D] the reconstruction', masked: false }],
    maskCount: 1,
    network: null,
    initialise: () => ({ bias: { shape: [dimension], data: new Float32Array(dimension) } }),
    masks: () => ({}),
    buffers: () => ({}),
    withBuffers: () => model,
    noise: () => ({}),
    activations: () => [],
    objective: (x, { parameters }) =>
      differentiable([parameters['bias']!], () => {
        const error = tf.sub(parameters['bias']!, x);
        return {
          value: tf.sum(tf.square(error), 1),
          saved: [error],
          gradient: (dy, [kept]) => [tf.sum(tf.mul(tf.mul(kept!, 2), tf.expandDims(dy, 1)), 0)],
        };
      }),
    sample: () => {
      throw new Error('no density, no samples');
    },
  };
  return model;
}

onEveryBackend('a model without a density', (backend) => {
  const rows = { rows: 2, columns: 2, values: Float32Array.of(1, 4, 3, 0) };

  it('takes the step of its objective', async () => {
    const model = meanModel(2);
    const optimizer = { type: 'sgd', learningRate: 0.25, momentum: 0, nesterov: false } as const;
    const step = makeTrainingStep(model, { optimizer, weightDecay: 0 }, { norms: false });
    const parameters = upload(model.initialise(null!));
    const batch = tf.tensor2d(rows.values, [2, 2]);
    const inputs = { parameters, optimizer: {}, batch, masks: {}, noise: {}, context: null, step: tf.scalar(0) };
    const outputs = step(inputs);
    // Mean of 1 + 16 and 9 + 0; the gradient is −2 · (mean of the rows).
    expect((await outputs.loss.data())[0]).toBeCloseTo(13, 5);
    expect([...(await outputs.parameters['bias']!.data())]).toEqual([1, 1]);
    disposeTensors(parameters, outputs.parameters);
    tf.dispose([batch, inputs.step, outputs.loss]);
  });

  it('is scored by its objective, under its name', async () => {
    const parameters = upload(meanModel(2).initialise(null!));
    const { score, perRow } = await scoreRows(meanModel(2), parameters, rows, { backend: backend() });
    expect([...perRow]).toEqual([-17, -9]);
    expect(score).toMatchObject({ nats: 13, quantity: 'squared error' });
    disposeTensors(parameters);
  });

  it('is traced to its objective', async () => {
    const model = meanModel(2);
    const parameters = upload({ bias: { shape: [2], data: Float32Array.of(1e30, 0) } });
    const batch = tf.tensor2d(rows.values, [2, 2]);
    const inputs = { parameters, optimizer: {}, batch, masks: {}, noise: {}, context: null, step: tf.scalar(0) };
    const found = await traceNonFinite(
      backend().tf,
      model,
      () => Promise.reject(new Error()) as never,
      inputs,
      Int32Array.of(5, 7),
      3,
    );
    expect(found).toEqual({ step: 3, layer: 'objective', tensor: 'objective', row: 5, value: 'Infinity' });
    disposeTensors(parameters);
    tf.dispose([batch, inputs.step]);
  });
});

onEveryBackend('a text', (backend) => {
  const model = createModel(modelSpec.parse({ type: 'char-rnn', cell: 'rnn', hidden: [2] }), 3, 1, 0, 2);
  const step = () => Promise.reject(new Error()) as never;
  /** Without a state before it the hidden units stay 0; with one, the output is more than float32 holds. */
  const traced = async (carried: number) => {
    const start = model.initialise(RandomGenerator.seeded(1));
    for (const [name, { data }] of Object.entries(start)) {
      data.fill(name === 'output.weight' ? 3e38 : name === 'layers.0.state.weight' ? 10 : 0);
    }
    const states = model.stream!.start(3);
    // Of three texts the second.
    states['layers.0.h']!.data.fill(carried, 2, 4);
    const [parameters, optimizer] = [upload(start), upload(prefixed(states, CARRIED))];
    const batch = tf.tensor2d([0, 1, 0, 1, 0, 1], [2, 3]);
    const inputs = { parameters, optimizer, batch, masks: {}, noise: {}, context: null, step: tf.scalar(0) };
    const found = await traceNonFinite(backend().tf, model, step, inputs, Int32Array.of(5, 7), 3);
    disposeTensors(parameters, optimizer);
    tf.dispose([batch, inputs.step]);
    return found;
  };

  it('is traced to the state that is carried to it', async () => {
    const tensor = 'state carried to layers.0.h';
    expect(await traced(NaN)).toMatchObject({ layer: 'layers.0', tensor, row: null, value: 'NaN' });
  });

  it('is traced to the row that is lost by the state before it', async () => {
    expect(await traced(1)).toMatchObject({ tensor: 'logProb', row: 7 });
  });
});

describe('memory for masks', () => {
  it('is that of the masks, whatever shape the parameters have', () => {
    for (const direct of [false, true]) {
      const { model } = testModel({ hidden: [7, 3], direct, masks: 2 }, 5);
      const sizes = Object.values(model.masks(0)).map(({ data }) => 4 * data.length);
      expect(maskBytes(model)).toBe(sizes.reduce((a, b) => a + b));
      const encoder = { name: 'encoder.weight', shape: [50, 5], description: '', masked: false };
      expect(maskBytes({ parameters: [...model.parameters, encoder] })).toBe(maskBytes(model));
    }
    expect(maskBytes(meanModel(2))).toBe(4);
  });

  it('is declared for exactly the parameters that have one', () => {
    const { model } = testModel({ hidden: [5, 5], direct: true }, 5);
    const declared = model.parameters.filter(({ masked }) => masked).map(({ name, shape }) => [name, shape]);
    expect(Object.entries(model.masks(0)).map(([name, { shape }]) => [name, shape])).toEqual(declared);
  });
});
