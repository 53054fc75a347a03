/** Every optimiser against its formula, written out in float64, over ten steps. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { optimizerSpec, type OptimizerSpec } from '../../../src/spec/training.ts';
import { initialOptimizerState, makeOptimizer, slotName } from '../../../src/training/optimizers/index.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

type Input = Parameters<typeof optimizerSpec.parse>[0];
/** One step on one number: gradient, step counted from 1, memory between steps; answers with what is subtracted. */
type Formula = (g: number, t: number, memory: Record<string, number>) => number;

const cases: readonly { spec: Input; formula: Formula }[] = [
  { spec: { type: 'sgd', learningRate: 0.1 }, formula: (g) => 0.1 * g },
  {
    spec: { type: 'sgd', learningRate: 0.1, momentum: 0.9 },
    formula: (g, _, m) => 0.1 * (m['v'] = 0.9 * (m['v'] ?? 0) + g),
  },
  {
    spec: { type: 'sgd', learningRate: 0.1, momentum: 0.8, nesterov: true },
    formula: (g, _, m) => 0.1 * (g + 0.8 * (m['v'] = 0.8 * (m['v'] ?? 0) + g)),
  },
  {
    spec: { type: 'rmsprop', learningRate: 0.02, decay: 0.95, epsilon: 1e-7 },
    formula: (g, _, m) => (0.02 * g) / (Math.sqrt((m['s'] = 0.95 * (m['s'] ?? 0) + 0.05 * g * g)) + 1e-7),
  },
  {
    spec: { type: 'rmsprop', learningRate: 0.02, decay: 0.9, momentum: 0.5, epsilon: 1e-8 },
    formula: (g, _, m) => {
      m['s'] = 0.9 * (m['s'] ?? 0) + 0.1 * g * g;
      m['v'] = 0.5 * (m['v'] ?? 0) + g / (Math.sqrt(m['s']) + 1e-8);
      return 0.02 * m['v'];
    },
  },
  {
    spec: { type: 'adagrad', learningRate: 0.05, epsilon: 1e-6 },
    formula: (g, _, m) => (0.05 * g) / (Math.sqrt((m['s'] = (m['s'] ?? 0) + g * g)) + 1e-6),
  },
  {
    spec: { type: 'adam', learningRate: 0.01 },
    formula: (g, t, m) => {
      m['m'] = 0.9 * (m['m'] ?? 0) + 0.1 * g;
      m['v'] = 0.999 * (m['v'] ?? 0) + 0.001 * g * g;
      return (0.01 * m['m']) / (1 - 0.9 ** t) / (Math.sqrt(m['v'] / (1 - 0.999 ** t)) + 1e-8);
    },
  },
  {
    spec: { type: 'adam', learningRate: 0.01, beta1: 0, beta2: 0.5, epsilon: 0.1 },
    formula: (g, t, m) => {
      m['v'] = 0.5 * (m['v'] ?? 0) + 0.5 * g * g;
      return (0.01 * g) / (Math.sqrt(m['v'] / (1 - 0.5 ** t)) + 0.1);
    },
  },
];

onImitatedToo('optimisers', () => {
  it.each(cases)('$spec', async ({ spec, formula }) => {
    const optimizer = makeOptimizer(optimizerSpec.parse(spec));
    const random = RandomGenerator.seeded(9, 'optimizer');
    const start = Array.from({ length: 6 }, () => random.normal());
    const gradients = Array.from({ length: 10 }, () => start.map(() => random.normal() * 10 ** random.integer(-3, 2)));

    const expected = [...start];
    const memories = start.map((): Record<string, number> => ({}));
    for (const [t, gradient] of gradients.entries()) {
      for (const [i, g] of gradient.entries()) expected[i]! -= formula(g, t + 1, memories[i]!);
    }

    const found = await read(() => {
      let parameter: tf.Tensor = tf.tensor1d(start);
      let slots: readonly tf.Tensor[] = optimizer.slots.map(() => tf.zeros([6]));
      for (const [t, gradient] of gradients.entries()) {
        const schedule = optimizer.schedule(tf.scalar(t));
        ({ parameter, slots } = optimizer.update(parameter, tf.tensor1d(gradient), slots, schedule));
      }
      expect(slots).toHaveLength(optimizer.slots.length);
      return parameter;
    });
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(found[i]! - value)).toBeLessThan(2e-5 * (1 + Math.abs(value)));
    }
  });

  it('leaves alone what has no gradient, at the start', async () => {
    for (const { spec } of cases) {
      const optimizer = makeOptimizer(optimizerSpec.parse(spec));
      const found = await read(() => {
        const slots = optimizer.slots.map(() => tf.zeros([2]));
        const updated = optimizer.update(tf.tensor1d([1, -2]), tf.zeros([2]), slots, optimizer.schedule(tf.scalar(0)));
        return updated.parameter;
      });
      expect(found).toEqual([1, -2]);
    }
  });
});

describe('optimiser state', () => {
  it('has a slot for every parameter, of its shape, named slot/parameter, all 0', () => {
    const parameters = [
      { name: 'hidden.0.weight', shape: [2, 3], description: '', masked: true },
      { name: 'hidden.0.bias', shape: [2], description: '', masked: false },
    ];
    const adam: OptimizerSpec = optimizerSpec.parse({ type: 'adam' });
    const state = initialOptimizerState(makeOptimizer(adam), parameters);
    expect(Object.keys(state).sort()).toEqual([
      'm/hidden.0.bias',
      'm/hidden.0.weight',
      'v/hidden.0.bias',
      'v/hidden.0.weight',
    ]);
    expect(state['v/hidden.0.weight']).toEqual({ shape: [2, 3], data: new Float32Array(6) });
    expect(slotName('m', 'output.bias')).toBe('m/output.bias');
  });
});
