/** Nonlinearities of hidden layers by the names that experiments give them. */
import * as z from 'zod/mini';

const activations = {
  relu: 'max(0, a). The choice of the MADE paper.',
  tanh: 'tanh(a), between −1 and 1.',
  sigmoid: '1 / (1 + e^−a), between 0 and 1.',
  softplus: 'ln(1 + e^a), a smooth relu.',
  elu: 'a where a > 0, e^a − 1 elsewhere.',
} as const;

export type ActivationName = keyof typeof activations;

/** An `activation` entry. @param description What it is the nonlinearity of, and the default. */
export function activationSpec(description: string) {
  return z.enum(Object.keys(activations) as ActivationName[]).check(
    z.meta({
      description,
      enumDescriptions: Object.values(activations),
    }),
  );
}
