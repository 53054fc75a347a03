import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { inverted, type Bijector } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { maskedAutoregressive } from '../../../src/flows/maskedAutoregressive.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { takeColumns } from '../../../src/layers/columns.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { tensorsOf, tried } from './proofs.ts';

const settings = { hidden: [5], activation: 'tanh', contextDimension: 0, passes: Uint8Array.of(1, 0, 1, 0) } as const;
const ofFour = {
  structure: { order: Int32Array.of(2, 4, 1, 3), hidden: [Int32Array.of(1, 2, 3, 1, 2, 3)], direct: false },
  activation: 'tanh',
  contextDimension: 0,
  scale: 'exponential',
  networks: 'one',
} as const;
const autoregressive = maskedAutoregressive(ofFour);
const growing = maskedAutoregressive({ ...ofFour, scale: 'gate', growing: 'forward' });

/** A coupling of what another layer has put into other places, by a ring that is not its own inverse. */
function displaced(): Bijector {
  const ring = Int32Array.of(2, 0, 3, 1);
  const back = Int32Array.of(1, 3, 0, 2);
  const own = coupling({ ...settings, law: 'exponential' });
  return {
    ...own,
    origin: ring,
    forward: (x, inputs) => own.forward(takeColumns(x, ring), inputs),
    movement: (x, inputs) => own.movement!(takeColumns(x, ring), inputs),
    inverse: (y, inputs) => {
      const { x, logDet } = own.inverse(y, inputs);
      return { x: takeColumns(x, back), logDet };
    },
  };
}

const layers: readonly (readonly [string, Bijector])[] = [
  ['additive coupling', coupling({ ...settings, law: 'additive' })],
  ['affine coupling', coupling({ ...settings, law: 'tanh' })],
  ['scaling', scaling(4)],
  ['an autoregressive layer', autoregressive],
  ['IAF’s layer of the noise', growing],
  ['IAF’s layer of the data', inverted(growing, growing.dependencies)],
  ['the inverse of an autoregressive layer', inverted(autoregressive, autoregressive.dependencies)],
  [
    'the inverse of additive coupling',
    inverted(coupling({ ...settings, law: 'additive' }), autoregressive.dependencies),
  ],
  ['a layer that changes places', displaced()],
  ['the inverse of a layer that changes places', inverted(displaced(), autoregressive.dependencies)],
];

onEveryBackend('movement', () => {
  it.each(layers)('of %s is what becomes of every variable', async (_, layer) => {
    const one = tried(layer, { seed: 4 });
    const [moved, known, y] = await readAll(() => {
      const { x, inputs } = tensorsOf(one);
      const { y } = layer.forward(x, inputs);
      const by = ({ logScale, shift }: NonNullable<ReturnType<NonNullable<Bijector['movement']>>>) => {
        const from = takeColumns(x, layer.origin);
        return tf.add(logScale ? tf.mul(from, tf.exp(logScale)) : from, shift);
      };
      return [by(layer.movement!(x, inputs)), by(layer.movement!(x, inputs, y)), y];
    });
    expect(y!.some((value, at) => Math.abs(value - one.x[at]!) > 0.1)).toBe(true);
    for (const [at, value] of y!.entries()) {
      expect(Math.abs(moved![at]! - value)).toBeLessThan(1e-4);
      expect(known![at]).toBeCloseTo(moved![at]!, 4);
    }
  });
});
