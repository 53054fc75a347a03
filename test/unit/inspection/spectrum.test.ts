import { describe, expect, it } from 'vitest';
import type { Base } from '../../../src/flows/base.ts';
import { gaussian, logistic, uniform } from '../../../src/flows/bases.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import type { Flow, FlowLayer } from '../../../src/flows/flow.ts';
import { permutation } from '../../../src/flows/permutation.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { haveComponents } from '../../../src/inspection/principalComponents.ts';
import { snapshotOf, toEnd, type InspectionSource } from '../../../src/inspection/source.ts';
import { variablesAt } from '../../../src/inspection/flowStructure.ts';
import { marginalMoments } from '../../../src/inspection/latentColumns.ts';
import { spectrumFrame } from '../../../src/inspection/spectrum.ts';
import { spectrum } from '../../../src/inspection/views/spectrum.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { flowModel } from './flowSpecimens.ts';
import { datasetOf, made, sourceOf } from './specimens.ts';

const layer = (kind: FlowLayer['kind'], bijector: FlowLayer['bijector']): FlowLayer => ({
  kind,
  title: kind,
  about: '',
  bijector,
});
const couple = (passes: readonly number[]) =>
  layer(
    'coupling',
    coupling({
      passes: Uint8Array.from(passes),
      hidden: [8],
      activation: 'relu',
      contextDimension: 0,
      law: 'additive',
    }),
  );

/** Two couplings, a change of places that is no involution, and scales. */
const nice: Flow = {
  dimension: 3,
  layers: [
    couple([1, 0, 1]),
    layer('permutation', permutation(Int32Array.of(1, 2, 0))),
    couple([0, 1, 0]),
    layer('scaling', scaling(3)),
  ],
  base: logistic(3),
};

/** x = A z with standard deviations of the components that are known. */
function rows(count: number): Float32Array {
  const random = RandomGenerator.seeded(11, 'rows');
  const turn = Math.SQRT1_2;
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const [a, b, c] = [4 * random.normal(), 0.5 * random.normal(), random.normal()];
      return [turn * (a + b) + 7, turn * (a - b), c];
    }).flat(),
  );
}

onEveryBackend('the scaling spectrum', (backend) => {
  const source = (change: (parameters: ReturnType<Model['initialise']>) => void = () => undefined) => {
    const model = flowModel(nice);
    const parameters = model.initialise(RandomGenerator.seeded(1, 'weights'));
    change(parameters);
    const train = { rows: 4000, columns: 3, values: rows(4000) };
    return sourceOf(model, backend(), { dataset: datasetOf(train), parameters });
  };
  const frameOf = (of: InspectionSource, look?: 'glance') => toEnd(spectrumFrame(snapshotOf(of, null), look));

  it('is 1/S of the last scaling, by the variables that its places continue', async () => {
    const of = source((parameters) => parameters['layers.3.scale']!.data.set([Math.log(4), 0, -Math.log(3)]));
    const frame = await frameOf(of);
    expect(frame).toMatchObject({ reason: null, layer: 3, layers: 4, base: 'standard logistic', complete: true });
    for (const [place, sigma] of [0.25, 1, 3].entries()) expect(frame.sigma[place]).toBeCloseTo(sigma, 6);
    expect([...frame.initial]).toEqual([1, 1, 1]);
    // Place 0 continues what stood at place 1.
    expect([...frame.variables]).toEqual([1, 2, 0]);
    expect([...variablesAt(nice, 0)]).toEqual([0, 1, 2]);
    expect(frame.baseDeviation).toBeCloseTo(Math.PI / Math.sqrt(3), 3);
  });

  it('has the components of the training rows beside it, measured once', async () => {
    const of = source();
    const frame = await frameOf(of);
    const [large, middle, small] = frame.components!;
    expect(Math.abs(large! - 4)).toBeLessThan(0.15);
    expect(Math.abs(middle! - 1)).toBeLessThan(0.05);
    expect(Math.abs(small! - 0.5)).toBeLessThan(0.02);
    expect(frame).toMatchObject({ componentRows: 4000, noComponents: null });
    expect((await frameOf(of)).components).toBe(frame.components);
  });

  it('is complete at a glance where variables are few', async () => {
    const of = source();
    expect(haveComponents(of)).toBe(true);
    expect(await frameOf(of, 'glance')).toMatchObject({ complete: true, componentRows: 4000 });
  });

  it('is not there for models without such a layer', async () => {
    expect(await frameOf(sourceOf(made(4), backend()))).toMatchObject({
      reason: 'this model (made) has no diagonal scaling.',
    });
  });

  it('waits for no components of many variables, and has none of too many', async () => {
    const wide = (dimension: number): InspectionSource => {
      const flow: Flow = { dimension, layers: [layer('scaling', scaling(dimension))], base: gaussian(dimension) };
      const random = RandomGenerator.seeded(2, 'rows');
      const train = {
        rows: 12,
        columns: dimension,
        values: Float32Array.from({ length: 12 * dimension }, () => random.normal()),
      };
      return sourceOf(flowModel(flow), backend(), { dataset: datasetOf(train) });
    };
    const some = wide(140);
    expect(await frameOf(some, 'glance')).toMatchObject({
      components: null,
      noComponents: 'they are being computed',
      complete: false,
    });
    const frame = await frameOf(some);
    expect(frame).toMatchObject({ complete: true, noComponents: null });
    // Of 12 rows there are no more than 11.
    expect(frame.components!.filter((own) => own > 1e-3)).toHaveLength(11);
    expect(await frameOf(wide(1025))).toMatchObject({ components: null, complete: true });
  });
});

describe('the view', () => {
  const facts = (flow?: { layers: { kind: string; title: string }[]; base: string }) => ({
    dimension: 3,
    image: null,
    model: {
      type: 'nice',
      network: false,
      quantity: { kind: 'exact' as const, name: 'log-likelihood', unit: 'nats' },
      ...(flow && { flow }),
    },
  });
  it('is of flows with a scaling alone', () => {
    expect(spectrum.missing(facts({ layers: [{ kind: 'scaling', title: 'Scaling' }], base: '' }))).toBeNull();
    expect(spectrum.missing(facts({ layers: [{ kind: 'coupling', title: '' }], base: '' }))).toContain(
      'no diagonal scaling',
    );
    expect(spectrum.missing(facts())).toContain('no normalising flow');
  });
});

it('knows the standard deviations of bases', () => {
  const deviationOf = (base: Base) => Math.sqrt(marginalMoments(base.marginal!).variance);
  expect(deviationOf(gaussian(1))).toBeCloseTo(1, 3);
  expect(deviationOf(logistic(1))).toBeCloseTo(Math.PI / Math.sqrt(3), 3);
  expect(deviationOf(uniform(1))).toBeCloseTo(1 / Math.sqrt(12), 5);
});
