/** The `"type": "fvsbn"` entry of an experiment's `model` (Frey, Hinton & Dayan 1996). */
import * as z from 'zod/mini';
import type { ModelEntry } from './entry.ts';
import { orderSpec } from './made.ts';
import { checkOrder } from './orderChecks.ts';

export const fvsbnSpec = z
  .strictObject({
    type: z
      .literal('fvsbn')
      .check(z.meta({ description: 'Fully visible sigmoid belief network: a logistic regression per variable.' })),
    order: z._default(orderSpec, 'natural'),
  })
  .check(
    z.meta({
      title: 'FVSBN',
      description:
        'Fully visible sigmoid belief network: p(x_d = 1 | x_<d) = σ(c_d + Σ A_dj x_j) over the variables j before d in ' +
        'the order; no hidden units (Frey, Hinton & Dayan 1996).',
    }),
  );

export type FvsbnSpec = z.output<typeof fvsbnSpec>;

export const fvsbn = {
  schema: fvsbnSpec,
  check: ({ order }, situation) => checkOrder(order, situation),
  supportOf: () => 'binary',
  snippet: { type: 'fvsbn' },
  listsOfVariables: ['order'] satisfies (keyof FvsbnSpec)[],
  hoverKeys: ['type', 'order'] satisfies (keyof FvsbnSpec)[],
} as const satisfies ModelEntry<typeof fvsbnSpec>;
