/** The `"type": "maf"` entry of an experiment's `model` (Papamakarios, Pavlakou & Murray 2017). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import {
  batchNormKey,
  checkPermutation,
  dequantiseKey,
  hiddenKey,
  layersKey,
  mafBaseKey,
  namedDegreesKey,
  networksKey,
  permutationKey,
  scaleKey,
  supportOfFlow,
} from './flowKeys.ts';

export const mafSpec = z
  .strictObject({
    type: z.literal('maf').check(z.meta({ description: 'Masked autoregressive flow.' })),
    layers: layersKey('autoregressive layers', 5),
    hidden: hiddenKey,
    activation: z._default(activationSpec('Nonlinearity of the networks. Default: relu.'), 'relu'),
    degrees: namedDegreesKey,
    permutation: permutationKey,
    scale: scaleKey('exponential'),
    networks: networksKey,
    batchNorm: batchNormKey(true),
    base: mafBaseKey,
    dequantise: dequantiseKey,
  })
  .check(
    z.meta({
      title: 'MAF',
      description:
        'Masked autoregressive flow: u = (x − μ)·exp(−α), μ and α of the variables before, layer upon layer. The density ' +
        'takes one pass a layer; drawing goes from variable to variable (Papamakarios, Pavlakou & Murray 2017). With a MADE ' +
        'as base it is MAF MoG. For real values, or grey levels with `dequantise`.',
    }),
  );

export type MafSpec = z.output<typeof mafSpec>;

export const maf = {
  schema: mafSpec,
  check: ({ permutation, layers }, situation) => checkPermutation(permutation, layers, situation),
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'maf', hidden: ['^${1:100}'] },
  listsOfVariables: ['permutation'] satisfies (keyof MafSpec)[],
  hoverKeys: [
    'type',
    'layers',
    'permutation',
    'scale',
    'networks',
    'batchNorm',
    'base',
    'hidden',
    'dequantise',
  ] satisfies (keyof MafSpec)[],
} as const satisfies ModelEntry<typeof mafSpec>;
