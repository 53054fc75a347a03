/** nan and frozen of recurrent models, of text and of pixels, through the real trainer: sound ones, and broken ones beside them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { type Experiment, type ExperimentInput, experimentSpec } from '../../../../src/spec/experiment.ts';
import { datasetOf, randomRows } from '../specimens.ts';
import { epochs, evidenceOf, judge } from './judge.ts';
import { trainedRun } from './trainedRun.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lens-sequences-'));
});
afterAll(async () => rm(root, { recursive: true, force: true }));

const characters = ['a', 'b', 'c'];
const LENGTH = 6;

/** A text of three characters, of which b mostly follows a. */
function text(): Dataset {
  const random = RandomGenerator.seeded(4, 'text');
  const values = new Uint8Array(40 * LENGTH);
  for (let i = 1; i < values.length; i++)
    values[i] = values[i - 1] === 0 && random.uniform() < 0.9 ? 1 : random.integer(0, 2);
  return {
    ...datasetOf({ rows: 40, columns: LENGTH, values }),
    text: {
      ...{ characters, name: 'abc.txt', files: [], length: values.length, notes: [] },
      splits: { train: null, validation: null, test: null },
    },
  };
}

interface Specimen {
  readonly model: ExperimentInput['model'];
  readonly data: ExperimentInput['data'];
  readonly dataset: () => Dataset;
}

const pixels = (height: number, width: number, cell: 'row-lstm' | 'diagonal-bilstm'): Specimen => ({
  model: { type: 'pixelrnn', image: [height, width], cell, features: 4, head: 4, layers: 2, firstKernel: 3 },
  data: { train: 'rows.npy' },
  dataset: () => datasetOf(randomRows(60, height * width)),
});

const written = (cell: 'rnn' | 'lstm' | 'gru'): Specimen => ({
  model: { type: 'char-rnn', cell, hidden: [5, 4], embedding: 3 },
  data: { text: 'abc.txt', length: LENGTH },
  dataset: text,
});

const specimens: Readonly<Record<string, Specimen>> = {
  'char-rnn, vanilla': written('rnn'),
  'char-rnn, LSTM': written('lstm'),
  'char-rnn, GRU': written('gru'),
  'Row LSTM': pixels(3, 3, 'row-lstm'),
  'Diagonal BiLSTM': pixels(3, 3, 'diagonal-bilstm'),
};

let runs = 0;
function trained({ model, data, dataset }: Specimen, training: Partial<Experiment['training']> = {}) {
  const experiment = experimentSpec.parse({
    ...{ model, data },
    training: { epochs: 2, batchSize: 10, optimizer: { type: 'sgd', learningRate: 0.1 } },
  });
  Object.assign(experiment.training, training);
  return trainedRun(root, `run-${++runs}`, experiment, dataset());
}

const rate = (learningRate: number) => ({
  optimizer: { type: 'sgd' as const, learningRate, momentum: 0, nesterov: false },
});

describe.each(Object.entries(specimens))('%s', (_, specimen) => {
  it('is sound: nothing is NaN, and every parameter moves', async () => {
    const context = await trained(specimen);
    expect(context.end.state).toBe('finished');
    expect(judge('nan', { ...context, metrics: epochs([3], [3]) })).toBe('ok');
    expect(judge('frozen', context)).toBe('ok');
  });

  it('is trapped where it explodes, by step, layer and tensor', async () => {
    const context = await trained(specimen, rate(1e30));
    expect(context.end.state).toBe('failed');
    const finding = judge('nan', context);
    expect(finding).toMatchObject({ severity: 'error', title: /^(NaN|-?Infinity) in .+ at step \d+$/ });
    expect(evidenceOf(finding)).toMatchObject({ Layer: /./, Tensor: /./, 'Row of the training data': /./ });
  });

  it('is found to stand still where updates are below rounding', async () => {
    const context = await trained(specimen, rate(1e-12));
    const finding = judge('frozen', context);
    expect(finding).toHaveProperty('title', expect.stringMatching(/parameter tensors? do(es)? not train/));
    expect(JSON.stringify(finding)).toContain('below float32 rounding');
  });
});

it('clipped to next to nothing the gradients of a text move nothing', async () => {
  const context = await trained(written('lstm'), { clip: 1e-10 });
  expect(JSON.stringify(judge('frozen', context))).toContain('below float32 rounding');
});

it('states that nothing reaches are named: images a single row high have none above it', async () => {
  const finding = judge('frozen', await trained(pixels(1, 5, 'row-lstm')));
  expect(evidenceOf(finding)['Gradient exactly 0']).toMatch(/state/);
});
