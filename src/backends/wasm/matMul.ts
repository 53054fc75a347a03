/**
 * Transposed products through XNNPACK.
 *
 * The backend hands a matMul to XNNPACK only when neither operand is transposed; otherwise it runs a naive loop, some
 * eight times slower. Every gradient of a matMul has a transposed operand. A transposition of its own is cheap beside
 * the product, so: transpose first, then multiply.
 */
import { BatchMatMul, Transpose, _FusedMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import { existingKernel, replaceKernel, withIntermediates, type KernelCall, type WasmKernel } from './kernel.ts';

export function repairMatMul(): void {
  const transpose = existingKernel(Transpose);
  for (const name of [BatchMatMul, _FusedMatMul]) {
    replaceKernel(name, (original) => withTransposesFirst(original, transpose));
  }
}

function withTransposesFirst(matMul: WasmKernel, transpose: WasmKernel): WasmKernel {
  return (call) => {
    const { inputs, attrs, backend } = call;
    if (attrs['transposeA'] !== true && attrs['transposeB'] !== true) return matMul(call);
    return withIntermediates(backend, (keep) => {
      const upright = (operand: TensorInfo | undefined, transposed: boolean): TensorInfo => {
        if (operand === undefined) throw new Error('matMul without both operands');
        return transposed ? keep(transpose(transposition(operand, call))) : operand;
      };
      return matMul({
        backend,
        inputs: {
          ...inputs,
          a: upright(inputs['a'], attrs['transposeA'] === true),
          b: upright(inputs['b'], attrs['transposeB'] === true),
        },
        attrs: { ...attrs, transposeA: false, transposeB: false },
      });
    });
  };
}

/** The call that exchanges the last two axes of `x`. */
function transposition(x: TensorInfo, { backend }: KernelCall): KernelCall {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return { inputs: { x }, backend, attrs: { perm } };
}
