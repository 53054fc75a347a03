/** `log-det`, and what else a density may be wrong by: `batch-norm`, `bits-per-dim`. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { batchNorm } from '../../../../src/flows/batchNorm.ts';
import type { FlowLayer } from '../../../../src/flows/flow.ts';
import { levelScaling, logit } from '../../../../src/flows/pixels.ts';
import { scaling } from '../../../../src/flows/scaling.ts';
import { plus } from '../../../../src/flows/sums.ts';
import { differentiable } from '../../../../src/layers/differentiable.ts';
import type { FlowModel } from '../../../../src/models/flowModel.ts';
import { initialParameters } from '../specimens.ts';
import { evidenceOf, judge, outcomeOf } from './judge.ts';
import {
  levelRows,
  bits,
  couple,
  layer,
  masked,
  flowOf,
  looked,
  findings,
  onEveryRealBackend,
  altered,
} from './flowSpecimens.ts';

onEveryRealBackend('log-det', (backend) => {
  const sound = couple(bits(1, 0, 0));

  it('finds a sign that is that of the way back, and the layer', async () => {
    const wrong = altered(sound, {
      forward(x, inputs) {
        const { y, logDet } = sound.bijector.forward(x, inputs);
        return { y, logDet: tf.neg(logDet) };
      },
    });
    const found = judge('log-det', await looked(flowOf([couple(bits(0, 1, 1)), wrong]), backend()));
    expect(found).toMatchObject({
      severity: 'error',
      title: '1 layer states another log|det| than that of its Jacobian',
      explanation: expect.stringContaining('differ by their sign') as unknown,
    });
    expect(evidenceOf(found)['Of layer 2 (coupling) alone']).toMatch(/ stated, .* measured$/);
  });

  it('finds a layer whose term is missing', async () => {
    const plain = scaling(3);
    const wrong = altered(layer('scaling', plain), {
      forward: (x, inputs) => ({ ...plain.forward(x, inputs), logDet: tf.zeros([x.shape[0]]) }),
    });
    expect(judge('log-det', await looked(flowOf([sound, wrong]), backend()))).toMatchObject({
      explanation: expect.stringMatching(/layer 2 \(scaling\).*term of this layer is missing/) as unknown,
    });
  });

  it('finds a sum over the batch', async () => {
    const wrong = altered(sound, {
      forward(x, inputs) {
        const { y, logDet } = sound.bijector.forward(x, inputs);
        return { y, logDet: tf.tile(tf.reshape<tf.Rank.R1>(tf.sum(logDet), [1]), [x.shape[0]]) };
      },
    });
    const context = await looked(flowOf([couple(bits(0, 1, 1)), wrong]), backend());
    expect(judge('log-det', context)).toMatchObject({ severity: 'error' });
    expect(judge('log-det', { ...context, flowLogDet: null })).toMatchObject({
      title: 'log p of a row depends on the rows beside it',
    });
  });

  it('finds variables that depend on what their masks forbid, which future-leak leaves to it', async () => {
    const own = masked();
    // x₁ is shifted by x₃, on which it may not depend.
    const shift = (x: tf.Tensor2D) => {
      const leak = () => tf.tensor2d([0, 0, 0, 0, 0, 0, 0.7, 0, 0], [3, 3]);
      return differentiable([x], () => ({
        value: tf.matMul<tf.Tensor2D>(x, leak()),
        saved: [],
        gradient: (dy) => [tf.matMul(dy, leak(), false, true)],
      }));
    };
    const wrong = altered(own, {
      forward: (x, inputs) => {
        const { y, logDet } = own.bijector.forward(x, inputs);
        return { y: plus(y, shift(x)), logDet };
      },
    });
    const context = await looked(flowOf([wrong]), backend());
    const found = judge('log-det', context);
    expect(found).toMatchObject({
      severity: 'error',
      explanation: expect.stringContaining('that the masks or the split forbid') as unknown,
    });
    expect(
      evidenceOf(found)['Entries of the Jacobian of layer 1 (autoregressive) where its structure has none'],
    ).toMatch(/^[1-3], largest .* at /);
    expect(outcomeOf('future-leak', context)).toEqual({
      id: 'future-leak',
      state: 'not-applicable',
      reason: expect.stringMatching(/^a flow has no conditionals: .*log-det judges/) as unknown,
    });
  });

  it('finds a log p that forgets a layer though every one states its own', async () => {
    const flow = flowOf([sound, couple(bits(0, 1, 1))]);
    const whole = flow.logProb.bind(flow);
    flow.logProb = (x, inputs) => {
      const { logDet } = sound.bijector.forward(x, {
        ...inputs,
        parameters: Object.fromEntries(
          Object.entries(inputs.parameters).map(([name, own]) => [name.replace('layers.0.', ''), own]),
        ),
      });
      return tf.sub(whole(x, inputs), logDet);
    };
    const found = judge('log-det', await looked(flow, backend()));
    expect(found).toMatchObject({ title: 'log p is not the sum of the base and the layers' });
  });
});

onEveryRealBackend('batch-norm', (backend) => {
  const layers = [couple(bits(1, 0, 0)), layer('batch-norm', batchNorm({ dimension: 3 })), couple(bits(0, 1, 1))];

  it('is silent where stored statistics score', async () => {
    expect(judge('batch-norm', await looked(flowOf(layers), backend()))).toBe('ok');
  });

  it('finds a density that goes by the moments of the batch', async () => {
    const flow = flowOf(layers);
    flow.logProb = (x, inputs) => tf.neg(flow.objective(x, inputs));
    const found = judge('batch-norm', await looked(flow, backend()));
    expect(found).toMatchObject({ severity: 'error', title: /^The NLL of a row depends on the batch/ });
    const evidence = evidenceOf(found);
    expect(evidence['NLL of 12 rows scored at once']).not.toBe(evidence['The same rows, one at a time']);
  });

  it('finds statistics that were never set, once there has been a step', async () => {
    const flow = flowOf(layers);
    const parameters = initialParameters(flow);
    expect(judge('batch-norm', await looked(flow, backend(), { parameters }))).toMatchObject({
      severity: 'warning',
      title: '1 layer of batch normalisation has no statistics yet',
    });
    expect(judge('batch-norm', await looked(flow, backend(), { parameters, step: 0 }))).toBe('ok');
  });
});

onEveryRealBackend('bits-per-dim', (backend) => {
  const rows = levelRows(60, 4, 256);
  const judged = async (pixels: readonly FlowLayer[], change: (model: FlowModel) => FlowModel = (model) => model) => {
    const model = change(flowOf([...pixels, couple(bits(1, 1, 0, 0)), couple(bits(0, 0, 1, 1))], { levels: 256 }));
    return looked(model, backend(), { rows });
  };
  const divided = (levels: number) => layer('pixels', levelScaling(4, levels));

  it('reads exactly 8.000 of a uniform density, with a logit and without', async () => {
    for (const pixels of [[divided(256)], [divided(256), layer('pixels', logit(4, 0.05))]]) {
      const context = await judged(pixels);
      expect(context.uniformBits!.bits.toFixed(3)).toBe('8.000');
      expect(findings(context)).toEqual([]);
      expect(judge('bits-per-dim', context)).toBe('ok');
    }
  });

  it('finds 255 where 256 belongs, and 7 bits where 8 do', async () => {
    const finding = judge('bits-per-dim', await judged([divided(255)]));
    expect(finding).toMatchObject({ severity: 'error' });
    expect(evidenceOf(finding)['Levels 0 … 255 with their noise become']).toMatch(/… 1\.00\d\d$/);
    expect(judge('bits-per-dim', await judged([divided(128)]))).toMatchObject({ severity: 'error' });
  });

  it('finds levels without noise between them, and levels that nothing scales', async () => {
    const silent = (model: FlowModel) => Object.assign(model, { noise: () => ({}) });
    expect(judge('bits-per-dim', await judged([divided(256)], silent))).toMatchObject({
      title: 'Levels are scored by a density without noise between them',
    });
    expect(judge('bits-per-dim', await judged([]))).toMatchObject({
      explanation: expect.stringContaining('No layer leads the levels') as unknown,
    });
  });

  it('finds a log-determinant of the logit that is not that of its inverse', async () => {
    const own = logit(4, 0.05);
    const wrong = altered(layer('pixels', own), {
      forward: (x, inputs) => ({ y: own.forward(x, inputs).y, logDet: tf.zeros([x.shape[0]]) }),
    });
    expect(judge('bits-per-dim', await judged([divided(256), wrong]))).toMatchObject({ severity: 'error' });
  });
});
