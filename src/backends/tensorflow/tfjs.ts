/** What stands for `@tensorflow/tfjs` in the bundle: tfjs-core is all that TensorFlow's kernels use of it. */
import { KernelBackend as Base } from '@tensorflow/tfjs-core';

export * from '@tensorflow/tfjs-core';

/** As a function: the package is written for ES5, where classes call what they extend. */
export function KernelBackend(): void {
  // The base has no state.
}
KernelBackend.prototype = Base.prototype;
