/** The `"type": "pixelcnn"` entry of an experiment's `model` (van den Oord et al. 2016). */
import * as z from 'zod/mini';
import type { Complaint } from '../complaint.ts';
import { conditionalKey, supportOfConditional } from '../conditional.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';
import { checkImage, imageKey } from './imageKeys.ts';
import {
  checkMaskType,
  checkShares,
  checkSides,
  countKey,
  featuresKey,
  headKey,
  maskTypeKey,
  sideKey,
} from './pixelKeys.ts';

const stackNames = {
  single:
    'Masked convolutions with residual blocks of ReLUs, as in "Pixel recurrent neural networks": never sees a wedge of pixels ' +
    'to the right above, its blind spot.',
  gated:
    'Gated layers in a vertical and a horizontal stack, as in "Conditional image generation with PixelCNN decoders": no ' +
    'blind spot.',
} as const;

export const pixelcnnSpec = z
  .strictObject({
    type: z.literal('pixelcnn').check(z.meta({ description: 'Masked convolutions over the pixels of an image.' })),
    image: imageKey('Pixels come row by row from the top left, the channels of a pixel one after the other.'),
    stacks: z._default(
      z.enum(Object.keys(stackNames) as (keyof typeof stackNames)[]).check(
        z.meta({
          description: `Which architecture: single or gated. Default: gated.`,
          enumDescriptions: Object.values(stackNames),
        }),
      ),
      'gated',
    ),
    features: featuresKey,
    layers: countKey(1, 256, 6, 'Layers behind the first: residual blocks of a single stack, gated layers of two.'),
    kernel: sideKey(1, 3, 'Side of the kernels behind the first layer, odd; what a mask forbids is not stored.'),
    firstKernel: sideKey(1, 7, 'Side of the kernels of the first layer, odd.'),
    maskType: maskTypeKey,
    head: headKey,
    conditional: conditionalKey,
  })
  .check(
    z.meta({
      title: 'PixelCNN',
      description:
        'The conditionals of pixels in raster order by masked convolutions, all in one pass (van den Oord, Kalchbrenner & ' +
        'Kavukcuoglu 2016), gated and in two stacks unless told otherwise (van den Oord et al. 2016). Binary pixels unless ' +
        'told otherwise.',
    }),
  );

export type PixelcnnSpec = z.output<typeof pixelcnnSpec>;

function check(spec: Partial<PixelcnnSpec>, situation: ModelSituation): Complaint[] {
  const { kernel, firstKernel, head, maskType, image, features } = spec;
  return [
    ...checkImage(image, undefined, situation),
    ...checkSides({ kernel, firstKernel }),
    // Half of the features go through the convolution in the middle of a residual block.
    ...checkShares(image, {
      features: spec.stacks === 'single' ? features && Math.ceil(features / 2) : features,
      head,
    }),
    ...checkMaskType(maskType),
  ];
}

export const pixelcnn = {
  schema: pixelcnnSpec,
  check,
  supportOf: ({ conditional }) => supportOfConditional(conditional),
  takesContext: true,
  snippet: { type: 'pixelcnn', image: ['^${1:28}', '^${2:28}'], layers: '^${3:6}' },
  listsOfVariables: ['image'] satisfies (keyof PixelcnnSpec)[],
  hoverKeys: [
    'type',
    'image',
    'stacks',
    'features',
    'layers',
    'kernel',
    'firstKernel',
    'maskType',
    'conditional',
  ] satisfies (keyof PixelcnnSpec)[],
} as const satisfies ModelEntry<typeof pixelcnnSpec>;
