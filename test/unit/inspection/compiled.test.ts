/** What views show, and importance samples, with forward passes compiled: the same as without, and compiled they are. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Compile } from '../../../src/backends/compiled.ts';
import { passesOn, WORTH_COMPILING } from '../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb } from '../../../src/inspection/ensembleScoring.ts';
import { entropyFrame } from '../../../src/inspection/entropy.ts';
import { passage } from '../../../src/inspection/flowPassage.ts';
import { decodedMeans } from '../../../src/inspection/latentLook.ts';
import { type Chunked, type InspectionSource, type Snapshot, toEnd } from '../../../src/inspection/source.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type ExperimentInput, experimentSpec } from '../../../src/spec/experiment.ts';
import { importanceScores } from '../../../src/training/importance.ts';
import { absent } from '../backends/onnx/run.ts';
import { compile, rowsOf } from '../backends/onnx/specimen.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
}, 60_000);

type ModelInput = ExperimentInput['model'];

/** Of a model with weights at random and a few rows of data. */
function snapshotFor(spec: ModelInput, dimension: number, on: Backend): Snapshot {
  const { model: checked } = experimentSpec.parse({ data: { train: 'made on the spot' }, model: spec });
  const model = createModel(checked, dimension, 3, 0);
  const parameters = upload(model.initialise(RandomGenerator.seeded(5, 'start')));
  const matrix = rowsOf(model, 40);
  const source: InspectionSource = {
    ...{ model, backend: on, image: null, seed: 1, step: 0, epoch: 0, mask: 0, parameters },
    dataset: () => Promise.resolve({ dimension, image: null, train: matrix, validation: matrix, test: null }),
  };
  const counters = { step: 0, epoch: 0, mask: 0, measured: 0 };
  return { source, ...counters, parameters, dispose: () => disposeTensors(parameters) };
}

/** The results of as many looks as make programs pay, with a backend that compiles; and of one without. */
async function looks<T>(
  spec: ModelInput,
  dimension: number,
  look: (snapshot: Snapshot) => Chunked<T>,
): Promise<{ readonly found: T; readonly expected: T; readonly programs: number }> {
  let tried = 0;
  const counting: Compile = (...call) => (tried++, compile(...call));
  const own = { ...backend, compile: counting };
  const [compiling, plain] = [snapshotFor(spec, dimension, own), snapshotFor(spec, dimension, backend)];
  let found = await toEnd(look(compiling));
  for (let i = 1; i < WORTH_COMPILING + 1; i++) found = await toEnd(look(compiling));
  const expected = await toEnd(look(plain));
  const { programs } = passesOn(own);
  expect(tried).toBe(programs);
  passesOn(own).dispose();
  compiling.dispose();
  plain.dispose();
  return { found, expected, programs };
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(found[i]! - expected[i]!)).toBeLessThanOrEqual(1e-5 * largest);
  }
}

if (absent === null) describe('compiled', views);
else it('looks by compiled passes', (context) => context.skip(absent ?? undefined));

function views(): void {
  it('entropies of a MADE', async () => {
    const { found, expected, programs } = await looks({ type: 'made', hidden: [9] }, 6, (snapshot) =>
      entropyFrame(snapshot, 'thorough', true),
    );
    // 32 rows, and the 8 that are left.
    expect(programs).toBe(2);
    expectClose(found.surprise, expected.surprise);
    expectClose(found.entropy!, expected.entropy!);
  });

  it('scores under several masks by the same program', async () => {
    const spec: ModelInput = { type: 'made', hidden: [9], masks: 3, connectivityAgnostic: true };
    const { found, expected, programs } = await looks(spec, 6, async function* (snapshot) {
      const logProb = new Float32Array(3 * 32);
      for (let mask = 0; mask < 3; mask++) {
        yield* evaluateRows(snapshot, {
          ...{ mask, count: 32, pace: new Pace({ free: true }), pass: ROW_LOG_PROB },
          rowsOf: (from, to) => rowsOf(snapshot.source.model, to - from, from),
          evaluate: rowLogProb(snapshot.source.model),
          take: (from, [own]) => logProb.set(own!, 32 * mask + from),
        });
      }
      return logProb;
    });
    expect(programs).toBe(1);
    expect(new Set(expected).size).toBeGreaterThan(32);
    expectClose(found, expected);
  });

  it.each(['forward', 'inverse'] as const)('rows led through a flow, %s', async (direction) => {
    const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
    const { found, expected, programs } = await looks({ type: 'realnvp', layers: 3, hidden: [8] }, 2, (snapshot) =>
      passage(snapshot, { values: values.slice(), rows: 32, context: null, direction, keep: 'all', free: true }),
    );
    // Through the layers, and the base.
    expect(programs).toBe(2);
    for (const [stage, places] of expected.places.entries()) expectClose(found.places[stage]!, places);
    for (const [l, own] of expected.logDets.entries()) expectClose(found.logDets[l]!, own);
    expectClose(found.logBase, expected.logBase);
  });

  const vae: ModelInput = { type: 'vae', latent: 2, encoder: { hidden: [7] }, decoder: { hidden: [8] } };
  const iafPosterior: ModelInput = { ...vae, posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } };

  it('places of a VAE decoded', async () => {
    const z = Float32Array.from({ length: 64 }, (_, i) => Math.cos(i));
    const { found, expected, programs } = await looks(vae, 6, (snapshot) => decodedMeans(snapshot, z, true));
    expect(programs).toBe(1);
    expectClose(found, expected);
  });

  it.each([vae, iafPosterior])('importance samples of %o', async (spec) => {
    const own = { ...backend, compile };
    const told: string[] = [];
    const [compiling, plain] = [snapshotFor(spec, 6, own), snapshotFor(spec, 6, backend)];
    const scored = ({ source: { model, parameters, backend: on } }: Snapshot) =>
      importanceScores(model, parameters, rowsOf(model, 17), {
        ...{ backend: on, samples: 5, chunk: 10, tell: (reason) => void told.push(reason) },
      });
    const [found, expected] = [await scored(compiling), await scored(plain)];
    // 8 times two rows; the last row is by itself.
    expect(passesOn(own).programs).toBe(2);
    expect(told).toEqual([]);
    expectClose(found.perRow, expected.perRow);
    expectClose(found.elbo, expected.elbo);
    passesOn(own).dispose();
    compiling.dispose();
    plain.dispose();
  });
}
