/** Every type of model with each of its variants, small: what the compiler has to know. */
import { cellNames } from '../../../../src/spec/cell.ts';
import { experimentSpec, type Experiment, type ExperimentInput } from '../../../../src/spec/experiment.ts';
import type { ModelType } from '../../../../src/spec/models/index.ts';

export interface Case {
  readonly title: string;
  readonly experiment: Experiment;
  /** D */
  readonly dimension: number;
  /** C; 0 for none. */
  readonly context: number;
  /** V of a text; 0 for rows of other data. */
  readonly vocabulary: number;
}

type Model = ExperimentInput['model'];
type Of<T extends ModelType> = Extract<Model, { type: T }>;
interface Entry {
  readonly model: Model;
  readonly dimension?: number;
  readonly context?: number;
  readonly vocabulary?: number;
  readonly training?: NonNullable<ExperimentInput['training']>;
}

const activations = ['relu', 'tanh', 'sigmoid', 'softplus', 'elu'] as const;
const scales = ['exponential', 'tanh', 'gate', 'softplus', 'soft-clip'] as const;
const made = (rest: Partial<Of<'made'>>): Model => ({ type: 'made', hidden: [9, 7], ...rest });
const maf = (rest: Partial<Of<'maf'>>): Model => ({ type: 'maf', layers: 2, hidden: [8], ...rest });
const realnvp = (rest: Partial<Of<'realnvp'>>): Model => ({ type: 'realnvp', layers: 3, hidden: [8], ...rest });
const iaf = (rest: Partial<Of<'iaf'>>): Model => ({ type: 'iaf', layers: 2, hidden: [8], ...rest });
const glow = (rest: Partial<Of<'glow'>>): Model => ({
  type: 'glow',
  image: [4, 4],
  scales: 2,
  steps: 1,
  hidden: [4],
  ...rest,
});
const vae = (rest: Partial<Of<'vae'>>): Model => ({
  type: 'vae',
  latent: 2,
  encoder: { hidden: [7] },
  decoder: { hidden: [8] },
  ...rest,
});

const pixelcnn = (rest: Partial<Of<'pixelcnn'>> & Pick<Of<'pixelcnn'>, 'image'>): Model => ({
  type: 'pixelcnn',
  features: 4,
  head: 4,
  layers: 1,
  firstKernel: 3,
  ...rest,
});

const pixelrnn = (rest: Partial<Of<'pixelrnn'>> & Pick<Of<'pixelrnn'>, 'image'>): Model => ({
  type: 'pixelrnn',
  features: 4,
  head: 4,
  layers: 1,
  firstKernel: 3,
  ...rest,
});

/** By type: the compiler asks for every type that there is. */
const entries: { readonly [T in ModelType]: readonly Entry[] } = {
  made: [
    ...activations.map((activation) => ({ model: made({ activation }) })),
    { model: made({ direct: true, conditioning: true, masks: 3, orderAgnostic: true, connectivityAgnostic: true }) },
    { model: made({ freshMasks: true, orderAgnostic: true }) },
    { model: made({ direct: true }), context: 2 },
    ...(
      ['gaussian', 'gaussian-mixture', 'logistic-mixture', 'discretised-logistic-mixture', 'categorical'] as const
    ).map((type) => ({ model: made({ conditional: { type } }) })),
    ...(
      [
        { type: 'sgd' },
        { type: 'sgd', momentum: 0.9, nesterov: true },
        { type: 'rmsprop' },
        { type: 'rmsprop', momentum: 0.5 },
        { type: 'adagrad' },
        { type: 'adam', beta1: 0 },
      ] as const
    ).map((optimizer) => ({ model: made({}), training: { optimizer, weightDecay: 0.01 } })),
  ],
  fvsbn: [{ model: { type: 'fvsbn', order: 'random' } }],
  nade: activations.map((activation) => ({ model: { type: 'nade', hidden: 9, activation } })),
  eonade: [
    { model: { type: 'eonade', hidden: [9] } },
    { model: { type: 'eonade', hidden: [8, 7], activation: 'tanh', orders: 3 } },
  ],
  autoencoder: [
    { model: { type: 'autoencoder', hidden: [5] } },
    { model: { type: 'autoencoder', hidden: [5], loss: 'squared-error', output: 'linear' } },
    { model: { type: 'autoencoder', hidden: [5], loss: 'squared-error', output: 'sigmoid' } },
  ],
  nice: [
    { model: { type: 'nice', hidden: [8] } },
    { model: { type: 'nice', hidden: [8], split: 'even-odd', base: 'gaussian', dequantise: { levels: 2 } } },
  ],
  realnvp: [
    ...scales.map((scale) => ({ model: realnvp({ scale, batchNorm: scale === 'tanh' }) })),
    { model: realnvp({}), context: 2 },
    { model: realnvp({ dequantise: { levels: 2, logit: 0.05 }, base: 'logistic' }) },
    { model: realnvp({ image: [4, 4], scales: 2, couplings: 1 }), dimension: 16 },
    { model: realnvp({ image: [4, 4], scales: 2, couplings: 1, blocks: 1 }), dimension: 16 },
    { model: realnvp({ image: [2, 2, 3], scales: 1, couplings: 1, batchNorm: false }), dimension: 12 },
  ],
  maf: [
    ...scales.map((scale) => ({ model: maf({ scale, batchNorm: scale === 'exponential' }) })),
    { model: maf({ networks: 'two', permutation: 'random' }) },
    { model: maf({ base: { type: 'made', components: 2 } }), context: 2 },
  ],
  iaf: [
    ...scales.map((scale) => ({ model: iaf({ scale }) })),
    { model: iaf({ networks: 'two', base: 'logistic' }), context: 2 },
  ],
  glow: [
    ...scales.map((scale) => ({ model: glow({ scale }), dimension: 16 })),
    { model: glow({ blocks: 1, dequantise: { levels: 2, logit: 0.05 } }), dimension: 16 },
    { model: glow({ image: [2, 2, 3], scales: 1, base: 'logistic' }), dimension: 12 },
  ],
  vae: [
    ...activations.map((activation) => ({ model: vae({ activation }) })),
    { model: vae({ estimator: 'A', samples: 3 }) },
    { model: vae({ beta: 0.5, freeBits: 0.1 }) },
    { model: vae({ learning: 'wake-sleep' }) },
    { model: vae({ learning: 'monte-carlo-em' }) },
    { model: vae({ output: { type: 'gaussian' } }) },
    { model: vae({ output: { type: 'gaussian', mean: 'sigmoid', variance: 'shared' } }) },
    { model: vae({ output: { type: 'gaussian', variance: 0.5, floor: 0.01 } }) },
    { model: vae({ posterior: { type: 'iaf', steps: 2, hidden: [6], context: 3 } }) },
    {
      model: vae({ image: [4, 4], encoder: { hidden: [5], channels: [3] }, decoder: { hidden: [5], channels: [3] } }),
      dimension: 16,
    },
  ],
  pixelcnn: [
    { model: pixelcnn({ image: [3, 4] }), dimension: 12 },
    { model: pixelcnn({ image: [4, 3], stacks: 'single' }), dimension: 12, context: 2 },
    {
      model: pixelcnn({ image: [2, 2, 3], conditional: { type: 'categorical', levels: 3 } }),
      dimension: 12,
      context: 2,
    },
  ],
  'char-rnn': [
    ...cellNames.map((cell) => ({ model: { type: 'char-rnn' as const, cell, hidden: [5] }, vocabulary: 3 })),
    {
      model: { type: 'char-rnn', hidden: [5, 4], embedding: 2, dropout: 0.3 },
      vocabulary: 4,
      training: { clip: 0.05, weightDecay: 0.01 },
    },
  ],
  pixelrnn: [
    { model: pixelrnn({ image: [3, 4] }), dimension: 12 },
    { model: pixelrnn({ image: [1, 3], residual: false }), dimension: 3 },
    { model: pixelrnn({ image: [4, 3], cell: 'row-lstm' }), dimension: 12, context: 2 },
    { model: pixelrnn({ image: [3, 1], cell: 'row-lstm', layers: 2 }), dimension: 3 },
    {
      model: pixelrnn({ image: [2, 2, 3], features: 6, conditional: { type: 'categorical', levels: 3 } }),
      dimension: 12,
      context: 2,
    },
  ],
  'strict-triangle-stack': activations.map((activation) => ({ model: { type: 'strict-triangle-stack', activation } })),
};

const plain = { batchSize: 12 } as const;

export const cases: readonly Case[] = Object.values(entries)
  .flat()
  .map(({ model, training = {}, dimension = 6, context = 0, vocabulary = 0 }) => ({
    title: [
      JSON.stringify(model),
      context > 0 && `with a context of ${context}`,
      training.optimizer && JSON.stringify(training.optimizer),
    ]
      .filter(Boolean)
      .join(' '),
    experiment: experimentSpec.parse({
      data: { train: 'made on the spot' },
      model,
      training: { ...plain, ...training },
    }),
    dimension,
    context,
    vocabulary,
  }));
