/** Of what operations the gradient of a filter is made. */
import { expect, it } from 'vitest';
import { Graph, type Value } from '../../../../src/backends/onnx/graph.ts';
import { translations } from '../../../../src/backends/onnx/translate/index.ts';

/** Operations that lead to a value. */
function operationsOf(value: Value | null): string[] {
  const from = value?.from;
  return from ? [...from.inputs.flatMap(operationsOf), from.operation] : [];
}

function filterGradient(channels: number): string[] {
  const graph = new Graph();
  const inputs = {
    x: graph.input('float32', [2, 6, 5, channels]),
    dy: graph.input('float32', [2, 6, 5, 4]),
  };
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
  const output = { type: 'float32', shape: [3, 3, channels, 4] } as const;
  const traced = { kernel: 'Conv2DBackpropFilter', inputs: {}, attributes, outputs: [], source: null };
  return operationsOf(
    translations.get('Conv2DBackpropFilter')!({ graph, inputs, attributes, output, traced }) as Value,
  );
}

it('of many channels it is a product for every place in the filter, of few a convolution', () => {
  const found = filterGradient(8);
  expect(found.filter((operation) => operation === 'Gemm')).toHaveLength(9);
  expect(found).not.toContain('Conv');
  expect(found).not.toContain('Transpose');
  expect(filterGradient(7)).toContain('Conv');
});
