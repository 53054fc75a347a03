/**
 * Writes down which TensorFlow operations a function of tensors executes, as a graph that computes the same.
 *
 * The function runs once. Its inputs become placeholders, tensors that it makes of plain numbers become constants.
 */
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { NotCompilable } from '../compiled.ts';
import type { Attribute, Binding, Handle, NativeBackend } from './binding.ts';
import {
  type AttributeValue,
  attributeValue,
  type GraphNode,
  shapeAttribute,
  tensorAttribute,
  typeAttribute,
} from './savedModel.ts';

export interface Recording {
  readonly nodes: readonly GraphNode[];
  /** As `name:output`, in the order of the tensors. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** @throws NotCompilable when the function does what a graph cannot, such as reading a value */
export function record(
  backend: NativeBackend,
  inputs: readonly Tensor[],
  compute: () => readonly Tensor[],
): { readonly recording: Recording; readonly outputs: readonly Tensor[] } {
  const recorder = new Recorder(backend.binding);
  // Uploaded before, so that only constants are uploaded on the way.
  const placeholders = backend.getInputTensorIds(inputs).map((id, i) => recorder.placeholder(id, inputs[i]!));
  const plain = backend.binding;
  backend.binding = recorder.binding();
  let outputs: readonly Tensor[];
  try {
    outputs = compute();
  } finally {
    backend.binding = plain;
  }
  const names = backend.getInputTensorIds(outputs).map((id, i) => recorder.output(id, outputs[i]!));
  return { recording: { nodes: recorder.nodes, inputs: placeholders, outputs: names }, outputs };
}

class Recorder {
  readonly nodes: GraphNode[] = [];
  readonly #native: Binding;
  /** `name:output` of every tensor, by its id. Ids are never given twice. */
  readonly #known = new Map<number, string>();
  /** The operation that last touched a variable, by the id of its handle. */
  readonly #variables = new Map<number, string>();
  readonly #ends: string[] = [];
  /** Equal constants are one. */
  readonly #constants = new Map<string, string>();

  constructor(native: Binding) {
    this.#native = native;
  }

  /** A placeholder for an uploaded tensor. */
  placeholder(id: number, { shape, dtype }: Tensor): string {
    const known = this.#known.get(id);
    // The same tensor twice: fed twice, read once.
    const name = this.#add('Placeholder', [], {
      dtype: this.#type(dtype),
      shape: shapeAttribute(shape),
    });
    this.#known.set(id, known ?? `${name}:0`);
    return `${name}:0`;
  }

  /** What is fetched for a tensor, after all variables are gone again. */
  output(id: number, { dtype }: Tensor): string {
    const from = this.#known.get(id);
    if (from === undefined) throw new NotCompilable('a result is not computed');
    const inputs = [from, ...this.#ends.map((name) => `^${name}`)];
    return `${this.#add('Identity', inputs, { T: this.#type(dtype) })}:0`;
  }

  #type(dtype: DataType): AttributeValue {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#native;
    const type = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL, complex64: null, string: null }[dtype];
    if (type === null) throw new NotCompilable(`a tensor is of ${dtype}`);
    return typeAttribute(type);
  }

  /** The native interface, which writes down what is called. */
  binding(): Binding {
    const native = this.#native;
    const replaced: Partial<Binding> = {
      executeOp: (name, attributes, inputs, count) => {
        const found = native.executeOp(name, attributes, inputs, count);
        this.#operation(name, attributes, inputs, found);
        return found;
      },
      createTensor: (shape, dtype, values) => {
        const id = native.createTensor(shape, dtype, values);
        this.#constant(id, shape, dtype, values);
        return id;
      },
      tensorDataSync: () => {
        throw new NotCompilable('a value is read');
      },
    };
    // Its own properties cannot be changed.
    const properties = Object.entries(replaced).map(([name, value]) => [name, { value }] as const);
    return Object.create(native, Object.fromEntries(properties)) as Binding;
  }

  #operation(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: readonly Handle[],
  ): void {
    const data = inputs.map((id) => {
      const from = this.#known.get(id);
      if (from === undefined) throw new NotCompilable(`${operation} takes a tensor that is no input`);
      return from;
    });
    const handles = inputs.filter((id) => this.#variables.has(id));
    const before = new Set(handles.map((id) => this.#variables.get(id)!).filter((name) => name !== ''));
    const given = Object.fromEntries(
      attributes.map((attribute) => [attribute.name, attributeValue(attribute, this.#native)]),
    );
    // The one kernel of tfjs-node that leaves it to TensorFlow, which finds it out only outside graphs.
    if (operation === 'ExpandDims') given['T'] = typeAttribute(outputs[0]!.dtype);
    const name = this.#add(operation, [...data, ...[...before].map((one) => `^${one}`)], given);
    for (const [i, { id }] of outputs.entries()) this.#known.set(id, `${name}:${i}`);
    for (const id of handles) this.#variables.set(id, name);
    if (operation === 'VarHandleOp') this.#variables.set(outputs[0]!.id, '');
    if (operation === 'DestroyResourceOp') this.#ends.push(name);
  }

  #constant(id: number, shape: readonly number[], dtype: number, values: ArrayBufferView): void {
    if (!ArrayBuffer.isView(values)) throw new NotCompilable('a constant is of text');
    const attributes = { dtype: typeAttribute(dtype), value: tensorAttribute(dtype, shape, values) };
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const key = `${dtype} ${shape.join()} ${bytes.toString('base64')}`;
    const name = this.#constants.get(key) ?? this.#add('Const', [], attributes);
    this.#constants.set(key, name);
    this.#known.set(id, `${name}:0`);
  }

  #add(operation: string, inputs: readonly string[], attributes: GraphNode['attributes']): string {
    // Short: tfjs-node copies the list of all names for every name in it.
    const name = `n${this.nodes.length.toString(36)}`;
    this.nodes.push({ name, operation, inputs, attributes });
    return name;
  }
}
