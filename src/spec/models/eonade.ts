/** The `"type": "eonade"` entry of an experiment's `model` (Uria, Murray & Larochelle 2014). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import { complain, type Complaint } from '../complaint.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';
import { orderSpec } from './made.ts';
import { checkOrder } from './orderChecks.ts';
import { units } from './units.ts';

export const eonadeSpec = z
  .strictObject({
    type: z.literal('eonade').check(z.meta({ description: 'Order-agnostic NADE, deep if wanted (DeepNADE).' })),
    hidden: z.array(units()).check(
      z.minLength(1),
      z.maxLength(16),
      z.meta({
        description:
          'Units of each hidden layer, first to last, e.g. [500, 500]. With one layer an exact log-likelihood costs O(D·H) ' +
          'a row and order; with several it costs the further layers D times over, some hundred times a training step.',
        markdownDescription:
          'Units of each hidden layer, first to last, e.g. `[500, 500]`. With one layer an exact log-likelihood costs O(D·H) ' +
          'a row and order; with several it costs the further layers D times over, some hundred times a training step.',
        defaultSnippets: [
          { label: '[500]', body: ['^${1:500}'] },
          { label: '[500, 500]', body: ['^${1:500}', '^${2:500}'] },
        ],
      }),
    ),
    activation: z._default(
      activationSpec('Nonlinearity g of every hidden layer, h = g(b + W(x∘m) + Um). Default: relu.'),
      'relu',
    ),
    order: z._default(orderSpec, 'natural'),
    orders: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(4096),
        z.meta({
          description:
            'Orders of the ensemble at test time, whose final score is the log of the mean of p(x) over them: the first is ' +
            '"order", the others are random by the seed. Training knows nothing of them; each costs an evaluation of its ' +
            'own. Default: 4.',
        }),
      ),
      4,
    ),
    validationOrders: z._default(
      z.int().check(
        z.minimum(0),
        z.maximum(4096),
        z.meta({
          description:
            'Orders that the validation NLL after every epoch averages over. 0: it is the estimate over orders that ' +
            'training lowers, on the same random numbers every time, at the cost of one pass. More are exact and slow: with ' +
            'several hidden layers one order over 10,000 rows of 784 variables takes minutes. Default: 0.',
        }),
      ),
      0,
    ),
  })
  .check(
    z.meta({
      title: 'EoNADE',
      description:
        'Order-agnostic NADE for binary data: one network that knows p(x_d | any others), trained on a random order and a ' +
        'random position for every row, and averaged over several orders at test time (Uria, Murray & Larochelle 2014, ' +
        '"A deep and tractable density estimator"). Completes rows of which any variables are given.',
    }),
  );

export type EonadeSpec = z.output<typeof eonadeSpec>;

function check(spec: Partial<EonadeSpec>, situation: ModelSituation): Complaint[] {
  return [...checkOrder(spec.order, situation), ...checkValidation(spec)];
}

function checkValidation({ orders, validationOrders }: Partial<EonadeSpec>): Complaint[] {
  if (orders === undefined || validationOrders === undefined || validationOrders <= orders) return [];
  const message = `validationOrders is ${validationOrders}; the ensemble has ${orders} (orders)`;
  return [complain('error', ['model', 'validationOrders'], message)];
}

export const eonade = {
  schema: eonadeSpec,
  check,
  supportOf: () => 'binary',
  snippet: { type: 'eonade', hidden: ['^${1:500}'] },
  listsOfVariables: ['order'] satisfies (keyof EonadeSpec)[],
  hoverKeys: ['type', 'hidden', 'order', 'orders'] satisfies (keyof EonadeSpec)[],
} as const satisfies ModelEntry<typeof eonadeSpec>;
