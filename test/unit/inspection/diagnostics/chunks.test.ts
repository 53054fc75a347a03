/** Measurements of models whose rows are dear: few rows at a time, so that the worker draws breath between them. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Backend } from '../../../../src/backends/backend.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { contextDependence } from '../../../../src/inspection/diagnostics/measurements/contextDependence.ts';
import { maskSwitch } from '../../../../src/inspection/diagnostics/measurements/maskSwitch.ts';
import type { Measurement } from '../../../../src/inspection/diagnostics/measurements/measurement.ts';
import { samplerAgreement } from '../../../../src/inspection/diagnostics/measurements/samplerAgreement.ts';
import { snapshotOf, toEnd } from '../../../../src/inspection/source.ts';
import type { DensityInputs, Model } from '../../../../src/models/model.ts';
import { broken, datasetOf, made, randomRows, sourceOf } from '../specimens.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

/** The model as one whose every row takes so many multiplications, with the rows of each pass through it noted. */
function noted(model: Model, densityProducts: number): { readonly model: Model; readonly passes: number[] } {
  const passes: number[] = [];
  const note = <R>(pass: (x: Tensor2D, inputs: DensityInputs) => R) => {
    return (x: Tensor2D, inputs: DensityInputs): R => {
      passes.push(x.shape[0]);
      return pass(x, inputs);
    };
  };
  const { network } = model;
  const own = broken(model, {
    logProb: note(model.logProb!.bind(model)),
    conditionalParameters: note(network!.conditionalParameters.bind(network)),
  });
  return { model: { ...own, densityProducts }, passes };
}

const context = { ...randomRows(64, 6), context: randomRows(64, 4, 8) };

it.each<[string, Measurement<unknown>, Model, boolean]>([
  ['the dependence on a context', contextDependence, made(6, {}, 3, 4), true],
  ['the agreement of the sampler', samplerAgreement, made(6), false],
  ['a change of masks', maskSwitch, made(6, { masks: 2, orderAgnostic: true }), false],
])('of %s take one row at first, and at most twice as many each time', async (_, measurement, sound, conditioned) => {
  const measured = async (products: number) => {
    const { model, passes } = noted(sound, products);
    const source = sourceOf(model, backend, conditioned ? { dataset: datasetOf(context) } : {});
    const snapshot = snapshotOf(source, 0);
    const found = await toEnd(measurement.measure(snapshot, {} as never));
    snapshot.dispose();
    return { found, passes };
  };
  const [dear, cheap] = [await measured(1e12), await measured(1)];
  expect(dear.passes[0]).toBe(1);
  for (const [i, rows] of dear.passes.entries()) if (i > 0) expect(rows).toBeLessThanOrEqual(2 * dear.passes[i - 1]!);
  expect(cheap.passes[0]).toBeGreaterThan(1);
  expect(dear.found).not.toBeNull();
  if (measurement === maskSwitch)
    expect([dear.found, cheap.found]).toMatchObject([
      { rows: 1, changed: 0 },
      { rows: 16, changed: 0 },
    ]);
});
