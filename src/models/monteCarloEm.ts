/**
 * Monte Carlo EM (Kingma & Welling 2014, appendix E), a baseline of the paper: latents of every training row are sampled from
 * the posterior p(z|x) ∝ p(x|z) p(z) by Hamiltonian Monte Carlo, one chain a row, and the decoder raises log p(x|z) of
 * them. The paper moves by 10 leapfrog steps, tunes their size to an acceptance of 90 %, and updates the weights 5 times.
 *
 * The decoder hears nothing of an encoder. Ours is fitted to the same samples all the same, by log q(z|x), as the paper's appendix
 * D fits a density to such samples: it gives the bound that is told of each row, the proposal of importance samples, and
 * something to look at.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { minus, plus, rowSums } from '../flows/sums.ts';
import { adapted, hamiltonianMove, type LogDensity } from '../latent/hamiltonian.ts';
import { logStandardNormal } from '../latent/terms.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { HmcSpec } from '../spec/models/vaeKeys.ts';
import type { Chains } from './chains.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { DensityInputs } from './model.ts';
import { still, told } from './surrogate.ts';
import { boundOf, EPSILON } from './vaeBound.ts';

/** State: [N, K] where the chains are; [1] ε. */
const LATENTS = 'latents';
const STEP_SIZE = 'stepSize';
/** Noise of a move: [B, K] from N(0, I); [B] from U(0, 1). */
const MOMENTUM = 'momentum';
const ACCEPT = 'accept';
/** [B] rows of the minibatch; [N] where each row's chain is among all and those moved, one after the other. */
const ROWS = 'chainRows';
const PLACES = 'chainPlaces';
/** [B, K] what a move drew. */
const DRAWN = 'drawnLatents';

/** ε to begin with, in units of the prior's deviation; it adapts within a few epochs. */
const FIRST_STEP_SIZE = 0.1;

export function monteCarloNoise(rows: number, latent: number, random: RandomGenerator): NamedArrays {
  return {
    [MOMENTUM]: {
      shape: [rows, latent],
      data: Float32Array.from({ length: rows * latent }, () => random.normal()),
    },
    [ACCEPT]: { shape: [rows], data: Float32Array.from({ length: rows }, () => random.uniform()) },
  };
}

/** log p(x, z) of every row of x [N, D] at z [N, K], in nats. Differentiable in z. */
export function logJoint(model: LatentVariables, x: Tensor2D, inputs: Pick<DensityInputs, 'parameters'>): LogDensity {
  return (z) => plus(model.output.logProb(x, model.decode(z, inputs)), rowSums(logStandardNormal(z)));
}

export function posteriorChains(model: LatentVariables, { leapfrogSteps, acceptance, updates }: HmcSpec): Chains {
  const { latentDimension } = model;
  return {
    updates,
    start: (rows, random) => ({
      [LATENTS]: {
        shape: [rows, latentDimension],
        data: Float32Array.from({ length: rows * latentDimension }, () => random.normal()),
      },
      [STEP_SIZE]: { shape: [1], data: Float32Array.of(FIRST_STEP_SIZE) },
    }),
    places(all, rows) {
      const places = Int32Array.from({ length: all }, (_, row) => row);
      for (const [i, row] of rows.entries()) places[row] = all + i;
      return {
        [ROWS]: { shape: [rows.length], data: rows.slice() },
        [PLACES]: { shape: [all], data: places },
      };
    },
    move(x, state, inputs) {
      const { noise } = inputs;
      const [all, stepSize] = [state[LATENTS] as Tensor2D, state[STEP_SIZE] as Tensor1D];
      const moved = hamiltonianMove(
        logJoint(model, x, inputs),
        {
          start: { z: tf.gather(all, noise[ROWS] as Tensor1D), momentum: noise[MOMENTUM] as Tensor2D },
          uniform: noise[ACCEPT] as Tensor1D,
        },
        stepSize,
        leapfrogSteps,
      );
      return {
        state: {
          // Gathered, since no kernel that writes single rows is there on every backend.
          [LATENTS]: tf.gather(tf.concat([all, moved.z]), noise[PLACES] as Tensor1D),
          [STEP_SIZE]: adapted(stepSize, moved.acceptance, acceptance),
        },
        noise: { ...noise, [DRAWN]: moved.z },
      };
    },
  };
}

/**
 * −bound of every row, [N] nats, whose gradients are those of −log p(x|z) − log q(z|x) at the z of the rows' chains. Of rows
 * that have no chain, because somebody only looks at them, z is drawn from q(z|x).
 */
export function monteCarloEm(model: LatentVariables, x: Tensor2D, inputs: DensityInputs): Tensor1D {
  const bound = still(() => boundOf(model, x, inputs, { estimator: 'B', beta: 1, freeBits: 0 }));
  const z = (inputs.noise[DRAWN] as Tensor2D | undefined) ?? drawnByEncoder(model, x, inputs);
  const likelihood = model.output.logProb(x, model.decode(z, inputs));
  const fit = rowSums(model.logPosterior(z, model.encode(x, inputs), inputs));
  return told(minus(plus(likelihood, fit)), tf.neg(bound));
}

/** The first of the L samples of each row. */
function drawnByEncoder(model: LatentVariables, x: Tensor2D, inputs: DensityInputs): Tensor2D {
  return still(() => {
    const [rows, epsilon] = [x.shape[0], inputs.noise[EPSILON] as Tensor2D];
    const [all, columns] = epsilon.shape;
    const first = tf.slice(tf.reshape(epsilon, [rows, all / rows, columns]), [0, 0, 0], [-1, 1, -1]);
    return model.draw(model.encode(x, inputs), tf.reshape(first, [rows, columns]), inputs).z;
  });
}
