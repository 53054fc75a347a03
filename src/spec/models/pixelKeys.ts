/** Keys of networks over the pixels of an image, and what can be wrong with them. */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
import { imageShapeOf } from './imageKeys.ts';

export const countKey = (least: number, most: number, initial: number, description: string) =>
  z._default(
    z.int().check(z.minimum(least), z.maximum(most), z.meta({ description: `${description} Default: ${initial}.` })),
    initial,
  );

/** Of a kernel. */
export const sideKey = (least: number, initial: number, description: string) =>
  countKey(least, 63, initial, description);

export const featuresKey = countKey(
  ...([1, 4096, 32] as const),
  'Channels of the maps between the layers; each colour of the image has its share.',
);

export const headKey = countKey(
  ...([1, 65_536, 32] as const),
  'Channels of the last hidden layer, pointwise as the output behind it.',
);

const maskTypes = {
  A: 'A pixel sees the pixels before it, and of itself the channels before: the right one.',
  B: 'It sees itself as well. Wrong, and kept to show what that looks like: the conditionals leak, and what is computed is no likelihood.',
} as const;

export const maskTypeKey = z._default(
  z.enum(Object.keys(maskTypes) as (keyof typeof maskTypes)[]).check(
    z.meta({
      description: 'Mask of the first layer; those behind it have mask B. Default: A.',
      enumDescriptions: Object.values(maskTypes),
    }),
  ),
  'A',
);

/** Sides of kernels are odd. */
export function checkSides(sides: Readonly<Record<string, number | undefined>>): Complaint[] {
  return Object.entries(sides).flatMap(([key, value]) => {
    if (value === undefined || value % 2 === 1) return [];
    const problem = `${key} is ${value}; it has to be odd, so that a pixel is in the middle: ${value - 1} or ${value + 1}`;
    return [complain('error', ['model', key], problem)];
  });
}

/** Every colour has a share of the channels. @param channels by key, the fewest of any map that it decides. */
export function checkShares(
  image: Parameters<typeof imageShapeOf>[0] | undefined,
  channels: Readonly<Record<string, number | undefined>>,
): Complaint[] {
  const colours = image === undefined ? 1 : imageShapeOf(image)[2];
  return Object.entries(channels).flatMap(([key, value]) => {
    if (value === undefined || value >= colours) return [];
    const problem = `${value} channels cannot be shared by the ${colours} colours of a pixel: each needs one at least`;
    return [complain('error', ['model', key], problem)];
  });
}

export function checkMaskType(maskType: 'A' | 'B' | undefined): Complaint[] {
  if (maskType !== 'B') return [];
  const problem =
    'with mask B in the first layer every pixel sees itself: what is computed is no likelihood, whatever it says';
  return [complain('warning', ['model', 'maskType'], problem)];
}
