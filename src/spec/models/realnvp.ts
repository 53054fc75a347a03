/** The `"type": "realnvp"` entry of an experiment's `model` (Dinh, Sohl-Dickstein & Bengio 2017). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import { complain, type Complaint } from '../complaint.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';
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
import { blocksKey, checkImage, imageKey, scalesKey } from './imageKeys.ts';

export const realnvpSpec = z
  .strictObject({
    type: z.literal('realnvp').check(z.meta({ description: 'Real-valued non-volume preserving flow.' })),
    layers: layersKey('affine couplings', 8),
    image: z.optional(
      imageKey(
        'With it the flow is of images: networks of convolutions, hidden being their channels, checkerboard and channel-wise ' +
          'couplings at several scales. Left out: rows are vectors.',
      ),
    ),
    scales: scalesKey(2, 'Of flows of images alone; each scale but the last halves both sizes.'),
    couplings: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(64),
        z.meta({
          description:
            'Of flows of images: checkerboard couplings at each scale, and as many channel-wise ones after the squeeze; one ' +
            'more at the last scale. Default: 3.',
        }),
      ),
      3,
    ),
    blocks: blocksKey,
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

/** Keys that one of the two forms alone has. */
const ofVectors = ['layers', 'split'] satisfies (keyof RealnvpSpec)[];
const ofImages = ['scales', 'couplings', 'blocks'] satisfies (keyof RealnvpSpec)[];

/** Keys that have no effect. */
function checkForm({ written }: ModelSituation): Complaint[] {
  const image = written.has('image');
  return (image ? ofVectors : ofImages)
    .filter((key) => written.has(key))
    .map((key) => {
      const reason = image
        ? 'with image the flow has checkerboard and channel-wise couplings, as many as scales and couplings say'
        : 'it is of flows of images; image says that rows are such';
      return complain('warning', ['model', key], `${key} has no effect: ${reason}`, 'key');
    });
}

export const realnvp = {
  schema: realnvpSpec,
  check: ({ split, layers, image, scales }, situation) => [
    ...checkForm(situation),
    ...(situation.written.has('image')
      ? checkImage(image, scales === undefined ? undefined : scales - 1, situation)
      : [...checkSplit(split, situation), ...checkTurns(layers, situation)]),
  ],
  supportOf: ({ dequantise }) => supportOfFlow(dequantise),
  takesContext: true,
  snippet: { type: 'realnvp', hidden: ['^${1:100}', '^${2:100}'] },
  listsOfVariables: ['split', 'image'] satisfies (keyof RealnvpSpec)[],
  hoverKeys: [
    'type',
    'layers',
    'split',
    'image',
    'scales',
    'couplings',
    'blocks',
    'scale',
    'batchNorm',
    'base',
    'hidden',
    'dequantise',
  ] satisfies (keyof RealnvpSpec)[],
} as const satisfies ModelEntry<typeof realnvpSpec>;
