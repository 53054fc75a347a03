/**
 * Writes down which kernels a function of tensors runs, as TensorFlow.js' engine sees them: gradients and optimisers are
 * kernels, too.
 *
 * The function runs once, on the current backend. Its inputs stay symbols; what it makes of plain numbers is constant,
 * and so is what depends on constants alone: its values are known from the run.
 */
import {
  Cast,
  engine,
  Identity,
  type BackendValues,
  type DataValues,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { NotCompilable } from '../compiled.ts';
import { withoutFused } from '../fused.ts';
import { callerOutside } from './callerOutside.ts';
import type { TensorType } from './program.ts';

/** Values of a tensor by its type; bool as bytes. */
export type Numbers = Float32Array | Int32Array | Uint8Array;

/** A tensor of the traced function. */
export interface Traced {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Its values, where they depend on nothing. */
  readonly constant: Numbers | null;
  /** The call that gives it; null for inputs and constants. */
  readonly from: TracedCall | null;
}

/** One call of a kernel. */
export interface TracedCall {
  readonly kernel: string;
  /** By name, those left out that are not given; the members of a list by their positions: "0", "1", … */
  readonly inputs: Readonly<Record<string, Traced>>;
  readonly attributes: Readonly<NamedAttrMap>;
  readonly outputs: readonly Traced[];
  /** File and line that call it, for people; null where nobody asked, or it is not known. */
  readonly source: string | null;
}

export interface Trace {
  readonly inputs: readonly Traced[];
  readonly outputs: readonly Traced[];
  /** In the order in which they ran; those that nothing comes of, too. */
  readonly calls: readonly TracedCall[];
  /** What the function gave. */
  readonly results: readonly Tensor[];
}

type Engine = ReturnType<typeof engine>;

/**
 * @param locate Of which kernels the callers are looked up, which takes its time.
 * @throws NotCompilable when the function does what a graph cannot, such as reading a value
 */
export function trace(
  examples: readonly Tensor[],
  compute: () => readonly Tensor[],
  locate: (kernel: string) => boolean,
): Trace {
  const recorder = new Recorder(engine(), locate);
  const inputs = examples.map((tensor) => recorder.input(tensor));
  const results = recorder.during(() => withoutFused(compute, ['adam']));
  return { inputs, results, outputs: results.map((tensor) => recorder.known(tensor)), calls: recorder.calls };
}

class Recorder {
  readonly calls: TracedCall[] = [];
  readonly #engine: Engine;
  /** The engine's own way to values. */
  readonly #readSync: Engine['readSync'];
  readonly #locate: (kernel: string) => boolean;
  /** By the tensor's id, which is never given twice. */
  readonly #tensors = new Map<number, Traced>();
  /** Within a kernel: whatever it does is part of it, also where it calls others. */
  #inside = false;
  /** Copies that TensorFlow.js has made within a kernel, of what it takes and gives: gradients take these. */
  #copies: { readonly of: number; readonly copy: number }[] = [];

  constructor(engine: Engine, locate: (kernel: string) => boolean) {
    this.#engine = engine;
    this.#readSync = engine.readSync.bind(engine);
    this.#locate = locate;
  }

  /** The same tensor given twice is fed twice and read once. */
  input(tensor: Tensor): Traced {
    const input: Traced = { type: typeOf(tensor), shape: tensor.shape, constant: null, from: null };
    if (!this.#tensors.has(tensor.id)) this.#tensors.set(tensor.id, input);
    return input;
  }

  /** @throws NotCompilable for a tensor that neither the inputs nor the function has made */
  known(tensor: Tensor, taker = 'the result'): Traced {
    const found = this.#tensors.get(tensor.id);
    if (found === undefined) {
      throw new NotCompilable(`${taker} takes a tensor of shape [${tensor.shape.join(', ')}] that is no input`);
    }
    return found;
  }

  /**
   * Runs `body` on an engine that tells what it does: properties of its own go before its methods, and are taken away
   * again.
   */
  during<T>(body: () => T): T {
    const engine = this.#engine;
    if (Object.hasOwn(engine, 'runKernel')) throw new Error('a function is being traced already');
    const [runKernel, makeTensor] = [engine.runKernel.bind(engine), engine.makeTensor.bind(engine)];
    const run = (name: string, inputs: NamedTensorMap, attributes: NamedAttrMap = {}): Tensor | Tensor[] => {
      if (this.#inside) {
        const found = runKernel<Tensor | Tensor[]>(name, inputs, attributes);
        if (name === Identity) this.#copies.push({ of: inputs['x']!.id, copy: [found].flat()[0]!.id });
        return found;
      }
      this.#inside = true;
      try {
        const found = runKernel<Tensor | Tensor[]>(name, inputs, attributes);
        this.#call(name, inputs, attributes, [found].flat());
        for (const { of, copy } of this.#copies) {
          const traced = this.#tensors.get(of);
          if (traced !== undefined) this.#tensors.set(copy, traced);
        }
        return found;
      } finally {
        this.#copies = [];
        this.#inside = false;
      }
    };
    const make: Engine['makeTensor'] = (values, ...rest) => {
      const tensor = makeTensor(values, ...rest);
      if (!this.#inside) this.#constant(tensor, values);
      return tensor;
    };
    const reading = (name: 'readSync' | 'read' | 'readToGPU') => {
      const read = engine[name].bind(engine) as (...call: unknown[]) => unknown;
      return (...call: unknown[]) => {
        if (this.#inside) return read(...call);
        const source = callerOutside();
        throw new NotCompilable(`a value is read${source ? ` at ${source}` : ''}`);
      };
    };
    const replaced = {
      runKernel: run,
      makeTensor: make,
      readSync: reading('readSync'),
      read: reading('read'),
      readToGPU: reading('readToGPU'),
    };
    Object.assign(engine, replaced);
    try {
      return body();
    } finally {
      for (const name of Object.keys(replaced)) Reflect.deleteProperty(engine, name);
    }
  }

  #constant(tensor: Tensor, values: BackendValues | DataValues): void {
    const type = typeOf(tensor);
    this.#tensors.set(tensor.id, { type, shape: tensor.shape, constant: numbersOf(type, values), from: null });
  }

  #call(kernel: string, inputs: NamedTensorMap, attributes: NamedAttrMap, outputs: readonly Tensor[]): void {
    const given = Object.entries(inputs as Readonly<Record<string, Tensor | undefined>>).flatMap(([name, tensor]) =>
      tensor ? [[name, this.known(tensor, kernel)] as const] : [],
    );
    const [first] = given;
    if (kernel === Identity || (kernel === Cast && first![1].type === outputs[0]!.dtype)) {
      this.#tensors.set(outputs[0]!.id, first![1]);
      return;
    }
    if (given.every(([, { constant }]) => constant !== null)) {
      for (const output of outputs) this.#constant(output, this.#readSync(output.dataId));
      return;
    }
    const call = {
      kernel,
      inputs: Object.fromEntries(given),
      attributes,
      outputs: [] as Traced[],
      source: this.#locate(kernel) ? callerOutside() : null,
    };
    for (const output of outputs) {
      const traced: Traced = { type: typeOf(output), shape: output.shape, constant: null, from: call };
      call.outputs.push(traced);
      this.#tensors.set(output.id, traced);
    }
    this.calls.push(call);
  }
}

function typeOf({ dtype }: Tensor): TensorType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new NotCompilable(`a tensor is of ${dtype}`);
}

/** A copy: whoever made the tensor may write to its numbers again. */
function numbersOf(type: TensorType, values: BackendValues | DataValues): Numbers {
  const numbers = values as ArrayLike<number>;
  if (type === 'float32') return Float32Array.from(numbers);
  return type === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}
