/** Bundles the JavaScript of @tensorflow/tfjs-node-gpu: its kernels, on the one tfjs-core of the bundle. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './root.mjs';

const require = createRequire(import.meta.url);

/**
 * The package is optional; without it the bundle has a module in its place that says so when it is loaded.
 * @returns {import('esbuild').Plugin}
 */
export function tensorflowJs() {
  return {
    name: 'tensorflow-js',
    setup(build) {
      build.onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => ({
        path: path.join(root, 'src/backends/tensorflow/tfjs.ts'),
      }));
      // Summaries for TensorBoard, with a large library for their format.
      build.onResolve({ filter: /\/proto\/api_pb$/ }, () => ({ path: 'api_pb', namespace: 'lens-empty' }));
      build.onResolve({ filter: /^@tensorflow\/tfjs-node-gpu\// }, ({ path: wanted }) => {
        try {
          return { path: require.resolve(wanted) };
        } catch {
          return { path: wanted, namespace: 'lens-absent' };
        }
      });
      build.onLoad({ filter: /.*/, namespace: 'lens-empty' }, () => ({ contents: 'module.exports = {};' }));
      build.onLoad({ filter: /.*/, namespace: 'lens-absent' }, () => ({
        contents: `throw new Error('this build was made without @tensorflow/tfjs-node-gpu');`,
      }));
    },
  };
}
