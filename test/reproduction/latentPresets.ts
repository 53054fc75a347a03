/**
 * Variational autoencoders that `npm run reproduce` trains: the two manifolds of Kingma & Welling 2014, whose bound the
 * paper shows as curves only, and the VAE of Burda, Grosse & Salakhutdinov 2016.
 */
import { binarizedMnist } from './binarizedMnist.ts';
import type { Preset } from './presets.ts';

const adam = { type: 'adam', learningRate: 0.001 } as const;

export const latents: readonly Preset[] = [
  {
    name: 'frey/vae-2-latents',
    experiment: {
      model: {
        type: 'vae',
        latent: 2,
        encoder: { hidden: [200] },
        decoder: { hidden: [200] },
        output: { type: 'gaussian', mean: 'sigmoid' },
      },
      data: {
        source: "frey/frey_rawface.mat#ff'",
        scale: 'unit',
        image: [28, 20],
        split: { train: 0.8, validation: 0.1, test: 0.1 },
      },
      training: { epochs: 1000, batchSize: 100, patience: 100, optimizer: adam },
      seed: 1,
    },
    published: null,
    aim: null,
    note: 'density of values in (0, 1), 200 hidden units, Adam 0.001 for Adagrad; the paper has curves and no figure',
  },
  {
    name: 'binarized-mnist/vae-2-latents',
    experiment: {
      model: { type: 'vae', latent: 2, encoder: { hidden: [500] }, decoder: { hidden: [500] } },
      data: binarizedMnist,
      training: { epochs: 100, batchSize: 100, patience: 30, optimizer: adam },
      seed: 1,
    },
    published: null,
    aim: null,
    importanceSamples: 100,
    note: '500 hidden units, Adam 0.001 for Adagrad; the paper shows its manifold and no figure',
  },
  {
    name: 'mnist/vae-50-latents',
    experiment: {
      model: { type: 'vae', latent: 50, encoder: { hidden: [200, 200] }, decoder: { hidden: [200, 200] } },
      data: {
        train: 'mnist/train-images-idx3-ubyte.gz',
        test: 'mnist/t10k-images-idx3-ubyte.gz',
        binarize: 'dynamic',
      },
      training: { epochs: 200, batchSize: 100, optimizer: adam },
      seed: 1,
    },
    // Of a VAE trained by its ELBO and scored by 5,000 importance samples; trained by the IWAE-50 bound they have 84.78.
    published: { nats: 86.76, source: 'Burda, Grosse & Salakhutdinov 2016, k = 1', checked: false },
    aim: null,
    importanceSamples: 100,
    note: 'batch 100 for 20, Adam 0.001 throughout for a rate that falls over 3,280 epochs',
  },
];
