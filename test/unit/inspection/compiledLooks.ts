/** Looks at models with forward passes compiled, and without. */
import { expect } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Compile } from '../../../src/backends/compiled.ts';
import { passesOn, WORTH_COMPILING } from '../../../src/backends/compiledPasses.ts';
import { type Chunked, type InspectionSource, type Snapshot, toEnd } from '../../../src/inspection/source.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type ExperimentInput, experimentSpec } from '../../../src/spec/experiment.ts';
import { compile, rowsOf } from '../backends/onnx/specimen.ts';

export type ModelInput = ExperimentInput['model'];

/** Of a model with weights at random and a few rows of data. */
export function snapshotFor(spec: ModelInput, dimension: number, on: Backend): Snapshot {
  const { model: checked } = experimentSpec.parse({ data: { train: 'made on the spot' }, model: spec });
  const model = createModel(checked, dimension, 3, 0);
  const random = RandomGenerator.seeded(5, 'start');
  // Flows begin as the identity: their weights are moved.
  const drawn = Object.entries(model.initialise(random)).map(([name, { shape, data }]) => {
    return [name, { shape, data: Float32Array.from(data, (value) => value + 0.05 * random.normal()) }] as const;
  });
  const parameters = upload(Object.fromEntries(drawn));
  const matrix = rowsOf(model, 40);
  const source: InspectionSource = {
    ...{ model, backend: on, image: null, seed: 1, step: 0, epoch: 0, mask: 0, parameters },
    dataset: () => Promise.resolve({ dimension, image: null, train: matrix, validation: matrix, test: null }),
  };
  const counters = { step: 0, epoch: 0, mask: 0, measured: 0 };
  return { source, ...counters, parameters, dispose: () => disposeTensors(parameters) };
}

export interface Looks<T> {
  readonly found: T;
  readonly expected: T;
  readonly programs: number;
}

/** The results of as many looks as make programs pay, with a backend that compiles; and of one without. */
export async function looks<T>(
  backend: Backend,
  { spec, dimension, times = WORTH_COMPILING + 1 }: { spec: ModelInput; dimension: number; times?: number },
  look: (snapshot: Snapshot) => Chunked<T>,
): Promise<Looks<T>> {
  let tried = 0;
  const counting: Compile = (...call) => (tried++, compile(...call));
  const own = { ...backend, compile: counting };
  const [compiling, plain] = [snapshotFor(spec, dimension, own), snapshotFor(spec, dimension, backend)];
  let found = await toEnd(look(compiling));
  for (let i = 1; i < times; i++) found = await toEnd(look(compiling));
  const expected = await toEnd(look(plain));
  const { programs } = passesOn(own);
  expect(tried).toBe(programs);
  passesOn(own).dispose();
  compiling.dispose();
  plain.dispose();
  return { found, expected, programs };
}

/** To 1e-5 of the largest entry; what is exactly 0 is exactly 0. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  const largest = Array.from(expected, Math.abs).reduce((a, b) => Math.max(a, b), 0);
  const isOff = (value: number, i: number) =>
    expected[i] === 0 ? value !== 0 : !(Math.abs(value - expected[i]!) <= 1e-5 * largest);
  expect(Array.from(found).findIndex(isOff), 'entry that is off').toBe(-1);
}
