import { describe, expect, it } from 'vitest';
import { compareReading, measuresApart, scoreDifference, type ComparedRun } from '../../../src/figures/compareWords.ts';
import type { ScoresFrame } from '../../../src/inspection/frames.ts';
import { lossScale } from '../../../src/figures/units.ts';
import { experimentDifferences } from '../../../src/spec/differences.ts';
import { manifest } from '../webview/runs.ts';

const score = (nats: number, standardError: number) => ({
  ...{ rows: 100, nats, standardError, quantity: 'NLL', bitsPerDim: 1 },
});
const scores = (nats: number[], data = 7): ScoresFrame => ({
  ...{ kind: 'scores', version: 1, step: 1, epoch: 1, mask: 0, maskCount: 1, split: 'test', of: nats.length },
  ...{ nats: Float64Array.from(nats), data, quantity: 'NLL' },
});
const run = (change: Partial<ComparedRun>, of: Partial<ComparedRun['manifest']> = {}): ComparedRun => ({
  manifest: { ...manifest, ...of },
  scores: undefined,
  ...change,
});

describe('the difference of two runs', () => {
  // Rows differ by far more than the models do on the same row.
  const base = Array.from({ length: 50 }, (_, row) => 80 + 10 * Math.sin(row));

  it('is taken row by row where the rows are the same', () => {
    const better = base.map((nats, row) => nats - 1 + 0.1 * Math.cos(row));
    const found = scoreDifference(run({ scores: scores(base) }), run({ scores: scores(better) }), []);
    const gains = base.map((nats, row) => nats - better[row]!);
    const mean = gains.reduce((x, y) => x + y) / 50;
    const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / 49;
    expect(found).toMatchObject({ paired: true, rows: 50, split: 'test' });
    if ('reason' in found) throw new Error(found.reason);
    expect(found.gain).toBeCloseTo(mean, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(variance / 50), 12);
    expect(compareReading(found, [{ key: 'model.masks', a: '1', b: '32' }])).toBe(
      'B is 1.00 ± 0.01 nats better than A on 50 test rows, taken row by row; B has model.masks 32 for 1.',
    );
    // 1 nat of 4 variables is 0.3607 bits a dimension.
    expect(compareReading(found, null, lossScale('bits', 4))).toMatch(
      /^B is 0\.36\d\d ± 0\.00\d\d bits\/dim better than A/,
    );
    const one = scoreDifference(run({ scores: scores([9]) }), run({ scores: scores([8.99]) }), []);
    expect(compareReading(one, null)).toBe(
      'The scores cannot be compared: 1 test row alone tells no error of the difference.',
    );
    const turned = scoreDifference(run({ scores: scores(better) }), run({ scores: scores(base) }), []);
    expect(compareReading(turned, null)).toMatch(/^B is 1\.00 ± 0\.01 nats worse than A/);
  });

  it('is told to be of bounds where it is', () => {
    const quantity = { kind: 'bound', name: 'ELBO', unit: 'nats' } as const;
    const bound = { model: { type: 'vae', network: false, quantity } } as const;
    const [a, b] = [{ scores: scores(base) }, { scores: scores(base.map((nats) => nats - 1)) }];
    const said = (...of: [object, object]) => compareReading(scoreDifference(run(a, of[0]), run(b, of[1]), []), null);
    expect(said({}, {})).toMatch(/^B is 1\.00 ± 0\.00 nats better than A .*row by row\.$/);
    expect(said(bound, bound)).toMatch(/row by row\. Both are upper bounds of the NLL, and the difference may be that/);
    expect(said({}, bound)).toMatch(/row by row\. One of them is an upper bound of the NLL, .*--importance-samples/);
  });

  it('is none where it is within two standard errors', () => {
    const other = base.map((nats, row) => nats + Math.sin(3 * row));
    const found = scoreDifference(run({ scores: scores(base) }), run({ scores: scores(other) }), []);
    expect(compareReading(found, [])).toMatch(/^A and B cannot be told apart.*; the experiments are the same/);
  });

  it('is said not to be of pairs where it comes from the manifests', () => {
    const [a, b] = [run({}, { test: score(9, 0.3) }), run({}, { test: score(7, 0.4) })];
    const found = scoreDifference(a, b, []);
    expect(found).toEqual({ gain: 2, standardError: 0.5, paired: false, rows: 100, split: 'test' });
    expect(compareReading(found, null)).toContain('from the two standard errors alone');
    expect(scoreDifference(a, b, [{ key: 'data.seed', a: '1', b: '2' }]), 'other data').toHaveProperty('reason');
    expect(scoreDifference(a, b, null), 'data that are not known').toHaveProperty('reason');
  });

  it('is refused, with the reason, where there is none to be had', () => {
    const reason = (a: ComparedRun, b: ComparedRun) => compareReading(scoreDifference(a, b, []), null);
    expect(reason(run({ scores: scores(base) }), run({ scores: scores(base, 8) }))).toBe(
      'The scores cannot be compared: the test rows of the two are not the same rows.',
    );
    expect(reason(run({}), run({}, { dimension: 5 }))).toContain('rows of 4 and of 5 variables');
    const quantity = { kind: 'loss', name: 'binary cross-entropy', unit: 'nats' } as const;
    const autoencoder = { model: { type: 'autoencoder', network: true, quantity } };
    expect(reason(run({ scores: scores(base) }), run({ scores: scores(base) }, autoencoder))).toContain(
      'autoencoder has no density',
    );
    expect(reason(run({}), run({}))).toContain('not both have been scored yet');
  });
});

it('names the keys in which experiments differ, lists whole', () => {
  const a = { model: { type: 'made', hidden: [500], masks: 1 }, seed: 1 };
  const b = { model: { type: 'made', hidden: [500, 500], direct: true }, seed: 1 };
  expect(experimentDifferences(a, b)).toEqual([
    { key: 'model.hidden', a: '[500]', b: '[500,500]' },
    { key: 'model.masks', a: '1', b: null },
    { key: 'model.direct', a: null, b: 'true' },
  ]);
  expect(experimentDifferences(a, structuredClone(a))).toEqual([]);
});

it('names an object whole where the other experiment has a plain value', () => {
  const a = { model: { type: 'maf', base: 'gaussian' } };
  const b = { model: { type: 'maf', base: { type: 'made', hidden: [8], conditional: { type: 'mixture' } } } };
  const made = '{"type":"made","hidden":[8],"conditional":{"type":"mixture"}}';
  expect(experimentDifferences(a, b)).toEqual([{ key: 'model.base', a: '"gaussian"', b: made }]);
  expect(experimentDifferences(b, a)).toEqual([{ key: 'model.base', a: made, b: '"gaussian"' }]);
  const other = { model: { type: 'maf', base: { ...b.model.base, hidden: [9] } } };
  expect(experimentDifferences(b, other), 'both are objects').toEqual([
    { key: 'model.base.hidden', a: '[8]', b: '[9]' },
  ]);
});

describe('curves on the same axes', () => {
  const likelihood = { dimension: 16, quantity: { kind: 'exact', name: 'NLL', unit: 'nats' } } as const;
  const entropy = { dimension: 16, quantity: { kind: 'loss', name: 'cross-entropy', unit: 'nats' } } as const;
  const squares = { dimension: 16, quantity: { kind: 'loss', name: 'squared error', unit: 'squared units' } } as const;

  it('compare where both are likelihoods of rows of as many variables', () => {
    expect(measuresApart(likelihood, { dimension: 16 })).toBeNull();
    expect(measuresApart(likelihood, { dimension: 784 })).toBe(
      'Their heights do not compare: A’s rows have 16 variables, B’s 784.',
    );
  });

  it('do not where one is a loss, and each is called by its own name', () => {
    expect(measuresApart(likelihood, entropy)).toBe(
      'Their heights do not compare: A shows an NLL (nats); B shows a cross-entropy (nats), which is no likelihood.',
    );
    expect(measuresApart(squares, entropy)).toMatch(
      /A shows a squared error \(squared units\), which is no likelihood;/,
    );
    expect(measuresApart(entropy, entropy)).toMatch(/^Both show a cross-entropy, which is no likelihood: /);
  });
});
