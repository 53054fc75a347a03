/** Keys of flows that know their rows as images, and what can be wrong with them. */
import * as z from 'zod/mini';
import { complain, type Complaint, type JsonPath } from '../complaint.ts';
import { shownImage, sizeText } from '../imageShape.ts';
import type { ModelSituation } from './entry.ts';
import type { ImageShape } from './splits.ts';
import { units } from './units.ts';

const size = z.int().check(z.minimum(1), z.maximum(4096));

/** Height, width and, where they are not one, channels of the image that a row is. */
export const imageKey = (how: string) =>
  z.union([z.tuple([size, size]), z.tuple([size, size, size])]).check(
    z.meta({
      description: `Height and width of the image that a row is, and its channels where there are several, the channels of a pixel side by side in the row: [28, 28] or [32, 32, 3]. ${how} Pictures show rows as such images, unless \`data\` says otherwise.`,
      defaultSnippets: [
        { label: '[28, 28]', description: 'height, width', body: ['^${1:28}', '^${2:28}'] },
        { label: '[32, 32, 3]', description: 'height, width, channels', body: ['^${1:32}', '^${2:32}', '^${3:3}'] },
      ],
    }),
  );

/** An `image` key's value: of any number of channels. */
export type ImageKey = readonly [number, number] | readonly [number, number, number];

export function imageShapeOf([height, width, channels = 1]: ImageKey): ImageShape {
  return [height, width, channels];
}

/** Scales of a multi-scale architecture. @param halved What comes with each, as a phrase. */
export const scalesKey = (initial: number, halved: string) =>
  z._default(
    z.int().check(
      z.minimum(1),
      z.maximum(12),
      z.meta({
        description: `Scales of the multi-scale architecture: after each but the last, half of the variables are factored out and go to the base as they are. ${halved} Default: ${initial}.`,
      }),
    ),
    initial,
  );

/** Channels of the networks' hidden layers. */
export const hiddenChannelsKey = z.array(units()).check(
  z.minLength(1),
  z.maxLength(16),
  z.meta({
    description:
      'Channels of the hidden layers of every network in the flow, e.g. [32, 32]: the first layer and the output have ' +
      'filters of 3 × 3, the layers between them of 1 × 1.',
    defaultSnippets: [{ label: '[32, 32]', body: ['^${1:32}', '^${2:32}'] }],
  }),
);

export const blocksKey = z._default(
  z.int().check(
    z.minimum(0),
    z.maximum(64),
    z.meta({
      description:
        'Residual blocks of two convolutions of 3 × 3 behind the hidden layers of every network of convolutions. Default: 0.',
    }),
  ),
  0,
);

/** What halves an image, and which key has to change where that is too often. */
export interface Halving {
  readonly as: string;
  readonly path: JsonPath;
}

const byScales: Halving = { as: 'as so many scales take', path: ['model', 'image'] };

/**
 * @param squeezes How often the image is squeezed: every pixel in the end is a square of 2^squeezes × 2^squeezes pixels.
 */
export function checkImage(
  image: ImageKey | undefined,
  squeezes: number | undefined,
  { dimension, image: shownAs }: ModelSituation,
  halving = byScales,
): Complaint[] {
  if (image === undefined) return [];
  const [height, width, channels] = imageShapeOf(image);
  const found: Complaint[] = [];
  const columns = height * width * channels;
  if (dimension !== null && columns !== dimension) {
    const problem = `image is ${sizeText(image)} = ${columns} variables; the data has ${dimension} columns`;
    found.push(complain('error', ['model', 'image'], problem));
  } else if (shownAs && shownImage(image) && sizeText(shownAs) !== sizeText(shownImage(image)!)) {
    const problem =
      `image is ${sizeText(image)}; by the data rows are images of ${sizeText(shownAs)}: the model goes by the ` +
      'one and pictures by the other, so one of the two is wrong';
    found.push(complain('warning', ['model', 'image'], problem));
  }
  if (squeezes === undefined) return found;
  const possible = Math.min(halvings(height), halvings(width));
  if (squeezes > possible) {
    const problem =
      `an image of ${height} × ${width} pixels cannot be halved ${timesText(squeezes)}, ${halving.as}: height and ` +
      `width would have to be multiples of ${2 ** squeezes}; ` +
      (possible === 0 ? 'odd sizes cannot be halved at all' : `they can be halved ${timesText(possible)}`);
    found.push(complain('error', halving.path, problem));
  }
  return found;
}

const timesText = (times: number) => (times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`);

/** How often a size can be halved. */
function halvings(size: number): number {
  let [times, rest] = [0, size];
  while (rest % 2 === 0) [times, rest] = [times + 1, rest / 2];
  return times;
}
