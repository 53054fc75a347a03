/**
 * Tensors in the memory of a device, where ONNX Runtime's package for Node can leave them there: WebGPU's. A state that stays
 * spares a step its way to the device and back.
 */
import { asked } from './asked.ts';
import { DeviceTensor, OnnxTensor, type OnnxBinding, openSession, type Session } from './binding.ts';
import { encodeModel } from './encode.ts';
import { Graph, sizeOf } from './graph.ts';
import type { Port, TensorType } from './program.ts';
import type { Numbers } from './trace.ts';

/** A tensor in the memory of a device, of which whoever has it is the only owner. */
export interface Resident {
  readonly type: TensorType;
  readonly size: number;
  /** As a model takes it. */
  readonly tensor: DeviceTensor;
  /** Copies it here. */
  read(into: Numbers): void;
  release(): void;
}

/** The memory of one device. Copies are models of their own, of one operation: ONNX Runtime's package knows no other way. */
export class DeviceMemory {
  readonly #binding: OnnxBinding;
  readonly #provider: string;
  /** Models that copy, by where to, type and size; there while there are programs. */
  readonly #copies = new Map<string, Copying>();
  #users = 0;
  #tensors = 0;

  constructor(binding: OnnxBinding, provider: string) {
    this.#binding = binding;
    this.#provider = provider;
  }

  /** How many lie there. */
  get tensors(): number {
    return this.#tensors;
  }

  /** A program will compute on the device until it {@link leave}s. */
  enter(): void {
    this.#users++;
  }

  leave(): void {
    if (--this.#users === 0) this.#forget();
  }

  /** @throws NotCompilable where ONNX Runtime refuses it, its own error where it runs short of something */
  upload(type: TensorType, values: Numbers): Resident {
    return this.#copied('gpu-buffer', type, values.length, ({ session, input, output }, dims) => {
      const found = session.results({ [input]: new OnnxTensor(type, values, dims) }, [output]);
      return this.resident(session, found[output] as DeviceTensor);
    });
  }

  /** What a session has left on the device. */
  resident(session: Session, tensor: DeviceTensor): Resident {
    const { type, gpuBuffer } = tensor;
    const size = sizeOf(tensor.dims);
    this.#tensors++;
    return {
      type,
      size,
      tensor,
      read: (into) =>
        this.#copied('cpu', type, size, ({ session: copying, input, output }, dims) => {
          const feeds = { [input]: new DeviceTensor(type, gpuBuffer, dims) };
          copying.run(feeds, { [output]: new OnnxTensor(type, into, dims) });
        }),
      release: () => {
        this.#tensors--;
        session.free(tensor);
      },
    };
  }

  #copied<T>(
    to: 'cpu' | 'gpu-buffer',
    type: TensorType,
    size: number,
    copy: (by: Copying, dims: readonly number[]) => T,
  ): T {
    const key = `${to} ${type} ${size}`;
    try {
      const by = this.#copies.get(key) ?? asked(() => this.#copying(to, type, size));
      this.#copies.set(key, by);
      return asked(() => copy(by, [size]));
    } finally {
      if (this.#users === 0) this.#forget();
    }
  }

  #copying(to: 'cpu' | 'gpu-buffer', type: TensorType, size: number): Copying {
    const graph = new Graph();
    const given = graph.input(type, [size]);
    graph.output(graph.node('Identity', [given], { type, shape: [size] }));
    const { inputs, outputs } = graph;
    const [input, output] = [inputs[0]!.name, outputs[0]!.name];
    const model = encodeModel({ ...graph.live(), inputs, outputs });
    const locations = to === 'cpu' ? undefined : { [output]: to };
    const choice = { provider: this.#provider, threads: 1, ...(locations && { locations }) };
    return { session: openSession(this.#binding, model, choice), input, output };
  }

  #forget(): void {
    for (const { session } of this.#copies.values()) session.dispose();
    this.#copies.clear();
  }
}

interface Copying {
  readonly session: Session;
  readonly input: string;
  readonly output: string;
}

/** Whether tensors of this kind are left on a device at all: states are such, and much of what comes with every step. */
export function canStay(type: string, shape: readonly number[]): boolean {
  return type === 'float32' && sizeOf(shape) > 0;
}

/**
 * Where the outputs of a program are to lie, by their names: on the device those that could go in again, as a state does; what
 * is looked at, such as a loss, here.
 */
export function locationsOf(inputs: readonly Port[], outputs: readonly Port[]): Record<string, 'cpu' | 'gpu-buffer'> {
  const key = ({ type, shape }: Port) => `${type} ${shape.join()}`;
  const taken = new Set(inputs.map(key));
  const stays = (output: Port) =>
    canStay(output.type, output.shape) && output.shape.length > 0 && taken.has(key(output));
  return Object.fromEntries(outputs.map((output) => [output.name, stays(output) ? 'gpu-buffer' : 'cpu']));
}
