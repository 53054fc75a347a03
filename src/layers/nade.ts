/**
 * The conditionals of NADE (Larochelle & Murray 2011, equations 5 and 6), and of EoNADE under one order (Uria, Murray &
 * Larochelle 2014, sections 2 and 3). With o_d the variable at position d of the order,
 *
 *   a_1 = b,  a_(d+1) = a_d + W[:, o_d] x_(o_d) + U[:, o_d],  h_d = g(a_d),  z_(o_d) = c_(o_d) + V[o_d, :] h_d
 *
 * W is shared by all positions, so that the pre-activations of all D hidden vectors are one running sum: O(D·H) a row.
 * U, EoNADE's weights of the mask, is optional; so are further layers between h_d and the output, which cost their own
 * products at every position.
 *
 * The gradient runs the sum down again instead of keeping D vectors a row: memory O(N·H) and a block of positions.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ActivationName } from '../spec/activation.ts';
import { differentiable, type Wanted } from './differentiable.ts';
import { blocksBackward, blocksForward, type HiddenLayer, type Ordered } from './nadeBlocks.ts';
import { fusedBackward, fusedForward, hasFusedNade } from './nadeFused.ts';

/** An order as tensors, int32. */
export interface OrderTensors {
  /** [D] position of every variable, 1 … D. */
  readonly order: Tensor1D;
  /** [D] variable at every position, 0 … D − 1. */
  readonly variables: Tensor1D;
}

export interface NadeParts extends OrderTensors {
  readonly activation: ActivationName;
  /** W [H, D] */
  readonly weight: Tensor2D;
  /** b [H] */
  readonly bias: Tensor1D;
  /** U [H, D], or null for none. */
  readonly maskWeight: Tensor2D | null;
  /** Layers between the hidden vectors and the outputs; none in NADE. */
  readonly further: readonly HiddenLayer[];
  /** V [D, H], H of the last layer. */
  readonly outputWeight: Tensor2D;
  /** c [D] */
  readonly outputBias: Tensor1D;
}

/**
 * Logits [N, D] of every conditional.
 * @param wanted What gradients flow to: W, b, V and c (U and further layers are constants), or x alone.
 */
export function nadeLogits(x: Tensor2D, parts: NadeParts, wanted: Wanted): Tensor2D {
  const { weight, bias, outputWeight, outputBias, activation, further } = parts;
  const inputs: Tensor[] = wanted === 'inputs' ? [x] : [weight, bias, outputWeight, outputBias];
  return differentiable(inputs, () => {
    const positions = tf.sub<Tensor1D>(parts.order, tf.scalar(1, 'int32'));
    const { variables } = parts;
    const sorted: Ordered = {
      activation,
      further,
      x: tf.gather(x, variables, 1),
      w: tf.gather(tf.transpose(weight), variables),
      base: baseOf(parts),
      v: tf.gather(outputWeight, variables),
    };
    const fused = hasFusedNade(sorted);
    const z = fused ? fusedForward(sorted) : blocksForward(sorted);
    return {
      value: tf.add<Tensor2D>(tf.gather(z, positions, 1), outputBias),
      saved: [positions, variables, sorted.x, sorted.w, sorted.base, sorted.v],
      gradient: (dy, kept) => {
        const [byVariable, byPosition] = kept as [Tensor1D, Tensor1D];
        const [xs, w, base, v] = kept.slice(2) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
        const dz = tf.gather<Tensor2D>(dy, byPosition, 1);
        const o: Ordered = { activation, further, x: xs, w, base, v };
        const gradients = (fused ? fusedBackward : blocksBackward)(o, dz, wanted === 'inputs');
        if (gradients.x) return [tf.gather(gradients.x, byVariable, 1)];
        return [
          tf.transpose(tf.gather(gradients.w, byVariable)),
          tf.squeeze(gradients.base, [0]),
          tf.gather(gradients.v, byVariable),
          tf.sum(dy, 0),
        ];
      },
    };
  });
}

/** What the running sum starts from: b, and under a mask's weights at every position those of the positions before. */
function baseOf({ bias, maskWeight, variables }: NadeParts): Tensor2D {
  const start = tf.expandDims<Tensor2D>(bias, 0);
  if (maskWeight === null) return start;
  return tf.add(tf.cumsum(tf.gather(tf.transpose(maskWeight), variables), 0, true), start);
}
