/**
 * A TensorFlow graph as a SavedModel: the one form in which tfjs-node takes graphs. Names and field numbers are those of
 * tensorflow/core/protobuf/{saved_model,meta_graph}.proto and tensorflow/core/framework/*.proto.
 */
import { NotCompilable } from '../compiled.ts';
import { encoderOf, many, map, one } from '../protobuf.ts';
import type { Attribute, Binding } from './binding.ts';

/** One operation. Inputs are `name:output`, control inputs `^name`. */
export interface GraphNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** An `AttrValue`: one of its fields is there. */
export interface AttributeValue {
  readonly list?: AttributeList;
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: Shape;
  readonly tensor?: { readonly dtype: number; readonly tensorShape: Shape; readonly tensorContent: Uint8Array };
}

interface AttributeList {
  readonly i?: readonly number[];
  readonly f?: readonly number[];
  readonly b?: readonly boolean[];
}

interface Shape {
  readonly dim: readonly { readonly size: number }[];
}

/** As much of the schema as is written here. */
const encodeMessage = encoderOf(
  {
    SavedModel: { savedModelSchemaVersion: one('int64', 1), metaGraphs: many('MetaGraph', 2) },
    MetaGraph: { metaInfoDef: one('MetaInfo', 1), graphDef: one('Graph', 2) },
    MetaInfo: { tags: many('string', 4) },
    Graph: { node: many('Node', 1), versions: one('Versions', 4) },
    Versions: { producer: one('int32', 1) },
    Node: { name: one('string', 1), op: one('string', 2), input: many('string', 3), attr: map('Attribute', 5) },
    Attribute: {
      list: one('List', 1),
      s: one('bytes', 2),
      i: one('int64', 3),
      f: one('float', 4),
      b: one('bool', 5),
      type: one('int32', 6),
      shape: one('Shape', 7),
      tensor: one('Tensor', 8),
    },
    List: { i: many('int64', 3), f: many('float', 4), b: many('bool', 5) },
    Shape: { dim: many('Dimension', 2) },
    Dimension: { size: one('int64', 1) },
    Tensor: { dtype: one('int32', 1), tensorShape: one('Shape', 2), tensorContent: one('bytes', 4) },
  },
  'SavedModel',
);

export const TAG = 'lens';
/** Operations mean what they meant in TensorFlow 2.9; later ones still know it. */
const PRODUCER = 1087;

/** The contents of `saved_model.pb`. */
export function savedModel(nodes: readonly GraphNode[]): Uint8Array {
  const graphDef = {
    node: nodes.map(({ name, operation, inputs, attributes }) => ({
      name,
      op: operation,
      input: inputs,
      attr: attributes,
    })),
    versions: { producer: PRODUCER },
  };
  return encodeMessage({ savedModelSchemaVersion: 1, metaGraphs: [{ metaInfoDef: { tags: [TAG] }, graphDef }] });
}

export const typeAttribute = (dtype: number): AttributeValue => ({ type: dtype });
export const shapeAttribute = (shape: readonly number[]): AttributeValue => ({ shape: shapeMessage(shape) });

/** The value of a `Const`, as it is now. */
export function tensorAttribute(dtype: number, shape: readonly number[], values: ArrayBufferView): AttributeValue {
  const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return { tensor: { dtype, tensorShape: shapeMessage(shape), tensorContent } };
}

/** An attribute as tfjs-node's kernels state it. @throws NotCompilable for a type that graphs are not written with */
export function attributeValue({ type, value, name }: Attribute, binding: Binding): AttributeValue {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { s: Buffer.from(String(value)) };
    case binding.TF_ATTR_TYPE:
      return typeAttribute(value as number);
    case binding.TF_ATTR_SHAPE:
      return shapeAttribute(value as number[]);
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? { list: { i: value as number[] } } : { i: value as number };
    case binding.TF_ATTR_FLOAT:
      return Array.isArray(value) ? { list: { f: value as number[] } } : { f: value as number };
    case binding.TF_ATTR_BOOL:
      return Array.isArray(value) ? { list: { b: value.map(Boolean) } } : { b: Boolean(value) };
    default:
      throw new NotCompilable(`attribute ${name} is of type ${type}`);
  }
}

function shapeMessage(shape: readonly number[]): Shape {
  return { dim: shape.map((size) => ({ size })) };
}
