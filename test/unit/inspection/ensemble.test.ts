import { expect, it } from 'vitest';
import { ensembleFrame, ensembleRows, running } from '../../../src/inspection/ensemble.ts';
import { type InspectionSource, snapshotOf, toEnd } from '../../../src/inspection/source.ts';
import type { Model } from '../../../src/models/model.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { broken, datasetOf, made, randomRows, sourceOf } from './specimens.ts';

const frameOf = (source: InspectionSource) => toEnd(ensembleFrame(snapshotOf(source, null)));

/** Counts how often a row is scored. */
function counted(model: Model) {
  let rows = 0;
  const logProb: NonNullable<Model['logProb']> = (x, inputs) => {
    rows += x.shape[0];
    return model.logProb!(x, inputs);
  };
  return { model: broken(model, { logProb }), rows: () => rows };
}

onEveryBackend('ensemble curve', (backend) => {
  it('ends at the score of the ensemble, begins at that of the first mask, and is never above the mean of the masks', async () => {
    const model = made(9, { masks: 5, orderAgnostic: true, order: 'random' });
    const validation = randomRows(120, 9, 8);
    const source = sourceOf(model, backend(), { dataset: datasetOf(randomRows(50, 9), validation) });
    const frame = await frameOf(source);
    const options = { backend: backend() };
    const whole = await scoreRows(model, source.parameters, validation, options);
    const first = await scoreRows(model, source.parameters, validation, { ...options, masks: 1 });
    expect(frame).toMatchObject({ split: 'validation', rows: 120, allRows: 120, maskCount: 5, complete: true });
    expect(frame.curve[4]).toBeCloseTo(whole.score.nats, 4);
    expect(frame.standardError).toBeCloseTo(whole.score.standardError, 4);
    expect(frame.curve[0]).toBeCloseTo(first.score.nats, 4);
    expect(frame.single[0]).toBeCloseTo(first.score.nats, 4);
    let sum = 0;
    for (const [m, nll] of frame.single.entries()) {
      sum += nll;
      expect(frame.curve[m]!).toBeLessThanOrEqual(sum / (m + 1) + 1e-9);
      expect(frame.low[m]!).toBeLessThanOrEqual(frame.high[m]!);
    }
    // All orders end alike.
    expect(frame.high[4]! - frame.low[4]!).toBeLessThan(1e-9);
    expect(frame.low[0]).toBeGreaterThanOrEqual(Math.min(...frame.single) - 1e-9);
    expect(frame.gainError).toBeGreaterThan(0);
    expect(frame.gainError).toBeLessThan(frame.standardError);
  });

  it('of one mask is one point', async () => {
    const frame = await frameOf(sourceOf(made(5), backend()));
    expect([frame.curve.length, frame.orders, frame.split]).toEqual([1, 0, 'train']);
    expect(frame.low).toEqual(frame.curve);
  });

  it('remembers scores while the parameters stand still, and only then', async () => {
    const { model, rows } = counted(made(6, { masks: 2 }));
    // A program would compute rows that the model does not count.
    const { compile: _, ...uncompiled } = backend();
    const source = { ...sourceOf(model, uncompiled, { dataset: datasetOf(randomRows(1200, 6)) }) };
    const quick = await toEnd(ensembleFrame(snapshotOf(source, null), { look: 'quick' }));
    expect([quick.rows, quick.complete, rows()]).toEqual([1000, false, 2000]);
    const thorough = await frameOf(source);
    expect([thorough.rows, thorough.complete, rows()]).toEqual([1200, true, 2400]);
    expect((await frameOf(source)).curve).toEqual(thorough.curve);
    expect(rows()).toBe(2400);
    const { score } = await scoreRows(model, source.parameters, (await source.dataset()).train, {
      backend: uncompiled,
    });
    expect(thorough.curve[1]).toBeCloseTo(score.nats, 4);
    source.step++;
    await frameOf(source);
    expect(rows()).toBe(7200);
  });

  it('says why there is none', async () => {
    const loss: Model = { ...broken(made(5), {}), quantity: { kind: 'loss', name: 'cross-entropy', unit: 'nats' } };
    const frame = await frameOf(sourceOf(loss, backend()));
    expect(frame.reason).toContain('no density');
    expect(frame.curve).toHaveLength(0);
  });
});

it('scores fewer rows the more masks there are, and in haste the larger the model', () => {
  const model = (maskCount: number, size: number) => ({
    maskCount,
    parameters: [{ name: 'weight', shape: [size], description: '', masked: true }],
  });
  expect([1, 32, 1000].map((masks) => ensembleRows(model(masks, 1000)))).toEqual([10_000, 2500, 200]);
  expect([1, 32, 1000].map((masks) => ensembleRows(model(masks, 1000), 'quick'))).toEqual([1000, 250, 50]);
  expect([32, 4].map((masks) => ensembleRows(model(masks, 800_000), 'quick'))).toEqual([50, 250]);
  expect(ensembleRows(model(32, 800_000))).toBe(2500);
});

it('averages densities, not their logarithms, and lets no NaN vanish', () => {
  const logs = [
    [-1000, -Infinity, 0],
    [-1001, -2, NaN],
  ].map((values) => Float64Array.from(values));
  const { last } = running(logs, Int32Array.of(0, 1), 3);
  expect(last[0]).toBeCloseTo(-1000 + Math.log((1 + Math.exp(-1)) / 2), 9);
  expect(last[1]).toBeCloseTo(-2 - Math.LN2, 9);
  expect(last[2]).toBeNaN();
});
