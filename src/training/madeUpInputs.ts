/** Inputs of a training step that no training has seen: on them a compiled step is compared with the step itself. */
import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedTensors } from '../models/model.ts';
import { CHAIN, stepNoise } from './firstState.ts';
import { maskTensors } from './maskCache.ts';
import { type Tried, triedWeights } from '../models/triedWeights.ts';
import { MadeUp } from '../layers/madeUp.ts';
import type { StepInputs } from './step.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/**
 * Inputs of the same names and shapes, the values of `inputs` unread: {@link triedWeights},
 * rows of 0 and 1, which every model can score, the model's first structure, noise by a fixed seed. Slots of the
 * optimiser are about 1: what is divided by the root of almost nothing says little about how it was computed. The caller
 * disposes of them with {@link disposeMadeUpInputs}.
 */
export function madeUpInputs(
  inputs: StepInputs,
  model: Tried & Pick<Model, 'masks' | 'maskTensors' | 'noise' | 'chains'>,
): StepInputs {
  const rows = inputs.batch.shape[0];
  const made = new MadeUp();
  const masks = maskTensors(model, 0);
  return {
    parameters: triedWeights(model, inputs.parameters, made),
    optimizer: maskedSlots(
      made.all(inputs.optimizer, (u) => 0.5 + u),
      masks,
    ),
    batch: made.like(inputs.batch, Math.round),
    context: inputs.context && made.like(inputs.context, (u) => 2 * u - 1),
    masks,
    noise: upload(
      stepNoise(
        model,
        chainsOf(inputs) ?? rows,
        Int32Array.from({ length: rows }, (_, row) => row),
        made.random,
      ),
    ),
    step: tf.scalar(7),
  };
}

/** Slots of masked weights are 0 where the mask is, as training leaves them: no gradient has ever reached them. */
function maskedSlots(slots: NamedTensors, masks: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => {
      const mask = masks[name.slice(name.indexOf('/') + 1)];
      if (mask === undefined || !tf.util.arraysEqual(mask.shape, slot.shape)) return [name, slot];
      const masked = tf.mul(slot, mask);
      slot.dispose();
      return [name, masked];
    }),
  );
}

/** N, of a model that has a chain for every training row; null without any. */
function chainsOf({ optimizer }: StepInputs): number | null {
  const chains = Object.entries(optimizer).filter(([name]) => name.startsWith(CHAIN));
  return chains.length === 0 ? null : Math.max(...chains.map(([, { shape }]) => shape[0]));
}

/** Frees every tensor among the inputs. */
export function disposeMadeUpInputs({ parameters, optimizer, batch, context, masks, noise, step }: StepInputs): void {
  disposeTensors(parameters, optimizer, masks, noise, { batch, step, ...(context && { context }) });
}
