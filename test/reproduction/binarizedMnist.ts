import type { ExperimentInput } from '../../src/spec/experiment.ts';

/** The fixed binarization that the papers share, below the data folder. */
export const binarizedMnist: ExperimentInput['data'] = {
  train: 'binarized_mnist.npz#train',
  validation: 'binarized_mnist.npz#valid',
  test: 'binarized_mnist.npz#test',
  image: [28, 28],
};
