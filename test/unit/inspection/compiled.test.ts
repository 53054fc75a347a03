/** What views show, and importance samples, with forward passes compiled: the same as without, and compiled they are. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { passesOn } from '../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb } from '../../../src/inspection/ensembleScoring.ts';
import { drawingTimeFrame } from '../../../src/inspection/drawingTime.ts';
import { entropyFrame } from '../../../src/inspection/entropy.ts';
import { passage } from '../../../src/inspection/flowPassage.ts';
import { decodedMeans } from '../../../src/inspection/latentLook.ts';
import { samplesFrame } from '../../../src/inspection/samples.ts';
import type { Snapshot } from '../../../src/inspection/source.ts';
import { importanceScores } from '../../../src/training/importance.ts';
import { absent } from '../backends/onnx/run.ts';
import { compile, rowsOf } from '../backends/onnx/specimen.ts';
import { expectClose, looks, type ModelInput, snapshotFor } from './compiledLooks.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

if (absent === null) describe('compiled', views);
else it('looks by compiled passes', (context) => context.skip(absent ?? undefined));

function views(): void {
  it('entropies of a MADE', async () => {
    const { found, expected, programs } = await looks(
      backend,
      { spec: { type: 'made', hidden: [9] }, dimension: 6 },
      (snapshot) => entropyFrame(snapshot, { free: true }),
    );
    // 32 rows, and the 8 that are left.
    expect(programs).toBe(2);
    expectClose(found.surprise, expected.surprise);
    expectClose(found.entropy!, expected.entropy!);
  });

  it('scores under several masks by the same program', async () => {
    const spec: ModelInput = { type: 'made', hidden: [9], masks: 3, connectivityAgnostic: true };
    const { found, expected, programs } = await looks(backend, { spec, dimension: 6 }, async function* (snapshot) {
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
    const { found, expected, programs } = await looks(
      backend,
      { spec: { type: 'realnvp', layers: 3, hidden: [8] }, dimension: 2 },
      (snapshot) =>
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
    const { found, expected, programs } = await looks(backend, { spec: vae, dimension: 6 }, (snapshot) =>
      decodedMeans(snapshot, z, true),
    );
    expect(programs).toBe(1);
    expectClose(found, expected);
  });

  it.each<ModelInput>([vae, { type: 'realnvp', layers: 3, hidden: [8] }])(
    'the grid that is drawn anew after every epoch, of %o',
    async (spec) => {
      const { found, expected, programs } = await looks(backend, { spec, dimension: 6 }, (snapshot) =>
        samplesFrame(snapshot, null),
      );
      expect(programs).toBe(1);
      expectClose(found.values, expected.values);
    },
  );

  it('rows that are drawn to be timed, and the pass beside them', async () => {
    // At three attempts each at least.
    const { programs } = await looks(backend, { spec: vae, dimension: 6, times: 3 }, (snapshot) =>
      drawingTimeFrame(snapshot, 1),
    );
    expect(programs).toBe(3);
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
