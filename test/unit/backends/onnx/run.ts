/** Programs run by ONNX Runtime, for the tests of the compiler: nothing of the rung but its session. */
import * as tf from '@tensorflow/tfjs-core';
import type { CompiledFunction } from '../../../../src/backends/compiled.ts';
import { initialise, type OnnxBinding, OnnxTensor, openSession } from '../../../../src/backends/onnx/binding.ts';
import { findOnnxRuntime } from '../../../../src/backends/onnx/find.ts';
import type { Form, Port, Program } from '../../../../src/backends/onnx/program.ts';
import type { Numbers } from '../../../../src/backends/onnx/trace.ts';
import { loadNative } from '../../../../src/backends/native/find.ts';

const found = findOnnxRuntime(import.meta.dirname);

/** Why there is no ONNX Runtime; null where there is. */
export const absent: string | null = found.file === null ? found.reason : null;

let binding: OnnxBinding | null = null;

/** @throws Error where {@link absent} says why */
export function nativeBinding(): OnnxBinding {
  if (found.file === null) throw new Error(found.reason);
  if (binding === null) {
    binding = loadNative(found.file) as OnnxBinding;
    initialise(binding);
  }
  return binding;
}

/** As one graph, nothing cut and nothing apart. */
export const wholeForm: Form = { blocks: 1, updatesApart: false };

export function runner(program: Program): CompiledFunction {
  const { model, inputs, outputs } = program.encoded(wholeForm);
  const session = openSession(nativeBinding(), model, { provider: 'cpu', threads: 1 });
  const named = (ports: readonly Port[], values: (port: Port, i: number) => Numbers) =>
    Object.fromEntries(
      ports.map((port, i) => [port.name, new OnnxTensor(port.type, values(port, i), port.shape)] as const),
    );
  return {
    run(given) {
      const feeds = named(inputs, (_, i) => unshared(given[i]!.dataSync()));
      const results = outputs.map(({ type, shape }) => empty(type, shape));
      session.run(
        feeds,
        named(outputs, (_, i) => results[i]!),
      );
      return outputs.map(({ type, shape }, i) => tf.tensor(results[i]!, [...shape], type));
    },
    dispose: () => session.dispose(),
  };
}

function empty(type: Port['type'], shape: readonly number[]): Numbers {
  const size = shape.reduce((product, length) => product * length, 1);
  return new { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[type](size);
}

/** A copy in memory of its own. */
function unshared(values: Float32Array | Int32Array | Uint8Array): Numbers {
  return values.slice();
}
