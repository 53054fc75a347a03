/** The `"type": "pixelcnn"` entry of an experiment's `model` (van den Oord et al. 2016). */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
import { conditionalKey, supportOfConditional } from '../conditional.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';
import { checkImage, imageKey, imageShapeOf } from './imageKeys.ts';

const stackNames = {
  single:
    'Masked convolutions with residual blocks of ReLUs, as in "Pixel recurrent neural networks": never sees a wedge of pixels ' +
    'to the right above, its blind spot.',
  gated:
    'Gated layers in a vertical and a horizontal stack, as in "Conditional image generation with PixelCNN decoders": no ' +
    'blind spot.',
} as const;

const maskTypes = {
  A: 'A pixel sees the pixels before it, and of itself the channels before: the right one.',
  B: 'It sees itself as well. Wrong, and kept to show what that looks like: the conditionals leak, and what is computed is no likelihood.',
} as const;

const count = (least: number, most: number, initial: number, description: string) =>
  z._default(
    z.int().check(z.minimum(least), z.maximum(most), z.meta({ description: `${description} Default: ${initial}.` })),
    initial,
  );

const side = (initial: number, description: string) => count(1, 63, initial, description);

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
    features: count(1, 4096, 32, 'Channels of the maps between the layers; each colour of the image has its share.'),
    layers: count(1, 256, 6, 'Layers behind the first: residual blocks of a single stack, gated layers of two.'),
    kernel: side(3, 'Side of the kernels behind the first layer, odd; what a mask forbids is not stored.'),
    firstKernel: side(7, 'Side of the kernels of the first layer, odd.'),
    maskType: z._default(
      z.enum(Object.keys(maskTypes) as (keyof typeof maskTypes)[]).check(
        z.meta({
          description: 'Mask of the first layer; those behind it have mask B. Default: A.',
          enumDescriptions: Object.values(maskTypes),
        }),
      ),
      'A',
    ),
    head: count(1, 65_536, 32, 'Channels of the last hidden layer, pointwise as the output behind it.'),
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
  const { image, features, head, maskType, kernel, firstKernel } = spec;
  const found = checkImage(image, undefined, situation);
  for (const [key, value] of Object.entries({ kernel, firstKernel })) {
    if (value === undefined || value % 2 === 1) continue;
    const problem = `${key} is ${value}; it has to be odd, so that a pixel is in the middle: ${value - 1} or ${value + 1}`;
    found.push(complain('error', ['model', key], problem));
  }
  const channels = image === undefined ? 1 : imageShapeOf(image)[2];
  // Half of the features go through the convolution in the middle of a residual block.
  const shared = spec.stacks === 'single' ? features && Math.ceil(features / 2) : features;
  for (const [key, value] of Object.entries({ features: shared, head })) {
    if (value !== undefined && value < channels) {
      const problem = `${value} channels cannot be shared by the ${channels} colours of a pixel: each needs one at least`;
      found.push(complain('error', ['model', key], problem));
    }
  }
  if (maskType === 'B') {
    const problem =
      'with mask B in the first layer every pixel sees itself: what is computed is no likelihood, whatever it says';
    found.push(complain('warning', ['model', 'maskType'], problem));
  }
  return found;
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
