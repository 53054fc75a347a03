/** What is judged of networks over pixels: broken ones, and the sound ones beside them. */
import { expect, it } from 'vitest';
import { createModel } from '../../../../src/models/index.ts';
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
  },
  { software: false },
);
