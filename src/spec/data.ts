/** The `data` entry of an experiment: files already split, one source to split, or generated data. */
import * as z from 'zod';

const location = (what: string) =>
  z
    .string()
    .min(1)
    .meta({
      description:
        `${what}. A path relative to this file; \`file#name\` picks an array of an npz. npy, npz, idx, csv, amat, ` +
        'each also gzipped (.gz).',
    });

export const splitSpec = z
  .strictObject({
    train: z.number().min(0).max(1).default(0.8),
    validation: z.number().min(0).max(1).default(0.1),
    test: z.number().min(0).max(1).default(0.1),
  })
  .meta({ description: 'Shares of the rows, drawn at random by the seed; together at most 1.' });

export const generatorNames = [
  'bars-and-stripes',
  'two-moons',
  'rings',
  'checkerboard',
  'eight-gaussians',
  'pinwheel',
  'two-spirals',
] as const;

const common = {
  binarize: z
    .enum(['none', 'threshold', 'stochastic'])
    .default('none')
    .meta({
      description:
        'Makes grey values binary once, before training: `threshold` at half the range, or `stochastic`: 1 with ' +
        'probability value/range (Salakhutdinov & Murray 2008), drawn by the seed.',
    }),
  image: z
    .tuple([z.int().min(1), z.int().min(1)])
    .optional()
    .meta({ description: 'Height and width when a row is an image; height × width columns.' }),
};

export const dataSpec = z
  .union([
    z.strictObject({
      train: location('Rows to train on'),
      validation: location('Rows to choose the best epoch by').optional(),
      test: location('Rows for the final figure, never used in training').optional(),
      ...common,
    }),
    z.strictObject({
      source: location('All rows, to be split'),
      split: splitSpec.prefault({}),
      ...common,
    }),
    z.strictObject({
      generate: z.enum(generatorNames).meta({ description: 'A generated data set.' }),
      rows: z.int().min(10).max(10_000_000).default(10_000).meta({ description: 'Rows to generate.' }),
      split: splitSpec.prefault({}),
      ...common,
    }),
  ])
  .meta({ description: 'Where rows come from: `train`/`validation`/`test`, or `source` with `split`, or `generate`.' });

export type DataSpec = z.output<typeof dataSpec>;
export type SplitName = 'train' | 'validation' | 'test';
