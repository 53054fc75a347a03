/**
 * What tfjs-backend-webgpu 4.22 computes wrongly, made good out of its other kernels.
 *
 * - Reversed `Cumsum` and `Cumprod`: the shader has the length of the axis written into its source, but its cache key
 *   has not, so every length after the first one used gives wrong sums, and with them every cumsum's gradient.
 *   Reversing, summing forward and reversing back has no such length.
 * - `Bincount`: the shader adds floats into memory that is read back as integers. Without weights, the sum of a one-hot
 *   matrix over its rows says the same; with weights, that matrix's product with them.
 * - `Exp` and what is made of it: a shader need not keep NaN, and some drivers' exponential does not, so that a broken run
 *   looks sound. `Step` tests for NaN bit by bit; with both of its values 1 it is a factor that is NaN where its input is.
 */
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  util,
  type KernelBackend,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

const ENGINE = 'webgpu';

/** Arguments of one kernel call. */
interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: KernelBackend;
}

type Kernel = (call: KernelCall) => TensorInfo;

let repaired = false;

/** Repairs the registered kernels, once a process. */
export function repairWebgpuKernels(): void {
  if (repaired) return;
  repaired = true;
  replace('Cumsum', forwardOnly);
  replace('Cumprod', forwardOnly);
  replace('Bincount', () => bincount);
  for (const name of ['Exp', 'Expm1', 'Elu', 'Sigmoid', 'Softplus', 'Tanh']) replace(name, keepingNaN);
}

/** An elementwise kernel of floats that gives NaN for NaN. */
function keepingNaN(original: Kernel): Kernel {
  const step = existing('Step');
  const multiply = existing('Multiply');
  return (call) => {
    const x = call.inputs['x']!;
    const { backend } = call;
    const values = original(call);
    if (x.dtype !== 'float32') return values;
    const ones = step({ inputs: { x }, attrs: { alpha: 1 }, backend });
    const output = multiply({ inputs: { a: values, b: ones }, attrs: {}, backend });
    free(backend, values, ones);
    return output;
  };
}

function replace(name: string, wrap: (original: Kernel) => Kernel): void {
  const config = getKernel(name, ENGINE);
  const wrapped = wrap(existing(name));
  unregisterKernel(name, ENGINE);
  registerKernel({ ...config, kernelFunc: asKernelFunc(wrapped) });
}

function existing(name: string): Kernel {
  const found = getKernel(name, ENGINE) as KernelConfig | undefined;
  if (found === undefined) throw new Error(`the webgpu backend has no kernel ${name}`);
  return ({ inputs, attrs, backend }) => {
    const output = found.kernelFunc({ inputs, attrs, backend });
    if (Array.isArray(output)) throw new Error(`kernel ${name} has ${output.length} outputs, expected one`);
    return output;
  };
}

function asKernelFunc(kernel: Kernel): KernelFunc {
  return ({ inputs, attrs, backend }) => kernel({ inputs, attrs: attrs ?? {}, backend: backend as KernelBackend });
}

/** A cumulative kernel that is only ever asked to go forward. */
function forwardOnly(original: Kernel): Kernel {
  const reverse = existing('Reverse');
  return ({ inputs, attrs, backend }) => {
    if (!attrs['reverse']) return original({ inputs, attrs, backend });
    const axis = attrs['axis'] as number;
    const dims = [axis < 0 ? axis + inputs['x']!.shape.length : axis];
    const turned = reverse({ inputs: { x: inputs['x']! }, attrs: { dims }, backend });
    const sums = original({ inputs: { x: turned }, attrs: { ...attrs, reverse: false }, backend });
    const back = reverse({ inputs: { x: sums }, attrs: { dims }, backend });
    free(backend, turned, sums);
    return back;
  };
}

/** `x` [N] int32, `weights` [N] or empty: [size], how often each value occurs, or the sum of its weights. */
function bincount({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const x = inputs['x']!;
  const weights = inputs['weights']!;
  const size = attrs['size'] as number;
  const rows = util.sizeFromShape(x.shape);
  const dtype = weights.dtype;
  const weighted = util.sizeFromShape(weights.shape) > 0;
  const hot = existing('OneHot')({
    inputs: { indices: { ...x, shape: [rows] } },
    attrs: { depth: size, onValue: 1, offValue: 0, dtype: weighted ? 'float32' : dtype },
    backend,
  });
  if (!weighted) {
    const counts = existing('Sum')({ inputs: { x: hot }, attrs: { axis: 0, keepDims: false }, backend });
    free(backend, hot);
    return counts;
  }
  const cast = existing('Cast')({ inputs: { x: weights }, attrs: { dtype: 'float32' }, backend });
  const product = existing('BatchMatMul')({
    inputs: { a: { ...cast, shape: [1, 1, rows] }, b: { ...hot, shape: [1, rows, size] } },
    attrs: { transposeA: false, transposeB: false },
    backend,
  });
  const sums = existing('Cast')({ inputs: { x: { ...product, shape: [size] } }, attrs: { dtype }, backend });
  free(backend, hot, cast, product);
  return sums;
}

function free(backend: KernelBackend, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
