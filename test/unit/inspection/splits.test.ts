import { expect, it } from 'vitest';
import { inverted } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import type { FlowLayer } from '../../../src/flows/flow.ts';
import { permutation } from '../../../src/flows/permutation.ts';
import { SPREAD_BINS } from '../../../src/inspection/frames/splits.ts';
import { snapshotOf, toEnd, type InspectionSource } from '../../../src/inspection/source.ts';
import { splitsFrame } from '../../../src/inspection/splits.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { autoregressiveLayer, couplingLayer, flowModel, realRows, reversalLayer } from './flowSpecimens.ts';
import { datasetOf, made, sourceOf } from './specimens.ts';

const of = (source: InspectionSource, dataRows = 50) => toEnd(splitsFrame(snapshotOf(source, null), { dataRows }));

/** x₁ … x₄ by a ring: place i has what stood at place i + 1. */
const ring: FlowLayer = {
  kind: 'permutation',
  title: 'Ring',
  about: 'every variable moves up',
  bijector: permutation(Int32Array.of(1, 2, 3, 0)),
};

onEveryBackend('splits frame', (backend) => {
  it('follows the variables of the data through layers that change places, and counts who is transformed', async () => {
    const layers = [couplingLayer(4, 0), ring, couplingLayer(4, 0), couplingLayer(4, 0)];
    const model = flowModel({ dimension: 4, layers });
    const frame = await of(sourceOf(model, backend(), { dataset: datasetOf(realRows(60, 4)) }));
    expect(frame.layers.map(({ variable }) => [...variable])).toEqual([
      [0, 1, 2, 3],
      [1, 2, 3, 0],
      [1, 2, 3, 0],
      [1, 2, 3, 0],
    ]);
    expect(frame.layers.map(({ moves }) => [...moves])).toEqual([
      [0, 1, 0, 1],
      [0, 0, 0, 0],
      [0, 1, 0, 1],
      [0, 1, 0, 1],
    ]);
    // Places 2 and 4 are moved: first x₂ and x₄, then twice x₃ and x₁.
    expect([...frame.times]).toEqual([2, 1, 2, 1]);
    expect(frame.layers[1]).toMatchObject({ mixes: false, logScale: null, shift: null });
  });

  it('tells by how much, over the rows: means, tails and histograms that count each row once', async () => {
    const model = flowModel({ dimension: 3, layers: [couplingLayer(3, 0), reversalLayer(3), autoregressiveLayer(3)] });
    const { layers, range, dataRows } = await of(sourceOf(model, backend(), { dataset: datasetOf(realRows(60, 3)) }));
    const [first, , last] = layers;
    for (const { logScale, shift, moves } of [first!, last!]) {
      for (const spread of [logScale!, shift!]) {
        for (let d = 0; d < 3; d++) {
          const own = spread.counts!.subarray(d * SPREAD_BINS, (d + 1) * SPREAD_BINS);
          expect(own.reduce((sum, n) => sum + n, 0)).toBe(moves[d] === 1 ? dataRows : 0);
          if (moves[d] === 0) expect([spread.mean[d], spread.low[d], spread.high[d]]).toEqual([0, 0, 0]);
          else expect(spread.low[d]).toBeLessThanOrEqual(spread.high[d]!);
        }
        const moving = moves.reduce((sum, own) => sum + own, 0);
        expect(spread.pooled.reduce((sum, n) => sum + n, 0)).toBe(dataRows * moving);
      }
      expect(Math.min(...logScale!.low)).toBeGreaterThanOrEqual(range.logScale[0]);
      expect(Math.max(...shift!.high)).toBeLessThanOrEqual(range.shift[1]);
    }
    // log|det| of an affine layer is the sum of its log-scales.
    for (const { logScale, logDet } of [first!, last!]) {
      expect(logScale!.mean.reduce((sum, own) => sum + own, 0)).toBeCloseTo(logDet.mean, 4);
    }
    expect(first!.logDet.deviation).toBeGreaterThan(0);
    // What lies below 0 is counted left of the middle, what lies above right of it.
    const { mean, low, high, counts, reach } = last!.shift!;
    for (let d = 0; d < 3; d++) {
      const own = counts!.subarray(d * SPREAD_BINS, (d + 1) * SPREAD_BINS);
      const centre = own.reduce((sum, n, bin) => sum + n * (bin - (SPREAD_BINS - 1) / 2), 0) / dataRows;
      expect(Math.abs((2 * reach * centre) / SPREAD_BINS - mean[d]!)).toBeLessThan(reach / SPREAD_BINS);
      expect(high[d]! - low[d]!).toBeLessThanOrEqual(2 * reach);
    }
  });

  it('gives each layer axes of its own, and tells the range of those that mix alone', async () => {
    const far = { ...couplingLayer(2, 0), bijector: { ...couplingLayer(2, 0).bijector } };
    const movement = far.bijector.movement!;
    far.bijector.movement = (x, inputs) => {
      const own = movement(x, inputs);
      return { ...own, shift: backend().tf.add(own.shift, 100) };
    };
    const layers: FlowLayer[] = [{ ...far, kind: 'batch-norm' }, couplingLayer(2, 1)];
    const source = sourceOf(flowModel({ dimension: 2, layers }), backend(), { dataset: datasetOf(realRows(40, 2)) });
    const frame = await of(source);
    const [first, second] = frame.layers.map(({ shift }) => shift!);
    expect(first!.reach).toBeGreaterThan(90);
    expect(second!.reach).toBeLessThan(10);
    expect(Math.max(-frame.range.shift[0], frame.range.shift[1])).toBe(second!.reach);
    // Not all of it is in the middle, as on an axis of 100 it would be.
    const middle = (SPREAD_BINS - 1) / 2;
    expect(second!.pooled.some((n, bin) => bin !== middle && n > 0)).toBe(true);
  });

  it('has no log-scales of additive couplings, and the movement of inverse layers, too', async () => {
    const passes = Uint8Array.of(1, 0);
    const additive = coupling({ passes, hidden: [4], activation: 'tanh', contextDimension: 0, law: 'additive' });
    const layers: FlowLayer[] = [
      { kind: 'coupling', title: 'Additive coupling', about: '', bijector: additive },
      { kind: 'coupling', title: 'Its inverse', about: '', bijector: inverted(additive, additive.dependencies) },
      autoregressiveLayer(2, 'inverse'),
    ];
    const source = sourceOf(flowModel({ dimension: 2, layers }), backend(), { dataset: datasetOf(realRows(40, 2)) });
    const [forward, , iaf] = (await of(source)).layers;
    expect(forward!.logScale).toBeNull();
    expect(forward!.shift!.mean[1]).not.toBe(0);
    expect(iaf!.logScale!.mean[1]).not.toBe(0);
  });

  it('of many places sends no histogram of each', async () => {
    const layers = [couplingLayer(1100, 0), reversalLayer(1100), reversalLayer(1100), couplingLayer(1100, 0)];
    const source = sourceOf(flowModel({ dimension: 1100, layers }), backend(), {
      dataset: datasetOf(realRows(4, 1100)),
    });
    const frame = await of(source, 2);
    expect(frame.layers[0]!.shift!.counts).toBeNull();
    expect(frame.layers[0]!.shift!.pooled.reduce((sum, n) => sum + n, 0)).toBe(2 * 550);
    expect(frame.times[1]! + frame.times[1098]!).toBe(2);
  });

  it('refuses a model that is no flow, and leaves no tensors behind', async () => {
    const { tf } = backend();
    await expect(of(sourceOf(made(3), backend()))).rejects.toThrow('is no flow');
    const source = sourceOf(flowModel({ dimension: 2 }), backend(), { dataset: datasetOf(realRows(9, 2)) });
    const before = tf.memory().numTensors;
    const snapshot = snapshotOf(source, null);
    await toEnd(splitsFrame(snapshot, { dataRows: 5 }));
    const abandoned = splitsFrame(snapshot, { dataRows: 5 });
    await abandoned.next();
    await abandoned.return(undefined as never);
    snapshot.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
