import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { inverted, type Bijector } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { maskedAutoregressive } from '../../../src/flows/maskedAutoregressive.ts';
import { within } from '../../../src/flows/multiScale.ts';
import type { ScaleName } from '../../../src/flows/scales.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { tensorsOf, tried } from './proofs.ts';

const settings = { hidden: [8], activation: 'tanh', contextDimension: 0 } as const;
const couple = (law: ScaleName) => coupling({ ...settings, passes: Uint8Array.of(1, 0, 0), law });
const masked = (scale: ScaleName) =>
  maskedAutoregressive({
    structure: { order: Int32Array.of(2, 3, 1), hidden: [Int32Array.of(1, 2, 1, 2)], direct: false },
    ...{ activation: 'tanh', contextDimension: 0, scale, networks: 'one' },
  });
/** IAF. */
const backwards = (layer: Bijector) => inverted(layer, layer.dependencies);

onEveryBackend('bounds of log-scales', () => {
  it.each([
    ['tanh in coupling', couple('tanh'), [1, 2]],
    ['a soft clip in coupling', couple('soft-clip'), [1, 2]],
    ['tanh in an autoregressive layer', masked('tanh'), [0, 1, 2]],
    ['the inverse of it', backwards(masked('tanh')), [0, 1, 2]],
    ['tanh in some columns', within(couple('tanh'), Int32Array.of(0, 2, 3), 5), [2, 3]],
  ] as const)('are reached and never passed: %s', async (_, layer, bounded) => {
    // Networks so steep that nearly everything is at the bound; the learned factors are as they are drawn.
    const drawn = tried(layer, { seed: 2, rows: 40 });
    const parameters = Object.fromEntries(
      Object.entries(drawn.parameters).map(([name, values]) => [
        name,
        /output/.test(name) ? values.map((own) => 3000 * own) : values,
      ]),
    );
    const arrays: NamedArrays = Object.fromEntries(
      layer.parameters.map(({ name, shape }) => [name, { shape, data: parameters[name]! }]),
    );
    const bounds = layer.logScaleBounds!(arrays);
    const scales = await read(() => {
      const { x, inputs } = tensorsOf({ ...drawn, parameters });
      return tf.abs(layer.movement!(x, inputs).logScale!);
    });
    for (let d = 0; d < layer.dimension; d++) {
      const own = scales.filter((_, at) => at % layer.dimension === d);
      if (!(bounded as readonly number[]).includes(d)) {
        expect(bounds[d]).toBe(Infinity);
        continue;
      }
      expect(Math.max(...own)).toBeLessThanOrEqual(bounds[d]! * (1 + 1e-6));
      expect(Math.max(...own)).toBeGreaterThan(0.98 * bounds[d]!);
    }
  });

  it('are not told where there are none', () => {
    for (const layer of [couple('exponential'), masked('gate'), couple('softplus')]) {
      expect(layer.logScaleBounds).toBeUndefined();
    }
  });
});
