/** Two runs side by side. */
import { densityMissing, networkMissing, type ViewFacts } from './facts.ts';

export const compare: ViewFacts = {
  label: 'Compare',
  name: 'the comparison',
  frames: ['connectivity', 'scores', 'samples', 'drawingTime'],
  framesOf: (run) => [
    ...(networkMissing(run) === null ? (['connectivity'] as const) : []),
    'scores',
    ...(densityMissing(run) === null ? (['samples', 'drawingTime'] as const) : []),
  ],
  standsAlone: true,
  missing: () => null,
  coming: 'Comparing two runs …',
  promise: null,
  topic: {
    title: 'Comparing two runs',
    paragraphs: [
      'Two test scores differ by chance alone when they are means over few rows. Rows differ far more from each other than two models do on the same row: the difference is therefore taken row by row, and its standard error is that of the differences. A difference within two standard errors is no difference to be relied upon.',
      'Scores are comparable only on the same rows, of the same data binarised, split and scaled alike. Whether that is so is found from a checksum of the rows themselves and not from the names of files.',
      'The masks stand side by side because a better score of a model with another order, or with more of them, tells of the order as much as of the weights. The samples are drawn with the same random numbers.',
      'How long a row takes to draw depends on the architecture more than on its size: by convolutions or along diagonals all pixels of the data are scored at once, but drawn one after the other. What earlier pixels have left is kept, so that each costs its own share alone; the naive loop computes the whole picture anew for every pixel. One run is timed after the other, on this machine and on what each trains or is opened on.',
    ],
  },
};
