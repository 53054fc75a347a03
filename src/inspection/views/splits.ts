/** What the layers of a flow let pass and what they move, and by how much. */
import { flowMissing, type ViewFacts } from './facts.ts';

export const splits: ViewFacts = {
  label: 'Coupling splits',
  name: 'the coupling splits',
  frames: ['splits'],
  missing: flowMissing,
  coming: 'Measuring what each layer lets pass and what it moves …',
  promise: 'what passes each layer and what it moves',
  promisedOf: 'flow',
  topic: {
    title: 'Coupling splits',
    paragraphs: [
      'A coupling layer leaves some variables as they are and moves the others by a shift and a factor that the first decide. That makes it easy to undo, but one layer alone changes half of the variables at most: it takes others with another split, or with the variables in other places, until every variable has been moved with regard to every other.',
      'A variable that no layer moves goes to the base as it came: its density is the base’s own, whatever the data have. That happens where all layers have the same split, where a reversal puts every variable back on the side that it came from, or with an odd number of variables and an even one of layers. The curve does not tell: the likelihood is merely lower than it could be.',
      'The histograms show by how much, over rows of data: log-scales above, shifts below. A layer whose histograms stand at 0 does nothing yet; log-scales that run off to many units let single rows blow up, and are why papers bound them. Where all rows have the same value, the layer has not learnt to listen to what passes.',
    ],
  },
};
