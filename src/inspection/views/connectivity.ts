/** The layered network with its weights as they train. */
import { networkMissing, type ViewFacts } from './facts.ts';

export const connectivity: ViewFacts = {
  label: 'Connectivity',
  name: 'the connectivity',
  frames: ['connectivity'],
  missing: networkMissing,
  coming: 'Reading the masks and weights of the network …',
  promise: 'which unit is connected to which, with the weights as they grow',
  promisedOf: 'network',
  topic: {
    title: 'Connectivity',
    paragraphs: [
      'Every unit carries a degree. An input’s degree is its position in the order; a hidden unit of degree m may see inputs of degree up to m; the output for the variable of degree d may listen to hidden units of degree below d. So each output sees only variables that come earlier, and the product of the conditionals is a true probability.',
      'A weight that the masks remove is not drawn. Point at a unit to see all that it depends on and all that depends on it: for a sound model the way back from an output ends before its own input.',
    ],
  },
};
