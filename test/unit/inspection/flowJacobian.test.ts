import { describe, expect, it } from 'vitest';
import type { FlowLayer } from '../../../src/flows/flow.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import {
  flowJacobianFrame,
  leaksOutside,
  MAX_FLOW_JACOBIAN,
  MAX_SEQUENTIAL,
} from '../../../src/inspection/flowJacobian.ts';
import { WHOLE_FLOW } from '../../../src/inspection/frames/flowJacobian.ts';
import { snapshotOf, toEnd, type InspectionSource } from '../../../src/inspection/source.ts';
import { bitsOf, hasBit } from '../../../src/masks/bits.ts';
import { maskOf } from '../../../src/masks/matrix.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { autoregressiveLayer, couplingLayer, flowModel, realRows, reversalLayer } from './flowSpecimens.ts';
import { datasetOf, sourceOf } from './specimens.ts';
import type { Backend } from '../../../src/backends/backend.ts';

const of = (source: InspectionSource, layer: number, dataRows = 4) =>
  toEnd(flowJacobianFrame(snapshotOf(source, null), { layer, dataRows }));

const sourceFor = (backend: Backend, dimension: number, layers: readonly FlowLayer[]) =>
  sourceOf(flowModel({ dimension, layers }), backend, { dataset: datasetOf(realRows(20, dimension)) });

/** A layer that claims less than it does: of its inputs only the own one. */
function understated(dimension: number): FlowLayer {
  const layer = couplingLayer(dimension, 0);
  const dependencies = maskOf(dimension, dimension, (i, j) => i === j);
  return { ...layer, bijector: { ...layer.bijector, dependencies } };
}

/** A layer that states a log-determinant of another sign. */
function wrongSign(dimension: number): FlowLayer {
  const layer = autoregressiveLayer(dimension);
  const { bijector } = layer;
  return {
    ...layer,
    bijector: {
      ...bijector,
      forward: (x, inputs) => ({
        ...bijector.forward(x, inputs),
        logDet: bijector.inverse(bijector.forward(x, inputs).y, inputs).logDet,
      }),
    },
  };
}

onEveryBackend('Jacobian of a flow', (backend) => {
  describe.each([1, 2, 3, 7])('of %i variables', (dimension) => {
    const layers = [
      couplingLayer(dimension, dimension === 1 ? 1 : 0),
      reversalLayer(dimension),
      autoregressiveLayer(dimension),
    ];

    it.each([WHOLE_FLOW, 0, 1, 2])('states the log|det| that the measured matrix has: layer %i', async (layer) => {
      const frame = await of(sourceFor(backend(), dimension, layers), layer);
      expect(frame).toMatchObject({ layer, dataRows: 4, reason: null, leaks: 0, notFinite: 0 });
      expect(frame.stated).toHaveLength(4);
      for (const [n, stated] of frame.stated.entries()) expect(Math.abs(stated - frame.numeric[n]!)).toBeLessThan(1e-4);
    });
  });

  it('is of the whole flow the product of structures, and the sum of what its layers state', async () => {
    const layers = [couplingLayer(4, 0), couplingLayer(4, 1), reversalLayer(4)];
    const source = sourceFor(backend(), 4, layers);
    const whole = await of(source, WHOLE_FLOW);
    const parts = [await of(source, 0), await of(source, 1), await of(source, 2)];
    for (const [n, stated] of whole.stated.entries()) {
      expect(stated).toBeCloseTo(
        parts.reduce((sum, part) => sum + part.stated[n]!, 0),
        5,
      );
    }
    // What passes first hears nothing of itself until the second coupling, which tells it of all.
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const reached = [0, 1, 2, 3].some(
          (k) => hasBit(parts[1]!.structure, 3 - i, k) && hasBit(parts[0]!.structure, k, j),
        );
        expect(hasBit(whole.structure, i, j)).toBe(reached);
        expect((whole.values[i * 4 + j] as number) > 0).toBe(reached);
      }
    }
    expect([...whole.origin]).toEqual([3, 2, 1, 0]);
    expect([...parts[2]!.variables.after]).toEqual([3, 2, 1, 0]);
    expect([...parts[0]!.form.levels]).toEqual([2, 2]);
  });

  it('names what is felt where the structure has nothing', async () => {
    const frame = await of(sourceFor(backend(), 4, [understated(4)]), 0);
    expect(frame.leaks).toBe(4);
    expect(frame.largestLeaks.every(({ output, input }) => output % 2 === 1 && input % 2 === 0)).toBe(true);
    expect(frame.largestLeaks[0]!.value).toBe(
      frame.values[frame.largestLeaks[0]!.output * 4 + frame.largestLeaks[0]!.input],
    );
  });

  it('shows a log-determinant of the wrong sign', async () => {
    const { stated, numeric } = await of(sourceFor(backend(), 3, [wrongSign(3)]), WHOLE_FLOW);
    for (const [n, own] of stated.entries()) expect(own).toBeCloseTo(-numeric[n]!, 4);
    expect(Math.max(...stated.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('says what it leaves out: sequential layers of many variables', async () => {
    const dimension = MAX_SEQUENTIAL + 1;
    const source = sourceFor(backend(), dimension, [
      reversalLayer(dimension),
      autoregressiveLayer(dimension, 'inverse'),
    ]);
    expect(await of(source, 0, 1)).toMatchObject({ reason: null });
    const whole = await of(source, WHOLE_FLOW, 1);
    expect(whole.reason).toMatch(
      /^Layer 2 \(Inverse autoregressive layer\) finds one variable after the other .+Left out/,
    );
    expect([whole.values.length, whole.numeric.length, whole.stated.length]).toEqual([0, 0, 1]);
  });

  it('says what it leaves out of more variables than are drawn, and shows what is stated', async () => {
    const dimension = MAX_FLOW_JACOBIAN + 1;
    const layer: FlowLayer = { kind: 'scaling', title: 'Scaling', about: '', bijector: scaling(dimension) };
    const frame = await of(sourceFor(backend(), dimension, [layer]), WHOLE_FLOW, 2);
    expect(frame.reason).toMatch(/^The Jacobian of 1,001 variables has 1,002,001 entries .+Left out are/);
    expect([frame.values.length, frame.numeric.length, frame.stated.length]).toEqual([0, 0, 2]);
    expect(frame.stated[0]).not.toBe(0);
  });

  it('refuses a layer that is not there, and leaves no tensors behind', async () => {
    const { tf } = backend();
    const source = sourceFor(backend(), 3, [couplingLayer(3, 0), autoregressiveLayer(3)]);
    const before = tf.memory().numTensors;
    const snapshot = snapshotOf(source, null);
    await expect(toEnd(flowJacobianFrame(snapshot, { layer: 2, dataRows: 2 }))).rejects.toThrow(
      'no layer 2: the flow has 2, counted from 0',
    );
    await toEnd(flowJacobianFrame(snapshot, { layer: 1, dataRows: 2 }));
    const abandoned = flowJacobianFrame(snapshot, { layer: WHOLE_FLOW, dataRows: 2 });
    for (let i = 0; i < 4; i++) await abandoned.next();
    await abandoned.return(undefined as never);
    snapshot.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('counts leaks and what is not finite apart', () => {
  const structure = bitsOf(2, 2, (i, j) => i >= j);
  expect(leaksOutside(Float32Array.of(1, NaN, 0, 0.5), structure)).toEqual({
    leaks: 0,
    largestLeaks: [],
    notFinite: 1,
  });
  const leak = { output: 0, input: 1, value: 0.25 };
  expect(leaksOutside(Float32Array.of(1, 0.25, 0, 0.5), structure)).toEqual({
    leaks: 1,
    largestLeaks: [leak],
    notFinite: 0,
  });
});
