/** The `"type": "pixelcnn"` entry of an experiment's `model` (van den Oord et al. 2016). */
import * as z from 'zod/mini';
import type { Complaint } from '../complaint.ts';
import { supportOfConditional } from '../conditional.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';
import {
  checkPixels,
  choiceKey,
  countKey,
  featuresKey,
  firstKernelKey,
  lastPixelKeys,
  rasterImageKey,
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
    image: rasterImageKey,
    stacks: choiceKey(stackNames, 'gated', 'Which architecture: single or gated.'),
    features: featuresKey,
    layers: countKey(1, 256, 6, 'Layers behind the first: residual blocks of a single stack, gated layers of two.'),
    kernel: sideKey(1, 3, 'Side of the kernels behind the first layer, odd; what a mask forbids is not stored.'),
    firstKernel: firstKernelKey,
    ...lastPixelKeys,
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
  const { stacks, features } = spec;
  // Half of the features go through the convolution in the middle of a residual block.
  const fewest = stacks === 'single' ? features && Math.ceil(features / 2) : features;
  return checkPixels(spec, fewest, situation);
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
