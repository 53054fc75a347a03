/** What the layers over pixels make of one row. */
import { pixelsMissing, type ViewFacts } from './facts.ts';

export const featureMaps: ViewFacts = {
  label: 'Feature maps',
  name: 'the feature maps',
  frames: ['featureMaps'],
  missing: pixelsMissing,
  coming: 'Computing what the layers make of one row …',
  promise: 'the feature maps of any row and layer, states of LSTMs among them',
  promisedOf: 'pixels',
  topic: {
    title: 'Feature maps',
    paragraphs: [
      'Between the image and its conditionals lie layers of maps of its size: at every pixel a number of each map, computed from pixels before it alone. Here is what a layer makes of one row. Maps that answer to edges, to filled regions, to the left or to the row above are seen at a glance, and so is a map that is the same everywhere: nothing of this row is in it.',
      'Of a convolution the sums before the nonlinearity are drawn, of an LSTM its states h: along rows a state is handed from row to row, along diagonals from pixel to pixel, so that what it remembers of the image can be followed to where it is forgotten.',
      'Every map is causal: what it shows at a pixel it knows from the pixels before it (behind mask B from the pixel itself, too, but of the colours that it is for). A map that foresees the image is a leak; the diagnostics look for one.',
    ],
  },
};
