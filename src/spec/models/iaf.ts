/** The `"type": "iaf"` entry of an experiment's `model` (Kingma et al. 2016). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import {
  baseKey,
  checkPermutation,
  dequantiseKey,
  hiddenKey,
  layersKey,
  namedDegreesKey,
  networksKey,
  permutationKey,
  scaleKey,
  supportOfFlow,
} from './flowKeys.ts';

export const iafSpec = z
  .strictObject({
    type: z.literal('iaf').check(z.meta({ description: 'Inverse autoregressive flow.' })),
    layers: layersKey('autoregressive layers', 5),
    hidden: hiddenKey,
    activation: z._default(activationSpec('Nonlinearity of the networks. Default: elu.'), 'elu'),
    degrees: namedDegreesKey,
    permutation: permutationKey,
    scale: scaleKey(
      'exponential',
      'trained by likelihood, x has to spread as far as the data do, and the paper’s gate, made for posteriors, only ' +
        'narrows what it is given',
    ),
    networks: networksKey,
    base: baseKey('gaussian'),
    dequantise: dequantiseKey,
  })
  .check(
    z.meta({
      title: 'IAF',
      description:
        'Inverse autoregressive flow: x = σ·u + t, σ and t of the u before, layer upon layer. Drawing takes one ' +
        'pass a layer; the density of given rows goes from variable to variable, which makes training by likelihood slow: ' +
        'it is meant for posteriors (Kingma et al. 2016). For real values, or grey levels with `dequantise`.',
    }),
  );

export type IafSpec = z.output<typeof iafSpec>;

export const iaf = {
  schema: iafSpec,
  check: ({ permutation, layers }, situation) => checkPermutation(permutation, layers, situation),
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'iaf', hidden: ['^${1:100}'] },
  listsOfVariables: ['permutation'] satisfies (keyof IafSpec)[],
  hoverKeys: [
    'type',
    'layers',
    'permutation',
    'scale',
    'networks',
    'base',
    'hidden',
    'dequantise',
  ] satisfies (keyof IafSpec)[],
} as const satisfies ModelEntry<typeof iafSpec>;
