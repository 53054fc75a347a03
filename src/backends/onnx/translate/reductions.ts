/** Kernels that make fewer numbers of many, along axes. */
import { axesOf, reshaped, type Translation, type Translations } from './translation.ts';

/** @param key Under which the kernel has its axes. */
const reduction =
  (operation: string, key = 'axis'): Translation =>
  ({ graph, inputs: { x }, attributes, output }) => {
    const axes = axesOf(attributes[key] as number | number[] | null, x!.shape.length);
    // ONNX would take no axes for all of them.
    if (axes.length === 0) return reshaped(graph, x!, output.shape);
    const keepdims = { int: attributes['keepDims'] === true ? 1 : 0 };
    return graph.node(operation, [x!, graph.integers(axes)], output, { keepdims });
  };

/** The place of the largest or least along an axis, as int32. */
const place =
  (operation: string): Translation =>
  ({ graph, inputs: { x }, attributes, output }) => {
    const [axis] = axesOf(attributes['axis'] as number, x!.shape.length) as [number];
    const found = { type: 'int64', shape: output.shape } as const;
    const places = graph.node(operation, [x!], found, { axis: { int: axis }, keepdims: { int: 0 } });
    return graph.node('Cast', [places], output, { to: { type: 'int32' } });
  };

/** ONNX Runtime's largest and least pass NaN over; where one is subtracted from all, as in logSumExp, NaN is still there. */
export const reductions: Translations = {
  ArgMax: place('ArgMax'),
  ArgMin: place('ArgMin'),
  Max: reduction('ReduceMax', 'reductionIndices'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Sum: reduction('ReduceSum'),
};
