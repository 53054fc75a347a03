/** The list of diagnostics and of measurements: what is declared is what happens. */
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../../src/backends/index.ts';
import type { DiagnosticContext } from '../../../../src/inspection/diagnostics/context.ts';
import { ContextGatherer, unmeasured } from '../../../../src/inspection/diagnostics/gather.ts';
import { diagnostics } from '../../../../src/inspection/diagnostics/index.ts';
import { activationRates } from '../../../../src/inspection/diagnostics/measurements/activationRates.ts';
import { measurements } from '../../../../src/inspection/diagnostics/measurements/index.ts';
import { diagnosticIds } from '../../../../src/inspection/findings.ts';
import { snapshotOf, toEnd } from '../../../../src/inspection/source.ts';
import type { Model } from '../../../../src/models/model.ts';
import { broken, leaky, made, sourceOf } from '../specimens.ts';
import { contextOf, epochs, judge, outcomeOf } from './judge.ts';

const backend = await startBackend('cpu');
const run = { metrics: [], norms: null, failure: null, over: false };

describe.each(Object.entries(diagnostics))('%s', (id, diagnostic) => {
  it('stands under its own id', () => {
    expect(diagnostic.id).toBe(id);
    expect(diagnosticIds).toContain(id);
  });

  it('judges by what it says it needs, and by nothing else that is measured', async () => {
    const context = await contextOf(leaky(made(5)), backend, { metrics: epochs([3, 2], [3, 2]) });
    const seen = new Set<string>();
    diagnostic.judge(
      new Proxy(context, {
        get: (target, key) => {
          if (Object.hasOwn(unmeasured, key)) seen.add(String(key));
          return Reflect.get(target, key) as unknown;
        },
      }),
    );
    for (const key of seen) expect(diagnostic.needs).toContain(key);
  });
});

const coupling: DiagnosticContext['flow'] = [{ kind: 'coupling', title: 'Affine coupling' }];

describe('what is not judged', () => {
  it.each([
    ['ensemble-space', { maskCount: 1 }, { maskCount: 2, weightNames: ['w'] }],
    ['ignored-condition', {}, { contextDimension: 2 }],
    ['mask-overwrites-weights', { masked: false }, { masked: true }],
    ['log-det', {}, { flow: coupling }],
    ['inverse-error', {}, { flow: coupling }],
    ['scale-blow-up', {}, { flow: coupling }],
    ['untransformed', {}, { flow: coupling }],
    ['slow-direction', {}, { flow: coupling }],
    ['posterior-collapse', {}, { modelType: 'vae' }],
    ['bound-violated', {}, { modelType: 'vae' }],
    ['decoder-variance', {}, { modelType: 'vae', support: 'real' }],
    ['order-inverse', { flow: coupling }, { flow: [{ kind: 'permutation', title: 'Reversal' }] }],
    ['batch-norm', { flow: coupling }, { flow: [{ kind: 'batch-norm', title: 'Batch normalisation' }] }],
    ['singular-mixing', { flow: coupling }, { flow: [{ kind: 'mixing', title: 'Mixing' }] }],
    ['carried-state', {}, { modelType: 'char-rnn' }],
    ['bits-per-dim', { flow: coupling, support: 'real' }, { flow: coupling, support: { levels: 256 } }],
  ] as const)('%s: does not apply, or was not measured, and says which', (id, never, notYet) => {
    const [inapplicable, unknown] = [never, notYet].map((facts) => outcomeOf(id, facts));
    expect(inapplicable).toEqual({
      id,
      state: 'not-applicable',
      reason: expect.not.stringMatching(/looked at| or /) as unknown,
    });
    expect(unknown).toMatchObject({
      unmeasured: true,
      reason: expect.stringContaining('not been looked at') as unknown,
    });
  });

  it('frozen, of a run that was opened, was not measured', () => {
    const reasonOf = (over: boolean) => outcomeOf('frozen', { over });
    const over: unknown = expect.stringContaining('this run was opened after its training');
    expect(reasonOf(true)).toMatchObject({ unmeasured: true, reason: over });
    const open: unknown = expect.stringContaining('no step has been since it was opened');
    expect(reasonOf(false)).toMatchObject({ unmeasured: true, reason: open });
  });
});

it('every measurement is needed by a diagnostic', () => {
  const needs = Object.values(diagnostics).flatMap((diagnostic) => diagnostic.needs);
  expect(new Set(needs)).toEqual(new Set(Object.keys(measurements)));
});

describe('the gatherer', () => {
  it('measures once what cannot change, and the rest anew', async () => {
    const gatherer = new ContextGatherer(sourceOf(made(4), backend), () => run);
    const first = await toEnd(gatherer.gather('cheap'));
    const second = await toEnd(gatherer.gather('cheap'));
    expect(second.columns).toBe(first.columns);
    expect(second.structures).toBe(first.structures);
    expect(second.jacobian).not.toBe(first.jacobian);
    expect(second.jacobian).not.toBeNull();
  });

  it('goes no deeper than it is asked to', async () => {
    const facts = ['structures', 'columns', 'values', 'splits', 'baseline', 'residualGrowth'];
    const measured = async (depth: 'facts' | 'cheap' | 'full') => {
      const context = await toEnd(new ContextGatherer(sourceOf(made(12), backend), () => run).gather(depth));
      return Object.keys(unmeasured).filter((id) => context[id as keyof typeof unmeasured] !== null);
    };
    expect(await measured('facts')).toEqual(facts);
    const cheap = ['activationRates', 'jacobian', 'samplerAgreement', 'maskSwitch'];
    expect(await measured('cheap')).toEqual([...facts, ...cheap]);
    // Neither a context nor a second mask is there, nor a specification to build the model from anew.
    const absent = ['contextDependence', 'ensemble', 'smallest'];
    // What is measured of flows alone.
    const ofFlows = [
      'flowCoverage',
      'uniformBits',
      'passes',
      'flowParameters',
      'flowMovement',
      'roundTrip',
      'rowsAlone',
    ];
    absent.push(...ofFlows, 'flowLogDet', 'flowTotal');
    // And of latent variables, and of texts.
    absent.push('latentBound', 'carriedState');
    expect(await measured('full')).toEqual(Object.keys(unmeasured).filter((id) => !absent.includes(id)));
  });
});

describe('a model without a likelihood', () => {
  const loss: Model = { ...broken(made(4), {}), quantity: { kind: 'loss', name: 'cross-entropy', unit: 'nats' } };

  it('is compared with no baseline', async () => {
    const context = await contextOf(loss, backend, { metrics: epochs([90, 90, 90, 90], [90, 90, 90, 90]) });
    expect(context.baseline).toBeNull();
    expect(judge('above-baseline', context)).toBe('not-applicable');
    const likelihood = await contextOf(made(4), backend, { metrics: epochs([90, 90, 90, 90], [90, 90, 90, 90]) });
    expect(judge('above-baseline', likelihood)).toMatchObject({ id: 'above-baseline' });
  });

  it('overfits in its own words', () => {
    const metrics = epochs([10, 9, 8, 7.5, 7, 6.6, 6.2, 5.9], [10.2, 9.4, 8.9, 8.8, 8.9, 9.1, 9.3, 9.6]);
    const quantity = { kind: 'loss', name: 'squared error', unit: 'squared units' } as const;
    expect(judge('overfit', { metrics, quantity })).toMatchObject({
      title: 'Validation squared error has risen by 0.800 squared units since epoch 4',
    });
  });
});

it('rates of units that stand in many places count every place', async () => {
  const { tf } = backend;
  // [N, 2 places, 3 units]: the first unit on in one place, the second in both, the third in none.
  const images: Model = {
    ...broken(made(4), {}),
    activations: (x) => [
      { layer: 'conv', role: 'preactivation', value: tf.neg(tf.ones([x.shape[0], 2, 3])) },
      {
        layer: 'conv',
        role: 'activation',
        value: tf.tile(
          tf.tensor3d([
            [
              [1, 1, 0],
              [0, 1, 0],
            ],
          ]),
          [x.shape[0], 1, 1],
        ),
      },
    ],
  };
  const snapshot = snapshotOf(sourceOf(images, backend), null);
  const found = await toEnd(activationRates.measure(snapshot, run));
  snapshot.dispose();
  expect(found!.map(({ layer, rates }) => [layer, [...rates]])).toEqual([[1, [0.5, 1, 0]]]);
});
