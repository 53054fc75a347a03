/** A model of a case with what a step of it takes, and steps of it one after the other. */
import * as tf from '@tensorflow/tfjs-core';
import type { Compile, CompiledFunction } from '../../../../src/backends/compiled.ts';
import type { Matrix } from '../../../../src/data/dataset.ts';
import { disposeTensors, upload } from '../../../../src/layers/namedTensors.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model } from '../../../../src/models/model.ts';
import { RandomGenerator } from '../../../../src/random/generator.ts';
import { CompiledStep } from '../../../../src/training/compiledStep.ts';
import { firstOptimizerState, stepNoise } from '../../../../src/training/firstState.ts';
import { makeTrainingStep } from '../../../../src/training/makeStep.ts';
import type { StepInputs } from '../../../../src/training/step.ts';
import { untrained } from '../../../../src/training/untrained.ts';
import { traceProgram } from '../../../../src/backends/onnx/program.ts';
import type { Case } from './cases.ts';
import { runner } from './run.ts';

/** Without the rung: the compiler and ONNX Runtime alone. */
export const compile: Compile = (examples, compute) => {
  const made: CompiledFunction[] = [];
  tf.tidy(() => {
    made.push(runner(traceProgram(examples, compute)));
  });
  return made[0]!;
};

export function modelOf({ experiment, dimension, context, vocabulary }: Case): Model {
  return createModel(experiment.model, dimension, 3, context, vocabulary);
}

/** Rows that the model can score: of 0 and 1, or real ones, on which flows are well away from a density without bounds. */
export function rowsOf({ dimension, contextDimension, support }: Model, rows: number, seed = 0): Matrix {
  const random = RandomGenerator.seeded(seed, 'rows');
  const draw = support === 'real' ? () => random.normal() : () => Math.round(random.uniform());
  const matrix = (columns: number) => ({
    rows,
    columns,
    values: Float32Array.from({ length: rows * columns }, draw),
  });
  return { ...matrix(dimension), ...(contextDimension > 0 && { context: matrix(contextDimension) }) };
}

/** Weights to begin with, moved a little: biases of 0 leave units of NADE's first variable on the edge of relu's two sides. */
export function startOf({ experiment }: Case, model: Model): Pick<StepInputs, 'parameters' | 'optimizer'> {
  const random = RandomGenerator.seeded(5, 'start');
  const drawn = Object.entries(model.initialise(random)).map(([name, { shape, data }]) => {
    return [name, { shape, data: Float32Array.from(data, (value) => value + 0.05 * random.normal()) }] as const;
  });
  const { optimizer, batchSize: rows } = experiment.training;
  const state = firstOptimizerState(model, { optimizer, rows, seed: 7 });
  return { parameters: upload(Object.fromEntries(drawn)), optimizer: upload(state) };
}

/** What step number `step` gets, beside what is trained; the caller disposes of it. */
export function inputsOf(
  { experiment }: Case,
  model: Model,
  step: number,
): Omit<StepInputs, 'parameters' | 'optimizer'> {
  const { values, rows, columns, context } = rowsOf(model, experiment.training.batchSize, step % 5);
  return {
    batch: tf.tensor2d(values as Float32Array, [rows, columns]),
    context: context ? tf.tensor2d(context.values as Float32Array, [rows, context.columns]) : null,
    masks: upload(model.masks(model.trainingMask(step))),
    noise: upload(
      stepNoise(
        model,
        rows,
        Int32Array.from({ length: rows }, (_, row) => row),
        RandomGenerator.seeded(step, 'noise'),
      ),
    ),
    step: tf.scalar(step),
  };
}

export function disposeInputs({ batch, context, masks, noise, step }: ReturnType<typeof inputsOf>): void {
  disposeTensors(masks, noise, { batch, step, ...(context && { context }) });
}

/** Losses of training, compiled or as it is. @throws Error where a step cannot be compiled */
export function lossesOf(specimen: Case, steps: number, compiled: boolean): number[] {
  const model = modelOf(specimen);
  const step = makeTrainingStep(model, specimen.experiment.training, { norms: false });
  const program = new CompiledStep(step, compiled ? { compile } : {}, model, (reason) => {
    throw new Error(reason);
  });
  let now = startOf(specimen, model);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const inputs = inputsOf(specimen, model, i);
    const next = program.run({ ...now, ...inputs });
    losses.push(next.loss.dataSync()[0]!);
    const parameters = { ...untrained(model, now.parameters), ...next.parameters };
    disposeTensors(now.parameters, now.optimizer, next.metrics, { loss: next.loss });
    disposeInputs(inputs);
    now = { parameters, optimizer: next.optimizer };
  }
  disposeTensors(now.parameters, now.optimizer);
  program.dispose();
  return losses;
}
