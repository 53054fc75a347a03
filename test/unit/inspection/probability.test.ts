import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { allRows } from '../../../src/inspection/allRows.ts';
import { probabilityFrame } from '../../../src/inspection/probability.ts';
import type { GridSum, RowSum } from '../../../src/inspection/probabilityFrame.ts';
import { canSeeMore, planOf } from '../../../src/inspection/probabilityRegion.ts';
import { sortedDown } from '../../../src/inspection/probabilitySorting.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import { views } from '../../../src/inspection/views.ts';
import { modelFacts } from '../../../src/models/facts.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { broken, datasetOf, leaky, made, randomRows, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource) => toEnd(probabilityFrame(snapshotOf(source, null)));
const rowsOf = async (source: InspectionSource) => (await frameOf(source)).sum as RowSum;

/** The same model, of other values or trained on something else. */
function as(model: Model, changes: Partial<Pick<Model, 'quantity' | 'support' | 'logProb'>>): Model {
  const same = broken(model, changes.logProb ? { logProb: changes.logProb } : {});
  return { ...same, ...changes };
}

onEveryBackend('total probability', (backend) => {
  it('tells how far it is, over all masks together', async () => {
    const shares: number[] = [];
    const snapshot = snapshotOf(sourceOf(made(8, { masks: 3, orderAgnostic: true }), backend()), null);
    await toEnd(probabilityFrame(snapshot, { onProgress: (share) => shares.push(share) }));
    snapshot.dispose();
    expect(shares.length).toBeGreaterThanOrEqual(3);
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(shares).toContainEqual(expect.closeTo(1 / 3, 12));
  });

  it('is 1 for the ensemble and for every one of its masks', async () => {
    const model = made(8, { masks: 3, orderAgnostic: true, direct: true });
    const frame = await frameOf(sourceOf(model, backend()));
    const sum = frame.sum as RowSum;
    expect({ ...frame, sum: null }).toMatchObject({ ensemble: true, reason: null, complete: true, maskCount: 3 });
    expect(sum).toMatchObject({ over: 'rows', rows: 256, levels: 2, given: null, context: null });
    expect(sum.total).toBeCloseTo(1, 5);
    expect(sum.perMask.map(({ mask }) => mask)).toEqual([0, 1, 2]);
    for (const { total } of sum.perMask) expect(total).toBeCloseTo(1, 5);
  });

  it('of a conditional model is that given one label, which the frame names', async () => {
    const model = made(4, {}, 3, 2);
    const context = { rows: 1, columns: 2, values: Float32Array.of(0, 1) };
    const train = { ...randomRows(1, 4), context };
    const frameUnder = (facts: { readonly names?: readonly string[] }) => {
      const dataset = { ...datasetOf(train), context: { kind: 'labels' as const, size: 2, ...facts } };
      return rowsOf(sourceOf(model, backend(), { dataset }));
    };
    expect(await frameUnder({ names: ['stripes', 'bars'] })).toMatchObject({ label: { index: 1, name: 'bars' } });
    const { label, total } = await frameUnder({});
    expect(label).toEqual({ index: 1, count: 2, names: [] });
    expect(total).toBeCloseTo(1, 5);
  });

  it('is not to be had of flows of more than two variables, and the view says so beforehand', async () => {
    const spec = modelSpec.parse({ type: 'nice', hidden: [6], layers: 2 });
    const flow = createModel(spec, 3, 1);
    const values = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i));
    const source = sourceOf(flow, backend(), { dataset: datasetOf({ rows: 10, columns: 3, values }) });
    const why = 'The integral of a flow’s density can be computed for up to 2 variables; this one has 3.';
    await expect(frameOf(source)).rejects.toThrow(why);
    const facts = { image: null, model: modelFacts(flow) };
    expect(views.probability.missing({ ...facts, dimension: 3 })).toBe(why);
    expect(views.probability.missing({ ...facts, dimension: 2 })).toBeNull();
    const latent = modelFacts(createModel(modelSpec.parse({ type: 'vae' }), 3, 1));
    const missing = views.probability.missing({ image: null, model: latent, dimension: 3 });
    expect(missing).toContain('bounds of all rows need not add up to 1');
  });

  it('knows the most probable rows, how often they occur, and how the data lie under the model', async () => {
    const model = made(6, { masks: 2, orderAgnostic: true });
    const train = randomRows(80, 6);
    const source = sourceOf(model, backend(), { dataset: datasetOf(train) });
    const sum = await rowsOf(source);
    const every = allRows(2, 6, 0, 64);
    const { perRow } = await scoreRows(model, source.parameters, every, { backend: backend() });
    const p = Array.from(perRow, Math.exp);
    const best = p.indexOf(Math.max(...p));
    expect([...sum.most.values.slice(0, 6)]).toEqual([...every.values.slice(best * 6, best * 6 + 6)]);
    expect(sum.most.probability[0]).toBeCloseTo(p[best]!, 6);
    const counts = new Float64Array(64);
    for (let n = 0; n < 80; n++) counts[parseInt(train.values.slice(n * 6, n * 6 + 6).join(''), 2)]!++;
    expect(sum.most.frequency![0]).toBe(counts[best]! / 80);
    expect(sum.entropy).toBeCloseTo(-p.reduce((s, own) => s + own * Math.log(own), 0), 4);
    const kl = counts.reduce((s, n, i) => s + (n === 0 ? 0 : (n / 80) * (Math.log(n / 80) - perRow[i]!)), 0);
    expect(sum.data!.kl).toBeCloseTo(kl, 4);
    expect(sum.data!.distinct).toBe(counts.filter((n) => n > 0).length);
    expect(sum.data!.covered).toBeCloseTo(
      p.reduce((s, own, i) => s + (counts[i]! > 0 ? own : 0), 0),
      5,
    );
    const falling = [...p].sort((a, b) => b - a);
    let half = 0;
    for (let carried = 0; carried < 0.5; half++) carried += falling[half]!;
    expect(sum.half).toBe(half);
    expect(sum.cumulative.share.at(-1)).toBeCloseTo(1, 9);
  });

  it('is something else where outputs see themselves', async () => {
    const sum = await rowsOf(sourceOf(leaky(made(8)), backend()));
    expect(Math.abs(sum.total - 1)).toBeGreaterThan(0.01);
    expect(sum.entropy).toBeNull();
  });

  it('is said of a loss as it is', async () => {
    const loss = as(leaky(made(8)), { quantity: { kind: 'loss', name: 'cross-entropy', unit: 'nats' } });
    const frame = await frameOf(sourceOf(loss, backend()));
    expect(frame.quantity).toEqual({ kind: 'loss', name: 'cross-entropy' });
    expect(Math.abs(frame.sum!.total - 1)).toBeGreaterThan(0.01);
  });

  it('is 1 over some variables, the others held fast, where there are too many rows', async () => {
    const model = made(24, { order: 'random', hidden: [40] });
    const source = sourceOf(model, backend());
    const frame = await frameOf(source);
    expect(frame.reason).toBe('there are 2²⁴ rows, too many to go through');
    const sum = frame.sum as RowSum;
    expect(sum.rows).toBe(1024);
    expect(sum.total).toBeCloseTo(1, 5);
    const { position, variables, row, own } = sum.given!;
    expect(Array.from(variables, (d) => model.network!.order(0)[d]!)).toEqual(
      Array.from({ length: 10 }, (_, k) => position + k),
    );
    const { train } = await source.dataset();
    const held = train.values.slice(row * 24, (row + 1) * 24);
    for (let n = 0; n < 12; n++) {
      for (let d = 0; d < 24; d++) {
        if (!variables.includes(d)) expect(sum.most.values[n * 24 + d]).toBe(held[d]);
      }
    }
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThanOrEqual(sum.most.probability[0]!);
    const wrong = await rowsOf(sourceOf(leaky(model), backend()));
    expect(Math.abs(wrong.total - 1)).toBeGreaterThan(1e-3);
  });

  it('is 1 over some variables of a model that does not trace the terms of its log p', async () => {
    const model = createModel(modelSpec.parse({ type: 'eonade', hidden: [8], orders: 2 }), 17, 1);
    const snapshot = snapshotOf(sourceOf(model, backend()), null);
    const { sum } = await toEnd(probabilityFrame(snapshot, { look: 'glance' }));
    expect((sum as RowSum).given!.variables).toHaveLength(10);
    expect(sum!.total).toBeCloseTo(1, 4);
  });

  it('of levels goes through every level', async () => {
    // Three independent variables of four levels, p ∝ 1, 2, 3, 4.
    const logProb = (x: Tensor2D) => tf.sum<Tensor1D>(tf.log(tf.div(tf.add(x, 1), 10)), 1);
    const model = as(made(3), { support: { levels: 4 }, logProb });
    const sum = await rowsOf(sourceOf(model, backend()));
    expect([sum.levels, sum.rows]).toEqual([4, 64]);
    expect(sum.total).toBeCloseTo(1, 5);
    expect([...sum.most.values.slice(0, 3)]).toEqual([3, 3, 3]);
    expect(sum.most.probability[0]).toBeCloseTo(0.064, 6);
  });

  it('of two real variables is an integral with its error', async () => {
    const logProb = (x: Tensor2D) =>
      tf.sub<Tensor1D>(tf.mul(tf.sum(tf.square(tf.div(tf.sub(x, [1, -2]), [0.5, 2])), 1), -0.5), Math.log(2 * Math.PI));
    const model = as(made(2), { support: 'real', logProb });
    const random = RandomGenerator.seeded(1, 'gaussian');
    const values = Float32Array.from(
      { length: 600 },
      (_, i) => (i % 2 === 0 ? 1 : -2) + (i % 2 === 0 ? 0.5 : 2) * random.normal(),
    );
    const source = sourceOf(model, backend(), { dataset: datasetOf({ rows: 300, columns: 2, values }) });
    const sum = (await toEnd(probabilityFrame(snapshotOf(source, null), { look: 'thorough' }))).sum as GridSum;
    expect(sum.over).toBe('grid');
    expect(sum.total).toBeCloseTo(1, 4);
    expect(sum.error).toBeLessThan(1e-4);
    expect(sum.edge).toBeLessThan(1e-4);
    expect(sum.entropy).toBeCloseTo(1 + Math.log(2 * Math.PI), 3);
    expect(sum.values).toHaveLength(sum.shown ** 2);
  });

  it('leaves no tensors behind, finished or given up', async () => {
    const source = sourceOf(made(10, { masks: 2 }), backend());
    const before = backend().tf.memory().numTensors;
    for (const steps of [Infinity, 3]) {
      const snapshot = snapshotOf(source, null);
      const work = probabilityFrame(snapshot);
      for (let k = 0; k < steps; k++) if ((await work.next()).done) break;
      await work.return(undefined as never);
      snapshot.dispose();
    }
    expect(backend().tf.memory().numTensors).toBe(before);
  });
});

describe('how much is gone through', () => {
  const model = (dimension: number, maskCount = 1) => ({ dimension, maskCount, support: 'binary' as const });
  it('is everything up to 16 variables, up to 20 when nothing trains, and some variables beyond', () => {
    expect(planOf(model(16), 'quick')).toEqual({ free: 16, ensemble: false, reason: null });
    expect(planOf(model(17), 'quick')).toMatchObject({ free: 10 });
    expect(planOf(model(17), 'quick').reason).toContain('when nothing trains');
    expect(planOf(model(20), 'thorough')).toEqual({ free: 20, ensemble: false, reason: null });
    expect(planOf(model(21), 'thorough')).toMatchObject({ free: 10 });
    expect(planOf({ ...model(784), support: { levels: 256 } }, 'thorough').free).toBe(1);
  });
  it('is one mask where all of them would take long', () => {
    expect(planOf(model(12, 32), 'quick').ensemble).toBe(true);
    expect(planOf(model(16, 32), 'quick').ensemble).toBe(false);
    expect(planOf(model(16, 32), 'thorough').ensemble).toBe(true);
    expect([canSeeMore(model(16, 32), 'quick'), canSeeMore(model(10, 3), 'quick')]).toEqual([true, false]);
  });
});

it('sorts many probabilities like few', async () => {
  const random = RandomGenerator.seeded(3, 'probabilities');
  const values = Float64Array.from({ length: 150_000 }, (_, i) => (i % 7 === 0 ? 0 : Math.exp(-60 * random.uniform())));
  values[5] = values[77_000]!;
  values[9] = NaN;
  const expected = Float64Array.from(values, (value) => value || 0)
    .sort()
    .reverse();
  const work = sortedDown(values);
  let chunks = 0;
  for (;;) {
    const { done, value } = await work.next();
    if (done) {
      expect(value).toEqual(expected);
      break;
    }
    chunks++;
  }
  expect(chunks).toBeGreaterThan(5);
});

// Integrals under two labels would take half a minute where a GPU is imitated.
onEveryBackend(
  'total probability of a density',
  (backend) => {
    it('is given the label that is asked for, beside rows of that label alone', async () => {
      const values = Float32Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? 5 : 0) + row / 100);
      const labels = Float32Array.from({ length: 80 }, (_, i) =>
        Number((i >> 1) % 4 === 0 ? i % 2 === 1 : i % 2 === 0),
      );
      const train = { rows: 40, columns: 1, values, context: { rows: 40, columns: 2, values: labels } };
      const dataset = { ...datasetOf(train), context: { kind: 'labels' as const, size: 2 } };
      const model = made(1, { conditional: { type: 'gaussian' } }, 3, 2);
      const snapshot = snapshotOf(sourceOf(model, backend(), { dataset }), null);
      const sums = await Promise.all(
        [0, 1].map(async (label) => (await toEnd(probabilityFrame(snapshot, { label }))).sum as GridSum),
      );
      expect(sums.map(({ label }) => label!.index)).toEqual([0, 1]);
      expect(sums.map(({ points }) => points.length)).toEqual([30, 10]);
      expect(Math.min(...sums[1]!.points)).toBeGreaterThanOrEqual(5);
      expect(Math.max(...sums[0]!.points)).toBeLessThan(1);
      const none = await toEnd(probabilityFrame(snapshot, { label: 2 })).catch(String);
      expect(none).toBe('RangeError: no train row has label 2, counted from 0');
      snapshot.dispose();
    });
  },
  { everywhere: false },
);
