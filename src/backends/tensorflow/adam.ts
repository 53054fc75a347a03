/**
 * Adam by TensorFlow's own kernel for it, `ResourceApplyAdam`: one pass over the memory where tensor operations take
 * twelve. It works on variables, which are made for the call and gone after it; a variable shares the memory of the
 * tensor that it is given until it is written to, so that the inputs stay as they are.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernels } from '../fused.ts';
import type { AdamInputs } from '../wasm/adam.ts';
import type { Attribute, NativeBackend } from './binding.ts';

/** Registers the kernel. Outputs: the new parameter, m and v. */
export function addFusedAdam(backend: NativeBackend): void {
  const operations = variablesOn(backend);
  let calls = 0;
  tf.registerKernel({
    kernelName: fusedKernels.adam,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const { parameter, gradient, m, v, stepSize, floor } = inputs as unknown as AdamInputs;
      const { beta1, beta2 } = attrs as unknown as { beta1: number; beta2: number };
      const name = `lens.${calls++}`;
      return tf.tidy(() => {
        const variables = [parameter, m, v].map((value, i) => operations.make(`${name}.${i}`, value));
        // Powers of β are 0 here: the step size and the floor hold the corrections already.
        const scalars = [tf.scalar(0), tf.scalar(0), stepSize, tf.scalar(beta1), tf.scalar(beta2), floor];
        operations.applyAdam([...variables, ...scalars, gradient]);
        const outputs = variables.map(operations.read);
        variables.forEach(operations.destroy);
        return outputs;
      });
    },
  });
}

/** TensorFlow's operations on variables of floats. */
function variablesOn(backend: NativeBackend) {
  const { TF_ATTR_TYPE, TF_ATTR_STRING, TF_ATTR_BOOL, TF_ATTR_SHAPE, TF_FLOAT } = backend.binding;
  const float = (name: string): Attribute => ({ name, type: TF_ATTR_TYPE, value: TF_FLOAT });
  const text = (name: string, value: string): Attribute => ({ name, type: TF_ATTR_STRING, value });
  const no = (name: string): Attribute => ({ name, type: TF_ATTR_BOOL, value: false });
  const act = (operation: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]) => {
    backend.executeMultipleOutputs(operation, attributes, inputs, 0);
  };
  return {
    make(name: string, value: TensorInfo): Tensor {
      const shape: Attribute = { name: 'shape', type: TF_ATTR_SHAPE, value: value.shape };
      const attributes = [float('dtype'), shape, text('shared_name', name), text('container', '')];
      const variable = backend.executeSingleOutput('VarHandleOp', attributes, []);
      act('AssignVariableOp', [float('dtype')], [variable, value]);
      return variable;
    },
    applyAdam: (inputs: readonly TensorInfo[]) =>
      act('ResourceApplyAdam', [float('T'), no('use_locking'), no('use_nesterov')], inputs),
    read: (variable: Tensor) => backend.executeSingleOutput('ReadVariableOp', [float('dtype')], [variable]),
    destroy: (variable: Tensor) => act('DestroyResourceOp', [], [variable]),
  };
}
