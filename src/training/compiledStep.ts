/** A training step as a program of the backend's own, where it has such programs. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import { type CompiledFunction, NotCompilable } from '../backends/compiled.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { disposeMadeUpInputs, madeUpInputs } from './madeUpInputs.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';

/**
 * The same step, compiled anew for every batch size. Which way a step is computed depends on the model and on shapes
 * alone: a program is tried on made-up inputs, never on what happens to be trained when it is first needed, so that a
 * resumed run computes as the uninterrupted one did.
 */
export class CompiledStep {
  readonly #step: TrainingStep;
  readonly #compile: Backend['compile'];
  readonly #model: Pick<Model, 'masks' | 'noise' | 'chains'>;
  readonly #tell: (reason: string) => void;
  /** By the shapes of the inputs; null where the step cannot be compiled. */
  readonly #programs = new Map<string, Program | null>();

  /** @param tell Why a step is computed as it is, though the backend has programs. */
  constructor(
    step: TrainingStep,
    { compile }: Pick<Backend, 'compile'>,
    model: Pick<Model, 'masks' | 'noise' | 'chains'>,
    tell: (reason: string) => void = () => undefined,
  ) {
    this.#step = step;
    this.#model = model;
    this.#tell = tell;
    this.#compile = compile;
  }

  run(inputs: StepInputs): StepOutputs {
    if (this.#compile === undefined) return this.#step(inputs);
    const tensors = inputTensors(inputs);
    const key = shapesOf(tensors);
    const known = this.#programs.get(key);
    const program = known === undefined ? this.#compiled(inputs, key) : known;
    this.#programs.set(key, program);
    if (program === null) return this.#step(inputs);
    const found = program.compiled.run(tensors.map(([, tensor]) => tensor));
    return stepOutputs(program.names, found);
  }

  /** @throws whatever it is that the function itself is not to blame for: a full disk, no memory. */
  #compiled(inputs: StepInputs, key: string): Program | null {
    const examples = madeUpInputs(inputs, this.#model);
    const tensors = inputTensors(examples);
    let names: readonly string[] = [];
    try {
      if (shapesOf(tensors) !== key) throw new Error(`made-up inputs are ${shapesOf(tensors)}, the step's are ${key}`);
      const compiled = this.#compile!(
        tensors.map(([, tensor]) => tensor),
        () => {
          const outputs = outputTensors(this.#step(examples));
          names = outputs.map(([name]) => name);
          return outputs.map(([, tensor]) => tensor);
        },
      );
      return { compiled, names };
    } catch (error) {
      if (!(error instanceof NotCompilable)) throw error;
      this.#tell(error.message);
      return null;
    } finally {
      disposeMadeUpInputs(examples);
    }
  }

  dispose(): void {
    for (const program of this.#programs.values()) program?.compiled.dispose();
    this.#programs.clear();
  }
}

interface Program {
  readonly compiled: CompiledFunction;
  /** Of the outputs. */
  readonly names: readonly string[];
}

/** `group/name`, and the tensor. */
type Named = readonly [string, Tensor];

function shapesOf(tensors: readonly Named[]): string {
  return JSON.stringify(tensors.map(([name, { shape, dtype }]) => [name, shape, dtype]));
}

/** In an order that does not depend on who made the records. */
function inputTensors({ parameters, optimizer, batch, masks, noise, context, step }: StepInputs): Named[] {
  const given = context === null ? {} : { context };
  return [...group('p', parameters), ...group('o', optimizer), ...group('m', masks), ...group('n', noise)].concat(
    group('i', { batch, step, ...given }),
  );
}

function outputTensors({ parameters, optimizer, loss, metrics }: StepOutputs): Named[] {
  return [...group('p', parameters), ...group('o', optimizer), ...group('m', metrics), ...group('l', { loss })];
}

function stepOutputs(names: readonly string[], tensors: readonly Tensor[]): StepOutputs {
  const of = (letter: string): NamedTensors => {
    const mine = [...names.entries()].filter(([, name]) => name.startsWith(`${letter}/`));
    return Object.fromEntries(mine.map(([i, name]) => [name.slice(2), tensors[i]!]));
  };
  return { parameters: of('p'), optimizer: of('o'), metrics: of('m'), loss: of('l')['loss'] as Scalar };
}

function group(letter: string, tensors: NamedTensors): Named[] {
  const names = Object.keys(tensors).sort();
  return names.map((name) => [`${letter}/${name}`, tensors[name]!]);
}
