/** The Jacobian of a flow and of each of its layers, by structure and as measured. */
import { flowMissing, type ViewFacts } from './facts.ts';

export const flowJacobian: ViewFacts = {
  label: 'Jacobian of the flow',
  name: 'the Jacobian of the flow',
  frames: ['flowJacobian'],
  missing: flowMissing,
  coming: 'Measuring the Jacobian of the flow …',
  promise: 'the Jacobian of each layer, and log|det| as stated and as measured',
  promisedOf: 'flow',
  topic: {
    title: 'Jacobian of a flow',
    paragraphs: [
      'log p(x) = log p(u) + log|det ∂u/∂x|: a flow is a density only as far as its layers state the right determinant. They are made so that it costs nothing: a coupling’s Jacobian is block-triangular (what passes depends on nothing else, what moves on itself and on what passes), an autoregressive layer’s is triangular in its order, and so the determinant is the product of the diagonal whatever the networks compute.',
      'The structure says where a derivative may differ from 0, the measurement where it does: the mean of |∂ after/∂ before| over rows of data, one vector–Jacobian product for each row of the matrix. An entry where the structure has nothing is a leak: then the matrix is not triangular, and the stated determinant is that of another map.',
      'Beside it stands the determinant itself, of each row’s measured matrix, by elimination in double precision. It knows nothing of the structure. Where the two numbers differ, likelihoods are wrong by just as much: a sign, a factor of the temperature, a layer that is left out of the sum. A training curve does not show it, for it falls all the same.',
    ],
  },
};
