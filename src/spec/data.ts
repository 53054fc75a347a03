/** The `data` entry of an experiment: files already split, one source to split, generated data, or text. */
import * as z from 'zod/mini';
import { contextOfGenerated, contextOfSource, contextOfSplits } from './dataContext.ts';
import { labelsOfSource, labelsOfSplits } from './dataLabels.ts';
import { location } from './dataLocation.ts';
import type { ImageSize } from './imageShape.ts';
import { textData, type TextSpec } from './dataText.ts';

const share = (what: string, value: number) =>
  z._default(
    z
      .number()
      .check(
        z.minimum(0),
        z.maximum(1),
        z.meta({ description: `Share of the rows for ${what}, from 0 to 1. Default: ${value}.` }),
      ),
    value,
  );

export const splitSpec = z
  .strictObject({
    train: share('training', 0.8),
    validation: share('choosing the best epoch', 0.1),
    test: share('the final figure', 0.1),
  })
  .check(z.meta({ description: 'Shares of the rows, drawn at random by the seed; together at most 1.' }));

/** What generated data looks like before a row of it is drawn. */
export interface GeneratorFacts {
  readonly dimension: number;
  readonly image: ImageSize | null;
  readonly values: 'binary' | 'real';
  /** Labels that rows come with, for models that are conditioned on them: what 0, 1, … stand for. */
  readonly labels: readonly string[];
  /**
   * H in nats, to three decimals: −E[log p] of a row, the least that any model's mean NLL can be. Of points a differential
   * entropy. Computed by `entropyOf` in `data/generated`.
   */
  readonly entropy: number;
  readonly description: string;
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);

const plane = { dimension: 2, image: null, values: 'real' } as const;

/** What the rows are, and how well a model of them can do. */
const described = (what: string, entropy: number) => ({
  entropy,
  description: `${what} Entropy ${entropy.toFixed(3)} nats: no model can have a lower NLL, and a good one comes close.`,
});

export const generators = {
  'bars-and-stripes': {
    dimension: 16,
    image: [4, 4],
    values: 'binary',
    labels: ['stripes (whole rows)', 'bars (whole columns)'],
    ...described('Binary 4 × 4 images of whole columns or whole rows.', 3.379),
  },
  'coloured-squares': {
    dimension: 192,
    image: [8, 8, 3],
    values: 'binary',
    labels: ['black square', 'cyan square', 'magenta square', 'yellow square'],
    ...described(
      'Colour images of 8 × 8 × 3 binary values: a square of 2 to 4 pixels a side on a ground of another colour, of black, ' +
        'cyan, magenta and yellow: blue is on where one of red and green is.',
      7.185,
    ),
  },
  'two-moons': {
    ...plane,
    labels: ['lower moon', 'upper moon'],
    ...described('Two interleaving half circles.', 1.676),
  },
  rings: { ...plane, labels: numbered('ring of radius', 4), ...described('Four concentric rings.', 2.911) },
  checkerboard: {
    ...plane,
    labels: numbered('square', 8),
    ...described('The dark squares of a 4 × 4 checkerboard, uniform.', 3.466),
  },
  'eight-gaussians': {
    ...plane,
    labels: numbered('Gaussian', 8),
    ...described('Eight Gaussians on a circle.', 2.815),
  },
  pinwheel: { ...plane, labels: numbered('arm', 5), ...described('Five curved arms.', 2.318) },
  'two-spirals': {
    ...plane,
    labels: ['one spiral', 'the other spiral'],
    ...described('Two intertwined spirals.', 2.541),
  },
} as const satisfies Record<string, GeneratorFacts>;

export type GeneratorName = keyof typeof generators;
export const generatorNames = Object.keys(generators) as GeneratorName[];

export const binarizations = {
  none: 'Takes the values as they are.',
  threshold: '1 where a value is at least half the range.',
  stochastic: '1 with probability value / range, drawn once by the seed (Salakhutdinov & Murray 2008).',
  dynamic:
    'The same, but training rows are drawn anew for every minibatch (Burda et al. 2016); those to validate and test by, once.',
} as const;

export const scales = {
  unit: 'Divides every value by the range: levels from 0 to 255 come to lie between 0 and 1.',
} as const;

export const layouts = {
  pixels: 'Red, green and blue of a pixel side by side, pixel after pixel.',
  planes: 'All of red, then all of green, then all of blue, as CIFAR has them: rows are turned as they are read.',
} as const;
export type Layout = keyof typeof layouts;

const pixels = z.int().check(z.minimum(1));

const common = {
  binarize: z._default(
    z.enum(Object.keys(binarizations) as (keyof typeof binarizations)[]).check(
      z.meta({
        description:
          'Makes grey values binary, once before training unless it is dynamic. The range is 1 where no value of the training rows is larger, ' +
          '255 where whole numbers go beyond 127, and the largest value of the training rows otherwise. Default: none.',
        enumDescriptions: Object.values(binarizations),
      }),
    ),
    'none',
  ),
  scale: z.optional(
    z.enum(Object.keys(scales) as (keyof typeof scales)[]).check(
      z.meta({
        description:
          'Brings values between 0 and 1 for models of real values, by the range that `binarize` goes by. Left out: as they ' +
          'are.',
        enumDescriptions: Object.values(scales),
      }),
    ),
  ),
  image: z.optional(
    z.union([z.tuple([pixels, pixels]), z.tuple([pixels, pixels, z.literal(3)])]).check(
      z.meta({
        description:
          'Height and width when a row is an image, e.g. [28, 28], and 3 channels when it is in colour, e.g. [32, 32, 3]: red, ' +
          'green and blue of a pixel side by side unless `layout` says otherwise. Together as many as there are columns. Arrays of shape [rows, height, ' +
          'width] or [rows, height, width, 3] say it themselves; [rows, 3, height, width] are turned so.',
        defaultSnippets: [
          { label: '[28, 28]', description: 'height, width', body: [28, 28] },
          { label: '[32, 32, 3]', description: 'height, width, colours', body: [32, 32, 3] },
        ],
      }),
    ),
  ),
};

const layout = z.optional(
  z.enum(Object.keys(layouts) as Layout[]).check(
    z.meta({
      description:
        'How colours lie in flat rows, [rows, 3072] of 32 × 32 pixels; `image` says how many there are. Arrays of images say it ' +
        'by their shape. Default: pixels.',
      enumDescriptions: Object.values(layouts),
    }),
  ),
);

const splitFiles = z
  .strictObject({
    train: location('Rows to train on'),
    validation: z.optional(location('Rows to choose the best epoch by')),
    test: z.optional(location('Rows for the final figure, never used in training')),
    context: contextOfSplits,
    labels: labelsOfSplits,
    layout,
    ...common,
  })
  .check(z.meta({ title: 'Files already split' }));

const oneSource = z
  .strictObject({
    source: location('All rows, to be split by the seed'),
    split: z.prefault(splitSpec, {}),
    context: contextOfSource,
    labels: labelsOfSource,
    layout,
    ...common,
  })
  .check(z.meta({ title: 'One file to split' }));

const generated = z
  .strictObject({
    generate: z.enum(generatorNames).check(
      z.meta({
        description: 'A data set made by the extension itself, drawn by the seed.',
        enumDescriptions: Object.values(generators).map(({ description }) => description),
      }),
    ),
    rows: z._default(
      z.int().check(z.minimum(10), z.maximum(10_000_000), z.meta({ description: 'Rows to generate. Default: 10000.' })),
      10_000,
    ),
    split: z.prefault(splitSpec, {}),
    context: contextOfGenerated,
    ...common,
  })
  .check(z.meta({ title: 'Generated data' }));

export const dataSpec = z.union([splitFiles, oneSource, generated, textData]).check(
  z.meta({
    description:
      'Where rows come from: train, validation and test files; or one source with a split; or generated data; or text.',
    markdownDescription:
      'Where rows come from: `train`, `validation` and `test` files; or one `source` with a `split`; or `generate`d data; ' +
      'or `text`.',
    defaultSnippets: [
      { label: 'files already split', body: { train: '$1', validation: '$2', test: '$3' } },
      { label: 'one file to split', body: { source: '$1', split: { train: 0.8, validation: 0.1, test: 0.1 } } },
      { label: 'generated data', body: { generate: '${1:bars-and-stripes}', rows: 10000 } },
      { label: 'text', body: { text: '${1:input.txt}', length: '^${2:64}' } },
    ],
  }),
);

/** Data that are rows as they come: all but text, which is cut into rows. */
export type RowsSpec = z.output<typeof splitFiles> | z.output<typeof oneSource> | z.output<typeof generated>;
/** Characters are what they are: no images, conditioned on nothing, labelled by nobody. */
type NothingBeside = Readonly<Partial<Record<'context' | 'labels' | 'image' | 'layout', never>>>;
export type DataSpec = RowsSpec | (TextSpec & NothingBeside);
export type SplitName = 'train' | 'validation' | 'test';
