/** `lens evaluate` on generated data: the true density of the same rows, and the gap to it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapOf, gapPairs } from '../../../src/cli/truth.ts';
import { entropyOf, logDensity } from '../../../src/data/generated/index.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { type DataSpec, dataSpec } from '../../../src/spec/data.ts';
import { Workplace } from '../worker/workplace.ts';
import { lens, lines, shapeOf } from './run.ts';

const exact = { quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' }, support: 'real' } as const;

async function testRows(spec: DataSpec) {
  const { test } = await loadDataset(spec, { baseFolder: '/nowhere', seed: 3 });
  return test!;
}

describe('the gap between a model and the density that its rows were drawn from', () => {
  it('is the mean of the differences row by row, with their standard error', async () => {
    const spec = dataSpec.parse({ generate: 'rings', rows: 1000 });
    const rows = await testRows(spec);
    const truth = Array.from({ length: 100 }, (_, row) => logDensity('rings', rows.values, 2 * row));
    // The model is off by 1 and 3 nats in turn: s = √(100 / 99), which is s/√N = 0.1005 of 100 rows.
    const perRow = Float64Array.from(truth, (log, row) => log - (row % 2 === 0 ? 1 : 3));
    const gap = gapOf(spec, rows, exact, perRow)!;
    expect(gap.gap).toBeCloseTo(2, 12);
    expect(gap.standardError).toBeCloseTo(Math.sqrt(1 / 99), 12);
    expect(gap.nats).toBeCloseTo(-truth.reduce((sum, log) => sum + log, 0) / 100, 12);
    expect([gap.entropy, gap.entropyError]).toEqual([entropyOf('rings').nats, entropyOf('rings').error]);
  });

  it('compares a model that is given the label with the density given the label', async () => {
    const spec = dataSpec.parse({ generate: 'eight-gaussians', rows: 1000, context: { labels: 'own' } });
    const rows = await testRows(spec);
    const { nats, entropy } = gapOf(spec, rows, exact, new Float64Array(100))!;
    expect(entropy).toBe(entropyOf('eight-gaussians', 'label').nats);
    expect(Math.abs(nats - entropy)).toBeLessThan(0.4);
  });

  it('is not told where the two do not compare', async () => {
    const perRow = new Float64Array(100);
    const of = async (spec: object, model: Parameters<typeof gapOf>[2] = exact) => {
      const parsed = dataSpec.parse(spec);
      return gapOf(parsed, await testRows(parsed), model, perRow);
    };
    expect(await of({ generate: 'pinwheel', rows: 1000 })).not.toBeNull();
    const binary = dataSpec.parse({ generate: 'pinwheel', rows: 1000, binarize: 'threshold' });
    expect(gapOf(binary, await testRows({ ...binary, binarize: 'none' }), exact, perRow)).toBeNull();
    expect(await of({ generate: 'pinwheel', rows: 1000, context: { columns: [0] } })).toBeNull();
    // A loss is no density, and a density no probability.
    const loss = { kind: 'loss', name: 'cross-entropy', unit: 'nats' } as const;
    expect(await of({ generate: 'bars-and-stripes', rows: 1000 })).toBeNull();
    expect(await of({ generate: 'bars-and-stripes', rows: 1000 }, { ...exact, support: 'binary' })).not.toBeNull();
    expect(await of({ generate: 'bars-and-stripes', rows: 1000 }, { quantity: loss, support: 'binary' })).toBeNull();
    const labelled = { generate: 'bars-and-stripes', rows: 1000, context: { labelColumn: 0 } };
    expect(await of(labelled, { ...exact, support: 'binary' })).toBeNull();
  });

  it('is put into words by what it is', () => {
    const words = (gap: number, standardError: number, kind: 'exact' | 'bound' = 'exact') =>
      gapPairs({ nats: -0.5, entropy: 3, entropyError: 0, gap, standardError }, { ...exact.quantity, kind })[1]![1];
    expect(words(0.2, 0.01)).toBe(
      '0.200 ± 0.010 nats, an estimate of the KL divergence of the model from the true density',
    );
    expect(words(0.2, 0.01, 'bound')).toContain('at least the KL divergence');
    expect(words(-0.03, 0.01)).toMatch(/^−0\.030 ± .+, an estimate of/);
    expect(words(-0.05, 0.01)).toMatch(/^−0\.050 ± .+further below 0 than chance allows/);
    expect(words(Infinity, NaN)).toContain('gives some row no probability');
  });
});

describe('lens evaluate on generated data', () => {
  let place: Workplace;
  beforeAll(async () => void (place = await Workplace.make()));
  afterAll(() => place.remove());

  it('tells the true density and the gap, in words and as JSON; of other rows neither', async () => {
    const experiment = await place.experiment('bars', { data: { generate: 'bars-and-stripes', rows: 2000 } });
    const run = place.newRunFolder();
    expect((await lens('train', experiment, '--run', run, '--backend', 'wasm', '--epochs', '2', '--json')).code).toBe(
      0,
    );
    const rowsFile = join(place.folder, 'logp.npy');
    const [score] = lines((await lens('evaluate', run, '--json', '--backend', 'wasm', '--per-row', rowsFile)).out);
    const truth = score!['truth'] as Record<string, number>;
    expect(shapeOf(truth)).toEqual({
      nats: 'number',
      entropy: 'number',
      entropyError: 'number',
      gap: 'number',
      standardError: 'number',
    });
    expect(truth['gap']).toBeCloseTo((score!['nats'] as number) - truth['nats']!, 10);
    expect(truth['gap']).toBeGreaterThan(4 * truth['standardError']!);
    expect(truth['entropy']).toBeCloseTo(3.3790925, 6);

    const { out } = await lens('evaluate', run, '--backend', 'wasm');
    expect(out).toMatch(
      /\nTrue density {2}3\.\d{3} nats on the same rows; entropy 3\.379 nats\nGap to it {5}\d\.\d{3} ± \d\.\d{3} nats, an estimate of the KL/,
    );

    const other = join(place.folder, 'other.npy');
    await writeFile(other, writeNpy(new Uint8Array(160), [10, 16]));
    const elsewhere = await lens('evaluate', run, '--backend', 'wasm', '--data', other, '--json');
    expect(lines(elsewhere.out)[0]).not.toHaveProperty('truth');
    expect((await readFile(rowsFile)).length).toBe(128 + 8 * 200);
  });
});
