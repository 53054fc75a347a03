/** What the diagnostics say of variational autoencoders, sound and broken on purpose. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Dataset, Matrix } from '../../../../src/data/dataset.ts';
import { studentQuantile } from '../../../../src/inspection/diagnostics/boundViolated.ts';
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
import { contextOf, epochs, evidenceOf, judge } from './judge.ts';

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

onEveryBackend(
  'of variational autoencoders',
  (backend) => {
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
      const context = await contextOf(model, backend(), {
        dataset,
        parameters: telling(model),
        epoch: 3,
        depth: 'full',
      });
      const found = Object.values(diagnostics).flatMap((one) => {
        const outcome = one.judge(context);
        return outcome.state === 'finding' ? [`${outcome.id}: ${outcome.finding.title}`] : [];
      });
      // There are no test rows here, rows of six bits repeat, and what nothing has trained describes no rows.
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
      expect(evidenceOf(near)['Narrowest σ']).toMatch(/, of x₅$/);
      expect(await asked('decoder-variance', model, { dataset: real, changes: bias(-15) })).toMatchObject({
        severity: 'error',
      });
      // The floor holds it, and says of one variable in six what the bound is.
      const floored = vae({ output: { type: 'gaussian', variance: 'network', floor: 0.01 } });
      const held = await asked('decoder-variance', floored, { dataset: real, changes: bias(-15) });
      expect(held).toMatchObject({ severity: 'info', title: 'σ of p(x|z) sits at its floor in 17 % of the entries' });
      expect(await asked('decoder-variance', floored, { dataset: real, changes: bias(0) })).toBe('ok');
    });

    it('decoder-variance judges each σ by its own variable, tells of a floor that all sit at, and not of what is given', async () => {
      const random = RandomGenerator.seeded(4, 'rows');
      const spreading = (deviations: readonly number[], rows = 60): Dataset => {
        const values = Float32Array.from({ length: rows * D }, (_, i) => random.normal() * deviations[i % D]!);
        return datasetOf({ rows, columns: D, values });
      };
      // Columns in other units, each with the very σ that it has.
      const units = [1, 5000, 1, 1, 1, 1];
      const bias = (logs: readonly number[]): NamedArrays => ({
        'decoder.logScale.weight': { shape: [D, 8], data: new Float32Array(D * 8) },
        'decoder.logScale.bias': { shape: [D], data: Float32Array.from(logs) },
      });
      const right = bias(units.map(Math.log));
      expect(await asked('decoder-variance', vae(gaussian), { dataset: spreading(units), changes: right })).toBe('ok');
      // A thousandth of what the first variable needs, which all values together would hide.
      const narrow = bias([-8, ...units.slice(1).map(Math.log)]);
      const found = await asked('decoder-variance', vae(gaussian), { dataset: spreading(units), changes: narrow });
      expect(found).toMatchObject({ severity: 'warning', select: { variable: 0 } });
      // Grey levels between 0 and 1, and the floor that is there by default.
      const grey = vae({ output: { type: 'gaussian', mean: 'sigmoid' } });
      const levels = spreading([1, 1, 1, 1, 1, 1].map(() => 0.29));
      const floored = await asked('decoder-variance', grey, {
        dataset: levels,
        changes: bias([-60, -60, -60, -60, -60, -60]),
      });
      expect(floored).toMatchObject({
        severity: 'warning',
        title: 'σ of p(x|z) sits at its floor in 100 % of the entries',
      });
      const given = vae({ output: { type: 'gaussian', variance: 1e-8 } });
      expect(await asked('decoder-variance', given, { dataset: real })).toBe('not-applicable');
      const one = vae({ output: { type: 'gaussian', variance: 'shared', floor: 0 } });
      const shared = { 'decoder.sharedLogScale': { shape: [1], data: Float32Array.of(-9) } };
      const ofAll = await asked('decoder-variance', one, { dataset: real, changes: shared });
      expect(evidenceOf(ofAll)['Narrowest σ']).toMatch(/, of all variables$/);
      expect(ofAll).not.toHaveProperty('select');
    });

    it('tells estimator A from B by their difference, row by row', async () => {
      const context = await contextOf(vae(), backend(), {
        dataset: binary,
        parameters: telling(vae()),
        epoch: 3,
        depth: 'cheap',
      });
      const { mean, error } = context.latentBound!.estimators!;
      expect(error).toBeGreaterThan(0);
      expect(Math.abs(mean)).toBeLessThan(4 * error);
      const iaf = vae({ posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } });
      const other = await contextOf(iaf, backend(), {
        dataset: binary,
        parameters: telling(iaf),
        epoch: 3,
        depth: 'cheap',
      });
      expect(other.latentBound!.estimators).toBeNull();
    });

    it('above-baseline accuses no decoder of what its encoder does not know', async () => {
      // The decoder that made the rows, and an encoder that says nothing: log p(x) is what it can be, the bound is not.
      const random = RandomGenerator.seeded(5, 'rows');
      const rows = (count: number): Matrix => ({
        rows: count,
        columns: D,
        values: Float32Array.from(
          Array.from({ length: count }).flatMap(() => {
            const z = [0, 1, 2].map(() => random.normal());
            return Array.from({ length: D }, (_, d) => (d < 3 ? z[d]! : 0) + 0.5 * random.normal());
          }),
        ),
      });
      const model = vae({
        ...{ encoder: { hidden: [] }, decoder: { hidden: [] } },
        output: { type: 'gaussian', variance: 'shared', floor: 0 },
      });
      const prior = Object.fromEntries(
        Object.entries(exact).map(([name, { shape, data }]) => [
          name,
          { shape, data: name.startsWith('encoder') ? data.map(() => 0) : data },
        ]),
      );
      const dataset = datasetOf(rows(400), rows(300));
      const stuck = Array.from({ length: 5 }, () => 13);
      const of = async (parameters: NamedArrays) =>
        judge(
          'above-baseline',
          await contextOf(model, backend(), {
            dataset,
            parameters,
            epoch: 5,
            depth: 'cheap',
            metrics: epochs(stuck, stuck),
          }),
        );
      const found = await of(prior);
      expect(await of(exact)).toMatchObject({ severity: 'info' });
      expect(found).toMatchObject({
        severity: 'info',
        explanation: expect.stringContaining('the encoder may be why the bound does not show it') as unknown,
      });
      // A decoder that is wrong: no importance samples help it.
      const astray = { ...exact, 'decoder.output.bias': { shape: [D], data: new Float32Array(D).fill(5) } };
      expect(await of(astray)).toMatchObject({ severity: 'error' });
    });

    it('bound-violated waits for more standard errors where they come from fewer differences', () => {
      // Student's t, one-sided: 0.0005 at 11 degrees of freedom is 4.437, of a normal deviate 3.2905.
      expect(studentQuantile(3.2905, 11)).toBeCloseTo(4.437, 1);
      expect(studentQuantile(3.2905, 120)).toBeCloseTo(3.373, 2);
      expect(studentQuantile(4.75, 704)).toBeLessThan(4.8);
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
  },
  { everywhere: false },
);
