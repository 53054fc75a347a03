/** A graph as the bytes of an ONNX model. Names and field numbers are those of onnx/onnx.proto. */
import { encoderOf, many, one } from '../protobuf.ts';
import { type Attribute, type ElementType, type GraphNode, type LiveGraph, sizeOf, type Value } from './graph.ts';

/** The meanings of operations are those of this version of ONNX' operator set: of ONNX 1.16. */
const OPERATOR_SET = 21;
/** Version of the file format that came with it. */
const IR_VERSION = 10;

const dataTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
const attributeTypes = { float: 1, int: 2, text: 3, ints: 7 } as const;

/** As much of the schema as is written here. */
const encodeMessage = encoderOf(
  {
    Model: {
      irVersion: one('int64', 1),
      producerName: one('string', 2),
      graph: one('Graph', 7),
      opsetImport: many('OperatorSet', 8),
    },
    OperatorSet: { domain: one('string', 1), version: one('int64', 2) },
    Graph: {
      node: many('Node', 1),
      name: one('string', 2),
      initializer: many('Tensor', 5),
      input: many('ValueInfo', 11),
      output: many('ValueInfo', 12),
    },
    Node: {
      input: many('string', 1),
      output: many('string', 2),
      opType: one('string', 4),
      attribute: many('Attribute', 5),
    },
    Attribute: {
      name: one('string', 1),
      f: one('float', 2),
      i: one('int64', 3),
      s: one('bytes', 4),
      ints: many('int64', 8),
      type: one('int32', 20),
    },
    Tensor: {
      dims: many('int64', 1),
      dataType: one('int32', 2),
      name: one('string', 8),
      rawData: one('bytes', 9),
    },
    ValueInfo: { name: one('string', 1), type: one('Type', 2) },
    Type: { tensorType: one('TensorType', 1) },
    TensorType: { elemType: one('int32', 1), shape: one('Shape', 2) },
    Shape: { dim: many('Dimension', 1) },
    Dimension: { dimValue: one('int64', 1) },
  },
  'Model',
);

/** What a model is made of, all of it operations of ONNX. */
export interface Encodable extends LiveGraph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A `ModelProto`. */
export function encodeModel({ nodes, constants, inputs, outputs }: Encodable): Uint8Array {
  return encodeMessage({
    irVersion: IR_VERSION,
    producerName: 'likelihood-lens',
    opsetImport: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: 'program',
      node: nodes.map(nodeMessage),
      initializer: constants.map(constantMessage),
      input: inputs.map(valueMessage),
      // The first is copied in vain after every run (`binding.ts`).
      output: [...outputs].sort((a, b) => sizeOf(a.shape) - sizeOf(b.shape)).map(valueMessage),
    },
  });
}

function nodeMessage({ operation, inputs, attributes, output }: GraphNode) {
  return {
    opType: operation,
    input: inputs.map((input) => input?.name ?? ''),
    output: [output.name],
    attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeMessage(value) })),
  };
}

function attributeMessage(attribute: Attribute) {
  if ('float' in attribute) return { f: attribute.float, type: attributeTypes.float };
  if ('int' in attribute) return { i: attribute.int, type: attributeTypes.int };
  if ('type' in attribute) return { i: dataTypes[attribute.type], type: attributeTypes.int };
  if ('ints' in attribute) return { ints: attribute.ints, type: attributeTypes.ints };
  return { s: Buffer.from(attribute.text), type: attributeTypes.text };
}

function constantMessage({ name, type, shape, values }: Value) {
  const { buffer, byteOffset, byteLength } = values!;
  return { name, dims: shape, dataType: dataTypes[type], rawData: new Uint8Array(buffer, byteOffset, byteLength) };
}

function valueMessage({ name, type, shape }: Value) {
  const dim = shape.map((size) => ({ dimValue: size }));
  return { name, type: { tensorType: { elemType: dataTypes[type], shape: { dim } } } };
}
