/**
 * What `npm run reproduce` trains: published experiments, as far as their settings are known, at sizes that two cores
 * can bear. Penalties and steps were chosen by validation rows, nothing by test rows.
 */
import type { ExperimentInput } from '../../src/spec/experiment.ts';
import { binarizedMnist } from './binarizedMnist.ts';
import { imageFlows, tabularFlows } from './flowPresets.ts';
import { latents } from './latentPresets.ts';
import { sequences } from './sequencePresets.ts';

/** A figure to compare with. */
export interface Published {
  /** Mean test NLL in nats. */
  readonly nats: number;
  readonly source: string;
  /** Whether it was read in the source; otherwise it is quoted from memory. */
  readonly checked: boolean;
}

export interface Preset {
  /** `dna/fvsbn` */
  readonly name: string;
  readonly experiment: ExperimentInput;
  /** null where nobody has published this model on this data. */
  readonly published: Published | null;
  /** How near to the published figure it means to come, in nats. */
  readonly aim: number | null;
  /** What differs from the published experiment. */
  readonly note: string;
  /** Rows of the final figure, below the data folder, where the experiment's own data has none. */
  readonly test?: string;
  /** k of the importance samples by which the final figure is estimated; left out: it is what training ends with. */
  readonly importanceSamples?: number;
  /** Rows are images of this many pixels, and figures are read in bits per dimension, too. */
  readonly pixels?: number;
  /** Rows are texts of this many characters, and figures are read in nats per character, too. */
  readonly characters?: number;
  /** Why it is left out unless it is named. */
  readonly onRequest?: string;
}

type Model = ExperimentInput['model'];

const GERMAIN = 'Germain et al. 2015';

/** Where the rows of each data set lie, below the data folder. */
const files = (name: string): ExperimentInput['data'] => ({
  train: `binary/${name}/${name}.train.data.gz`,
  validation: `binary/${name}/${name}.valid.data.gz`,
  test: `binary/${name}/${name}.test.data.gz`,
});

/** The four models of the comparison. */
const family = {
  fvsbn: { type: 'fvsbn' },
  nade: { type: 'nade', hidden: 100 },
  'made-fixed': { type: 'made', hidden: [500], order: 'natural', direct: true },
  'made-sampling': { type: 'made', hidden: [500], masks: 32, freshMasks: true, orderAgnostic: true, direct: true },
} as const satisfies Record<string, Model>;

type Member = keyof typeof family;

/** What was chosen by validation rows among a few values: the penalty on weights, the step, and how long. */
interface Choice {
  /** In place of the family's model, and in a few words what is different. */
  readonly instead?: { readonly model: Model; readonly words: string };
  readonly weightDecay?: number;
  readonly learningRate?: number;
  readonly epochs?: number;
}

interface SmallSet {
  readonly batchSize: number;
  readonly aim: number | null;
  readonly published: Readonly<Record<Member, number>> | null;
  readonly choices: Readonly<Record<Member, Choice>>;
}

/** Sets on which nothing was published, nor chosen. */
const untuned: SmallSet = {
  batchSize: 100,
  aim: null,
  published: null,
  choices: { fvsbn: {}, nade: {}, 'made-fixed': {}, 'made-sampling': {} },
};

const smallSets: Readonly<Record<string, SmallSet>> = {
  nltcs: untuned,
  plants: untuned,
  dna: {
    batchSize: 100,
    aim: 1,
    published: { fvsbn: 83.64, nade: 84.81, 'made-fixed': 83.63, 'made-sampling': 79.66 },
    choices: {
      fvsbn: { weightDecay: 0.003, epochs: 500 },
      nade: { weightDecay: 0.003, epochs: 300 },
      'made-fixed': { weightDecay: 0.01, epochs: 300 },
      'made-sampling': {
        instead: { model: { ...family['made-sampling'], masks: 128 }, words: '128 masks at test' },
        weightDecay: 0.0005,
        learningRate: 0.002,
        epochs: 600,
      },
    },
  },
  mushrooms: {
    batchSize: 100,
    aim: 0.3,
    published: { fvsbn: 10.27, nade: 9.81, 'made-fixed': 9.68, 'made-sampling': 9.69 },
    choices: {
      fvsbn: { learningRate: 0.01, epochs: 500 },
      nade: { learningRate: 0.003, epochs: 300 },
      'made-fixed': { epochs: 800 },
      // Fresh masks in fresh orders come to 12.0 here, and are still coming down after 400 epochs.
      'made-sampling': {
        instead: { model: { ...family['made-fixed'], masks: 4 }, words: '4 masks of one order' },
        epochs: 800,
      },
    },
  },
  nips: {
    batchSize: 50,
    aim: 3,
    published: { fvsbn: 276.88, nade: 273.08, 'made-fixed': 280.25, 'made-sampling': 277.28 },
    choices: {
      fvsbn: { weightDecay: 0.1, epochs: 300 },
      nade: { weightDecay: 0.01, epochs: 300 },
      'made-fixed': { weightDecay: 0.03, epochs: 300 },
      'made-sampling': { weightDecay: 0.02, epochs: 300 },
    },
  },
};

const small = Object.entries(smallSets).flatMap(([data, { batchSize, aim, published, choices }]) =>
  Object.entries(family).map(([member, model]): Preset => {
    const { instead, weightDecay = 0, learningRate = 0.001, epochs = 100 } = choices[member as Member];
    const settings = [
      `Adam ${learningRate}`,
      weightDecay > 0 ? `weight decay ${weightDecay}` : '',
      instead?.words ?? '',
    ];
    return {
      name: `${data}/${member}`,
      experiment: {
        model: instead?.model ?? model,
        data: files(data),
        training: { epochs, batchSize, patience: 30, weightDecay, optimizer: { type: 'adam', learningRate } },
        seed: 1,
      },
      published: published && { nats: published[member as Member], source: GERMAIN, checked: false },
      aim,
      note: settings.filter((words) => words !== '').join(', '),
    };
  }),
);

/** Those that were read in their source. */
const CHECKED: ReadonlySet<number> = new Set([88.33, 88.04, 86.64]);

function mnist(
  name: string,
  model: Model,
  nats: number,
  o: { epochs: number; note: string; optimizer?: object; onRequest?: string },
): Preset {
  return {
    name: `binarized-mnist/${name}`,
    experiment: {
      model,
      data: binarizedMnist,
      training: { epochs: o.epochs, batchSize: 100, patience: 30, optimizer: { type: 'adam', learningRate: 0.001 } },
      seed: 1,
    },
    published: { nats, source: GERMAIN, checked: CHECKED.has(nats) },
    aim: null,
    note: o.note,
    ...(o.onRequest !== undefined && { onRequest: o.onRequest }),
  };
}

const agnostic = { masks: 32, orderAgnostic: true, connectivityAgnostic: true, direct: true } as const;
const SMALLER = (units: string) => `${units} hidden units for the paper's 8,000, Adam 0.001 for Adagrad 0.01`;
const PAPERS = 'the paper’s own size, which needs a GPU';

const images: readonly Preset[] = [
  mnist('fvsbn', { type: 'fvsbn' }, 97.45, { epochs: 100, note: 'Adam 0.001' }),
  mnist('nade', { type: 'nade', hidden: 200 }, 88.33, { epochs: 10, note: '200 hidden units for 500, 10 epochs' }),
  mnist('made-1-layer-1-mask', { type: 'made', hidden: [500], direct: true }, 88.4, {
    epochs: 100,
    note: SMALLER('500'),
  }),
  mnist('made-1-layer-32-masks', { type: 'made', hidden: [500], ...agnostic }, 88.04, {
    epochs: 100,
    note: SMALLER('500'),
  }),
  mnist('made-2-layers-1-mask', { type: 'made', hidden: [500, 500], direct: true }, 89.59, {
    epochs: 100,
    note: SMALLER('500 + 500'),
  }),
  mnist('made-2-layers-32-masks', { type: 'made', hidden: [500, 500], ...agnostic }, 86.64, {
    epochs: 57,
    note: `${SMALLER('500 + 500')}, 57 epochs`,
  }),
  ...[1, 2].flatMap((layers) =>
    [1, 32].map((masks): Preset => {
      const hidden = Array.from({ length: layers }, () => 8000);
      const nats = layers === 1 ? (masks === 1 ? 88.4 : 88.04) : masks === 1 ? 89.59 : 86.64;
      const model: Model = masks === 1 ? { type: 'made', hidden, direct: true } : { type: 'made', hidden, ...agnostic };
      const preset = mnist(
        `paper-${layers}-layer${layers === 1 ? '' : 's'}-${masks}-mask${masks === 1 ? '' : 's'}`,
        model,
        nats,
        {
          epochs: 1000,
          note: 'Adagrad 0.01, batch 100, patience 30, as in the paper',
          onRequest: PAPERS,
        },
      );
      const { training } = preset.experiment;
      return {
        ...preset,
        experiment: {
          ...preset.experiment,
          training: { ...training, optimizer: { type: 'adagrad', learningRate: 0.01, epsilon: 1e-6 } },
        },
      };
    }),
  ),
];

export const presets: readonly Preset[] = [
  ...small,
  ...images,
  ...tabularFlows,
  ...imageFlows,
  ...latents,
  ...sequences,
];
