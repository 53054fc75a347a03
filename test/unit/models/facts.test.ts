import { expect, it } from 'vitest';
import type { Flow } from '../../../src/flows/flow.ts';
import { permutation } from '../../../src/flows/permutation.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { views } from '../../../src/inspection/views.ts';
import { flowMissing } from '../../../src/inspection/views/facts.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelFacts } from '../../../src/models/facts.ts';
import type { Model } from '../../../src/models/model.ts';
import { manifestSpec } from '../../../src/runs/manifest.ts';
import { modelSpec } from '../../../src/spec/experiment.ts';

const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
const flow = {
  dimension: 2,
  layers: [
    {
      kind: 'permutation',
      title: 'Reversal',
      about: 'x₁, x₂ change places',
      bijector: permutation(Int32Array.of(1, 0)),
    },
    { kind: 'scaling', title: 'Diagonal scaling', about: 'each by a factor', bijector: scaling(2) },
  ],
  base: { name: 'standard Gaussian' },
} as unknown as Flow;
const model = (more: Partial<Model>) => ({ type: 'made', network: null, quantity, ...more }) as Model;

it('tells how many masks there are, without which there is no ensemble', () => {
  const of = (masks: number) => modelFacts(createModel(modelSpec.parse({ type: 'made', hidden: [4], masks }), 3, 1));
  const run = { dimension: 3, image: null };
  expect([of(1).masks, of(3).masks]).toEqual([1, 3]);
  expect(views.ensemble.missing({ ...run, model: of(1) })).toBe(
    'This model (made) has one mask, one order of its variables: there is none to average over. With "masks": 8 it would be ' +
      'trained with eight in turn.',
  );
  expect(views.ensemble.missing({ ...run, model: of(3) })).toBeNull();
  expect(views.ensemble.missing(run)).toBeNull();
});

it('tells of a flow its layers and its base, and of no other model', () => {
  expect(modelFacts(model({ flow })).flow).toEqual({
    layers: [
      { kind: 'permutation', title: 'Reversal' },
      { kind: 'scaling', title: 'Diagonal scaling' },
    ],
    base: 'standard Gaussian',
  });
  expect(modelFacts(model({}))).not.toHaveProperty('flow');
});

it('is read from a manifest with a flow, and from those without, which have no view of layers', () => {
  const spec = manifestSpec.shape.model;
  const whole = modelFacts(model({ flow }));
  expect(spec.parse(whole)).toEqual(whole);
  const passes = { layers: 2, density: 2, sampling: 2.25, naive: { density: 2, sampling: 4 } };
  const counted = modelFacts(model({ flow }), passes);
  expect(spec.parse(counted)).toEqual({ ...whole, flow: { ...whole.flow, passes } });
  const earlier = { type: 'made', network: true, quantity };
  expect(spec.parse(earlier)).toEqual(earlier);
  const run = { dimension: 2, image: null };
  expect(flowMissing({ ...run, model: whole })).toBeNull();
  expect(flowMissing({ ...run, model: earlier })).toContain('(made) is no normalising flow');
  expect(flowMissing(run)).toContain('This model is no normalising flow');
  expect(views.masks.missing({ ...run, model: whole })).not.toBeNull();
});
