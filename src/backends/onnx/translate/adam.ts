/**
 * Adam's kernel (`../../wasm/adam.ts`), which is no kernel of TensorFlow.js, as three operations that ONNX does not have:
 * `../updates.ts` takes them out of the graph, or puts ONNX' own in their place.
 */
import { fusedKernels } from '../../fused.ts';
import type { Translations } from './translation.ts';

/**
 * - `mean` of m and g: β₁ m + (1 − β₁) g, with the attribute `beta`
 * - `square` of v and g: β₂ v + (1 − β₂) g², with the attribute `beta`
 * - `parameter` of p, the two and the scalars η and ε: p − η m/(√v + ε)
 */
export const adamOperations = {
  mean: 'LensAdamMean',
  square: 'LensAdamSquare',
  parameter: 'LensAdamParameter',
} as const;

export const adam: Translations = {
  [fusedKernels.adam]: ({ graph, inputs, attributes, output }) => {
    const [parameter, gradient, m, v] = ['parameter', 'gradient', 'm', 'v'].map((name) => inputs[name]!);
    const beta = (name: 'beta1' | 'beta2') => ({ beta: { float: attributes[name] as number } });
    const nextM = graph.node(adamOperations.mean, [m!, gradient!], output, beta('beta1'));
    const nextV = graph.node(adamOperations.square, [v!, gradient!], output, beta('beta2'));
    const operands = [parameter!, nextM, nextV, inputs['stepSize']!, inputs['floor']!];
    return [graph.node(adamOperations.parameter, operands, output), nextM, nextV];
  },
};
