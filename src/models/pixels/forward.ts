/** A network over pixels, computed for whole images at once. */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvolutionNode, PixelNetwork } from '../../masks/pixels/network.ts';
import { activate } from '../../layers/activations.ts';
import { causalConvolution } from '../../layers/causalConvolution.ts';
import type { Wanted } from '../../layers/differentiable.ts';
import { gate } from '../../layers/gate.ts';
import { maskedDense } from '../../layers/maskedDense.ts';
import type { NamedTensors } from '../../layers/parameters.ts';
import { atEveryPixel, shapedAs } from '../../layers/shaped.ts';
import { imageScan, shiftedDown } from '../../layers/recurrent/courses.ts';
import { plus } from '../../flows/sums.ts';

export interface PixelInputs {
  /** [N, D] as the network hears it, D = H·W·C, channel fastest. */
  readonly x: Tensor2D;
  readonly parameters: NamedTensors;
  readonly masks: NamedTensors;
  /** [N, C] what each row is conditioned on, or null. */
  readonly context: Tensor2D | null;
}

export interface PixelPass {
  readonly wanted: Wanted;
  /** Whether x and the context are data, for which no gradient is wanted. */
  readonly constant: boolean;
  /**
   * Told of the results of convolutions and recurrent layers, and of what goes into the first residual block and comes out of
   * each, [N·H·W, channels]; left out where nobody looks.
   */
  readonly tell?: (
    layer: string,
    role: 'preactivation' | 'activation' | 'residual',
    value: Tensor2D,
    /** Of a residual: whether it goes into the first block. */
    begins?: true,
  ) => void;
}

/** The last node's maps, those of a pixel side by side: [N, H·W·C·k]. Differentiable. */
export function pixelForward(
  { image, nodes }: PixelNetwork,
  { x, parameters, masks, context }: PixelInputs,
  { wanted, constant, tell }: PixelPass,
): Tensor2D {
  const [height, width, channels] = image;
  const pixels = height * width;
  const [rows] = x.shape;
  const convolved = (node: ConvolutionNode, input: Tensor2D): Tensor2D => {
    const { name, kernel, from, conditioned } = node;
    const bias = parameters[`${name}.bias`] as Tensor1D;
    const given = conditioned && context !== null;
    const z = causalConvolution(
      {
        input,
        size: [height, width],
        weight: parameters[`${name}.weight`] as Tensor4D,
        mask: masks[`${name}.weight`] as Tensor4D,
        bias: given ? null : bias,
        left: kernel.left,
        constant: constant && from === 0,
      },
      wanted,
    );
    if (!given) return z;
    const weight = parameters[`context.${name}.weight`] as Tensor2D;
    const own = maskedDense([{ input: context, weight, mask: null, constant }], bias, wanted);
    return plus(z, atEveryPixel(own, pixels));
  };
  const maps: Tensor2D[] = [];
  for (const node of nodes) {
    switch (node.kind) {
      case 'image':
        maps.push(shapedAs(x, [rows * pixels, channels]));
        break;
      case 'convolution': {
        const z = convolved(node, maps[node.from]!);
        tell?.(node.name, 'preactivation', z);
        maps.push(z);
        break;
      }
      case 'relu':
        maps.push(activate('relu', maps[node.from]!));
        break;
      case 'gate':
        maps.push(gate(maps[node.from]!));
        break;
      case 'recurrent': {
        const weight = parameters[`${node.name}.weight`] as Tensor2D;
        const h = imageScan({ ...node, size: [height, width], gates: maps[node.from]!, weight });
        tell?.(node.name, 'activation', h);
        maps.push(h);
        break;
      }
      case 'shift':
        maps.push(shiftedDown(maps[node.from]!, [height, width]));
        break;
      case 'sum': {
        const [past, added] = node.from;
        const sum = plus(maps[past]!, maps[added]!);
        if (node.block !== undefined) {
          const before = nodes[past]!;
          if (before.kind === 'convolution') tell?.(before.name, 'residual', maps[past]!, true);
          tell?.(node.block, 'residual', sum);
        }
        maps.push(sum);
      }
    }
  }
  const last = maps.at(-1)!;
  return shapedAs(last, [rows, pixels * last.shape[1]]);
}
