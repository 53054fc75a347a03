/** The parameters of a network over pixels by their names, their masks, and what they start from. */
import type { Conditional } from '../../distributions/conditional.ts';
import { glorotUniform, initialWeights, zeros } from '../../layers/initial.ts';
import type { ParameterSpec } from '../../layers/parameters.ts';
import { kernelMask, widthOf } from '../../masks/pixels/mask.ts';
import { type ConvolutionNode, heardFrom, type PixelNetwork, type RecurrentNode } from '../../masks/pixels/network.ts';
import type { RandomGenerator } from '../../random/generator.ts';
import type { NamedArray, NamedArrays } from '../../runs/arrays.ts';

const convolutionsOf = ({ nodes }: PixelNetwork): readonly ConvolutionNode[] =>
  nodes.filter((node) => node.kind === 'convolution');

/** Gates of an LSTM's unit: input, forget, output, candidate. */
const GATES = 4;

/** Channels that a convolution reads. */
const inputsOf = ({ nodes }: PixelNetwork, { from }: ConvolutionNode): number => nodes[from]!.colours.length;

/**
 * In the order in which they are drawn and saved: weights [rows, columns, in, out], biases, weights of the context; of
 * recurrent layers weights [4·h, heard·h].
 */
export function pixelParameters(network: PixelNetwork, contextDimension: number): ParameterSpec[] {
  return network.nodes.flatMap((node): ParameterSpec[] => {
    if (node.kind === 'recurrent') return [stateWeights(node)];
    if (node.kind !== 'convolution') return [];
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

/** Of no mask: states are of pixels whose colours are all known. */
function stateWeights(node: RecurrentNode): ParameterSpec {
  const heard = heardFrom(node).length;
  const units = node.colours.length;
  return {
    name: `${node.name}.weight`,
    shape: [GATES * units, heard * units],
    description: `[4·h, ${heard}·h] weights from ${
      node.course === 'rows' ? 'the states of the row above, left to right' : 'the states above and beside'
    }, gates in the order input, forget, output, candidate`,
    masked: false,
  };
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
 * Glorot's weights for the cells that a mask leaves, of an LSTM gate by gate; those outside it are 0, and their gradients being
 * 0, stay there. Biases 0, the outputs' where their conditionals are sensible, those of forget gates 1, so that memories are
 * kept at the start (Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015).
 */
export function initialPixelParameters(
  network: PixelNetwork,
  parameters: readonly ParameterSpec[],
  conditional: Conditional,
  random: RandomGenerator,
): NamedArrays {
  const masks = pixelMasks(network);
  const { nodes } = network;
  const recurrent = nodes.flatMap((node) => (node.kind === 'recurrent' ? [node] : []));
  const gates = new Set(recurrent.map(({ from }) => (nodes[from] as ConvolutionNode).name));
  return Object.fromEntries(
    parameters.map(({ name, shape }): [string, NamedArray] => {
      if (name === 'output.bias') {
        const start = conditional.initialBias();
        return [name, { shape, data: Float32Array.from({ length: shape[0]! }, (_, i) => start[i % start.length]!) }];
      }
      const layer = name.slice(0, name.lastIndexOf('.'));
      if (shape.length === 1) return [name, gates.has(layer) ? openForgetGates(shape) : zeros(shape)];
      if (shape.length === 2) {
        const own = recurrent.some((node) => node.name === layer) ? GATES : 1;
        return [name, scaledBy(glorotUniform(shape as [number, number], random), apart(shape[1]!, shape[0]!, own))];
      }
      return [name, maskedWeights(shape, masks[name]!, gates.has(layer) ? GATES : 1, random)];
    }),
  );
}

/** What Glorot's weights are to be scaled by if `parts` of the outputs are layers of their own. */
const apart = (inputs: number, outputs: number, parts: number): number =>
  Math.sqrt((inputs + outputs) / (inputs + outputs / parts));

function scaledBy({ shape, data }: NamedArray, factor: number): NamedArray {
  return { shape, data: (data as Float32Array).map((value) => factor * value) };
}

function openForgetGates(shape: readonly number[]): NamedArray {
  const units = shape[0]! / GATES;
  return { shape, data: Float32Array.from({ length: shape[0]! }, (_, i) => (Math.floor(i / units) === 1 ? 1 : 0)) };
}

function maskedWeights(shape: readonly number[], mask: NamedArray, parts: number, random: RandomGenerator): NamedArray {
  const weights = initialWeights(shape, random);
  const alive = (mask.data as Float32Array).reduce((sum, one) => sum + one, 0);
  // Drawn for kernels that are whole; those with fewer cells hear fewer values.
  const scale = Math.sqrt(mask.data.length / Math.max(1, alive)) * apart(shape[2]!, shape[3]!, parts);
  return { shape, data: Float32Array.from(weights.data, (value, i) => value * scale * mask.data[i]!) };
}
