/** What is judged of networks over pixels: broken ones, and the sound ones beside them. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createModel } from '../../../../src/models/index.ts';
import type { Model } from '../../../../src/models/model.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import type { PixelcnnSpec } from '../../../../src/spec/models/pixelcnn.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

function pixelcnn(image: readonly [number, number], changes: Partial<PixelcnnSpec>) {
  const spec = modelSpec.parse({
    type: 'pixelcnn',
    image,
    features: 6,
    head: 8,
    layers: 4,
    firstKernel: 3,
    ...changes,
  });
  return createModel(spec, image[0] * image[1], 1);
}

onEveryBackend(
  'diagnostics of PixelCNN',
  (backend) => {
    it('pass a sound one in two stacks', async () => {
      const context = await contextOf(pixelcnn([3, 3], {}), backend());
      expect(context.totalProbability?.value).toBeCloseTo(1, 5);
      expect(context.jacobian?.leaks).toBe(0);
      expect(judge('future-leak', context)).toBe('ok');
      expect(judge('blind-spot', context)).toBe('ok');
    });

    it('find that the first layer has no mask A: every pixel sees itself', async () => {
      const context = await contextOf(pixelcnn([3, 3], { maskType: 'B' }), backend());
      const finding = judge('future-leak', context);
      expect(finding).toMatchObject({ severity: 'error', view: 'dependency', title: '9 of 45 forbidden pairs leak' });
      expect(evidenceOf(finding)['Pairs']).toContain('x̂₉ ← x₉');
      expect(Math.abs(context.totalProbability!.value - 1)).toBeGreaterThan(1e-3);
    });

    it('find the blind spot of a single stack, and tell it from what is merely far away', async () => {
      const single = judge('blind-spot', await contextOf(pixelcnn([4, 6], { stacks: 'single' }), backend()));
      expect(single).toMatchObject({
        severity: 'warning',
        view: 'dependency',
        select: { kind: 'variable', variable: 14 },
      });
      // Row 3, column 3: of the row above the last two, of the first row the last one.
      expect(evidenceOf(single)).toEqual({
        'Not seen by the pixel in row 3, column 3': '3 of 14 (21 %)',
        'Of these out of reach of any number of layers': '3 of 14 (21 %)',
      });
      // Of the rows above columns 3 … 7 are seen, of its own row two pixels.
      const shallow = await contextOf(pixelcnn([4, 9], { layers: 1 }), backend());
      expect(shallow.structures![0]!.pixels).toMatchObject({ missing: 10, never: 0 });
      expect(judge('blind-spot', shallow)).toBe('ok');
    });

    it('find kernels of 1, behind which two stacks see no more than a single one', async () => {
      const narrow = await contextOf(pixelcnn([4, 6], { kernel: 1 }), backend(), { depth: 'facts' });
      expect(judge('blind-spot', narrow)).toHaveProperty(
        'explanation',
        expect.stringMatching(/kernels behind the first layer hear a single pixel .* \("kernel": 3\)/),
      );
      const single = await contextOf(pixelcnn([4, 6], { stacks: 'single' }), backend(), { depth: 'facts' });
      expect(judge('blind-spot', single)).toHaveProperty('explanation', expect.stringContaining('"stacks": "gated"'));
    });

    /** The model with something done to its log p. */
    const scoredBy = (model: Model, change: (logProb: tf.Tensor) => tf.Tensor) =>
      new Proxy(model, {
        get(target, key) {
          if (key === 'logProb') {
            return (...all: Parameters<NonNullable<Model['logProb']>>) => change(target.logProb!(...all));
          }
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });

    it('read exactly 8.000 bits of a uniform model of 256 levels, and find a sum that is none', async () => {
      const levels = pixelcnn([2, 2], { conditional: { type: 'categorical', levels: 256 } });
      const sound = await contextOf(levels, backend(), { depth: 'facts' });
      expect(sound.uniformBits!.bits.toFixed(3)).toBe('8.000');
      expect(sound.uniformBits!.expected).toBeCloseTo(8, 12);
      expect(judge('bits-per-dim', sound)).toBe('ok');
      const mean = scoredBy(levels, (logProb) => tf.div(logProb, 4));
      const finding = judge('bits-per-dim', await contextOf(mean, backend(), { depth: 'facts' }));
      expect(finding).toMatchObject({
        severity: 'error',
        title: 'A uniform density reads 2.000 bits/dim, not 8.000',
        explanation: expect.stringContaining('Add log p over all variables') as unknown,
      });
    });

    it('read of a mixture of logistics what its one distribution gives the levels, and find the density in its place', async () => {
      const [levels, side] = [8, 2];
      const mixture = pixelcnn([side, side], {
        conditional: { type: 'discretised-logistic-mixture', components: 3, levels },
      });
      const sound = await contextOf(mixture, backend(), { depth: 'facts' });
      expect(sound.uniformBits).toMatchObject({ levels, uniform: false });
      expect(sound.uniformBits!.bits).toBeCloseTo(sound.uniformBits!.expected, 5);
      // Of logistics of scale 1 about 0, cut where levels meet: the ends have the tails.
      const { expected } = sound.uniformBits!;
      expect(expected).toBeGreaterThan(1);
      expect(expected).not.toBeCloseTo(3, 1);
      expect(judge('bits-per-dim', sound)).toBe('ok');
      // A density in units in which the levels span [−1, 1] leaves out the width 2/7 of a level.
      const density = scoredBy(mixture, (logProb) => tf.sub(logProb, side ** 2 * Math.log(2 / (levels - 1))));
      expect(judge('bits-per-dim', await contextOf(density, backend(), { depth: 'facts' }))).toMatchObject({
        severity: 'error',
        title: `A density that is known reads ${(expected + Math.log2(2 / 7)).toFixed(3)} bits/dim, not ${expected.toFixed(3)}`,
        explanation: expect.stringContaining('the mass of its level among 8') as unknown,
      });
    });
  },
  { everywhere: false },
);
