/** A function of tensors as one ONNX graph that ONNX Runtime computes: one call in place of some hundred. */
import { engine, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { messageOf } from '../../text/messageOf.ts';
import { type Compile, type CompiledFunction, NotCompilable } from '../compiled.ts';
import { checkSame } from '../sameResults.ts';
import { type NativeSession, type OnnxBinding, OnnxTensor, openSession, type SessionChoice } from './binding.ts';
import type { Port, Program } from './program.ts';
import type { OnnxStorage } from './storage.ts';
import type { Numbers } from './trace.ts';

/** What programs run on. */
export interface OnnxRuntime {
  readonly binding: OnnxBinding;
  readonly storage: OnnxStorage;
  /** Asked for before every run: with another choice a session is opened anew. */
  readonly choice: () => SessionChoice;
}

/** Traces and translates a function: the compiler proper. */
export type Translate = (examples: readonly Tensor[], compute: () => readonly Tensor[]) => Program;

export function onnxCompiler(runtime: OnnxRuntime, translate: Translate): Compile {
  return (examples, compute) => {
    const made: CompiledFunction[] = [];
    tidy(() => {
      const program = translate(examples, compute);
      const compiled = compiledProgram(runtime, program);
      try {
        checkSame(compiled.run(examples), program.results);
      } catch (error) {
        compiled.dispose();
        throw error;
      }
      made.push(compiled);
    });
    return made[0]!;
  };
}

/** @throws NotCompilable where ONNX Runtime refuses the model, its own error where it runs short of something */
export function compiledProgram(
  { binding, storage, choice }: OnnxRuntime,
  { model, inputs, outputs }: Pick<Program, 'model' | 'inputs' | 'outputs'>,
): CompiledFunction {
  let chosen = choice();
  let session: NativeSession | null = open();
  storage.enter();

  function open(): NativeSession {
    return asked(() => openSession(binding, model, chosen));
  }

  /** The one for what is chosen now. */
  function current(): NativeSession {
    if (session === null) throw new Error('this program was disposed of');
    const now = choice();
    if (now.threads === chosen.threads && now.provider === chosen.provider) return session;
    chosen = now;
    session.dispose();
    return (session = open());
  }

  return {
    run(given) {
      const native = current();
      const copies: Numbers[] = [];
      const results: Numbers[] = [];
      try {
        const feeds = named(inputs, (port, i) =>
          storage.valuesOf(fitting(port, given[i]), (copy) => copies.push(copy)),
        );
        const fetches = named(outputs, (port) => {
          const values = storage.take(port.type, sizeOf(port));
          results.push(values);
          return values;
        });
        asked(() => native.run(feeds, fetches, {}));
      } catch (error) {
        for (const values of results) storage.give(values);
        throw error;
      } finally {
        for (const values of copies) storage.give(values);
      }
      return outputs.map(({ type, shape }, i) => {
        const info = { dataId: storage.adopt(results[i]!), dtype: type, shape: [...shape] };
        return engine().makeTensorFromTensorInfo(info, storage);
      });
    },
    dispose() {
      if (session === null) return;
      session.dispose();
      session = null;
      storage.leave();
    },
  };
}

function named(ports: readonly Port[], values: (port: Port, i: number) => Numbers): Record<string, OnnxTensor> {
  const tensors: Record<string, OnnxTensor> = {};
  for (const [i, port] of ports.entries()) tensors[port.name] = new OnnxTensor(port.type, values(port, i), port.shape);
  return tensors;
}

/** @throws Error where the tensor is not what the program is for: memory would be read that is not its own */
function fitting({ name, type, shape }: Port, tensor: Tensor | undefined): Tensor {
  if (tensor?.dtype === type && tensor.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])) {
    return tensor;
  }
  const found = tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  throw new Error(`${name} is ${found}, expected ${type} [${shape.join(', ')}]`);
}

function sizeOf({ shape }: Port): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** What ONNX Runtime says when it is the machine that lacks something. */
const SHORTAGE = /memory|alloc|exhausted|no space/i;

function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (SHORTAGE.test(messageOf(error))) throw error;
    throw new NotCompilable(`ONNX Runtime refuses it: ${messageOf(error)}`, { cause: error });
  }
}
