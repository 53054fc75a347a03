/** Flows of many variables: what is measured of them layer by layer, and what is said where nothing is. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { ofLayer, type FlowLayer } from '../../../../src/flows/flow.ts';
import { minus } from '../../../../src/flows/sums.ts';
import { levelScaling } from '../../../../src/flows/pixels.ts';
import type { FlowModel } from '../../../../src/models/flowModel.ts';
import { autoregressiveLayer, couplingLayer } from '../flowSpecimens.ts';
import { altered, flowOf, layer, levelRows, looked, onEveryRealBackend } from './flowSpecimens.ts';
import { evidenceOf, judge, outcomeOf } from './judge.ts';

const withSign = (own: FlowLayer): FlowLayer =>
  altered(own, {
    forward(x, inputs) {
      const { y, logDet } = own.bijector.forward(x, inputs);
      return { y, logDet: minus(logDet) };
    },
  });

onEveryRealBackend('log-det of many variables', (backend) => {
  it('measures each layer by itself where the whole would take too long', async () => {
    const layers = [couplingLayer(300, 0), couplingLayer(300, 1)];
    const sound = await looked(flowOf(layers), backend());
    expect(sound.flowLogDet).toMatchObject({ rows: 1, whole: null, unmeasured: [] });
    expect(sound.flowLogDet!.layers).toHaveLength(2);
    expect(judge('log-det', sound)).toBe('ok');
    const found = judge('log-det', await looked(flowOf([layers[0]!, withSign(layers[1]!)]), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      explanation: expect.stringMatching(/^Wrong is layer 2 .*differ by their sign/) as unknown,
    });
    expect(Object.keys(evidenceOf(found))).toContain('The same of the layers’ measured Jacobians, added up');
  });

  it('does not pass an IAF whose Jacobian it has not measured, and judges the layers beside it', async () => {
    const iaf = autoregressiveLayer(65, 'inverse');
    const { incremental } = iaf.bijector;
    const wrong = altered(withSign(iaf), {
      incremental: {
        direction: 'forward',
        *compute(...given) {
          const found = yield* incremental!.compute(...given);
          return { ...found, logDet: found.logDet.map((own) => -own) };
        },
      },
    });
    const context = await looked(flowOf([wrong]), backend());
    expect(context.flowLogDet).toMatchObject({ whole: null, unmeasured: [0], byLayers: null });
    expect(outcomeOf('log-det', context)).toMatchObject({
      state: 'not-applicable',
      unmeasured: true,
      reason: expect.stringMatching(
        /^layer 1 \(Inverse autoregressive layer\) goes one variable after the other/,
      ) as unknown,
    });
    const beside = await looked(flowOf([wrong, withSign(couplingLayer(65, 0))]), backend());
    expect(judge('log-det', beside)).toMatchObject({
      severity: 'error',
      explanation: expect.stringContaining('Wrong is layer 2') as unknown,
    });
  });
});

onEveryRealBackend('inverse-error of many variables', (backend) => {
  it('does not pass a way back that it has not gone', async () => {
    const own = autoregressiveLayer(65);
    const { incremental: _, ...slow } = own.bijector;
    const context = await looked(flowOf([{ ...own, bijector: slow }]), backend());
    expect(context.roundTrip).toMatchObject({ skipped: [0], whole: null, drawn: null });
    expect(outcomeOf('inverse-error', context)).toMatchObject({
      unmeasured: true,
      reason: expect.stringContaining('layer 1 (Masked autoregressive layer) goes one variable after') as unknown,
    });
  });
});

onEveryRealBackend('rows that are drawn', (backend) => {
  /** The same density, and a sampler that leaves out the first layer. */
  const forgetful = (layers: readonly FlowLayer[], levels?: number): FlowModel => {
    const given = levels === undefined ? {} : { levels };
    const [whole, rest] = [flowOf(layers, given), flowOf(layers.slice(0, -1), given)];
    whole.sample = (parameters, request) => {
      const own = layers
        .slice(0, -1)
        .flatMap((_, l) =>
          Object.entries(ofLayer(parameters, l)).map(([name, array]) => [`layers.${l}.${name}`, array] as const),
        );
      return rest.sample(Object.fromEntries(own), request);
    };
    return whole;
  };

  it.each([3, 12])('are those of the layers, of %i variables', async (dimension) => {
    const layers = [couplingLayer(dimension, 0), autoregressiveLayer(dimension), couplingLayer(dimension, 1)];
    const sound = await looked(flowOf(layers), backend());
    expect(sound.roundTrip!.drawn).toEqual({ rows: 8, astray: 0, worst: null });
    expect(judge('inverse-error', sound)).toBe('ok');
    const found = judge('inverse-error', await looked(forgetful(layers), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      title: 'Rows are drawn by another map than they are scored by',
    });
    expect(evidenceOf(found)['Rows drawn, and of them astray']).toMatch(/^8 and [5-8]$/);
  });

  it('are those of the layers, of levels', async () => {
    const pixels = [layer('pixels', levelScaling(4, 256)), couplingLayer(4, 0), couplingLayer(4, 1)];
    const rows = levelRows(60, 4, 256);
    const sound = await looked(flowOf(pixels, { levels: 256 }), backend(), { rows });
    expect(sound.roundTrip!.drawn).toMatchObject({ rows: 8, astray: 0 });
    const found = judge('inverse-error', await looked(forgetful(pixels, 256), backend(), { rows }));
    expect(found).toMatchObject({ title: 'Rows are drawn by another map than they are scored by' });
  });

  it('tell of no layer that is wrong on its own way back: that is told of the layer', async () => {
    const own = couplingLayer(3, 0);
    const wrong = altered(own, {
      inverse: (y, inputs) => ({
        ...own.bijector.inverse(y, inputs),
        x: tf.mul(own.bijector.inverse(y, inputs).x, 1.1),
      }),
    });
    expect(judge('inverse-error', await looked(flowOf([wrong]), backend()))).toMatchObject({
      title: 'Rows do not come back through layer 1 (Affine coupling)',
    });
  });
});
