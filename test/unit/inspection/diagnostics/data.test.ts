/** constant-columns and above-baseline: what the data say. */
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../../src/data/dataset.ts';
import { baselineOf, type Baseline } from '../../../../src/inspection/diagnostics/measurements/baseline.ts';
import { columnFacts } from '../../../../src/inspection/diagnostics/measurements/columns.ts';
import { toEnd } from '../../../../src/inspection/source.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { broken, datasetOf, made, randomRows } from '../specimens.ts';
import { contextOf, epochs, evidenceOf, judge } from './judge.ts';

/** Rows with columns overwritten. */
function withColumns(matrix: Matrix, columns: Readonly<Record<number, (row: number) => number>>): Matrix {
  const values = matrix.values.slice();
  for (const [column, value] of Object.entries(columns)) {
    for (let row = 0; row < matrix.rows; row++) values[row * matrix.columns + Number(column)] = value(row);
  }
  return { ...matrix, values };
}

describe('constant-columns', () => {
  const rows = randomRows(200, 6);
  const judged = async (train: Matrix, validation: Matrix | null = null) =>
    judge('constant-columns', { dimension: 6, columns: await toEnd(columnFacts(datasetOf(train, validation))) });

  it('is silent where columns vary and differ', async () => {
    expect(await judged(rows, randomRows(50, 6, 8))).toBe('ok');
  });

  it('tells of columns with one value, harmless while later rows agree', async () => {
    const train = withColumns(rows, { 1: () => 0, 4: () => 1 });
    const finding = await judged(train, withColumns(randomRows(50, 6, 8), { 1: () => 0, 4: () => 1 }));
    expect(finding).toMatchObject({ severity: 'info', title: '2 columns with one value only', view: 'samples' });
    expect(evidenceOf(finding)).toMatchObject({
      'Constant over 200 training rows': '2 of 6',
      Columns: 'x₂ = 0, x₅ = 1',
    });
  });

  it('warns when a validation row breaks the constant', async () => {
    const train = withColumns(rows, { 1: () => 0 });
    const finding = await judged(train, withColumns(randomRows(50, 6, 8), { 1: (row) => (row < 3 ? 1 : 0) }));
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(evidenceOf(finding)['Validation rows that differ there']).toBe('x₂: 3 rows');
  });

  it('warns of columns that repeat another, also when the first row is 0 in both', async () => {
    const train = withColumns(rows, { 5: (row) => rows.values[row * 6 + 2]! });
    const finding = await judged(train);
    expect(finding).toMatchObject({ severity: 'warning', title: '1 column that repeats another' });
    expect(evidenceOf(finding)['Repeated columns']).toBe('x₆ = x₃');
  });

  it('does not take columns for equal that differ in one row', async () => {
    expect(await judged(withColumns(rows, { 5: (row) => rows.values[row * 6 + 2]! ^ (row === 199 ? 1 : 0) }))).toBe(
      'ok',
    );
  });
});

it('scores independent Bernoullis from the training rows on the validation rows', async () => {
  const train = { rows: 4, columns: 2, values: Uint8Array.of(1, 0, 1, 0, 1, 1, 0, 0) };
  const validation = { rows: 2, columns: 2, values: Uint8Array.of(1, 1, 0, 0) };
  const baseline = await toEnd(baselineOf(datasetOf(train, validation), 'binary'));
  const nll = [-Math.log(4 / 6) - Math.log(2 / 6), -Math.log(2 / 6) - Math.log(4 / 6)];
  expect(baseline).toMatchObject({ split: 'validation', rows: 2 });
  expect(baseline.nats).toBeCloseTo((nll[0]! + nll[1]!) / 2, 12);
  expect(baseline.standardError).toBeCloseTo(0, 6);
});

it('scores independent variables of several levels, also those that never occurred', async () => {
  const train = { rows: 3, columns: 1, values: Uint8Array.of(0, 1, 1) };
  const validation = { rows: 2, columns: 1, values: Uint8Array.of(1, 3) };
  for (const value of [4, 0.5, -1]) {
    const bad = { ...validation, values: Float32Array.from(validation.values).fill(value, 0, 1) };
    const unscored = await toEnd(baselineOf(datasetOf(train, bad), { levels: 4 }));
    expect(unscored.nats, `a value of ${value}`).toBeNaN();
    const score = { split: 'validation', nats: 1, rows: 1, standardError: 0 } as const;
    expect(judge('above-baseline', { baseline: unscored, score })).toBe('not-applicable');
  }
  const { nats, name } = await toEnd(baselineOf(datasetOf(train, validation), { levels: 4 }));
  expect(name).toBe('Independent variables of 4 levels');
  expect(nats).toBeCloseTo((-Math.log(3 / 7) - Math.log(1 / 7)) / 2, 12);
});

describe('the Gaussian baseline', () => {
  /** x₂ = 2 x₁ + noise, x₃ on its own, all in other units. */
  const real = (rows: number, seed: number): Matrix => {
    const random = RandomGenerator.seeded(seed, 'correlated');
    const values = new Float32Array(rows * 3);
    for (let row = 0; row < rows; row++) {
      const [a, b, c] = [random.normal(), random.normal(), random.normal()];
      values.set([a, 2 * a + 0.1 * b, 100 + 5 * c], 3 * row);
    }
    return { rows, columns: 3, values };
  };

  it('comes near the entropy of correlated Gaussians', async () => {
    const { nats, name, standardError } = await toEnd(baselineOf(datasetOf(real(4000, 1), real(2000, 2)), 'real'));
    const entropy = 1.5 * Math.log(2 * Math.PI * Math.E) + Math.log(0.1) + Math.log(5);
    expect(name).toBe('A Gaussian with full covariance');
    expect(Math.abs(nats - entropy)).toBeLessThan(4 * standardError);
  });

  it('is the maximum of the likelihood: its NLL of the training rows is (D + log |2π Σ|) / 2', async () => {
    const rows = { rows: 4, columns: 2, values: Float32Array.of(1, 0, 0, 2, -1, 1, 4, 4) };
    const { nats, split } = await toEnd(baselineOf(datasetOf(rows), 'real'));
    // Means 1 and 1.75; covariance by hand.
    const [a, b, c] = [3.5, 2, 2.1875];
    expect(split).toBe('train');
    expect(nats).toBeCloseTo(1 + Math.log(2 * Math.PI) + 0.5 * Math.log(a * c - b * b), 4);
  });

  it('stays finite with constant and repeated columns', async () => {
    const doubled = withColumns(real(300, 3), { 1: () => 7 });
    const repeated = withColumns(doubled, { 2: (row) => doubled.values[3 * row]! });
    const { nats } = await toEnd(baselineOf(datasetOf(repeated), 'real'));
    expect(Number.isFinite(nats)).toBe(true);
  });
});

onEveryBackend('above-baseline', (backend) => {
  /** Ones are rare: far from what an untrained model says. */
  const sparse = (rows: number, seed: number): Matrix => {
    const random = RandomGenerator.seeded(seed, 'sparse');
    return { rows, columns: 8, values: Uint8Array.from({ length: rows * 8 }, () => (random.uniform() < 0.05 ? 1 : 0)) };
  };
  const dataset = datasetOf(sparse(300, 1), sparse(100, 2));

  it('finds an untrained model once there was time to train it', async () => {
    const early = await contextOf(made(8), backend(), { dataset, epoch: 0 });
    expect(judge('above-baseline', early)).toBe('not-applicable');
    const late = await contextOf(made(8), backend(), { dataset, epoch: 5 });
    const finding = judge('above-baseline', { ...late, over: true });
    expect(finding).toMatchObject({
      severity: 'error',
      title: /^NLL \d\.\d+ nats is above the baseline's 1\.\d+ nats$/,
      view: 'curves',
    });
    expect(evidenceOf(finding)['NLL of independent Bernoullis']).toMatch(/^1\.\d+ nats ± 0\.\d+$/);
  });

  it('finds a sigmoid applied twice although the parameters are perfect', async () => {
    const { tf } = backend();
    const sound = made(8, { hidden: [4] });
    // All weights 0 and each bias the logit of 0.05: exactly the baseline's own model.
    const perfect = Object.fromEntries(
      sound.parameters.map(({ name, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, { shape, data: new Float32Array(size).fill(name === 'output.bias' ? Math.log(0.05 / 0.95) : 0) }];
      }),
    );
    const twice = broken(sound, {
      logProb: (x, inputs) =>
        tf.tidy(() => {
          const p = tf.sigmoid(tf.sigmoid(sound.network!.conditionalParameters(x, inputs)));
          return tf.sum(tf.log(tf.where(tf.cast(x, 'bool'), p, tf.sub(1, p))), 1);
        }),
    });
    const options = { dataset, parameters: perfect, epoch: 5 };
    expect(judge('above-baseline', await contextOf(sound, backend(), options))).toBe('ok');
    expect(judge('above-baseline', { ...(await contextOf(twice, backend(), options)), over: true })).toMatchObject({
      severity: 'error',
    });
  });

  it('goes by the last epoch once there is one', async () => {
    const context = await contextOf(made(8), backend(), { dataset, epoch: 5, metrics: epochs([1.2], [1.3]) });
    expect(context.score).toBeNull();
    expect(judge('above-baseline', context)).toBe('ok');
    const worse = epochs([1.2, 5, 9], [1.3, 6, 9.5]);
    expect(judge('above-baseline', { ...context, metrics: worse, over: true })).toMatchObject({ severity: 'error' });
  });

  it('does not apply before anything was scored', async () => {
    const context = await contextOf(made(8), backend(), { dataset, depth: 'cheap' });
    expect(judge('above-baseline', context)).toBe('not-applicable');
  });
});

describe('above-baseline during training', () => {
  /** digits-made.lens.json: validation NLL after each of its 30 epochs, against the baseline of its data. */
  const baseline: Baseline = {
    name: 'Independent Bernoullis',
    split: 'validation',
    nats: 203.54,
    rows: 1000,
    standardError: 1.3,
  };
  const sound = [
    276.51, 222.17, 195.13, 178.9, 167.8, 159.59, 153.11, 147.92, 143.91, 140.53, 137.55, 135.04, 132.71, 130.81,
    129.05, 127.49, 126.28, 124.97, 123.82, 122.98, 121.98, 121.24, 120.38, 119.69, 119.17, 118.44, 117.8, 117.38,
    116.96, 116.37,
  ];
  /** The same on its way, ten times as slow: far above the line for many epochs. */
  const slow = Array.from({ length: 30 }, (_, i) => 180 + 350 * Math.exp(-0.1 * (i + 1)));
  /** A sigmoid too many: it levels out above the line. */
  const twice = [330, 300, 285, 278, 276, 275.2, 274.9, 274.8, 274.8, 274.8];

  /** The outcome after `done` epochs, in the midst of the next, and at the end of the run. */
  function after(done: number, course: readonly number[], o: { readonly over?: boolean } = {}) {
    const scored = course.slice(0, done);
    return judge('above-baseline', { baseline, epoch: done + 0.9, metrics: epochs(scored, scored), ...o });
  }

  it.each([
    ['a run recorded from the example', sound],
    ['one that is ten times as slow', slow],
  ])('is silent after every epoch of %s', (_, course) => {
    for (const done of [0, ...course.keys()]) {
      expect(['ok', 'not-applicable'], `after ${done} epochs`).toContain(after(done, course));
    }
    expect(after(course.length, course, { over: true })).toBe('ok');
  });

  it('warns when a broken model levels out above the line, and calls it an error when it stays there', () => {
    const severities = twice.map((_, i) => {
      const outcome = after(i + 1, twice);
      return typeof outcome === 'string' ? outcome : outcome.severity;
    });
    expect(severities).toEqual([
      ...Array.from({ length: 4 }, () => 'not-applicable'),
      ...['warning', 'warning', 'warning', 'error', 'error', 'error'],
    ]);
    expect(after(5, twice, { over: true })).toMatchObject({ severity: 'error' });
  });

  it('cannot tell of a run that ended after an epoch or two whether it learns, and says so', () => {
    for (const [done, epochs] of [
      [1, '1 epoch'],
      [2, '2 epochs'],
    ] as const) {
      expect(after(done, [274.9, 274.8, 274.8], { over: true })).toMatchObject({
        severity: 'warning',
        explanation: expect.stringContaining(`ended after ${epochs}, of which one cannot tell`) as string,
      });
    }
    expect(after(3, [274.9, 274.8, 274.8], { over: true })).toMatchObject({ severity: 'error' });
  });

  it('quotes the newest epoch that was scored', () => {
    const outcome = after(7, twice);
    expect(outcome).toMatchObject({ title: "NLL 274.90 nats is above the baseline's 203.54 nats" });
    expect(evidenceOf(outcome)).toMatchObject({ 'Scored after epoch': '7', 'Fall over the last epoch': '0.1 %' });
  });

  it('says of a run that ended too soon that it was still falling', () => {
    expect(after(2, sound, { over: true })).toMatchObject({
      severity: 'warning',
      explanation: expect.stringContaining('still falling') as string,
    });
  });
});
