/** The `"type": "nade"` entry of an experiment's `model` (Larochelle & Murray 2011). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import { orderSpec } from './made.ts';
import { checkOrder } from './orderChecks.ts';

export const nadeSpec = z
  .strictObject({
    type: z.literal('nade').check(z.meta({ description: 'Neural autoregressive distribution estimator.' })),
    hidden: z.int().check(
      z.minimum(1),
      z.maximum(65_536),
      z.meta({
        description: 'H, units of each of the D hidden vectors, which share their weights, e.g. 500.',
        markdownDescription: 'H, units of each of the D hidden vectors, which share their weights, e.g. `500`.',
        defaultSnippets: [{ label: '500', body: '^${1:500}' }],
      }),
    ),
    activation: z._default(
      activationSpec('Nonlinearity g of the hidden vectors, h_d = g(b + W x_<d). Default: sigmoid, as in the paper.'),
      'sigmoid',
    ),
    order: z._default(orderSpec, 'natural'),
  })
  .check(
    z.meta({
      title: 'NADE',
      description:
        'Neural autoregressive distribution estimator for binary data: a hidden vector for every conditional ' +
        'p(x_d | x_<d), all with the same weights, computed one from the other (Larochelle & Murray 2011). A row costs ' +
        'D·H, an evaluation of g included: several times a MADE of as many parameters.',
    }),
  );

export type NadeSpec = z.output<typeof nadeSpec>;

export const nade = {
  schema: nadeSpec,
  check: ({ order }, situation) => checkOrder(order, situation),
  supportOf: () => 'binary',
  snippet: { type: 'nade', hidden: '^${1:500}' },
  listsOfVariables: ['order'] satisfies (keyof NadeSpec)[],
  hoverKeys: ['type', 'hidden', 'order'] satisfies (keyof NadeSpec)[],
} as const satisfies ModelEntry<typeof nadeSpec>;
