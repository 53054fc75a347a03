/** Compiled steps of one specimen on ONNX Runtime's storage, one after the other, and what they leave behind. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { expect } from 'vitest';
import { type Compile, type GivenUp, NotCompilable } from '../../../../src/backends/compiled.ts';
import { onnxCompiler } from '../../../../src/backends/onnx/compiler.ts';
import type { DeviceMemory } from '../../../../src/backends/onnx/device.ts';
import { type Encoded, type Form, type Program, traceProgram } from '../../../../src/backends/onnx/program.ts';
import type { OnnxRuntime } from '../../../../src/backends/onnx/sessions.ts';
import { OnnxStorage } from '../../../../src/backends/onnx/storage.ts';
import { disposeTensors } from '../../../../src/layers/namedTensors.ts';
import { experimentSpec } from '../../../../src/spec/experiment.ts';
import { CompiledStep } from '../../../../src/training/compiledStep.ts';
import { makeTrainingStep } from '../../../../src/training/makeStep.ts';
import type { StepInputs, StepOutputs } from '../../../../src/training/step.ts';
import type { Case } from './cases.ts';
import { nativeBinding } from './run.ts';
import { disposeInputs, inputsOf, modelOf, startOf } from './specimen.ts';

export const STEPS = 5;

export const specimen = (training: object = {}, model: object = {}): Case => ({
  title: 'MADE',
  experiment: experimentSpec.parse({
    model: { type: 'made', hidden: [90, 96], ...model },
    data: { train: 'made on the spot' },
    training: { batchSize: 12, ...training },
  }),
  dimension: 70,
  context: 0,
  vocabulary: 0,
});

export interface StepOptions {
  readonly form?: Partial<Form>;
  readonly norms?: boolean;
  readonly blocks?: number;
  /** On WebGPU, whose memory it is. */
  readonly memory?: DeviceMemory;
}

/** A compiled step whose programs are written down as `form` says, and what was written. The backend is wasm. */
export function stepOf(of: Case, { form, norms = false, blocks = 1, memory }: StepOptions) {
  const storage = new OnnxStorage(tf.findBackend('wasm') as BackendWasm);
  const runtime: OnnxRuntime = {
    binding: nativeBinding(),
    storage,
    ...(memory && { memory }),
    choice: () => ({ provider: memory ? 'webgpu' : 'cpu', threads: 1, blocks }),
  };
  const written: Encoded[] = [];
  const model = modelOf(of);
  const translate = (...call: Parameters<typeof traceProgram>): Program => {
    const program = traceProgram(...call);
    const encoded = (wanted: Form) => {
      written.push(program.encoded({ ...wanted, ...form }));
      return written.at(-1)!;
    };
    return { ...program, encoded };
  };
  const step = makeTrainingStep(model, of.experiment.training, { norms });
  const compile: Compile = onnxCompiler(runtime, translate);
  const compiled = new CompiledStep(step, { compile }, model, (reason) => {
    throw new NotCompilable(reason);
  });
  return {
    ...{ written, storage },
    run: (inputs: StepInputs, givenUp?: GivenUp) => compiled.run(inputs, givenUp),
    dispose: () => compiled.dispose(),
  };
}

/** The state after some steps, and what one was told of the last. @param between done after each step with what there is now */
export function trained(
  of: Case,
  run: (inputs: StepInputs) => StepOutputs,
  between: (now: Pick<StepOutputs, 'parameters' | 'optimizer'>) => void = () => undefined,
) {
  const model = modelOf(of);
  let now = startOf(of, model);
  let told: Record<string, number> = {};
  for (let i = 0; i < STEPS; i++) {
    const inputs = inputsOf(of, model, i);
    const { loss, metrics, ...next } = run({ ...now, ...inputs });
    told = Object.fromEntries(
      Object.entries({ ...metrics, loss }).map(([name, tensor]) => [name, tensor.dataSync()[0]!] as const),
    );
    disposeTensors(now.parameters, now.optimizer, metrics, { loss });
    disposeInputs(inputs);
    now = next;
    between(now);
  }
  const state = Object.entries({ ...now.parameters, ...now.optimizer }).map(
    ([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()] as const,
  );
  disposeTensors(now.parameters, now.optimizer);
  return { told, state: new Map(state) };
}

export function expectClose(
  found: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>,
): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const off = values.reduce((most, value, i) => Math.max(most, Math.abs(value - found.get(name)![i]!)), 0);
    expect(off, name).toBeLessThan(1e-4 * largest);
  }
}
