/** Variational autoencoders trained by the real trainer, sound and broken by their experiments: what the diagnostics say. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import type { DiagnosticId, Outcome } from '../../../src/inspection/findings.ts';
import { termsOf, EPSILON } from '../../../src/models/vaeBound.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { checkpointOf, loadCheckpointModel, loadRun, loadRunData } from '../../../src/worker/loadRun.ts';
import { contextOf, judge as judged } from '../inspection/diagnostics/judge.ts';
import { Bench, DIMENSION, Workplace } from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
  const random = RandomGenerator.seeded(4, 'real rows');
  // Three latents with noise, every variable told by one of them.
  const real = (rows: number) =>
    Float32Array.from(
      Array.from({ length: rows }, () => {
        const z = Array.from({ length: 3 }, () => random.normal());
        return Array.from({ length: DIMENSION }, (_, d) => 2 * z[d % 3]! + 0.5 * random.normal());
      }).flat(),
    );
  // All 0 or all 1: a mean that saturates hits them exactly.
  const two = Float32Array.from({ length: 400 * DIMENSION }, (_, i) => Math.floor(i / DIMENSION) % 2);
  await writeFile(join(place.folder, 'two.npy'), writeNpy(two, [400, DIMENSION]));
  for (const [name, rows] of [
    ['real', 400],
    ['real-held', 200],
    ['few', 12],
  ] as const) {
    await writeFile(join(place.folder, `${name}.npy`), writeNpy(real(rows), [rows, DIMENSION]));
  }
});
afterAll(() => place.remove());

const network = (units: number) => ({ encoder: { hidden: [units] }, decoder: { hidden: [units] } });
const adam = (learningRate: number) => ({ type: 'adam', learningRate }) as const;
const gaussian = { type: 'gaussian', mean: 'linear', variance: 'network', floor: 0.05 } as const;
const bits = { train: 'train.npy', validation: 'validation.npy', test: 'test.npy' };
const reals = { train: 'real.npy', validation: 'real-held.npy' };

type Model = Extract<ExperimentInput['model'], { type: 'vae' }>;

interface Trained {
  readonly manifest: RunManifest;
  readonly run: string;
  /** Titles of findings by diagnostic. */
  readonly found: Readonly<Partial<Record<DiagnosticId, string>>>;
  readonly outcomes: readonly Outcome[];
}

/** Trains it, opens it again, and asks for everything. */
async function trained(
  name: string,
  model: Omit<Model, 'type'>,
  training: NonNullable<ExperimentInput['training']>,
  data: ExperimentInput['data'] = bits,
): Promise<Trained> {
  const run = place.newRunFolder();
  const bench = new Bench();
  const whole = { batchSize: 50, patience: 1000, ...training };
  await bench.train(await place.experiment(name, { model: { type: 'vae', ...model }, training: whole, data }), run);
  const manifest = await bench.until('finished', 'failed');
  const outcomes = await bench.host.request('diagnose', {});
  await bench.session.close();
  const found = outcomes.flatMap((one) => (one.state === 'finding' ? [[one.id, one.finding.title] as const] : []));
  return { manifest, run, outcomes, found: Object.fromEntries(found) };
}

const ids = ['nan', 'overfit', 'dead-units', 'not-a-likelihood', 'posterior-collapse', 'bound-violated'] as const;

/** Of bits, found nothing wrong with. */
let soundRun = '';

describe('sound ones', () => {
  it.each([
    ['of bits', { latent: 3, ...network(16) }, bits],
    ['of real values', { latent: 3, ...network(16), output: gaussian }, reals],
  ] as const)('%s are found nothing wrong with', async (name, model, data) => {
    const { run, manifest, found, outcomes } = await trained(name, model, { epochs: 10, optimizer: adam(0.03) }, data);
    expect(manifest.state).toBe('finished');
    if (data === bits) soundRun = run;
    for (const id of [...ids, 'decoder-variance'] as const) expect(found[id], id).toBeUndefined();
    // All of them have looked; of relu units alone some can be dead.
    const stateOf = (id: DiagnosticId) => outcomes.find((one) => one.id === id)?.state;
    for (const id of ids.filter((one) => one !== 'dead-units')) expect([id, stateOf(id)]).toEqual([id, 'ok']);
    expect(stateOf('decoder-variance')).toBe(data === reals ? 'ok' : 'not-applicable');
  });
});

describe('broken ones', () => {
  it('leave the finite numbers: nan, with the step and the tensor', async () => {
    const { manifest, found } = await trained(
      'too fast',
      { latent: 2, ...network(8), output: { ...gaussian, floor: 0 } },
      { epochs: 5, optimizer: { type: 'sgd', learningRate: 50 } },
      reals,
    );
    expect(manifest.state).toBe('failed');
    expect(manifest.nonFinite).toMatchObject({ tensor: expect.any(String) as string });
    expect(found.nan).toContain(`at step ${manifest.nonFinite!.step}`);
  });

  it('learn a dozen rows by heart: overfit', async () => {
    const { found } = await trained(
      'by heart',
      { latent: 3, ...network(64), output: { ...gaussian, floor: 0.02 } },
      { epochs: 60, batchSize: 12, optimizer: adam(0.03) },
      { train: 'few.npy', validation: 'real-held.npy' },
    );
    expect(found.overfit).toMatch(/^Validation NLL bound has risen by .+ nats since epoch \d+$/);
  });

  it('are taught that latents cost too much: posterior-collapse', async () => {
    const { found } = await trained(
      'dear',
      { latent: 3, ...network(16), beta: 60 },
      { epochs: 10, optimizer: adam(0.03) },
    );
    expect(found['posterior-collapse']).toBe('All 3 latent units are the prior whatever the row');
  });

  it('have units that no row turns on: dead-units', async () => {
    const { found } = await trained(
      'thrown off',
      { latent: 3, ...network(24), activation: 'relu' },
      { epochs: 3, optimizer: adam(0.7) },
    );
    expect(found['dead-units']).toBeDefined();
  });

  it('have a density of bits, and σ that runs to 0 where they are told exactly: not-a-likelihood, decoder-variance', async () => {
    const { found } = await trained(
      'density of bits',
      { latent: 1, ...network(8), output: { type: 'gaussian', mean: 'sigmoid', variance: 'network', floor: 0 } },
      { epochs: 25, optimizer: adam(0.05) },
      { train: 'two.npy', validation: 'two.npy' },
    );
    expect(found['not-a-likelihood']).toContain('a few values only');
    expect(found['decoder-variance']).toMatch(/^σ of p\(x\|z\) is down to/);
  });

  it('report a bound without its divergence: bound-violated, of the weights of a trained one', async () => {
    const run = soundRun;
    const stored = await loadRun(run);
    const { model, parameters } = await loadCheckpointModel(stored, checkpointOf(stored, 'best'));
    const dataset = await loadRunData(stored);
    const backend = await startBackend('wasm');
    const without = Object.create(model, {
      logProb: {
        value: (x: tf.Tensor2D, inputs: Parameters<NonNullable<typeof model.logProb>>[1]) =>
          termsOf(model.latent!, x, { ...inputs, noise: { [EPSILON]: inputs.noise[EPSILON]! } }).reconstruction,
      },
      latent: { value: model.latent },
      noise: { value: model.noise.bind(model) },
      masks: { value: model.masks.bind(model) },
      activations: { value: model.activations.bind(model) },
      objective: { value: model.objective.bind(model) },
    }) as typeof model;
    const asked = async (one: typeof model) =>
      judged('bound-violated', await contextOf(one, backend, { dataset, parameters, epoch: 10, depth: 'cheap' }));
    expect(await asked(model)).toBe('ok');
    expect(await asked(without)).toMatchObject({ severity: 'error' });
  });
});
