/** The `"type": "pixelrnn"` entry of an experiment's `model` (van den Oord, Kalchbrenner & Kavukcuoglu 2016). */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
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

const cellWords = {
  'row-lstm':
    'From row to row: a pixel hears the states of a few neighbours in the row above, and so a triangle of the pixels above; ' +
    'beside it lies its blind spot.',
  'diagonal-bilstm':
    'Along the diagonals, from the upper left and from the upper right, the latter shifted down by a row: a pixel sees all ' +
    'pixels before it.',
} as const;

export const pixelrnnSpec = z
  .strictObject({
    type: z
      .literal('pixelrnn')
      .check(z.meta({ description: 'LSTMs that go through the pixels of an image by rows or by diagonals.' })),
    image: imageKey('Pixels come row by row from the top left, the channels of a pixel one after the other.'),
    cell: z._default(
      z.enum(Object.keys(cellWords) as (keyof typeof cellWords)[]).check(
        z.meta({
          description: 'Which way the LSTMs go: row-lstm or diagonal-bilstm. Default: diagonal-bilstm.',
          enumDescriptions: Object.values(cellWords),
        }),
      ),
      'diagonal-bilstm',
    ),
    features: featuresKey,
    layers: countKey(1, 64, 7, 'Layers of LSTMs, each with half as many units as there are features.'),
    kernel: sideKey(
      ...([1, 3] as const),
      'Width of the kernels of a Row LSTM along the row, odd: state-to-state, of the row above; and input-to-state, of the own ' +
        'row up to the pixel.',
    ),
    firstKernel: sideKey(3, 7, 'Side of the kernel of the first layer, a masked convolution, odd.'),
    residual: z._default(
      z.boolean().check(
        z.meta({
          description:
            'Whether every layer adds to what the one below it found, rather than replacing it. Default: true.',
        }),
      ),
      true,
    ),
    maskType: maskTypeKey,
    head: headKey,
    conditional: conditionalKey,
  })
  .check(
    z.meta({
      title: 'PixelRNN',
      description:
        'The conditionals of pixels in raster order by LSTMs that go through the image by rows or by diagonals (van den Oord, ' +
        'Kalchbrenner & Kavukcuoglu 2016). Binary pixels unless told otherwise.',
    }),
  );

export type PixelrnnSpec = z.output<typeof pixelrnnSpec>;

function check(spec: Partial<PixelrnnSpec>, situation: ModelSituation): Complaint[] {
  const { image, cell, features, kernel, firstKernel, head, maskType } = spec;
  const found = [
    ...checkImage(image, undefined, situation),
    ...checkSides({ kernel, firstKernel }),
    // An LSTM has half of the features.
    ...checkShares(image, { features: features && Math.ceil(features / 2), head }),
    ...checkMaskType(maskType),
  ];
  if (cell === 'diagonal-bilstm' && situation.written.has('kernel')) {
    const problem =
      'kernel has no effect: along diagonals a state hears its neighbours at the side and above, no others';
    found.push(complain('warning', ['model', 'kernel'], problem, 'key'));
  }
  return found;
}

export const pixelrnn = {
  schema: pixelrnnSpec,
  check,
  supportOf: ({ conditional }) => supportOfConditional(conditional),
  takesContext: true,
  snippet: {
    type: 'pixelrnn',
    image: ['^${1:28}', '^${2:28}'],
    cell: '${3|diagonal-bilstm,row-lstm|}',
    layers: '^${4:7}',
  },
  listsOfVariables: ['image'] satisfies (keyof PixelrnnSpec)[],
  hoverKeys: [
    'type',
    'image',
    'cell',
    'features',
    'layers',
    'kernel',
    'firstKernel',
    'residual',
    'maskType',
    'conditional',
  ] satisfies (keyof PixelrnnSpec)[],
} as const satisfies ModelEntry<typeof pixelrnnSpec>;
