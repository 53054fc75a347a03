/** What a translation is: one kernel of TensorFlow.js as ONNX operations. */
import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph.ts';
import type { TensorType } from '../program.ts';
import type { TracedCall } from '../trace.ts';

/** A call of a kernel, its inputs in the graph already. */
export interface Call {
  readonly graph: Graph;
  /** By name; undefined for what is not given. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: Readonly<NamedAttrMap>;
  /** Of its first output. */
  readonly output: { readonly type: TensorType; readonly shape: readonly number[] };
  readonly traced: TracedCall;
}

/** Gives the kernel's output, or its outputs. */
export type Translation = (call: Call) => Value | readonly Value[];
export type Translations = Readonly<Record<string, Translation>>;

/** Axes from 0 on; null stands for all. */
export function axesOf(axes: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axes === null || axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  return [axes].flat().map((axis) => (axis < 0 ? axis + rank : axis));
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The same numbers under another shape. */
export function reshaped(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (isSameShape(value.shape, shape)) return value;
  // One reshape after another is one.
  const from = value.from?.operation === 'Reshape' ? value.from.inputs[0]! : value;
  if (isSameShape(from.shape, shape)) return from;
  // A size of 0 means 0, not "as before".
  return graph.node('Reshape', [from, graph.integers(shape)], { type: value.type, shape }, { allowzero: { int: 1 } });
}

export function transposed(graph: Graph, x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, i) => axis === i)) return x;
  const shape = perm.map((axis) => x.shape[axis]!);
  return graph.node('Transpose', [x], { type: x.type, shape }, { perm: { ints: perm } });
}

/** The same number around a value, so many entries before and after it along each axis. */
export function padded(graph: Graph, x: Value, before: readonly number[], after: readonly number[], number = 0): Value {
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const shape = x.shape.map((size, axis) => before[axis]! + size + after[axis]!);
  return graph.node('Pad', [x, graph.integers([...before, ...after]), graph.scalar(number, x.type as TensorType)], {
    type: x.type,
    shape,
  });
}
