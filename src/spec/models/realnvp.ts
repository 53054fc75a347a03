/** The `"type": "realnvp"` entry of an experiment's `model` (Dinh, Sohl-Dickstein & Bengio 2017). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import {
  baseKey,
  batchNormKey,
  checkSplit,
  checkTurns,
  dequantiseKey,
  hiddenKey,
  layersKey,
  scaleKey,
  splitKey,
  supportOfFlow,
} from './flowKeys.ts';

export const realnvpSpec = z
  .strictObject({
    type: z.literal('realnvp').check(z.meta({ description: 'Real-valued non-volume preserving flow.' })),
    layers: layersKey('affine couplings', 8),
    hidden: hiddenKey,
    activation: z._default(activationSpec('Nonlinearity of the networks. Default: relu.'), 'relu'),
    split: splitKey,
    scale: scaleKey('tanh'),
    batchNorm: batchNormKey(true),
    base: baseKey('gaussian'),
    dequantise: dequantiseKey,
  })
  .check(
    z.meta({
      title: 'RealNVP',
      description:
        'A flow of affine couplings, y = x·exp(s) + t with s and t decided by the other part: density and sampling take one ' +
        'pass each (Dinh, Sohl-Dickstein & Bengio 2017). For real values, or grey levels with `dequantise`.',
    }),
  );

export type RealnvpSpec = z.output<typeof realnvpSpec>;

export const realnvp = {
  schema: realnvpSpec,
  check: ({ split, layers }, situation) => [...checkSplit(split, situation), ...checkTurns(layers, situation)],
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'realnvp', hidden: ['^${1:100}', '^${2:100}'] },
  listsOfVariables: ['split'] satisfies (keyof RealnvpSpec)[],
  hoverKeys: ['type', 'layers', 'split', 'scale', 'base', 'hidden'] satisfies (keyof RealnvpSpec)[],
} as const satisfies ModelEntry<typeof realnvpSpec>;
