/** What is timed: training steps of networks of several kinds, each with Adam. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Backend } from '../../src/backends/backend.ts';
import type { Trial, TrialRun } from '../../src/backends/trial.ts';
import type { NamedTensors } from '../../src/models/model.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { optimizerSpec } from '../../src/spec/training.ts';
import { CompiledStep } from '../../src/training/compiledStep.ts';
import { makeOptimizer, slotName } from '../../src/training/optimizers/index.ts';
import type { StepOutputs, TrainingStep } from '../../src/training/step.ts';
import { trainingTrial } from '../../src/training/trial.ts';

export interface Net {
  /** D, hidden units, D. */
  readonly sizes: readonly number[];
  readonly batchSize: number;
}

/** What PyTorch is told to train for comparison: a kind and its numbers. */
export type Peer =
  | { readonly kind: 'made'; readonly sizes: readonly number[] }
  | { readonly kind: 'conv' | 'lstm' | 'pixelcnn' | 'characters' };

export interface Workload {
  readonly title: string;
  readonly rows: number;
  /** Null where nothing is there to compare it with. */
  readonly peer: Peer | null;
  /** Whether there are masked matrices that could be computed in blocks. */
  readonly cuttable?: boolean;
  /** On the current backend. */
  readonly prepare: Trial['prepare'];
}

/** The product's own training step, masks, loss and optimiser. */
export function madeWorkload({ sizes, batchSize }: Net): Workload {
  const experiment = experimentSpec.parse({
    model: { type: 'made', hidden: sizes.slice(1, -1) },
    data: { train: 'made on the spot' },
    training: { batchSize },
  });
  const { title, prepare, cuttable } = trainingTrial(experiment, sizes[0]!);
  return { title, rows: batchSize, peer: { kind: 'made', sizes }, cuttable, prepare };
}

/** Convolutions 1-16-16-1 of 5×5 on 28×28, batch 32: logits of the picture's own pixels. */
export const convolution: Workload = {
  title: 'convolution 1-16-16-1, 5×5 on 28×28, batch 32',
  rows: 32,
  peer: { kind: 'conv' },
  prepare: (backend) =>
    adamSteps(backend, [[5, 5, 1, 16], [16], [5, 5, 16, 16], [16], [5, 5, 16, 1], [1]], [32, 28, 28, 1], (x, p) => {
      const layer = (input: tf.Tensor, l: number) =>
        tf.add(tf.conv2d(input as tf.Tensor4D, p[2 * l] as tf.Tensor4D, 1, 'same'), p[2 * l + 1]!);
      const logits = layer(tf.relu(layer(tf.relu(layer(x, 0)), 1)), 2);
      return tf.sum(tf.softplus(tf.mul(tf.sub(1, tf.mul(x, 2)), logits)));
    }),
};

/** An LSTM of 128 units over 28 rows of 28 pixels, batch 100: predicts the next row. */
export const lstm: Workload = {
  title: 'LSTM 128 over 28 × 28, batch 100',
  rows: 100,
  peer: { kind: 'lstm' },
  prepare: (backend) =>
    adamSteps(backend, [[28 + 128, 512], [512], [128, 28], [28]], [100, 28, 28], (x, [W, b, V, c]) => {
      const rows = tf.unstack(x, 1);
      let h: tf.Tensor = tf.zeros([100, 128]);
      let cell: tf.Tensor = tf.zeros([100, 128]);
      let loss: tf.Tensor = tf.scalar(0);
      for (const row of rows) {
        const logits = tf.add(tf.matMul(h, V!), c!);
        loss = tf.add(loss, tf.sum(tf.softplus(tf.mul(tf.sub(1, tf.mul(row, 2)), logits))));
        const gates = tf.add(tf.matMul(tf.concat([row, h], 1), W!), b!);
        const [i, f, g, o] = tf.split(gates, 4, 1);
        cell = tf.add(tf.mul(tf.sigmoid(f!), cell), tf.mul(tf.sigmoid(i!), tf.tanh(g!)));
        h = tf.mul(tf.sigmoid(o!), tf.tanh(cell));
      }
      return loss;
    }),
};

/** Steps of Adam down the gradient of a loss in its parameters, compiled where the product's own steps are. */
function adamSteps(
  backend: Backend,
  shapes: readonly number[][],
  inputShape: number[],
  loss: (x: tf.Tensor, parameters: readonly tf.Tensor[]) => tf.Tensor,
): TrialRun {
  const optimizer = makeOptimizer(optimizerSpec.parse({ type: 'adam' }));
  const random = RandomGenerator.seeded(1, 'bench');
  const filled = (shape: number[], value: () => number) =>
    tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value), shape);
  const x = filled(inputShape, () => Math.round(random.uniform()));
  const listed = (tensors: readonly tf.Tensor[]) => Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]));
  let parameters: NamedTensors = listed(shapes.map((shape) => filled(shape, () => 0.05 * random.normal())));
  let slots: NamedTensors = Object.fromEntries(
    shapes.flatMap((shape, i) => optimizer.slots.map((slot) => [slotName(slot, String(i)), tf.zeros(shape)])),
  );
  let done = 0;
  const unmasked = { maskCount: 1, masks: () => ({}), noise: () => ({}), parameters: [], initialise: () => ({}) };
  const compute: TrainingStep = (inputs) => {
    let next: StepOutputs | null = null;
    tf.tidy(() => {
      const values = shapes.map((_, i) => inputs.parameters[i]!);
      const { value, grads } = tf.valueAndGrads((...p: tf.Tensor[]) => loss(inputs.batch, p))(values);
      const schedule = optimizer.schedule(inputs.step);
      const state: Record<string, tf.Tensor> = {};
      const updated = values.map((p, i) => {
        const names = optimizer.slots.map((slot) => slotName(slot, String(i)));
        const found = optimizer.update(
          p,
          grads[i]!,
          names.map((name) => inputs.optimizer[name]!),
          schedule,
        );
        for (const [k, name] of names.entries()) state[name] = found.slots[k]!;
        return found.parameter;
      });
      next = { parameters: listed(updated), optimizer: state, loss: value as tf.Scalar, metrics: {} };
      return next as unknown as tf.TensorContainerObject;
    });
    return next!;
  };
  const step = new CompiledStep(compute, backend, unmasked);
  return {
    async step() {
      const count = tf.scalar(done++);
      const batch = x as tf.Tensor2D;
      const next = step.run({ parameters, optimizer: slots, batch, masks: {}, noise: {}, context: null, step: count });
      tf.dispose([parameters, slots, count]);
      ({ parameters, optimizer: slots } = next);
      await next.loss.data();
      next.loss.dispose();
    },
    dispose() {
      step.dispose();
      tf.dispose([x, parameters, slots]);
    },
  };
}
