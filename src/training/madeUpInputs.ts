/** Inputs of a training step that no training has seen: on them a compiled step is compared with the step itself. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Model, NamedTensors } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { sizeOf } from '../runs/arrays.ts';
import { CHAIN, stepNoise } from './firstState.ts';
import type { StepInputs } from './step.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** Different random numbers; they repeat, since drawing some for every weight of a large model takes seconds. */
const NUMBERS = 4093;

/**
 * Inputs of the same names and shapes, the values of `inputs` unread: weights of the size that Glorot would give them,
 * rows of 0 and 1, which every model can score, the model's first structure, noise by a fixed seed. Slots of the
 * optimiser are about 1: what is divided by the root of almost nothing says little about how it was computed. The caller
 * disposes of them with {@link disposeMadeUpInputs}.
 */
export function madeUpInputs(inputs: StepInputs, model: Pick<Model, 'masks' | 'noise' | 'chains'>): StepInputs {
  const rows = inputs.batch.shape[0];
  const random = RandomGenerator.seeded(0, 'made-up inputs');
  const numbers = Float64Array.from({ length: NUMBERS }, () => random.uniform());
  let drawn = 0;
  const made = <T extends Tensor>({ shape }: T, of: (u: number) => number): T => {
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = of(numbers[drawn++ % NUMBERS]!);
    return tf.tensor(values, shape) as T;
  };
  // In an order that does not depend on who made the record.
  const all = (tensors: NamedTensors, of: (u: number, tensor: Tensor) => number): NamedTensors =>
    Object.fromEntries(
      Object.keys(tensors)
        .sort()
        .map((name) => [name, made(tensors[name]!, (u) => of(u, tensors[name]!))] as const),
    );
  const masks = upload(model.masks(0));
  return {
    parameters: all(inputs.parameters, (u, { shape }) => (2 * u - 1) / Math.sqrt(shape.length < 2 ? 1 : shape.at(-1)!)),
    optimizer: maskedSlots(
      all(inputs.optimizer, (u) => 0.5 + u),
      masks,
    ),
    batch: made<Tensor2D>(inputs.batch, Math.round),
    context: inputs.context && made<Tensor2D>(inputs.context, (u) => 2 * u - 1),
    masks,
    noise: upload(
      stepNoise(
        model,
        chainsOf(inputs) ?? rows,
        Int32Array.from({ length: rows }, (_, row) => row),
        random,
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
