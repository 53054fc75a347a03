/** Every optimiser by its type. */
import type { NamedArrays } from '../../runs/arrays.ts';
import { zeros } from '../../layers/initial.ts';
import type { ParameterSpec } from '../../models/model.ts';
import type { OptimizerSpec } from '../../spec/training.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export function makeOptimizer(spec: OptimizerSpec): Optimizer {
  switch (spec.type) {
    case 'sgd':
      return sgd(spec);
    case 'rmsprop':
      return rmsprop(spec);
    case 'adagrad':
      return adagrad(spec);
    case 'adam':
      return adam(spec);
  }
}

/** Name under which a parameter's state is kept and saved. */
export function slotName(slot: string, parameter: string): string {
  return `${slot}/${parameter}`;
}

/** The state before the first step: zeros. */
export function initialOptimizerState(optimizer: Optimizer, parameters: readonly ParameterSpec[]): NamedArrays {
  return Object.fromEntries(
    optimizer.slots.flatMap((slot) => parameters.map(({ name, shape }) => [slotName(slot, name), zeros(shape)])),
  );
}
