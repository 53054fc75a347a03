/** overfit, nan and frozen: what training shows. The last two through the real trainer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentSpec, type Experiment } from '../../../../src/spec/experiment.ts';
import { datasetOf, randomRows } from '../specimens.ts';
import { epochs, evidenceOf, judge } from './judge.ts';
import { trainedRun } from './trainedRun.ts';

describe('overfit', () => {
  it('stands while single epochs wobble below it, and ends with a better epoch', () => {
    const train = (count: number) => Array.from({ length: count }, (_, i) => 10 - i * 0.1);
    const risen = [10.2, 9.4, 8.9, 8.8, 8.9, 9.1, 9.3, 9.6];
    const said = (validation: number[]) => judge('overfit', { metrics: epochs(train(validation.length), validation) });
    expect(said([...risen, 8.81])).toMatchObject({ title: 'Validation NLL has risen by 0.800 nats since epoch 4' });
    expect(said([...risen, 8.7])).toBe('ok');
    expect(said([...risen, ...Array.from({ length: 11 }, () => 8.81)])).toBe('ok');
  });

  const falling = [10, 9, 8, 7.5, 7, 6.6, 6.2, 5.9];
  const exact = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;

  it('finds a validation NLL that turns up while the training NLL falls', () => {
    const finding = judge('overfit', { metrics: epochs(falling, [10.2, 9.4, 8.9, 8.8, 8.9, 9.1, 9.3, 9.6]) });
    expect(finding).toMatchObject({
      severity: 'warning',
      title: 'Validation NLL has risen by 0.800 nats since epoch 4',
    });
    expect(evidenceOf(finding)).toMatchObject({
      'Validation NLL': '8.800 nats at epoch 4, 9.600 nats at epoch 8',
      'Gap between them': '3.700 nats',
    });
  });

  it.each([
    ['NLL bound', 'nats', { kind: 'bound', name: 'ELBO', unit: 'nats' }],
    ['NLL (estimate over orders)', 'nats', { ...exact, estimate: 'estimate over orders' }],
    ['cross-entropy', 'nats', { kind: 'loss', name: 'cross-entropy', unit: 'nats' }],
    ['squared error', 'squared units', { kind: 'loss', name: 'squared error', unit: 'squared units' }],
  ] as const)('calls what rises the %s, in %s', (name, unit, quantity) => {
    const metrics = epochs(falling, [10.2, 9.4, 8.9, 8.8, 8.9, 9.1, 9.3, 9.6]);
    expect(judge('overfit', { metrics, quantity })).toMatchObject({
      title: `Validation ${name} has risen by 0.800 ${unit} since epoch 4`,
    });
  });

  it.each([
    ['both still fall', falling, [10.2, 9.4, 8.9, 8.5, 8.2, 8, 7.9, 7.85]],
    ['the validation NLL wobbles on a plateau', falling, [10.2, 9, 8.6, 8.62, 8.58, 8.61, 8.59, 8.6]],
    ['the best epoch was a moment ago', falling, [10.2, 9.4, 8.9, 8.8, 8.7, 8.6, 9.2, 9.6]],
    ['training diverges, which is no overfitting', [10, 9, 8, 9, 10, 11, 12, 13], [10, 9, 8.5, 9, 10, 11, 12, 13]],
    ['an NLL below 0 falls on', falling.map((nats) => nats - 20), [-9, -10, -11, -11.5, -12, -12.2, -12.4, -12.5]],
  ])('is silent while %s', (_, train, validation) => {
    expect(judge('overfit', { metrics: epochs(train, validation) })).toBe('ok');
  });

  it('does not apply without validation rows', () => {
    expect(judge('overfit', { metrics: epochs(falling, []) })).toBe('not-applicable');
  });
});

describe('through the trainer', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lens-diagnostics-'));
  });
  afterAll(async () => rm(root, { recursive: true, force: true }));

  /** Trains a small model on coin flips and gives back what the diagnostics read. */
  async function trained(name: string, change: (experiment: Experiment) => void) {
    const experiment = experimentSpec.parse({
      model: { type: 'made', hidden: [6], degrees: 'even' },
      data: { train: 'rows.npy' },
      training: { epochs: 2, batchSize: 10, optimizer: { type: 'sgd', learningRate: 0.1 } },
    });
    change(experiment);
    const facts = await trainedRun(root, name, experiment, datasetOf(randomRows(80, 4), randomRows(40, 4, 6)));
    return { ...facts, weightNames: ['hidden.0.weight', 'output.weight'] };
  }

  it('nan and frozen are silent on a sound run', async () => {
    const context = await trained('sound', () => undefined);
    expect(context.end.state).toBe('finished');
    expect(Object.keys(context.norms!.byParameter)).toHaveLength(4);
    expect(judge('nan', { ...context, metrics: epochs([3], [3]) })).toBe('ok');
    expect(judge('frozen', context)).toBe('ok');
  });

  it('nan names the step and the tensor of an explosion', async () => {
    const context = await trained('explosion', ({ training }) => {
      training.optimizer = { type: 'sgd', learningRate: 1e30, momentum: 0, nesterov: false };
    });
    expect(context.end.state).toBe('failed');
    const finding = judge('nan', context);
    expect(finding).toMatchObject({ severity: 'error', view: 'curves', title: /^(NaN|-?Infinity) in .+ at step \d+$/ });
    expect(evidenceOf(finding)).toMatchObject({ Step: /^\d+$/, Tensor: /./, 'Row of the training data': /./ });
    const held = judge('nan', { ...context, failure: { ...context.failure!, row: 6, split: 'validation' } });
    expect(evidenceOf(held)).toMatchObject({ 'Row of the validation data': '7' });
  });

  it('frozen names parameters without a gradient', async () => {
    const context = await trained('cut off', ({ model }) => Object.assign(model, { degrees: [[4, 4, 4, 4, 4, 4]] }));
    const finding = judge('frozen', context);
    expect(finding).toMatchObject({
      severity: 'warning',
      title: '3 of 4 parameter tensors do not train',
      view: 'connectivity',
    });
    expect(evidenceOf(finding)['Gradient exactly 0']).toBe('hidden.0.weight, hidden.0.bias, output.weight');
  });

  it('frozen names parameters whose updates vanish in rounding', async () => {
    const context = await trained('too slow', ({ training }) => {
      training.optimizer = { type: 'sgd', learningRate: 1e-9, momentum: 0, nesterov: false };
    });
    const finding = judge('frozen', context);
    expect(evidenceOf(finding)['Norms of output.weight']).toMatch(/^gradient 0\.\d+, update .+, value \d/);
  });
});

it('frozen says nothing of biases that cannot reach the output of a single variable', () => {
  const moved = { value: 1, gradient: 0.2, update: 0.01 };
  const cut = { value: 1, gradient: 0, update: 0 };
  const weightNames = ['hidden.0.weight', 'output.weight'];
  const of = (output: typeof moved, dimension: number) => ({
    ...{ dimension, weightNames },
    norms: { step: 4, byParameter: { 'hidden.0.weight': cut, 'hidden.0.bias': cut, 'output.bias': output } },
  });
  expect(judge('frozen', of(moved, 1))).toBe('ok');
  expect(judge('frozen', of(cut, 1))).toMatchObject({
    severity: 'error',
    title: '2 of 2 parameter tensors do not train',
  });
  expect(judge('frozen', of(moved, 2))).toMatchObject({ title: '2 of 3 parameter tensors do not train' });
});

it('nan and frozen do not apply before the first step', () => {
  expect(judge('nan', {})).toBe('not-applicable');
  expect(judge('frozen', {})).toBe('not-applicable');
});
