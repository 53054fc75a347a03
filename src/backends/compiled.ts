/** A function of tensors that a backend has made into one program of its own. */
import type { Tensor } from '@tensorflow/tfjs-core';

export interface CompiledFunction {
  /** Of tensors with the shapes and types of the examples; the caller owns the results. */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

/**
 * Compiles a pure function of tensors. `compute` computes on the tensors in `examples`, and on nothing else but
 * constants. The program has been seen to give the same results on the examples.
 * @throws Error when that cannot be done; then the function is called as it is.
 */
export type Compile = (examples: readonly Tensor[], compute: () => readonly Tensor[]) => CompiledFunction;
