/** not-a-likelihood, wrong-split and constant-columns of real values: what figures are of, and of which rows. */
import { describe, expect, it } from 'vitest';
import type { Dataset, Matrix } from '../../../../src/data/dataset.ts';
import { generateRows } from '../../../../src/data/generated/index.ts';
import { columnFacts } from '../../../../src/inspection/diagnostics/measurements/columns.ts';
import { splitFacts } from '../../../../src/inspection/diagnostics/measurements/splits.ts';
import { allRows } from '../../../../src/inspection/allRows.ts';
import { valueFacts } from '../../../../src/inspection/diagnostics/measurements/values.ts';
import { toEnd } from '../../../../src/inspection/source.ts';
import { createModel } from '../../../../src/models/index.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import type { Support } from '../../../../src/spec/support.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { datasetOf, made, randomRows } from '../specimens.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

function normalRows(rows: number, columns: number, seed = 1): Matrix {
  const random = RandomGenerator.seeded(seed, 'normal rows');
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, () => random.normal()) };
}

const mapped = (matrix: Matrix, f: (value: number, index: number) => number): Matrix => ({
  ...matrix,
  values: Float32Array.from(matrix.values, f),
});

describe('not-a-likelihood', () => {
  const judged = async (train: Matrix, support: Support) =>
    judge('not-a-likelihood', { support, values: await toEnd(valueFacts(datasetOf(train), support)) });

  it('is silent where the data are what the likelihood scores', async () => {
    expect(await judged(randomRows(400, 4), 'binary')).toBe('ok');
    expect(await judged(normalRows(400, 4), 'real')).toBe('ok');
    expect(
      await judged(
        mapped(randomRows(400, 4), (value) => 3 * value),
        { levels: 4 },
      ),
    ).toBe('ok');
    // One value all the time is told by constant-columns.
    expect(
      await judged(
        mapped(normalRows(400, 4), (v, i) => (i % 4 === 0 ? 2 : v)),
        'real',
      ),
    ).toBe('ok');
  });

  it('finds a cross-entropy of grey values, and levels beyond the last', async () => {
    const finding = await judged(
      mapped(randomRows(40, 4), (value, i) => (i === 22 ? 0.3 : value)),
      'binary',
    );
    expect(finding).toMatchObject({ severity: 'error', title: '0.3 is outside what the model scores, 0 and 1 alone' });
    expect(evidenceOf(finding)).toMatchObject({
      'First such value': '0.3 in row 6, x₃',
      'Range of the training rows': '0 … 1',
    });
    expect(
      await judged(
        mapped(randomRows(40, 4), (value) => 4 * value),
        { levels: 4 },
      ),
    ).toMatchObject({
      title: '4 is outside what the model scores, whole levels 0 … 3',
    });
  });

  it('finds a density of real values given levels, in all columns or one', async () => {
    expect(await judged(randomRows(400, 4), 'real')).toMatchObject({
      severity: 'warning',
      title: 'All 4 columns take a few values only',
    });
    const one = mapped(normalRows(400, 4), (value, i) => (i % 4 === 2 ? Math.round(value) / 255 : value));
    const finding = await judged(one, 'real');
    expect(finding).toMatchObject({ title: '1 of 4 columns takes a few values only' });
    expect(evidenceOf(finding)['Different values']).toMatch(/^x₃: \d$/);
  });
});

onEveryBackend('not-a-likelihood of an autoencoder', (backend) => {
  it('says that there is no density, with the sum that is not 1, and nobody else speaks of leaks', async () => {
    const spec = modelSpec.parse({ type: 'autoencoder', hidden: [6] });
    const context = await contextOf(createModel(spec, 4, 1), backend());
    const finding = judge('not-a-likelihood', context);
    expect(finding).toMatchObject({ severity: 'info', title: /^This model has no density: its cross-entropy is no/ });
    const evidence = evidenceOf(finding);
    expect(Math.abs(Number.parseFloat(evidence['Σ exp(−loss) over all 16 rows']!) - 1)).toBeGreaterThan(1e-3);
    expect(evidence['Pairs in which an output sees its own variable or a later one']).toBe('10 of 10');
    for (const id of ['future-leak', 'above-baseline', 'order-inverse'] as const) {
      expect(judge(id, context)).toBe('not-applicable');
    }
    expect(judge('not-a-likelihood', await contextOf(made(4), backend()))).toBe('ok');
  });
});

describe('wrong-split', () => {
  const judged = async (dataset: Partial<Dataset> & { train: Matrix }, over = true) => {
    const whole = { dimension: dataset.train.columns, image: null, validation: null, test: null, ...dataset };
    return judge('wrong-split', { over, splits: await toEnd(splitFacts(whole)) });
  };
  const train = randomRows(400, 24);
  const fresh = randomRows(100, 24, 9);

  it('is silent where test rows are rows of their own', async () => {
    expect(await judged({ train, validation: fresh, test: randomRows(100, 24, 10) })).toBe('ok');
  });

  it('is silent where rows repeat by themselves, in a small world', async () => {
    const bars = (rows: number, seed: number) => generateRows('bars-and-stripes', rows, seed);
    expect(await judged({ train: bars(800, 1), validation: bars(100, 2), test: bars(100, 3) })).toBe('ok');
  });

  it('finds test rows that were trained on, some of them or all', async () => {
    const copied = { ...fresh, values: fresh.values.slice() };
    copied.values.set(train.values.subarray(0, 12 * 24));
    const finding = await judged({ train, validation: fresh, test: copied });
    expect(finding).toMatchObject({ severity: 'warning', title: '12 test rows of 100 occur in training, too' });
    expect(evidenceOf(finding)).toMatchObject({
      'Final figure': 'of 100 test rows',
      'Test rows that occur in training': '12 of 100 (12 %)',
      'Validation rows that occur in training': '0 of 100 (0 %)',
      'Training rows with a twin in training': '0 (0 %)',
    });
    expect(await judged({ train, validation: train, test: fresh })).toMatchObject({
      title: '400 validation rows of 400 occur in training, too',
    });
  });

  it('tells rows apart by what they are conditioned on', async () => {
    const label = (of: Matrix, value: number): Matrix => ({
      ...of,
      context: { rows: of.rows, columns: 1, values: new Float32Array(of.rows).fill(value) },
    });
    expect(await judged({ train: label(train, 0), test: label(train, 1) })).toBe('ok');
    expect(await judged({ train: label(train, 1), test: label(train, 1) })).toMatchObject({ severity: 'warning' });
  });

  it('says at the end whose rows the figure is of, and how they became binary', async () => {
    expect(await judged({ train, validation: fresh })).toMatchObject({
      severity: 'info',
      title: 'There are no test rows',
    });
    expect(await judged({ train, validation: fresh }, false)).toBe('ok');
    const drawn = await judged({ train, validation: fresh, test: randomRows(100, 24, 10), binarized: 'stochastic' });
    expect(drawn).toMatchObject({ severity: 'info', title: 'The rows were made binary once, by chance' });
    expect(evidenceOf(drawn)['Made binary']).toMatch(/^static: drawn once/);
  });
});

it('a constant column is worse for a density of real values', async () => {
  const rows = mapped(normalRows(200, 4), (value, i) => (i % 4 === 1 ? 5 : value));
  const columns = await toEnd(columnFacts(datasetOf(rows)));
  const finding = judge('constant-columns', { dimension: 4, support: 'real', columns });
  expect(finding).toMatchObject({ severity: 'warning', title: '1 column with one value only' });
  expect(finding).toMatchObject({ explanation: /NLL falls towards −∞/ });
});

it('all rows of several levels are listed once, in counting order', () => {
  const { values } = allRows(3, 2, 0, 9);
  expect([...values].join('')).toBe('000102101112202122');
  expect([...allRows(300, 1, 255, 258).values]).toEqual([255, 256, 257]);
});
