/** What variables, directions and conditions have to do with each other: `untransformed`, `slow-direction`, `ignored-condition`. */
import { describe, expect, it, vi } from 'vitest';
import { inverted } from '../../../../src/flows/bijector.ts';
import { coupling } from '../../../../src/flows/coupling.ts';
import { permutation } from '../../../../src/flows/permutation.ts';
import { scaling } from '../../../../src/flows/scaling.ts';
import { createModel } from '../../../../src/models/index.ts';
import { modelSpec } from '../../../../src/spec/experiment.ts';
import { flowCoverage } from '../../../../src/inspection/diagnostics/measurements/flowCoverage.ts';
import { snapshotOf, toEnd } from '../../../../src/inspection/source.ts';
import { initialParameters, sourceOf } from '../specimens.ts';
import { evidenceOf, judge } from './judge.ts';
import { networks, bits, couple, masked, ring, layer, flowOf, looked, onEveryRealBackend } from './flowSpecimens.ts';

onEveryRealBackend('untransformed', (backend) => {
  it('finds variables that pass in every layer, be they in another place', async () => {
    const same = await looked(flowOf([couple(bits(1, 0, 0)), couple(bits(1, 0, 0))]), backend());
    expect(judge('untransformed', same)).toMatchObject({
      severity: 'warning',
      title: '1 of 3 variables is transformed by no layer',
      select: { kind: 'variable', variable: 0 },
    });
    // The first stands at the third place after the circle: the second layer, too, lets it pass.
    const carried = [couple(bits(1, 0, 0)), layer('permutation', permutation(ring)), couple(bits(0, 0, 1))];
    const followed = judge('untransformed', await looked(flowOf(carried), backend()));
    expect(evidenceOf(followed)['Moved by no layer']).toBe('x₁');
    // Where the places do not change, the two layers take turns.
    const turns = await looked(flowOf([couple(bits(1, 0, 0)), couple(bits(0, 0, 1))]), backend());
    expect(judge('untransformed', turns)).toBe('ok');
  });

  it('does not take a scale of its own for a transformation', async () => {
    const layers = [couple(bits(1, 0, 0)), couple(bits(1, 0, 0)), layer('scaling', scaling(3))];
    expect(judge('untransformed', await looked(flowOf(layers), backend()))).toMatchObject({ severity: 'warning' });
  });

  it('asks the layers of an image only for what it needs of their structure, not for all of it', async () => {
    const model = createModel(modelSpec.parse({ type: 'glow', image: [8, 8], scales: 2, hidden: [4] }), 64, 1);
    for (const { bijector } of model.flow!.layers) {
      const { dependencies } = bijector;
      if (!dependencies.allows) continue;
      vi.spyOn(dependencies, 'cells', 'get').mockImplementation(() => {
        throw new Error('all cells were asked for');
      });
    }
    const run = { metrics: [], norms: null, failure: null, over: false };
    const measured = await toEnd(flowCoverage.measure(snapshotOf(sourceOf(model, backend()), null), run));
    expect([...measured!.told].every((layers) => layers > 0)).toBe(true);
  });

  it('finds autoregressive layers between which nothing changes places', async () => {
    expect(judge('untransformed', await looked(flowOf([masked(), masked()]), backend()))).toMatchObject({
      title: 'x₁ comes first in all 2 autoregressive layers',
    });
    expect(judge('untransformed', await looked(flowOf([masked()]), backend()))).toBe('ok');
  });

  it('finds layers that share their parameters', async () => {
    const model = flowOf([masked(), layer('permutation', permutation(ring)), masked()]);
    const own = initialParameters(model);
    const shared = Object.fromEntries(
      Object.keys(own).map((name) => [name, own[name.replace('layers.2.', 'layers.0.')]!]),
    );
    const found = judge('untransformed', await looked(model, backend(), { parameters: shared }));
    expect(found).toMatchObject({ title: '1 layer has the parameters of another' });
    expect(evidenceOf(found)['Layers with the same parameters, bit for bit']).toBe(
      'layer 3 (autoregressive) and layer 1 (autoregressive)',
    );
  });
});

onEveryRealBackend('slow-direction', (backend) => {
  const of = (type: 'maf' | 'iaf', dimension: number) =>
    createModel(modelSpec.parse({ type, hidden: [20], layers: 2 }), dimension, 1);

  it('finds training through the direction that takes a pass for each variable', async () => {
    const found = judge('slow-direction', await looked(of('iaf', 20), backend()));
    expect(found).toMatchObject({
      severity: 'warning',
      title: 'Training goes through 2 layers one variable after the other',
    });
    const evidence = evidenceOf(found);
    expect(evidence['Passes of a training step, 2 layers with a network']).toBe('40');
    expect(Number(evidence['Of a row’s density, every unit computed once'])).toBeLessThan(4);
    expect(evidence['Of a row that is drawn, every unit computed once']).toBe('2');
    expect(judge('slow-direction', await looked(of('iaf', 5), backend()))).toMatchObject({ severity: 'info' });
  });

  it('is silent for the same layers the other way round', async () => {
    const context = await looked(of('maf', 20), backend());
    expect(judge('slow-direction', context)).toBe('ok');
    expect(context.passes).toMatchObject({ layers: 2, training: 2, density: 2, slow: [] });
    expect(context.passes!.sampling).toBeLessThan(4);
  });
});

onEveryRealBackend('ignored-condition of flows', (backend) => {
  it('finds variables and columns that no path joins', async () => {
    const layers = (contextDimension: number) => [
      layer('coupling', coupling({ ...networks, contextDimension, passes: bits(1, 0, 0), law: 'tanh' })),
    ];
    const context = await looked(flowOf(layers(2), { contextDimension: 2 }), backend());
    expect(judge('ignored-condition', context)).toMatchObject({
      severity: 'error',
      title: '1 of 3 variables of u ignores the context',
      select: { kind: 'variable', variable: 0 },
    });
    const sound = [
      ...layers(2),
      layer('coupling', coupling({ ...networks, contextDimension: 2, passes: bits(0, 1, 1), law: 'tanh' })),
    ];
    const model = flowOf(sound, { contextDimension: 2 });
    expect(judge('ignored-condition', await looked(model, backend()))).toBe('ok');
    const cut = Object.fromEntries(
      Object.entries(initialParameters(model)).map(([name, { shape, data }]) => [
        name,
        /context/.test(name) ? { shape, data: data.map((own, at) => (at % 2 === 1 ? 0 : own)) } : { shape, data },
      ]),
    );
    expect(judge('ignored-condition', await looked(model, backend(), { parameters: cut }))).toMatchObject({
      severity: 'warning',
      title: '1 column of the context has no effect',
    });
  });
});

describe('IAF as the inverse of a layer', () => {
  it('is the specimen of a slow direction', () => {
    expect(inverted(masked().bijector, masked().bijector.dependencies).incremental?.direction).toBe('forward');
  });
});
