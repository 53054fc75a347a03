import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { flowLogProb, forwardThrough, inverseThrough } from '../../../src/flows/flow.ts';
import { logistic, uniform } from '../../../src/flows/bases.ts';
import { massShares, type TransportFrame } from '../../../src/inspection/frames/transport.ts';
import { snapshotOf, toEnd, type InspectionSource } from '../../../src/inspection/source.ts';
import { transportFrame, type TransportOptions } from '../../../src/inspection/transport.ts';
import { placesIn } from '../../../src/inspection/transportPlace.ts';
import { windowOf } from '../../../src/inspection/transportWindow.ts';
import { upload } from '../../../src/layers/namedTensors.ts';
import type { FlowModel } from '../../../src/models/flowModel.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { autoregressiveLayer, couplingLayer, flowModel, realRows, reversalLayer } from './flowSpecimens.ts';
import { datasetOf, made, sourceOf } from './specimens.ts';

const frameOf = async (source: InspectionSource, options?: TransportOptions): Promise<TransportFrame> => {
  const snapshot = snapshotOf(source, null);
  try {
    return await toEnd(transportFrame(snapshot, options));
  } finally {
    snapshot.dispose();
  }
};
const stage = (all: Float32Array, l: number, size: number) => all.subarray(l * size, (l + 1) * size);

onEveryBackend('the transport of a flow', (backend) => {
  const data = realRows(120, 2);
  const source = (model: FlowModel) => sourceOf(model, backend(), { dataset: datasetOf(data) });
  const glance = { look: 'glance' } as const;

  it('stands where the layers carry the rows, with their log|det| and log p', async () => {
    const model = flowModel({ dimension: 2 });
    const own = source(model);
    const frame = await frameOf(own, glance);
    expect(frame.layers.map(({ title }) => title)).toEqual([
      'Affine coupling',
      'Reversal',
      'Affine coupling',
      'Scaling',
    ]);
    const x = Array.from(frame.row).flatMap((row) => [...data.values.slice(2 * row, 2 * row + 2)]);
    expect([...stage(frame.points, 0, 240)]).toEqual([...x]);
    const given = () => ({ parameters: own.parameters, masks: {}, context: null });
    const rows = () => tf.tensor2d(x, [120, 2]);
    for (let l = 0; l < 4; l++) {
      const y = await read(() => forwardThrough(model.flow, rows(), given())[l]!.y);
      const logDet = await read(() => forwardThrough(model.flow, rows(), given())[l]!.logDet);
      expect(maxGap(stage(frame.points, l + 1, 240), y)).toBeLessThan(1e-5);
      expect(maxGap(stage(frame.logDet, l, 120), logDet)).toBeLessThan(1e-5);
    }
    const logProb = await read(() => flowLogProb(model.flow, rows(), given()).logProb);
    const sums = frame.logBase.map((base, i) =>
      [0, 1, 2, 3].reduce((sum, l) => sum + frame.logDet[l * 120 + i]!, base),
    );
    expect(maxGap(sums, logProb)).toBeLessThan(1e-4);
  });

  it('leads draws and a grid that is even in u back to x', async () => {
    const model = flowModel({
      dimension: 2,
      layers: [autoregressiveLayer(2), reversalLayer(2), autoregressiveLayer(2)],
    });
    const own = source(model);
    const frame = await frameOf(own, glance);
    for (const [all, size] of [
      [frame.samples, frame.samples.length / 4],
      [frame.evenInU, 2 * frame.lines * frame.nodes],
    ] as const) {
      const u = stage(all, 3, size);
      const ways = [0, 1, 2].map((l) =>
        read(() => {
          const masks = upload(model.masks(0));
          const inputs = { parameters: own.parameters, masks, context: null };
          return inverseThrough(model.flow, tf.tensor2d(u, [size / 2, 2]), inputs)[l]!;
        }),
      );
      for (const [l, way] of (await Promise.all(ways)).entries()) {
        expect(maxGap(stage(all, l, size), way)).toBeLessThan(1e-4 * Math.max(1, ...way.map(Math.abs)));
      }
    }
    // Both grids begin as lattices: upright lines have one x₁.
    const first = stage(frame.evenInX, 0, 2 * frame.lines * frame.nodes).filter((_, i) => i < 2 * frame.nodes);
    expect(new Set(first.filter((_, i) => i % 2 === 0)).size).toBe(1);
  });

  it('has the density of every stage, that adds up to 1 over a window that holds it', async () => {
    const own = source(flowModel({ dimension: 2, base: logistic(2) }));
    const frame = await frameOf(own, { look: 'thorough' });
    const { cells, windows } = frame;
    const totals = Array.from({ length: 5 }, (_, l) => {
      const area = (windows[3 * l + 2]! / cells) ** 2;
      return stage(frame.logDensity, l, cells * cells).reduce((sum, own) => sum + Math.exp(own) * area, 0);
    });
    // That of the base is known: the window leaves a little out, the grid is fine enough.
    expect(totals[4]).toBeGreaterThan(0.985);
    expect(totals[4]).toBeLessThan(1.002);
    for (const total of totals) expect(total).toBeLessThan(1.02);
    const levels = stage(frame.levels, 4, massShares.length);
    const density = stage(frame.logDensity, 4, cells * cells);
    const area = (windows[14]! / cells) ** 2;
    for (const [k, share] of massShares.entries()) {
      const inside = density.reduce((sum, own) => sum + (own >= levels[k]! ? Math.exp(own) * area : 0), 0);
      expect(inside).toBeGreaterThanOrEqual(share - 1e-6);
      expect(inside).toBeLessThan(share + 0.02);
    }
    // In haste, only that of the two ends.
    const hasty = await frameOf(own, { look: 'quick' });
    expect(Array.from({ length: 5 }, (_, l) => Number.isFinite(hasty.levels[l * massShares.length]))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect([hasty.complete, frame.complete]).toEqual([false, true]);
  });

  it('shows the rows of one label under that label', async () => {
    const model = flowModel({ dimension: 2, contextDimension: 3 });
    const labels = Uint8Array.from({ length: 120 * 3 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
    const rows = { ...data, context: { rows: 120, columns: 3, values: labels } };
    const dataset = { ...datasetOf(rows), context: { kind: 'labels' as const, size: 3, names: ['a', 'b', 'c'] } };
    const own = sourceOf(model, backend(), { dataset });
    const frame = await frameOf(own, { look: 'glance', label: 2 });
    expect(frame.condition).toEqual({ kind: 'label', label: 2, names: ['a', 'b', 'c'], count: 3 });
    expect([frame.rows, frame.allRows]).toEqual([40, 40]);
    expect([...frame.row].every((row) => row % 3 === 2)).toBe(true);
    const other = await frameOf(own, { look: 'glance', label: 0 });
    expect(maxGap(frame.samples, other.samples)).toBeGreaterThan(1e-3);
    await expect(frameOf(own, { label: 3 })).rejects.toThrow('no label 3: the model has 3');
    // What was looked at of one label does not move what is looked at of another.
    const alone = await frameOf(sourceOf(model, backend(), { dataset }), { look: 'glance', label: 0 });
    expect(other.windows).toEqual(alone.windows);
  });

  it('leaves no tensors behind, finished or given up', async () => {
    const own = source(flowModel({ dimension: 2 }));
    await frameOf(own, glance);
    const before = backend().tf.memory().numTensors;
    for (const steps of [Infinity, 5]) {
      const snapshot = snapshotOf(own, null);
      const work = transportFrame(snapshot, glance);
      for (let k = 0; k < steps; k++) if ((await work.next()).done) break;
      await work.return(undefined as never);
      snapshot.dispose();
    }
    expect(backend().tf.memory().numTensors).toBe(before);
  });

  it('is not there for other models', async () => {
    await expect(frameOf(sourceOf(made(2), backend()))).rejects.toThrow('this model (made) is no flow');
    const three = flowModel({ dimension: 3, layers: [couplingLayer(3, 0)] });
    await expect(frameOf(sourceOf(three, backend()))).rejects.toThrow('flows of 2 variables; this one has 3');
  });
});

function maxGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('what is looked at', () => {
  const around = (x: number, y: number, size: number, outlier = false) =>
    Float32Array.from({ length: 1000 }, (_, i) =>
      outlier && i < 2 ? 1e6 : (i % 2 === 0 ? x : y) + size * Math.sin(i * 1.7 + (i % 2)),
    );
  it('is a square around nearly all rows, whatever one of them does', () => {
    const own = windowOf(around(3, -2, 1.5));
    expect(own.side).toBeGreaterThan(3);
    expect(own.side).toBeLessThan(3 * 1.5);
    expect(own.x).toBeLessThan(1.5);
    expect(own.x + own.side).toBeGreaterThan(4.5);
    expect(own.y).toBeLessThan(-3.5);
    expect(own.y + own.side).toBeGreaterThan(-0.5);
    expect(windowOf(around(3, -2, 1.5, true))).toEqual(own);
  });
  it('stays where it is while rows move a little, and not where it no longer fits', () => {
    const first = windowOf(around(0.3, 0, 1.4));
    let window = first;
    for (let i = 1; i <= 20; i++) window = windowOf(around(0.3 + 0.005 * i, 0, 1.4 - 0.005 * i), null, window);
    expect(window).toBe(first);
    expect(windowOf(around(0.3, 0, 2.5), null, first).side).toBeGreaterThan(first.side);
    expect(windowOf(around(0.3, 0, 0.5), null, first).side).toBeLessThan(first.side);
    expect(windowOf(around(6, 0, 1.4), null, first).x).toBeGreaterThan(first.x);
  });
  it('holds what it must, and says something of rows that are no numbers or all one', () => {
    const own = windowOf(around(0, 0, 0.1), [-4, 4]);
    expect(own.x).toBeLessThanOrEqual(-4);
    expect(own.x + own.side).toBeGreaterThanOrEqual(4);
    expect(windowOf(Float32Array.of(NaN, NaN, Infinity, 3)).side).toBeGreaterThan(0);
    expect(windowOf(Float32Array.of(2, 2, 2, 2))).toMatchObject({ side: expect.any(Number) as number });
  });
});

describe('the place in the base', () => {
  it('is a share of the probability on either side of the middle', () => {
    const { marginal } = uniform(2);
    expect([...placesIn(Float32Array.of(0.5, 0, 1, 0.75), marginal, new Float32Array())]).toEqual([0, -1, 1, 0.5]);
  });
  it('goes by the draws where coordinates depend on each other', () => {
    const draws = Float32Array.of(1, 10, 3, 30, 1, 10, 3, 30);
    expect([...placesIn(Float32Array.of(2, 20, 4.5, -30, NaN, 20), null, draws)]).toEqual([0, 0, 1, -1, 0, 0]);
  });
});
