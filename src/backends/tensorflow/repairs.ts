/**
 * What tfjs-node 4.22 does in many operations that TensorFlow does in few.
 *
 * - `Step`: a comparison, a test for NaN, two choices between them and two constants. max(sign(x), 0) is the same where
 *   the library keeps NaN in both, which is tried.
 */
import { getKernel, registerKernel, tidy, unregisterKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute, NativeBackend } from './binding.ts';

const VALUES = Float32Array.of(NaN, -Infinity, -2, -0, 0, 1e-30, 3, Infinity);
const STEPS = Float32Array.of(NaN, 0, 0, 0, 0, 1, 1, 1);

export function repairStep(backend: NativeBackend): void {
  const type = [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT }];
  if (!isRight(backend, type)) return;
  const { kernelFunc: original, ...config } = getKernel('Step', 'tensorflow');
  unregisterKernel('Step', 'tensorflow');
  registerKernel({
    ...config,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (x.dtype !== 'float32' || call.attrs?.['alpha'] !== 0) return original(call);
      return tidy(() => backend.executeSingleOutput('Relu', type, [backend.executeSingleOutput('Sign', type, [x])]));
    },
  });
}

/** Below the level of tensors: another backend may be the current one. */
function isRight({ binding }: NativeBackend, type: readonly Attribute[]): boolean {
  const x = binding.createTensor([VALUES.length], binding.TF_FLOAT, VALUES);
  const [signs] = binding.executeOp('Sign', type, [x], 1);
  const [steps] = binding.executeOp('Relu', type, [signs!.id], 1);
  const found = binding.tensorDataSync(steps!.id) as Float32Array;
  for (const id of [x, signs!.id, steps!.id]) binding.deleteTensor(id);
  // Zeros may have a sign.
  return STEPS.every((value, i) => Object.is(found[i]! + 0, value));
}
