/** Derivatives and latent variables that views show, by compiled passes: the same as without, zeros and all. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { passesOn } from '../../../src/backends/compiledPasses.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { dependencyFrame } from '../../../src/inspection/dependency.ts';
import { flowJacobianFrame } from '../../../src/inspection/flowJacobian.ts';
import { movementOf, movementPace } from '../../../src/inspection/flowMovements.ts';
import { WHOLE_FLOW } from '../../../src/inspection/frames/flowJacobian.ts';
import { jacobianFrame } from '../../../src/inspection/jacobian.ts';
import { posteriorsOf } from '../../../src/inspection/latentLook.ts';
import { latentUnitsFrame } from '../../../src/inspection/latentUnits.ts';
import type { Snapshot } from '../../../src/inspection/source.ts';
import { unitDivergences } from '../../../src/inspection/unitDivergences.ts';
import { boundMoment } from '../../../src/training/boundHistory.ts';
import { absent } from '../backends/onnx/run.ts';
import { compile, rowsOf } from '../backends/onnx/specimen.ts';
import { expectClose, looks, type ModelInput, snapshotFor } from './compiledLooks.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('wasm');
});

if (absent === null) describe('compiled', views);
else it('derivatives by compiled passes', (context) => context.skip(absent ?? undefined));

const vae: ModelInput = { type: 'vae', latent: 2, encoder: { hidden: [7] }, decoder: { hidden: [8] } };
const iafPosterior: ModelInput = { ...vae, posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } };

function views(): void {
  it.each([
    ['a MADE', { type: 'made', hidden: [9], order: 'reversed', direct: true }, 6],
    ['a MADE of mixtures', { type: 'made', hidden: [9], conditional: { type: 'gaussian-mixture', components: 2 } }, 5],
    ['a NADE', { type: 'nade', hidden: 7 }, 6],
  ] as [string, ModelInput, number][])('Jacobian of %s', async (_, spec, dimension) => {
    const { found, expected, programs } = await looks(backend, { spec, dimension }, (snapshot) =>
      jacobianFrame(snapshot, { dataRows: 8 }),
    );
    expect(programs).toBe(1);
    expect(expected.values.some((value) => value === 0)).toBe(true);
    expectClose(found.values, expected.values);
    expect([found.leaks, found.worstLeak]).toEqual([0, null]);
  });

  it('Jacobian of so many variables that rows are computed by themselves, from the first look', async () => {
    const spec: ModelInput = { type: 'made', hidden: [7] };
    const { found, expected, programs } = await looks(backend, { spec, dimension: 503, times: 1 }, (snapshot) =>
      jacobianFrame(snapshot, { dataRows: 4, limits: { exact: 600, single: 600 } }),
    );
    // In two pieces each, 8 in all, the second of them filled up.
    expect(programs).toBe(1);
    expectClose(found.values, expected.values);
    expect(found.leaks).toBe(0);
  });

  it('what one output depends on', async () => {
    const spec: ModelInput = { type: 'made', hidden: [9], activation: 'tanh' };
    const { found, expected, programs } = await looks(backend, { spec, dimension: 6 }, (snapshot) =>
      dependencyFrame(snapshot, { output: 3, dataRows: 33 }),
    );
    expect(programs).toBe(1);
    expectClose(found.strength, expected.strength);
  });

  it.each([
    ['RealNVP', { type: 'realnvp', layers: 3, hidden: [8] }],
    ['MAF', { type: 'maf', layers: 2, hidden: [8] }],
    ['IAF', { type: 'iaf', layers: 2, hidden: [8] }],
  ] as [string, ModelInput][])('Jacobians of %s and of its second layer', async (_, spec) => {
    for (const layer of [WHOLE_FLOW, 1]) {
      const { found, expected, programs } = await looks(backend, { spec, dimension: 3 }, (snapshot) =>
        flowJacobianFrame(snapshot, { layer, dataRows: 5 }),
      );
      expect(programs).toBeGreaterThan(0);
      expectClose(found.values, expected.values);
      expectClose(found.numeric, expected.numeric);
      expect(found.leaks).toBe(0);
    }
  });

  it('by what a coupling layer moves rows', async () => {
    const spec: ModelInput = { type: 'realnvp', layers: 2, hidden: [8] };
    const places = [1, 2, 3].map((seed) => Float32Array.from({ length: 128 }, (_, i) => Math.sin(seed * i)));
    const { found, expected, programs } = await looks(backend, { spec, dimension: 4 }, (snapshot) => {
      const { model } = snapshot.source;
      const way = { flow: model.flow!, l: 1, places, rows: 32, context: null };
      return movementOf(snapshot, { ...way, pace: movementPace(model, true) });
    });
    expect(programs).toBe(1);
    expectClose(found.logScale!, expected.logScale!);
    expectClose(found.shift!, expected.shift!);
  });

  it.each([
    ['Gaussian', vae],
    ['IAF', iafPosterior],
  ])('posteriors, %s', async (_, spec) => {
    const rows = ({ source }: Snapshot) => rowsOf(source.model, 32);
    const drawn = await looks(backend, { spec, dimension: 6 }, (snapshot) =>
      posteriorsOf(snapshot, rows(snapshot), true),
    );
    expect(drawn.programs).toBe(1);
    for (const part of ['mean', 'deviation', 'drawn'] as const) expectClose(drawn.found[part], drawn.expected[part]);
    const units = await looks(backend, { spec, dimension: 6 }, (snapshot) =>
      unitDivergences(snapshot, rows(snapshot), true),
    );
    expect(units.programs).toBe(spec === vae ? 1 : 2);
    expectClose(units.found.perUnit, units.expected.perUnit);
  });

  it('both estimators of the bound', async () => {
    const { found, expected, programs } = await looks(backend, { spec: vae, dimension: 6 }, (snapshot) =>
      latentUnitsFrame(snapshot),
    );
    // Posteriors and parts, of 32 rows and of the 8 that are left.
    expect(programs).toBe(4);
    expectClose(found.perUnit, expected.perUnit);
    expectClose(numbersOf(found.estimators), numbersOf(expected.estimators));
  });

  it.each([
    ['Gaussian', vae],
    ['IAF', iafPosterior],
  ])('how the bound is made up after the first epoch, %s', async (_, spec) => {
    const own = { ...backend, compile };
    const told: string[] = [];
    const moment = async (on: Backend) => {
      const { source, dispose } = snapshotFor(spec, 6, on);
      const { model, parameters } = source;
      const found = await boundMoment({
        ...{ model, parameters, dataset: await source.dataset(), backend: on, seed: 3, epoch: 0 },
        tell: (reason) => void told.push(reason),
        yieldNow: () => Promise.resolve(),
      });
      dispose();
      return found!;
    };
    const [found, expected] = [await moment(own), await moment(backend)];
    expect(passesOn(own).programs).toBe(2);
    expect(told).toEqual([]);
    expectClose(numbersOf(found), numbersOf(expected));
    passesOn(own).dispose();
  });
}

/** Of a record, of records and lists in it, in order. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
