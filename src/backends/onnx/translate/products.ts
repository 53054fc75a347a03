/** Matrix products. */
import type { Graph, Value } from '../graph.ts';
import { transposed, type Translation, type Translations } from './translation.ts';

/** a b, of the last two axes; each of the two may come transposed. Axes before them are batches, those of size 1 repeated. */
const batchMatMul: Translation = ({ graph, inputs: { a, b }, attributes, output }) => {
  const [transA, transB] = [attributes['transposeA'] === true, attributes['transposeB'] === true];
  if (output.shape.length === 2) {
    const flag = (on: boolean) => ({ int: on ? 1 : 0 });
    return graph.node('Gemm', [a!, b!], output, { transA: flag(transA), transB: flag(transB) });
  }
  // ONNX Runtime draws a transposition and a product together.
  const upright = (value: Value, transposed: boolean) => (transposed ? lastTwoExchanged(graph, value) : value);
  return graph.node('MatMul', [upright(a!, transA), upright(b!, transB)], output);
};

function lastTwoExchanged(graph: Graph, value: Value): Value {
  const rank = value.shape.length;
  return transposed(
    graph,
    value,
    value.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
}

export const products: Translations = { BatchMatMul: batchMatMul };
