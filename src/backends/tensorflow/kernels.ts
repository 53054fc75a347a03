/**
 * TensorFlow's kernels for TensorFlow.js, without the package's own start: that one looks for the native part in its own
 * folder only, and throws where there is none.
 *
 * In the bundle its `@tensorflow/tfjs` is `tfjs.ts`, so that there is one tfjs-core.
 */
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';

export { NodeJSKernelBackend };
