/** NADE's running pre-activations by a backend's own kernels, where it has them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { hasFused, runFused } from '../backends/fused.ts';
import type { NadeGradients, Ordered } from './nadeBlocks.ts';

/** Units that the kernels' loops take at a time; what is missing is filled up with units that nobody sees. */
const LANES = 8;

/** Whether the current backend has kernels for it: sigmoid and relu, no further layers. */
export function hasFusedNade({ activation, further }: Pick<Ordered, 'activation' | 'further'>): boolean {
  return (activation === 'sigmoid' || activation === 'relu') && further.length === 0 && hasFused('nadeForward');
}

/** As {@link blocksForward}. */
export function fusedForward(o: Ordered): Tensor2D {
  return tf.tidy(() => runFused('nadeForward', padded(o), { activation: o.activation, inputs: false })![0] as Tensor2D);
}

/** As {@link blocksBackward}. */
export function fusedBackward(o: Ordered, dz: Tensor2D, inputs: boolean): NadeGradients {
  return tf.tidy(() => {
    const [w, v, base, x] = runFused('nadeBackward', { ...padded(o), dz }, { activation: o.activation, inputs })!;
    const units = o.w.shape[1];
    const cut = (tensor: Tensor2D) => (tensor.shape[1] === units ? tensor : tf.slice(tensor, [0, 0], [-1, units]));
    const [dw, dv, dbase] = [w, v, base].map((tensor) => cut(tensor as Tensor2D));
    return { w: dw!, v: dv!, base: dbase!, x: x as Tensor2D | undefined };
  });
}

function padded({ x, w, base, v }: Ordered) {
  const missing = (LANES - (w.shape[1] % LANES)) % LANES;
  const pad = (tensor: Tensor2D) =>
    missing === 0
      ? tensor
      : tf.pad(tensor, [
          [0, 0],
          [0, missing],
        ]);
  return { x, w: pad(w), base: pad(base), v: pad(v) };
}
