/**
 * A graph of ONNX operations while it is made. Equal operations on equal values are one from the start; what no output
 * needs is left out at the end.
 */
import { createHash } from 'node:crypto';
import type { Numbers } from './trace.ts';
import type { TensorType } from './program.ts';

/** Types within the graph: ONNX gives axes and sizes as int64. */
export type ElementType = TensorType | 'int64';
export type ElementValues = Numbers | BigInt64Array;

export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Of constants. */
  readonly values: ElementValues | null;
  /** The operation that gives it; null for inputs and constants. */
  readonly from: GraphNode | null;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly type: ElementType };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphNode {
  readonly operation: string;
  /** Null for one that is optional and not given. */
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  readonly output: Value;
}

/** Entries of a tensor of this shape; 1 of a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** What is left of a graph: nodes in an order in which they can be computed. */
export interface LiveGraph {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly Value[];
}

export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #equal = new Map<string, Value>();
  #names = 0;

  input(type: TensorType, shape: readonly number[]): Value {
    const value: Value = { name: `in${this.inputs.length}`, type, shape, values: null, from: null };
    this.inputs.push(value);
    return value;
  }

  constant(type: ElementType, shape: readonly number[], values: ElementValues): Value {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const content = bytes.length <= 64 ? bytes.toString('latin1') : createHash('sha256').update(bytes).digest('base64');
    return this.#once(`constant ${type} [${shape.join()}] ${content}`, (name) => ({
      name,
      type,
      shape,
      values,
      from: null,
    }));
  }

  /** A number, of no dimension. */
  scalar(value: number, type: TensorType = 'float32'): Value {
    const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[type];
    return this.constant(type, [], make.of(value));
  }

  /** Axes, sizes and the like: a list of int64. */
  integers(values: readonly number[]): Value {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** One operation with one output, whose type and shape the caller knows. */
  node(
    operation: string,
    inputs: readonly (Value | null)[],
    { type, shape }: Pick<Value, 'type' | 'shape'>,
    attributes: Attributes = {},
  ): Value {
    const names = inputs.map((input) => input?.name ?? '');
    const key = `${operation} ${names.join()} ${JSON.stringify(attributes)} ${type} [${shape.join()}]`;
    return this.#once(key, (name) => {
      const output = { name, type, shape, values: null, from: null as GraphNode | null };
      const node: GraphNode = { operation, inputs, attributes, output };
      output.from = node;
      this.#nodes.push(node);
      return output;
    });
  }

  /** Makes a value an output; one of its own, by a copy where it is an input, a constant or an output already. */
  output(value: Value): void {
    if (value.from !== null && !this.outputs.includes(value)) {
      this.outputs.push(value);
      return;
    }
    const output = { ...value, name: `out${this.outputs.length}`, values: null, from: null as GraphNode | null };
    const node: GraphNode = { operation: 'Identity', inputs: [value], attributes: {}, output };
    output.from = node;
    this.#nodes.push(node);
    this.outputs.push(output);
  }

  /** The nodes and constants that the outputs, or other values, depend on. */
  live(results: readonly Value[] = this.outputs): LiveGraph {
    const wanted = new Set<Value>(results);
    const nodes: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!wanted.has(node.output)) continue;
      nodes.push(node);
      for (const input of node.inputs) if (input) wanted.add(input);
    }
    return { nodes: nodes.reverse(), constants: [...wanted].filter(({ values }) => values !== null) };
  }

  #once(key: string, make: (name: string) => Value): Value {
    const known = this.#equal.get(key);
    if (known) return known;
    const value = make(`v${(this.#names++).toString(36)}`);
    this.#equal.set(key, value);
    return value;
  }
}
