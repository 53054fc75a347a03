import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { scaleForms, scales } from '../../../src/flows/scales.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';

/** Far to both sides, and around the place where softplus gives way to its asymptote. */
const RAW = [-120, -60, -15.6, -15.5, -3, 0, 2, 15, 60];

onImitatedToo('forms of scales', () => {
  // The exponential form is r itself.
  it.each(scaleForms.filter((name) => name !== 'exponential'))(
    'has numbers and slopes however far its raw output is: %s',
    async (name) => {
      const { logScale, learned, logScaleOf } = scales[name];
      const [values, slopes] = await readAll(() => {
        const r = tf.tensor2d(RAW, [RAW.length, 1]);
        const factors = learned ? tf.tensor1d([1.3]) : null;
        const s = (raw: tf.Tensor) => logScale(raw as Tensor2D, factors);
        return [s(r), tf.grad(s)(r, tf.onesLike(r))];
      });
      for (const [i, r] of RAW.entries()) {
        const expected = logScaleOf(r, 1.3);
        expect(Number.isFinite(expected)).toBe(true);
        expect(Math.abs(values![i]! - expected)).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
        const slope = (logScaleOf(r + 1e-3, 1.3) - logScaleOf(r - 1e-3, 1.3)) / 2e-3;
        expect(Math.abs(slopes![i]! - slope)).toBeLessThan(1e-3);
      }
    },
  );

  it('softplus goes on as r itself where r is far below 0', async () => {
    const { logScale, logScaleOf } = scales.softplus;
    const start = Math.log(Math.E - 1);
    const [value, slope] = await readAll(() => {
      const r = tf.tensor2d([[-120]]);
      const s = (raw: tf.Tensor) => logScale(raw as Tensor2D, null);
      return [s(r), tf.grad(s)(r, tf.onesLike(r))];
    });
    expect(value![0]).toBeCloseTo(-120 + start, 4);
    expect(slope![0]).toBe(1);
    expect(logScaleOf(-1000, 1)).toBeCloseTo(-1000 + start, 10);
  });
});

it('the scale that IAF has by default may widen, for data that spread further than the base', () => {
  const spec = modelSpec.parse({ type: 'iaf', hidden: [6] });
  expect('scale' in spec && scales[spec.scale].logScaleOf(5, 1)).toBeGreaterThan(1);
});
