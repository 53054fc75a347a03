/** Keys of networks over the pixels of an image, and what can be wrong with them. */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
import { conditionalKey } from '../conditional.ts';
import type { ModelSituation } from './entry.ts';
import { checkImage, type ImageKey, imageKey, imageShapeOf } from './imageKeys.ts';

export const rasterImageKey = imageKey(
  'Pixels come row by row from the top left, the channels of a pixel one after the other.',
);

export const countKey = (least: number, most: number, initial: number, description: string) =>
  z._default(
    z.int().check(z.minimum(least), z.maximum(most), z.meta({ description: `${description} Default: ${initial}.` })),
    initial,
  );

/** Of a kernel. */
export const sideKey = (least: number, initial: number, description: string) =>
  countKey(least, 63, initial, description);

/** 3 at least: through mask A a kernel of 1 hears nothing at all, and no pixel would see any other. */
export const firstKernelKey = sideKey(3, 7, 'Side of the kernels of the first layer, masked convolutions, odd.');

export const featuresKey = countKey(
  ...([1, 4096, 32] as const),
  'Channels of the maps between the layers; each colour of the image has its share.',
);

const headKey = countKey(
  ...([1, 65_536, 32] as const),
  'Channels of the last hidden layer, pointwise as the output behind it.',
);

/** One of several, each with its words. */
export const choiceKey = <Name extends string>(
  words: Readonly<Record<Name, string>>,
  initial: NoInfer<Name>,
  description: string,
) =>
  z._default(
    z
      .enum(Object.keys(words) as Name[])
      .check(
        z.meta({ description: `${description} Default: ${initial}.`, enumDescriptions: Object.values<string>(words) }),
      ),
    initial,
  );

const maskTypes = {
  A: 'A pixel sees the pixels before it, and of itself the channels before: the right one.',
  B: 'It sees itself as well. Wrong, and kept to show what that looks like: the conditionals leak, and what is computed is no likelihood.',
} as const;

/** The keys that come last, the same of all networks over pixels. */
export const lastPixelKeys = {
  maskType: choiceKey(maskTypes, 'A', 'Mask of the first layer; those behind it have mask B.'),
  head: headKey,
  conditional: conditionalKey,
};

interface PixelSpec {
  readonly image: ImageKey;
  readonly kernel: number;
  readonly firstKernel: number;
  readonly head: number;
  readonly maskType: keyof typeof maskTypes;
}

/** @param fewest The fewest channels of any map that the features decide. */
export function checkPixels(
  { image, kernel, firstKernel, head, maskType }: Partial<PixelSpec>,
  fewest: number | undefined,
  situation: ModelSituation,
): Complaint[] {
  return [
    ...checkImage(image, undefined, situation),
    ...checkSides({ kernel, firstKernel }),
    ...checkShares(image, { features: fewest, head }),
    ...checkMaskType(maskType),
  ];
}

/** Sides of kernels are odd. */
function checkSides(sides: Readonly<Record<string, number | undefined>>): Complaint[] {
  return Object.entries(sides).flatMap(([key, value]) => {
    if (value === undefined || value % 2 === 1) return [];
    const problem = `${key} is ${value}; it has to be odd, so that a pixel is in the middle: ${value - 1} or ${value + 1}`;
    return [complain('error', ['model', key], problem)];
  });
}

/** Every colour has a share of the channels. @param channels by key, the fewest of any map that it decides. */
function checkShares(image: ImageKey | undefined, channels: Readonly<Record<string, number | undefined>>): Complaint[] {
  const colours = image === undefined ? 1 : imageShapeOf(image)[2];
  return Object.entries(channels).flatMap(([key, value]) => {
    if (value === undefined || value >= colours) return [];
    const problem = `${value} channels cannot be shared by the ${colours} colours of a pixel: each needs one at least`;
    return [complain('error', ['model', key], problem)];
  });
}

function checkMaskType(maskType: keyof typeof maskTypes | undefined): Complaint[] {
  if (maskType !== 'B') return [];
  const problem =
    'with mask B in the first layer every pixel sees itself: what is computed is no likelihood, whatever it says';
  return [complain('warning', ['model', 'maskType'], problem)];
}
