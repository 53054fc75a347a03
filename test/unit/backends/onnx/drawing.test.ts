/** Rows that are drawn in batches on a device, by programs and operation by operation. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../../src/backends/backend.ts';
import { type CompiledPasses, passesOn, WORTH_COMPILING } from '../../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../../src/backends/index.ts';
import { type DrawnRows, drawRows, type SampleOptions } from '../../../../src/inspection/samples.ts';
import { toEnd } from '../../../../src/inspection/source.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import type { NamedArrays } from '../../../../src/runs/arrays.ts';
import { glowSpec } from '../../../../src/spec/models/glow.ts';
import { type Case, cases } from './cases.ts';
import { absent } from './run.ts';
import { compile, modelOf } from './specimen.ts';

/** As many whole batches as make a program pay, and what is left. */
const ROWS = 250 * WORTH_COMPILING + 3;

/** Those that are not drawn one variable after the other. */
const onDevice = cases.filter(({ experiment: { model } }) =>
  ['nice', 'realnvp', 'iaf', 'glow', 'vae'].includes(model.type),
);
const titled = onDevice.map((specimen) => [specimen.title, specimen] as const);
const [flow, vae] = ['realnvp', 'vae'].map((type) =>
  onDevice.find(({ experiment }) => experiment.model.type === type),
) as [Case, Case];

beforeAll(() => startBackend('wasm'));

if (absent === null) describe('drawn by programs', drawing);
else it('draws rows by programs', (context) => context.skip(absent ?? undefined));

function drawing(): void {
  it.each(titled)('are rows of %s, whatever the weights', async (_, specimen) => {
    const before = tf.memory().numTensors;
    const model = modelOf(specimen);
    const own = programsOf(model);
    // Of the second weights by the program that the first have made: they are no part of it.
    for (const seed of [5, 6]) {
      const weights = weightsOf(model, seed);
      const [found, expected] = [await own.draw(weights, ROWS), await drawn(model, weights, ROWS)];
      expectSame(found, expected);
      expect([own.passes.programs, own.told]).toEqual([1, []]);
    }
    own.release();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([flow, vae])('are the same rows of the same request, whatever came before: $title', async (specimen) => {
    const model = modelOf(specimen);
    const [fresh, used] = [programsOf(model), programsOf(model)];
    const weights = weightsOf(model, 5);
    await used.draw(weights, ROWS);
    for (let i = 0; i <= WORTH_COMPILING; i++) await used.draw(weights, 40, { repeatable: false });
    expect([fresh.passes.programs, used.passes.programs]).toEqual([0, 2]);
    // Too few batches, also where others have a program of that shape.
    for (const rows of [40, 250 * (WORTH_COMPILING - 1)]) {
      const [found, again] = [await fresh.draw(weights, rows), await used.draw(weights, rows)];
      expect(found).toEqual(await drawn(model, weights, rows));
      expect(again).toEqual(found);
    }
    expect(fresh.passes.programs).toBe(0);
    expect(await fresh.draw(weights, ROWS)).toEqual(await used.draw(weights, ROWS));
    fresh.release();
    used.release();
  });

  it('as soon as they have come often enough, where the same is drawn again and again', async () => {
    const model = modelOf(flow);
    const own = programsOf(model);
    const weights = weightsOf(model, 5);
    const programs: number[] = [];
    for (let i = 0; i <= WORTH_COMPILING; i++) {
      expectSame(await own.draw(weights, 64, { repeatable: false }), await drawn(model, weights, 64));
      programs.push(own.passes.programs);
    }
    expect(programs).toEqual([...new Array<number>(WORTH_COMPILING - 1).fill(0), 1, 1]);
    own.release();
  });

  it('are none between layers that are computed one variable after the other', async () => {
    const specimen = cases.find(({ experiment: { model } }) => model.type === 'maf' && model.batchNorm)!;
    const model = modelOf(specimen);
    const own = programsOf(model);
    const weights = weightsOf(model, 5);
    expect(await own.draw(weights, ROWS)).toEqual(await drawn(model, weights, ROWS));
    expect([own.passes.programs, own.told]).toEqual([0, []]);
    own.release();
  });

  it('through many layers, on weights that say something', async () => {
    const spec = glowSpec.parse({ type: 'glow', image: [4, 4, 3], scales: 2, steps: 8, hidden: [4] });
    const model = createModel(spec, 48, 3);
    const tried: number[] = [];
    const own = programsOf(model, (results) => {
      for (const result of results) tried.push(...result.dataSync());
    });
    const weights = weightsOf(model, 5, 0.01);
    expectSame(await own.draw(weights, ROWS), await drawn(model, weights, ROWS));
    expect([own.passes.programs, own.told]).toEqual([1, []]);
    expect(tried.every(Number.isFinite)).toBe(true);
    expect(Math.max(...tried.map(Math.abs))).toBeGreaterThan(0.1);
    own.release();
  });

  it('are given up without a tensor that is left', async () => {
    const model = modelOf(flow);
    const before = tf.memory().numTensors;
    for (const steps of [1, 2, 3]) {
      const work = drawRows(model, weightsOf(model, 5), optionsOf(model, 600));
      for (let i = 0; i < steps; i++) await work.next();
      await work.return(undefined as never);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
}

/** What draws from a model by programs of its own. @param seen told what the function gives that a program is made of */
function programsOf(model: Model, seen: (results: readonly tf.Tensor[]) => void = () => undefined) {
  const own: Pick<Backend, 'compile'> = {
    compile: (examples, compute, hints) => {
      tf.tidy(() => seen(compute()));
      return compile(examples, compute, hints);
    },
  };
  const passes: CompiledPasses = passesOn(own);
  const told: string[] = [];
  return {
    passes,
    told,
    draw: (parameters: NamedArrays, rows: number, { repeatable = true } = {}): Promise<DrawnRows> => {
      const programs = { backend: own, repeatable, tell: (reason: string) => void told.push(reason) };
      return toEnd(drawRows(model, parameters, { ...optionsOf(model, rows), programs }));
    },
    release: () => passes.release(model),
  };
}

const drawn = (model: Model, parameters: NamedArrays, rows: number) =>
  toEnd(drawRows(model, parameters, optionsOf(model, rows)));

function optionsOf({ contextDimension: columns }: Model, rows: number): SampleOptions {
  const context = columns === 0 ? null : { values: Float32Array.from({ length: 7 * columns }, (_, i) => Math.sin(i)) };
  return { rows, seed: 3, temperature: 0.9, mask: null, context };
}

/** Weights to begin with, moved: couplings begin as the identity. What is fixed stays; moments are of something. */
function weightsOf(model: Model, seed: number, moved = 0.05): NamedArrays {
  const random = RandomGenerator.seeded(seed, 'weights');
  const start = model.initialise(random);
  const fixed = new Set(model.parameters.filter(({ trainable }) => trainable === false).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(start).map(([name, { shape, data }]) => {
      const own = /variance$|mean$/.test(name) ? 0.3 : 0;
      const by = fixed.has(name) ? () => own * random.uniform() : () => moved * random.normal();
      return [name, { shape, data: Float32Array.from(data, (value) => value + by()) }];
    }),
  );
}

/** To 1e-5 of the largest entry; where values are whole numbers, all of them. */
function expectSame(found: DrawnRows, expected: DrawnRows): void {
  for (const [a, b] of [
    [found.values, expected.values],
    [found.means, expected.means],
  ] as const) {
    expect(a?.length).toBe(b?.length);
    if (!a || !b) continue;
    const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0);
    const off = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    expect(off).toBeLessThanOrEqual(1e-5 * largest);
  }
}
