/** The `"type": "pixelrnn"` entry of an experiment's `model` (van den Oord, Kalchbrenner & Kavukcuoglu 2016). */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
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
    image: rasterImageKey,
    cell: choiceKey(cellWords, 'diagonal-bilstm', 'Which way the LSTMs go: row-lstm or diagonal-bilstm.'),
    features: featuresKey,
    layers: countKey(1, 64, 7, 'Layers of LSTMs, each with half as many units as there are features.'),
    kernel: sideKey(
      ...([1, 3] as const),
      'Width of the kernels of a Row LSTM along the row, odd: state-to-state, of the row above; and input-to-state, of the own ' +
        'row up to the pixel.',
    ),
    firstKernel: firstKernelKey,
    residual: z._default(
      z.boolean().check(
        z.meta({
          description:
            'Whether every layer adds to what the one below it found, rather than replacing it. Default: true.',
        }),
      ),
      true,
    ),
    ...lastPixelKeys,
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
  const { cell, features } = spec;
  // An LSTM has half of the features.
  const found = checkPixels(spec, features && Math.ceil(features / 2), situation);
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
