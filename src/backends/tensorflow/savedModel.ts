/**
 * A TensorFlow graph as a SavedModel: the one form in which tfjs-node takes graphs. Field numbers are those of
 * tensorflow/core/protobuf/{saved_model,meta_graph}.proto and tensorflow/core/framework/*.proto.
 */
import { NotCompilable } from '../compiled.ts';
import type { Attribute, Binding } from './binding.ts';
import { bytes, entry, float, message, varint } from './protobuf.ts';

/** One operation. Inputs are `name:output`, control inputs `^name`. */
export interface GraphNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  /** By name, encoded. */
  readonly attributes: Readonly<Record<string, Uint8Array>>;
}

export const TAG = 'lens';
/** Operations mean what they meant in TensorFlow 2.9; later ones still know it. */
const PRODUCER = 1087;

/** The contents of `saved_model.pb`. */
export function savedModel(nodes: readonly GraphNode[]): Uint8Array {
  const graph = message(...nodes.map((node) => bytes(1, encodeNode(node))), bytes(4, message(varint(1, PRODUCER))));
  const metaGraph = message(bytes(1, message(bytes(4, TAG))), bytes(2, graph));
  return message(varint(1, 1), bytes(2, metaGraph));
}

function encodeNode({ name, operation, inputs, attributes }: GraphNode): Uint8Array {
  return message(
    bytes(1, name),
    bytes(2, operation),
    ...inputs.map((input) => bytes(3, input)),
    ...Object.entries(attributes).map(([key, value]) => entry(5, key, value)),
  );
}

export const typeAttribute = (dtype: number): Uint8Array => message(varint(6, dtype));
export const shapeAttribute = (shape: readonly number[]): Uint8Array => message(bytes(7, encodeShape(shape)));

/** The value of a `Const`. */
export function tensorAttribute(dtype: number, shape: readonly number[], values: ArrayBufferView): Uint8Array {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(bytes(8, message(varint(1, dtype), bytes(2, encodeShape(shape)), bytes(4, content))));
}

/** An attribute as tfjs-node's kernels state it. @throws NotCompilable for a type that graphs are not written with */
export function encodeAttribute({ type, value, name }: Attribute, binding: Binding): Uint8Array {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return message(bytes(2, String(value)));
    case binding.TF_ATTR_TYPE:
      return typeAttribute(value as number);
    case binding.TF_ATTR_SHAPE:
      return shapeAttribute(value as number[]);
    case binding.TF_ATTR_INT:
      return oneOrList(value, (one, field) => varint(field, one as number), 3);
    case binding.TF_ATTR_FLOAT:
      return oneOrList(value, (one, field) => float(field, one as number), 4);
    case binding.TF_ATTR_BOOL:
      return oneOrList(value, (one, field) => varint(field, one ? 1 : 0), 5);
    default:
      throw new NotCompilable(`attribute ${name} is of type ${type}`);
  }
}

/** Lists have the same field numbers within, in a message of their own. */
function oneOrList(
  value: unknown,
  encode: (one: unknown, field: number) => ReturnType<typeof bytes>,
  field: number,
): Uint8Array {
  if (!Array.isArray(value)) return message(encode(value, field));
  return message(bytes(1, message(...value.map((one) => encode(one, field)))));
}

function encodeShape(shape: readonly number[]): Uint8Array {
  return message(...shape.map((size) => bytes(2, message(varint(1, size)))));
}
