import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Base } from '../../../src/flows/base.ts';
import { gaussian, logistic, uniform } from '../../../src/flows/bases.ts';
import { flowLogProb } from '../../../src/flows/flow.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import { flowModelDraws } from './flowDraws.ts';
import { latentFrame } from '../../../src/inspection/latent.ts';
import {
  distanceBetween,
  distanceByChance,
  distanceFrom,
  histogramOf,
  isGaussian,
  marginalMoments,
  quantileOf,
  sortedColumn,
} from '../../../src/inspection/latentColumns.ts';
import { between } from '../../../src/inspection/between.ts';
import { heatFrame, walkFrame } from '../../../src/inspection/latentWalk.ts';
import { OWN_ROW, type LatentFrame } from '../../../src/inspection/frames/latent.ts';
import type { FlowModel } from '../../../src/models/flowModel.ts';
import {
  snapshotOf,
  toEnd,
  type Chunked,
  type InspectionSource,
  type Snapshot,
} from '../../../src/inspection/source.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { autoregressiveLayer, couplingLayer, flowModel, realRows, reversalLayer } from './flowSpecimens.ts';
import { datasetOf, made, sourceOf } from './specimens.ts';

async function of<T>(source: InspectionSource, work: (snapshot: Snapshot) => Chunked<T>): Promise<T> {
  const snapshot = snapshotOf(source, null);
  try {
    return await toEnd(work(snapshot));
  } finally {
    snapshot.dispose();
  }
}
const latentOf = (source: InspectionSource): Promise<LatentFrame> => of(source, (snapshot) => latentFrame(snapshot));

/** The same base, of which nobody is told that its coordinates are independent. */
const asDependent = (base: Base): Base => ({ ...base, name: 'mixture', marginal: null });

onEveryBackend('what arrives at the base', (backend) => {
  it('is told coordinate by coordinate, as the rows that the model draws itself fit', async () => {
    const model = flowModel({ dimension: 3, base: logistic(3) });
    const source = sourceOf(model, backend(), { dataset: datasetOf(realRows(10, 3)) });
    const rows = await flowModelDraws(model, source, 4000);
    const own = sourceOf(model, backend(), { dataset: datasetOf({ rows: 4000, columns: 3, values: rows }) });
    const frame = await latentOf(own);
    expect([frame.rows, frame.allRows, frame.complete, frame.notFinite]).toEqual([4000, 4000, true, 0]);
    expect(frame.base).toMatchObject({ name: 'standard logistic', gaussian: false, draws: null });
    expect(frame.base.variance[0]).toBeCloseTo(Math.PI ** 2 / 3, 1);
    for (let d = 0; d < 3; d++) {
      expect(frame.distance[d]).toBeLessThan(3 * distanceByChance(4000, null));
      expect(Math.abs(frame.mean[d]!)).toBeLessThan(0.12);
      expect(Math.abs(frame.variance[d]! / frame.base.variance[0]! - 1)).toBeLessThan(0.12);
      const shares = frame.histogram.subarray(d * frame.bins, (d + 1) * frame.bins);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.99);
    }
    expect(frame.correlation).toBeLessThan(0.05);
  });

  it('tells a misfit, and which coordinates go together', async () => {
    // Nothing but a change of places: u is x the other way round, correlated, and of a mean and a scale that are not the base's.
    const model = flowModel({ dimension: 3, layers: [reversalLayer(3)] });
    const frame = await latentOf(sourceOf(model, backend(), { dataset: datasetOf(realRows(2000, 3)) }));
    expect(Math.min(...frame.distance)).toBeGreaterThan(0.3);
    expect(frame.mean[0]).toBeCloseTo(1, 0);
    const [strongest] = frame.pairs;
    expect(frame.pairs).toHaveLength(3);
    expect([strongest!.a, strongest!.b]).not.toEqual([0, 2]);
    // Neighbours in the chain of realRows: 0.6·σ(before)/σ(own).
    expect(strongest!.r).toBeGreaterThan(0.5);
    expect(strongest!.r).toBeLessThan(0.7);
  });

  it('goes by draws where the base has no coordinate by itself', async () => {
    const model = flowModel({ dimension: 2, base: asDependent(gaussian(2)) });
    const source = sourceOf(model, backend(), { dataset: datasetOf(realRows(10, 2)) });
    const rows = await flowModelDraws(model, source, 3000);
    const own = sourceOf(model, backend(), { dataset: datasetOf({ rows: 3000, columns: 2, values: rows }) });
    const frame = await latentOf(own);
    expect(frame.base).toMatchObject({ name: 'mixture', gaussian: false, draws: 3000 });
    expect(frame.expected).toHaveLength(2 * frame.bins);
    expect(frame.baseQuantiles).toHaveLength(2 * frame.probabilities.length);
    for (const distance of frame.distance) expect(distance).toBeLessThan(3 * distanceByChance(3000, 3000));
    const away = await latentOf(sourceOf(model, backend(), { dataset: datasetOf(realRows(3000, 2)) }));
    expect(Math.max(...away.distance)).toBeGreaterThan(0.2);
  });

  it('adds noise to levels, one and the same for a row', async () => {
    const model = flowModel({ dimension: 2, levels: 4, layers: [reversalLayer(2)] });
    const values = Uint8Array.from({ length: 600 }, (_, i) => i % 4);
    const source = sourceOf(model, backend(), { dataset: datasetOf({ rows: 300, columns: 2, values }) });
    const [frame, again] = [await latentOf(source), await latentOf(source)];
    expect(frame.mean[0]! + frame.mean[1]!).toBeGreaterThan(3.8);
    expect(frame.quantiles).toEqual(again.quantiles);
  });

  it('leaves no tensors behind, finished or given up, and is not there for other models', async () => {
    const source = sourceOf(flowModel({ dimension: 4 }), backend(), { dataset: datasetOf(realRows(300, 4)) });
    await latentOf(source);
    const before = backend().tf.memory().numTensors;
    for (const steps of [Infinity, 3]) {
      const snapshot = snapshotOf(source, null);
      const work = latentFrame(snapshot, { look: 'quick' });
      for (let k = 0; k < steps; k++) if ((await work.next()).done) break;
      await work.return(undefined as never);
      snapshot.dispose();
    }
    expect(backend().tf.memory().numTensors).toBe(before);
    await expect(latentOf(sourceOf(made(4), backend()))).rejects.toThrow('is no flow');
  });
});

onEveryBackend('ways through latent space', (backend) => {
  const sourceWith = (model: FlowModel, rows = 40) =>
    sourceOf(model, backend(), { dataset: datasetOf(realRows(rows, model.dimension)) });
  const straight = { first: 3, second: 7, path: 'straight' } as const;

  it('lead from one row to the other, which come back as they are', async () => {
    for (const model of [
      flowModel({ dimension: 5 }),
      flowModel({
        dimension: 3,
        layers: [autoregressiveLayer(3), reversalLayer(3), autoregressiveLayer(3, 'inverse')],
      }),
      // Wide enough for its sequential directions to go one variable after the other.
      flowModel({
        dimension: 12,
        layers: [autoregressiveLayer(12), reversalLayer(12), autoregressiveLayer(12, 'inverse')],
      }),
    ]) {
      const source = sourceWith(model);
      const { train } = await source.dataset();
      const frame = await of(source, (snapshot) => walkFrame(snapshot, straight));
      const { dimension } = model;
      const rows = frame.decoded.exact!.values!;
      for (let d = 0; d < dimension; d++) {
        expect(rows[d]).toBeCloseTo(train.values[3 * dimension + d]!, 3);
        expect(rows[10 * dimension + d]).toBeCloseTo(train.values[7 * dimension + d]!, 3);
      }
      expect(frame.error).toBeLessThan(1e-3);
      const logProb = await read(() => {
        const inputs = { parameters: source.parameters, masks: upload(model.masks(0)), context: null };
        return flowLogProb(model.flow, tf.tensor2d(rows, [11, dimension]), inputs).logProb;
      });
      for (const [k, own] of logProb.entries()) expect(Math.abs(frame.logProb![k]! - own)).toBeLessThan(2e-3);
      expect([frame.first, frame.second, frame.decoded.rows, frame.gaussian]).toEqual([3, 7, 11, true]);
    }
  });

  it('stay as far out as the ends are when spherical, and come nearer when straight', async () => {
    const source = sourceWith(flowModel({ dimension: 30 }));
    const norms = async (path: 'straight' | 'spherical') =>
      (await of(source, (snapshot) => walkFrame(snapshot, { ...straight, path }))).norm;
    const [flat, bent] = [await norms('straight'), await norms('spherical')];
    expect(bent[5]).toBeCloseTo((bent[0]! + bent[10]!) / 2, 3);
    expect(flat[5]).toBeLessThan(0.95 * bent[5]!);
  });

  it('begin at rows of their own choice, and know where there are none', async () => {
    const source = sourceWith(flowModel({ dimension: 2 }));
    const own = { first: OWN_ROW, second: OWN_ROW, path: 'straight' } as const;
    const frame = await of(source, (snapshot) => walkFrame(snapshot, own));
    expect(frame.first).not.toBe(frame.second);
    expect(frame.points).toHaveLength(80);
    const far = of(source, (snapshot) => walkFrame(snapshot, { ...own, second: 40 }));
    await expect(far).rejects.toThrow('no row 40: there are 40 train rows');
  });

  it('say when a layer would take a pass for every variable', async () => {
    const wide = autoregressiveLayer(70);
    const bare = { ...wide, bijector: { ...wide.bijector, incremental: undefined } } as unknown as typeof wide;
    const source = sourceWith(flowModel({ dimension: 70, layers: [couplingLayer(70, 0), bare] }));
    await expect(of(source, (snapshot) => walkFrame(snapshot, straight))).rejects.toThrow(
      'layer 2 (Masked autoregressive layer) goes one variable after the other in this direction, which takes 70 passes',
    );
  });

  it('heat the same draws: nearer to one place the colder, and the model’s own at 1', async () => {
    const model = flowModel({ dimension: 4, layers: [reversalLayer(4)] });
    const source = sourceWith(model);
    const at = (temperature: number) => of(source, (snapshot) => heatFrame(snapshot, { temperature }));
    const [cold, half, one] = [await at(0), await at(0.5), await at(1)];
    const values = (frame: typeof one) => frame.decoded.exact!.values!;
    expect(values(cold).every((value) => Math.abs(value) < 1e-6)).toBe(true);
    for (const [i, value] of values(half).entries()) expect(2 * value).toBeCloseTo(values(one)[i]!, 5);
    expect(cold.logProb).toBeCloseTo(-2 * Math.log(2 * Math.PI), 4);
    expect(one.logProb).toBeLessThan(half.logProb);
    await expect(at(-1)).rejects.toThrow('a temperature of -1');
  });
});

describe('columns beside what they are drawn from', () => {
  it('have a Kolmogorov–Smirnov distance that sees both sides of every step', () => {
    const even = (u: number) => Math.min(1, Math.max(0, u));
    expect(distanceFrom(Float32Array.of(0.5), even)).toBeCloseTo(0.5, 12);
    expect(distanceFrom(Float32Array.of(0.25, 0.25, 0.25, 1), even)).toBeCloseTo(0.5, 12);
    expect(distanceFrom(Float32Array.of(0.125, 0.375, 0.625, 0.875), even)).toBeCloseTo(0.125, 12);
    expect(distanceFrom(new Float32Array(), even)).toBeNaN();
    expect(distanceBetween(Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3))).toBe(0);
    expect(distanceBetween(Float32Array.of(1, 1, 2), Float32Array.of(2, 2, 2))).toBeCloseTo(2 / 3, 12);
    expect(distanceBetween(Float32Array.of(1, 2), Float32Array.of(5, 6, 7))).toBe(1);
  });

  it('are as far off by chance as draws of the same density are on average', () => {
    const random = RandomGenerator.seeded(9, 'chance');
    const n = 400;
    const even = (u: number) => u;
    const draws = () => Float32Array.from({ length: n }, () => random.uniform()).sort();
    const mean = (of: () => number) => Array.from({ length: 400 }, of).reduce((sum, own) => sum + own, 0) / 400;
    expect(mean(() => distanceFrom(draws(), even)) / distanceByChance(n, null)).toBeCloseTo(1, 1);
    const ofTwo = mean(() => distanceBetween(draws(), draws())) / distanceByChance(n, n);
    expect(ofTwo).toBeGreaterThan(0.92);
    expect(ofTwo).toBeLessThan(1.02);
  });

  it('have quantiles and shares', () => {
    const sorted = sortedColumn(Float32Array.of(4, 9, 1, 9, 3, 9, 2, 9, NaN, 9), 2, 0);
    expect([...sorted]).toEqual([1, 2, 3, 4]);
    expect([quantileOf(sorted, 0.125), quantileOf(sorted, 0.5), quantileOf(sorted, 1)]).toEqual([1, 2.5, 4]);
    expect([...histogramOf(sorted, 1.5, 3.5, 2)]).toEqual([0.25, 0.25]);
    expect([...histogramOf(sorted, 0, 4, 2)]).toEqual([0.25, 0.75]);
  });

  it('know a Gaussian, and moments', () => {
    expect([gaussian(1), logistic(1), uniform(1)].map(({ marginal }) => isGaussian(marginal))).toEqual([
      true,
      false,
      false,
    ]);
    expect(isGaussian(null)).toBe(false);
    const { mean, variance } = marginalMoments(uniform(1).marginal!);
    expect(mean).toBeCloseTo(0.5, 9);
    expect(variance).toBeCloseTo(1 / 12, 6);
  });
});

describe('a way between two places', () => {
  it('is straight where both point the same way, and through the other side where they do not', () => {
    const a = Float32Array.of(1, 0);
    expect([...between(a, Float32Array.of(3, 0), 3, 'spherical')]).toEqual([1, 0, 2, 0, 3, 0]);
    const quarter = between(a, Float32Array.of(0, 1), 3, 'spherical');
    expect(quarter[2]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(quarter[3]).toBeCloseTo(Math.SQRT1_2, 6);
    expect([...between(Float32Array.of(-1, 0), Float32Array.of(1, 0), 3, 'spherical')].every(Number.isFinite)).toBe(
      true,
    );
    expect([...between(Float32Array.of(0, 0), Float32Array.of(1, 1), 3, 'spherical')].every(Number.isFinite)).toBe(
      true,
    );
  });
});
