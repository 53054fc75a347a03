/**
 * Hamiltonian, or hybrid, Monte Carlo (Duane et al. 1987; Neal 2011, "MCMC using Hamiltonian dynamics", section 3): a move
 * of many chains at once, one a row, each with its own log-density log π(z) up to a constant.
 *
 *   p ~ N(0, I);  L leapfrog steps of size ε from (z, p) to (z*, p*) under H(z, p) = ½ pᵀp − log π(z)
 *   z ← z* with probability min(1, exp(H(z, p) − H(z*, p*)))
 *
 * Leapfrog steps are reversible and keep volumes, so that π is stationary whatever ε is; near 0 they keep H, the error over a
 * trajectory being of the order of ε².
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** log π(z) of every row up to a constant: z [N, K] → [N]. Differentiable in z. */
export type LogDensity = (z: Tensor2D) => Tensor1D;

export interface PhasePoint {
  /** [N, K] */
  readonly z: Tensor2D;
  /** [N, K] */
  readonly momentum: Tensor2D;
}

interface Slope {
  /** log π, [N]. */
  readonly log: Tensor1D;
  /** ∂ log π/∂z, [N, K]. */
  readonly gradient: Tensor2D;
}

export function slopeOf(logDensity: LogDensity, z: Tensor2D): Slope {
  const { value, grad } = tf.valueAndGrad((at: Tensor) => logDensity(at as Tensor2D))(z, tf.ones([z.shape[0]]));
  return { log: value, gradient: grad as Tensor2D };
}

/** `steps` leapfrog steps of size ε (a scalar, or [1]); the last one's log-density comes with it. */
export function leapfrog(
  logDensity: LogDensity,
  start: PhasePoint,
  stepSize: Tensor,
  steps: number,
): PhasePoint & { readonly before: Tensor1D; readonly after: Tensor1D } {
  let slope = slopeOf(logDensity, start.z);
  const before = slope.log;
  const half = tf.mul(stepSize, 0.5);
  let { z, momentum } = start;
  momentum = tf.add(momentum, tf.mul(half, slope.gradient));
  for (let step = 1; step <= steps; step++) {
    z = tf.add(z, tf.mul(stepSize, momentum));
    slope = slopeOf(logDensity, z);
    momentum = tf.add(momentum, tf.mul(step === steps ? half : stepSize, slope.gradient));
  }
  return { z, momentum, before, after: slope.log };
}

export interface HamiltonianMove {
  /** [N, K] where each chain is now: the end of its trajectory, or where it was. */
  readonly z: Tensor2D;
  /** min(1, exp(−ΔH)) of each, [N]; 0 where the trajectory left the finite numbers, which is never accepted. */
  readonly acceptance: Tensor1D;
}

/** @param uniform [N] from U(0, 1). @param start.momentum from N(0, I). */
export function hamiltonianMove(
  logDensity: LogDensity,
  { start, uniform }: { readonly start: PhasePoint; readonly uniform: Tensor1D },
  stepSize: Tensor,
  steps: number,
): HamiltonianMove {
  const end = leapfrog(logDensity, start, stepSize, steps);
  const kinetic = ({ momentum }: PhasePoint) => tf.mul<Tensor1D>(tf.sum(tf.square(momentum), 1), 0.5);
  const gain = tf.sub<Tensor1D>(tf.sub(end.after, kinetic(end)), tf.sub(end.before, kinetic(start)));
  // A comparison with what is no number is false.
  const known = tf.greaterEqual(gain, -1e30);
  const acceptance = tf.where<Tensor1D>(
    known,
    tf.exp<Tensor1D>(tf.minimum<Tensor1D>(gain, 0)),
    tf.zerosLike<Tensor1D>(gain),
  );
  const accepted = tf.cast(tf.less(uniform, acceptance), 'float32');
  const [, columns] = start.z.shape;
  const everywhere = tf.greater(tf.tile(tf.expandDims(accepted, 1), [1, columns]), 0.5);
  return { z: tf.where(everywhere, end.z, start.z), acceptance };
}

/** How fast log ε follows the mean acceptance of a move. */
const ADAPTATION = 0.1;

/**
 * The step size for the next move: log ε rises by {@link ADAPTATION} times what the mean acceptance has above its target
 * (Andrieu & Thoms 2008, section 4). While it changes the chains are no longer exactly stationary; it settles as they do.
 */
export function adapted<T extends Tensor>(stepSize: T, acceptance: Tensor1D, target: number): T {
  return tf.mul<T>(stepSize, tf.exp(tf.mul(tf.sub(tf.mean(acceptance), target), ADAPTATION)));
}
