/**
 * `blind-spot`: pixels before the current one that no path leads from. A single stack of masked convolutions never sees a
 * wedge to the right above, however deep it is (van den Oord et al. 2016, "Conditional image generation with PixelCNN
 * decoders", figure 1); a Row LSTM sees a triangle (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3.1).
 */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, ok, percent } from './outcome.ts';

const ID = 'blind-spot';

export const blindSpot = diagnostic({
  id: ID,
  needs: ['structures'],
  topic: {
    title: 'Pixels that are never seen',
    paragraphs: [
      'A pixel of an image model may depend on all pixels before it in raster order. Masked convolutions in one stack do not let it: a kernel that looks one pixel to the right for every row up leaves out a wedge to the right above, and no number of layers fills it. The model is a density all the same, a poorer one than its paper promises.',
      'A Row LSTM hears of a few neighbours in the row above, and so of a triangle of the pixels above, however many layers of it there are. A Diagonal BiLSTM sees everything: it comes along the diagonals from both sides.',
      'Two stacks have no blind spot, either: a vertical one that sees all of the rows above, and a horizontal one that sees the pixels to the left. What remains then is the reach of the layers: pixels further away than all kernels together.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'structures'>): Outcome {
  const spot = context.structures?.[0]?.pixels;
  if (!spot) return notApplicable(ID, 'the model has no network over the pixels of an image');
  const { output, before, missing, never, pointwise, image } = spot;
  // What is merely out of reach of so few layers is no mistake: the dependency map shows it.
  if (never === 0) return ok(ID);
  const [, width, channels] = image;
  const pixel = output / channels;
  const place = `row ${count(Math.floor(pixel / width) + 1)}, column ${count((pixel % width) + 1)}`;
  const share = (of: number) => `${count(of)} of ${count(before)} (${percent(of / before)})`;
  return finding(ID, context, {
    severity: 'warning',
    title: `The pixel in the middle never sees ${percent(never / before)} of those before it`,
    explanation:
      'No number of layers leads there: ' +
      (pointwise
        ? 'the kernels behind the first layer hear a single pixel of its maps. Take larger ones ("kernel": 3)'
        : context.modelType === 'pixelrnn'
          ? 'that is the blind spot of a Row LSTM, which sees a triangle. Take diagonals ("cell": "diagonal-bilstm")'
          : 'that is the blind spot of masked convolutions in a single stack. Take two stacks ("stacks": "gated")') +
      ' if these pixels matter.',
    evidence: [
      { label: `Not seen by the pixel in ${place}`, value: share(missing) },
      { label: 'Of these out of reach of any number of layers', value: share(never) },
    ],
    view: 'dependency',
    select: { kind: 'variable', variable: output },
  });
}
