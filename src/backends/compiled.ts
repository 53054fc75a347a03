/** A function of tensors that a backend has made into one program of its own. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Why a function cannot be one program: because of what it is and of the shapes it is for. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}

/** Inputs whose values nobody wants any more, so that results may stand in their place. */
export interface GivenUp {
  readonly tensors: ReadonlySet<Tensor>;
  /**
   * Told where some of them have been replaced: those wait to be disposed of and have no values, the others are as they were. All
   * results are finite then; where one is not, or the run fails, all inputs stay as they are.
   */
  readonly onReplaced: () => void;
}

export interface CompiledFunction {
  /** Of tensors with the shapes and types of the examples; the caller owns the results. */
  run(inputs: readonly Tensor[], givenUp?: GivenUp): Tensor[];
  dispose(): void;
}

/** What a compiler may rely on beyond shapes. */
export interface CompileHints {
  /** Places among the examples whose values are those of the examples in every run (masks of a model that has but one structure). */
  readonly fixed: readonly number[];
  /** Told how many operations the program has, as soon as that is known. */
  readonly counted?: ((operations: number) => void) | undefined;
  /** Tensors that it will be run with next, other than the examples: they may be moved to where it takes them from. */
  readonly waiting?: readonly Tensor[];
}

/**
 * Compiles a pure function of tensors. `compute` computes on the tensors in `examples`, and on nothing else but
 * constants. The program has been seen to give the same results on the examples.
 * @throws NotCompilable when that cannot be done, whenever it is tried; then the function is called as it is. Other
 * errors, such as a full disk or memory, say nothing about the function.
 */
export type Compile = (
  examples: readonly Tensor[],
  compute: () => readonly Tensor[],
  hints?: CompileHints,
) => CompiledFunction;
