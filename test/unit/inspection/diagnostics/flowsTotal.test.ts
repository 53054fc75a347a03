/** `log-det` where only the whole shows it: densities of one or two variables that are right from place to place. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Base } from '../../../../src/flows/base.ts';
import { gaussian, logistic, uniform } from '../../../../src/flows/bases.ts';
import { inverted } from '../../../../src/flows/bijector.ts';
import type { FlowLayer } from '../../../../src/flows/flow.ts';
import { levelScaling, logit } from '../../../../src/flows/pixels.ts';
import { scaling } from '../../../../src/flows/scaling.ts';
import type { DiagnosticContext } from '../../../../src/inspection/diagnostics/context.ts';
import { differentiable } from '../../../../src/layers/differentiable.ts';
import { createModel } from '../../../../src/models/index.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { couplingLayer, flowModel } from '../flowSpecimens.ts';
import { altered, layer, levelRows, looked, onEveryRealBackend } from './flowSpecimens.ts';
import { evidenceOf, judge } from './judge.ts';

onEveryRealBackend('the integral of a flow’s density', (backend) => {
  const lookedAt = (layers: readonly FlowLayer[], base: Base, o: { contextDimension?: number } = {}) =>
    looked(flowModel({ dimension: base.dimension, layers, base, ...o }), backend());
  const turns = (contextDimension = 0) => [
    couplingLayer(2, 0, contextDimension),
    couplingLayer(2, 1, contextDimension),
  ];
  const isDensity = (context: DiagnosticContext) => {
    expect(Math.abs(context.flowTotal!.value - 1)).toBeLessThan(3e-3);
    expect(judge('log-det', context)).toBe('ok');
  };

  it.each([
    ['a Gaussian', gaussian],
    ['a logistic', logistic],
  ] as const)('is 1 with %s as base, of one and of two variables', async (_, base) => {
    isDensity(await lookedAt([layer('scaling', scaling(1))], base(1)));
    isDensity(await lookedAt(turns(), base(2)));
  });

  it('is 1 under every condition, and of levels with their noise', async () => {
    const given = await lookedAt(turns(2), gaussian(2), { contextDimension: 2 });
    isDensity(given);
    expect(given.flowTotal!.contexts).toBe(2);
    const pixels = [layer('pixels', levelScaling(2, 8)), layer('pixels', logit(2, 0.05))];
    const model = flowModel({ dimension: 2, levels: 8, layers: [...pixels, ...turns()] });
    isDensity(await looked(model, backend(), { rows: levelRows(60, 2, 8) }));
  });

  it('is 1 with a base that is even on a square, whose edges no grid meets', async () => {
    const open = logit(2, 0.05);
    const squashed = layer('pixels', inverted(open, open.dependencies));
    // Rows of the data lie outside of it; what log-det says of them is another matter.
    const { flowTotal } = await lookedAt([...turns(), squashed], uniform(2));
    expect(Math.abs(flowTotal!.value - 1)).toBeLessThan(3e-3);
  });

  it('is not there for three variables', async () => {
    const model = flowModel({ dimension: 3 });
    expect((await looked(model, backend())).flowTotal).toBeNull();
  });

  it.each([1, 2])('finds a base that leaves out its normaliser, of %i', async (dimension) => {
    const own = gaussian(dimension);
    const heavy: Base = { ...own, logProb: (u, inputs) => tf.add(own.logProb(u, inputs), Math.log(2)) };
    const context = await lookedAt(dimension === 1 ? [layer('scaling', scaling(1))] : turns(), heavy);
    const found = judge('log-det', context);
    expect(found).toMatchObject({
      severity: 'error',
      title: 'The density integrates to 2.00, not to 1',
      explanation: expect.stringMatching(/its NLL is 0\.693 nats too low\. .*normaliser/) as unknown,
      view: dimension === 2 ? 'transport' : 'latent',
    });
    // Nothing else gives it away.
    expect(judge('log-det', { ...context, flowTotal: null })).toBe('ok');
    expect(Object.keys(evidenceOf(found)).join()).toMatch(/^∫ p\(x\) dx over x₁ from .* densities$/);
  });

  /** A layer of one variable by itself. */
  const alone = (
    forward: (x: tf.Tensor2D) => tf.Tensor2D,
    inverse: (y: tf.Tensor2D) => tf.Tensor2D,
    slope: (x: tf.Tensor2D) => tf.Tensor2D,
  ) => {
    const logSlope = (x: tf.Tensor2D) => tf.reshape<tf.Rank.R1>(tf.log(tf.abs(slope(x))), [x.shape[0]]);
    return altered(layer('scaling', scaling(1)), {
      forward: (x) => ({
        y: differentiable([x], () => ({
          value: forward(x),
          saved: [x],
          gradient: (dy, [x]) => [tf.mul(dy, slope(x as tf.Tensor2D))],
        })),
        logDet: tf.tidy(() => logSlope(x)),
      }),
      inverse: (y) => ({ x: inverse(y), logDet: tf.neg(logSlope(inverse(y))) }),
    });
  };

  it('finds two places that one layer leads to one, right as its log|det| is', async () => {
    const folded = alone(
      (x) => tf.abs(x),
      (y) => y,
      (x) => tf.sign(x),
    );
    const moved = (by: number) =>
      alone(
        (x) => tf.add(x, by),
        (y) => tf.sub(y, by),
        (x) => tf.onesLike(x),
      );
    expect(judge('log-det', await lookedAt([folded, moved(-1)], gaussian(1)))).toMatchObject({
      title: expect.stringMatching(/^The density integrates to 1\.6\d, not to 1$/) as unknown,
      explanation: expect.stringContaining('leads two places to one') as unknown,
    });
    expect(judge('log-det', await lookedAt([moved(-1)], gaussian(1)))).toBe('ok');
  });

  it('finds a layer that never reaches a part of the base', async () => {
    const halved = alone(
      (x) => tf.exp(x),
      (y) => tf.log(y),
      (x) => tf.exp(x),
    );
    expect(judge('log-det', await lookedAt([halved], gaussian(1)))).toMatchObject({
      title: expect.stringMatching(/^The density integrates to 0\.(49|50)\d, not to 1$/) as unknown,
      explanation: expect.stringContaining('never reach a part of the base') as unknown,
    });
  });

  it('is 1 with a base that is a network, and not taken where tails reach beyond all grids', async () => {
    const spec = modelSpec.parse({ type: 'maf', hidden: [8], layers: 2, base: { type: 'made', components: 2 } });
    isDensity(await looked(createModel(spec, 2, 1), backend()));
    // With so large weights of its context x₂ reaches to some 10⁹.
    const far = await looked(createModel(spec, 2, 1, 2), backend());
    expect(far.flowTotal).toBeNull();
    expect(judge('log-det', far)).toBe('ok');
  });
});
