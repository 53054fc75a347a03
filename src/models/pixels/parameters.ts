/** The parameters of a network over pixels by their names, their masks, and what they start from. */
import type { Conditional } from '../../distributions/conditional.ts';
import { glorotUniform, initialWeights, zeros } from '../../layers/initial.ts';
import type { ParameterSpec } from '../../layers/parameters.ts';
import { kernelMask, widthOf } from '../../masks/pixels/mask.ts';
import type { ConvolutionNode, PixelNetwork } from '../../masks/pixels/network.ts';
import type { RandomGenerator } from '../../random/generator.ts';
import type { NamedArray, NamedArrays } from '../../runs/arrays.ts';

const convolutionsOf = ({ nodes }: PixelNetwork): readonly ConvolutionNode[] =>
  nodes.filter((node) => node.kind === 'convolution');

/** Channels that a convolution reads. */
const inputsOf = ({ nodes }: PixelNetwork, { from }: ConvolutionNode): number => nodes[from]!.colours.length;

/** In the order in which they are drawn and saved: weights [rows, columns, in, out], biases, weights of the context. */
export function pixelParameters(network: PixelNetwork, contextDimension: number): ParameterSpec[] {
  return convolutionsOf(network).flatMap((node): ParameterSpec[] => {
    const { name, kernel, colours, conditioned } = node;
    const out = colours.length;
    const shape = [kernel.rows, widthOf(kernel), inputsOf(network, node), out];
    return [
      {
        name: `${name}.weight`,
        shape,
        description: '[rows, columns, in, out] filters, the own row last',
        masked: true,
      },
      { name: `${name}.bias`, shape: [out], description: '[out] biases', masked: false },
      ...(conditioned && contextDimension > 0
        ? [
            {
              name: `context.${name}.weight`,
              shape: [out, contextDimension],
              description: '[out, C] weights from the context, the same at every pixel',
              masked: false,
            },
          ]
        : []),
    ];
  });
}

/** Masks by the name of the weight. */
export function pixelMasks(network: PixelNetwork): NamedArrays {
  return Object.fromEntries(
    convolutionsOf(network).map((node) => {
      const { name, kernel, rule, from, colours } = node;
      return [`${name}.weight`, kernelMask(kernel, rule, network.nodes[from]!.colours, colours)];
    }),
  );
}

/**
 * Glorot's weights for the cells that a mask leaves; those outside it are 0, and their gradients being 0, stay there. Biases
 * 0, the outputs' where their conditionals are sensible.
 */
export function initialPixelParameters(
  network: PixelNetwork,
  parameters: readonly ParameterSpec[],
  conditional: Conditional,
  random: RandomGenerator,
): NamedArrays {
  const masks = pixelMasks(network);
  return Object.fromEntries(
    parameters.map(({ name, shape }): [string, NamedArray] => {
      if (name === 'output.bias') {
        const start = conditional.initialBias();
        return [name, { shape, data: Float32Array.from({ length: shape[0]! }, (_, i) => start[i % start.length]!) }];
      }
      if (shape.length === 1) return [name, zeros(shape)];
      if (shape.length === 2) return [name, glorotUniform(shape as [number, number], random)];
      return [name, maskedWeights(shape, masks[name]!, random)];
    }),
  );
}

function maskedWeights(shape: readonly number[], mask: NamedArray, random: RandomGenerator): NamedArray {
  const weights = initialWeights(shape, random);
  const alive = (mask.data as Float32Array).reduce((sum, one) => sum + one, 0);
  // Drawn for kernels that are whole; those with fewer cells hear fewer values.
  const scale = Math.sqrt(mask.data.length / Math.max(1, alive));
  return { shape, data: Float32Array.from(weights.data, (value, i) => value * scale * mask.data[i]!) };
}
