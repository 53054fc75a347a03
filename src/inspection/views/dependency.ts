/** What one output depends on, where its inputs are. */
import { pathsMissing, type ViewFacts } from './facts.ts';

export const dependency: ViewFacts = {
  label: 'Dependency map',
  name: 'the dependency map',
  frames: ['dependency'],
  missing: pathsMissing,
  coming: 'Measuring what one output depends on …',
  promise: 'the dependency map of any one output: what reaches it, and how strongly',
  promisedOf: 'network',
  topic: {
    title: 'Dependency map',
    paragraphs: [
      'One output, and every input that it could depend on, each where it stands in the picture or in the order. The masks say which inputs have a path to it: for a sound model those before it in the order, all of them and no others. The weights of this moment say how strongly each is felt: the mean over rows of |∂ output / ∂ xⱼ|, exact for each row.',
      'The two are measured apart, and where they differ something is wrong or worth knowing. An input that must not reach the output but does is a leak, and the likelihood then is none. An earlier input without a path is lost: no training can make the output use it. One with a path through which nothing is felt may be constant in the data, or behind units that are off.',
      'In images the map shows the blind spots of an architecture at a glance: which neighbours a pixel is drawn from, and which it never sees.',
    ],
  },
};
