/** Operations of ONNX that blocks are put together and taken apart with. */
import type { Attributes, Graph, Value } from '../graph.ts';

export interface ProductOf {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Of the product. */
  readonly shape: readonly [number, number];
  /** What is added to it. */
  readonly plus?: Value | null;
}

/** A product of two matrices. */
export function gemm(graph: Graph, a: Value, b: Value, { transA, transB, shape, plus = null }: ProductOf): Value {
  const flag = (on = false) => ({ int: on ? 1 : 0 });
  const attributes: Attributes = { transA: flag(transA), transB: flag(transB) };
  return graph.node('Gemm', plus === null ? [a, b] : [a, b, plus], { type: 'float32', shape }, attributes);
}

/** @param output whose type and shape it has */
export function concat(graph: Graph, pieces: readonly Value[], axis: number, output: Value): Value {
  return pieces.length === 1 ? pieces[0]! : graph.node('Concat', pieces, output, { axis: { int: axis } });
}

/** From `begin` to `end` − 1 along one axis. */
export function cut(graph: Graph, value: Value, axis: number, begin: number, end: number): Value {
  const { type, shape } = value;
  if (begin === 0 && end === shape[axis]) return value;
  const lists = [[begin], [end], [axis]].map((list) => graph.integers(list));
  return graph.node('Slice', [value, ...lists], { type, shape: shape.with(axis, end - begin) });
}

/** A matrix with zeros behind the last column. */
export function widened(graph: Graph, value: Value, columns: number): Value {
  const [rows, width] = value.shape as readonly [number, number];
  if (width === columns) return value;
  const amounts = graph.integers([0, 0, 0, columns - width]);
  return graph.node('Pad', [value, amounts, graph.scalar(0)], { type: value.type, shape: [rows, columns] });
}
