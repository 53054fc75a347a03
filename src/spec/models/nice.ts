/** The `"type": "nice"` entry of an experiment's `model` (Dinh, Krueger & Bengio 2014). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import {
  baseKey,
  checkSplit,
  checkTurns,
  dequantiseKey,
  hiddenKey,
  layersKey,
  splitKey,
  supportOfFlow,
} from './flowKeys.ts';

export const niceSpec = z
  .strictObject({
    type: z.literal('nice').check(z.meta({ description: 'Non-linear independent components estimation.' })),
    layers: layersKey('additive couplings', 4),
    hidden: hiddenKey,
    activation: z._default(activationSpec('Nonlinearity of the networks. Default: relu.'), 'relu'),
    split: splitKey,
    base: baseKey('logistic'),
    dequantise: dequantiseKey,
  })
  .check(
    z.meta({
      title: 'NICE',
      description:
        'A flow of additive couplings, y = x + m(the other part), which keep volumes, and a diagonal scaling at the end ' +
        '(Dinh, Krueger & Bengio 2014). For real values, or grey levels with `dequantise`.',
    }),
  );

export type NiceSpec = z.output<typeof niceSpec>;

export const nice = {
  schema: niceSpec,
  check: ({ split, layers }, situation) => [...checkSplit(split, situation), ...checkTurns(layers, situation)],
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'nice', hidden: ['^${1:100}', '^${2:100}'] },
  listsOfVariables: ['split'] satisfies (keyof NiceSpec)[],
  hoverKeys: ['type', 'layers', 'split', 'base', 'hidden', 'dequantise'] satisfies (keyof NiceSpec)[],
} as const satisfies ModelEntry<typeof niceSpec>;
