/** The `"type": "glow"` entry of an experiment's `model` (Kingma & Dhariwal 2018). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import { baseKey, dequantiseKey, scaleKey, supportOfFlow } from './flowKeys.ts';
import { blocksKey, checkImage, hiddenChannelsKey, imageKey, scalesKey } from './imageKeys.ts';

export const glowSpec = z
  .strictObject({
    type: z.literal('glow').check(z.meta({ description: 'Generative flow with invertible 1×1 convolutions.' })),
    image: imageKey('Every scale halves both sizes.'),
    scales: scalesKey(2, 'Each begins with a squeeze, which makes one pixel of four.'),
    steps: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(64),
        z.meta({
          description:
            'Steps of the flow at each scale: ActNorm, an invertible 1×1 convolution and an affine coupling each. Default: 4.',
        }),
      ),
      4,
    ),
    hidden: hiddenChannelsKey,
    blocks: blocksKey,
    activation: z._default(activationSpec('Nonlinearity of the networks. Default: relu.'), 'relu'),
    scale: scaleKey('gate'),
    base: baseKey('gaussian'),
    dequantise: dequantiseKey,
  })
  .check(
    z.meta({
      title: 'Glow',
      description:
        'A flow of images: at each scale a squeeze, then steps of ActNorm, an invertible 1×1 convolution and an affine ' +
        'coupling whose networks are of convolutions (Kingma & Dhariwal 2018). Density and sampling take one pass each.',
    }),
  );

export type GlowSpec = z.output<typeof glowSpec>;

export const glow = {
  schema: glowSpec,
  check: ({ image, scales }, situation) => checkImage(image, scales, situation),
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'glow', image: ['^${1:28}', '^${2:28}'], hidden: ['^${3:32}', '^${4:32}'] },
  listsOfVariables: ['image'] satisfies (keyof GlowSpec)[],
  hoverKeys: [
    'type',
    'image',
    'scales',
    'steps',
    'blocks',
    'scale',
    'base',
    'hidden',
    'dequantise',
  ] satisfies (keyof GlowSpec)[],
} as const satisfies ModelEntry<typeof glowSpec>;
