/** What the diagnostics say of variational autoencoders, sound and broken on purpose. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Dataset, Matrix } from '../../../../src/data/dataset.ts';
import { diagnostics } from '../../../../src/inspection/diagnostics/index.ts';
import type { DiagnosticId } from '../../../../src/inspection/findings.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model, NamedArrays } from '../../../../src/models/model.ts';
import { EPSILON, termsOf } from '../../../../src/models/vaeBound.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { vaeSpec } from '../../../../src/spec/models/vae.ts';
import { chainRows } from '../../training/support.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { datasetOf, initialParameters } from '../specimens.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

const D = 6;

function vae(changes: Readonly<Record<string, unknown>> = {}): Model {
  const small = { hidden: [8] };
  return createModel(vaeSpec.parse({ type: 'vae', latent: 3, encoder: small, decoder: small, ...changes }), D, 1);
}

const binary = datasetOf(chainRows(60, D, 1), chainRows(40, D, 2));
const real = ((): Dataset => {
  const random = RandomGenerator.seeded(3, 'rows');
  const rows = (count: number): Matrix => ({
    rows: count,
    columns: D,
    values: Float32Array.from({ length: count * D }, () => random.normal()),
  });
  return datasetOf(rows(60), rows(40));
})();

/** Encoder and decoder that make use of every unit: larger weights than training starts with. */
function telling(model: Model): NamedArrays {
  return Object.fromEntries(
    Object.entries(initialParameters(model)).map(([name, { shape, data }]) => [
      name,
      { shape, data: name === 'encoder.mean.weight' ? data.map((value) => 3 * value) : data },
    ]),
  );
}

/** The same model with another bound. */
const reporting = (model: Model, logProb: NonNullable<Model['logProb']>): Model =>
  Object.create(model, {
    logProb: { value: logProb },
    latent: { value: model.latent },
    noise: { value: model.noise.bind(model) },
    activations: { value: model.activations.bind(model) },
    objective: { value: model.objective.bind(model) },
    sample: { value: model.sample.bind(model) },
    masks: { value: model.masks.bind(model) },
  }) as Model;

/** x_k = z_k + ½ ε for three variables, ½ ε for the others, with p(z|x) = N(0.8 x_k, 0.2) as q: linear, one variance. */
const exact: NamedArrays = {
  'encoder.mean.weight': {
    shape: [3, D],
    data: Float32Array.from({ length: 3 * D }, (_, i) => (Math.floor(i / D) === i % D ? 0.8 : 0)),
  },
  'encoder.mean.bias': { shape: [3], data: new Float32Array(3) },
  'encoder.logScale.weight': { shape: [3, D], data: new Float32Array(3 * D) },
  'encoder.logScale.bias': { shape: [3], data: new Float32Array(3).fill(0.5 * Math.log(0.2)) },
  'decoder.output.weight': {
    shape: [D, 3],
    data: Float32Array.from({ length: 3 * D }, (_, i) => (Math.floor(i / 3) === i % 3 ? 1 : 0)),
  },
  'decoder.output.bias': { shape: [D], data: new Float32Array(D) },
  'decoder.sharedLogScale': { shape: [1], data: Float32Array.of(Math.log(0.5)) },
};

const gaussian = { output: { type: 'gaussian', variance: 'network', floor: 0 } };

onEveryBackend('of variational autoencoders', (backend) => {
  const asked = async (
    id: DiagnosticId,
    model: Model,
    o: { readonly dataset?: Dataset; readonly changes?: NamedArrays; readonly epoch?: number } = {},
  ) => {
    const parameters = { ...telling(model), ...o.changes };
    const { dataset = binary, epoch = 3 } = o;
    return judge(id, await contextOf(model, backend(), { dataset, parameters, epoch, depth: 'cheap' }));
  };

  it.each([
    ['binary rows', {}, binary],
    ['real rows', gaussian, real],
    ['an IAF posterior', { posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } }, binary],
    ['wake–sleep', { learning: 'wake-sleep' }, binary],
  ] as const)('nothing is found in a sound one: %s', async (_, changes, dataset) => {
    const model = vae(changes);
    const context = await contextOf(model, backend(), { dataset, parameters: telling(model), epoch: 3, depth: 'full' });
    const found = Object.values(diagnostics).flatMap((one) => {
      const outcome = one.judge(context);
      return outcome.state === 'finding' ? [`${outcome.id}: ${outcome.finding.title}`] : [];
    });
    // There are no test rows here, rows of six bits repeat, and nothing has been trained.
    expect(found.filter((one) => !/^(wrong-split|above-baseline):/.test(one))).toEqual([]);
    for (const id of ['posterior-collapse', 'bound-violated'] as const) expect(judge(id, context)).toBe('ok');
    expect(judge('decoder-variance', context)).toBe(dataset === real ? 'ok' : 'not-applicable');
  });

  it('posterior-collapse finds units that are the prior for every row', async () => {
    const model = vae();
    const asleep = (units: number): NamedArrays => {
      const { shape, data } = telling(model)['encoder.mean.weight']!;
      const own = (values: Float32Array | Int32Array, width: number) =>
        Float32Array.from(values, (value, i) => (Math.floor(i / width) < units ? 0 : value));
      const start = telling(model);
      return {
        'encoder.mean.weight': { shape, data: own(data, 8) },
        'encoder.mean.bias': { shape: [3], data: own(start['encoder.mean.bias']!.data, 1) },
        'encoder.logScale.weight': { shape, data: own(start['encoder.logScale.weight']!.data, 8) },
        'encoder.logScale.bias': { shape: [3], data: own(start['encoder.logScale.bias']!.data, 1) },
      };
    };
    expect(await asked('posterior-collapse', model, { changes: asleep(1) })).toBe('ok');
    const most = await asked('posterior-collapse', model, { changes: asleep(2) });
    expect(most).toMatchObject({ severity: 'info', title: '2 of 3 latent units carry nothing' });
    expect(evidenceOf(most)['Units below 0.01 nats']).toBe('z1, z2');
    expect(await asked('posterior-collapse', model, { changes: asleep(3) })).toMatchObject({
      severity: 'warning',
      title: 'All 3 latent units are the prior whatever the row',
    });
    expect(await asked('posterior-collapse', model, { changes: asleep(3), epoch: 0 })).toBe('not-applicable');
  });

  it.each([
    ['averaged over the units', 1 / 3, 'The divergence is averaged over the latent units; it is their sum.'],
    ['averaged over the variables', 1 / D, 'The divergence is averaged over the variables; it is a sum'],
    ['missing', 0, 'The divergence is missing.'],
  ])('bound-violated finds a divergence that is %s', async (_, share, words) => {
    // Its q(z|x) is the posterior itself, so that its bound is log p(x) and has no room above.
    const sound = vae({
      ...{ encoder: { hidden: [] }, decoder: { hidden: [] } },
      output: { type: 'gaussian', variance: 'shared', floor: 0 },
    });
    const model = reporting(sound, (x, inputs) => {
      const terms = termsOf(sound.latent!, x, { ...inputs, noise: { [EPSILON]: inputs.noise[EPSILON]! } });
      return tf.sub(terms.reconstruction, tf.mul(terms.divergence, share));
    });
    expect(await asked('bound-violated', sound, { dataset: real, changes: exact })).toBe('ok');
    const found = await asked('bound-violated', model, { dataset: real, changes: exact });
    expect(found).toMatchObject({ severity: 'error', explanation: expect.stringContaining(words) as unknown });
    expect(evidenceOf(found)).toHaveProperty('IWAE-64 bound of the same rows');
  });

  it('decoder-variance finds σ that runs to 0 where there is no floor', async () => {
    const model = vae(gaussian);
    const bias = (s: number): NamedArrays => ({
      'decoder.logScale.bias': { shape: [D], data: Float32Array.from({ length: D }, (_, d) => (d === 4 ? s : 0)) },
    });
    expect(await asked('decoder-variance', model, { dataset: real, changes: bias(-3) })).toBe('ok');
    const near = await asked('decoder-variance', model, { dataset: real, changes: bias(-8.5) });
    expect(near).toMatchObject({ severity: 'warning', select: { kind: 'variable', variable: 4 } });
    expect(evidenceOf(near)['Smallest σ']).toMatch(/, of x₅$/);
    expect(await asked('decoder-variance', model, { dataset: real, changes: bias(-15) })).toMatchObject({
      severity: 'error',
    });
    // The floor holds it.
    const floored = vae({ output: { type: 'gaussian', variance: 'network', floor: 0.01 } });
    expect(await asked('decoder-variance', floored, { dataset: real, changes: bias(-15) })).toBe('ok');
  });

  it('dead-units finds units of the encoder that are never on', async () => {
    const model = vae({ activation: 'relu' });
    const changes: NamedArrays = {
      'encoder.hidden.0.bias': { shape: [8], data: Float32Array.from({ length: 8 }, (_, i) => (i < 5 ? -100 : 1)) },
    };
    expect(await asked('dead-units', model, { changes })).toMatchObject({ severity: expect.any(String) as unknown });
  });

  it('not-a-likelihood finds grey values under Bernoullis, and speaks of bounds', async () => {
    const grey = datasetOf({ ...real.train, values: real.train.values.map((value) => Math.abs(Math.sin(value))) });
    expect(await asked('not-a-likelihood', vae(), { dataset: grey })).toMatchObject({ severity: 'error' });
    const levels = datasetOf(chainRows(200, D, 4));
    expect(await asked('not-a-likelihood', vae(gaussian), { dataset: levels })).toMatchObject({
      severity: 'warning',
      explanation: expect.stringContaining('What is reported is a bound of such a density') as unknown,
    });
  });
});
