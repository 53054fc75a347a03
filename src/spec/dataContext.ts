/**
 * `data.context`: what rows are conditioned on, c in p(x | c). Labels become one column a class (one-hot); values are
 * taken as they are.
 */
import * as z from 'zod/mini';
import { location } from './dataLocation.ts';

/** Labels beyond this are hardly labels: a year, a price, a column of another kind. */
export const MOST_CLASSES = 65_536;

const classes = z.optional(
  z.int().check(
    z.minimum(2),
    z.maximum(MOST_CLASSES),
    z.meta({
      description:
        'K, number of classes: labels are 0 … K − 1. Left out, it is one more than the largest label of the training ' +
        'rows (of all rows where one source is split).',
    }),
  ),
);

const column = (what: string) => z.int().check(z.minimum(0), z.meta({ description: what }));

const columns = z.array(column('A column of the rows, counted from 0.')).check(
  z.minLength(1),
  z.meta({
    description:
      'Columns of the rows themselves, counted from 0: they are taken out of x and conditioned on as they are, e.g. ' +
      '[0, 1].',
    defaultSnippets: [{ label: '[0]', description: 'the first column', body: ['^${1:0}'] }],
  }),
);

const labelColumn = column(
  'Column of the rows, counted from 0, that holds a label 0 … K − 1: it is taken out of x, one column a class.',
);

const ofSplits = (what: string) =>
  z
    .strictObject({
      train: location(`${what} of the training rows`),
      validation: z.optional(location(`${what} of the validation rows`)),
      test: z.optional(location(`${what} of the test rows`)),
    })
    .check(z.meta({ description: `${what}, a file for each split that there is.` }));

const LABELS = 'Labels (one whole number 0 … K − 1 a row)';
const VALUES = 'Values (any number of columns)';

const ofColumns = [
  z.strictObject({ columns }).check(z.meta({ title: 'Columns of the rows' })),
  z.strictObject({ labelColumn, classes }).check(z.meta({ title: 'A column of labels' })),
] as const;

const described = (snippets: readonly { readonly label: string; readonly body: object }[]) =>
  z.meta({
    description:
      'What rows are conditioned on, for models of p(x | c): labels (one column a class), columns of the rows ' +
      'themselves, or values from other files.',
    defaultSnippets: [
      ...snippets,
      { label: 'columns of the rows', body: { columns: ['^${1:0}'] } },
      { label: 'a column of labels', body: { labelColumn: '^${1:0}' } },
    ],
  });

/** For files already split. */
export const contextOfSplits = z.optional(
  z
    .union([
      z.strictObject({ labels: ofSplits(LABELS), classes }).check(z.meta({ title: 'Labels' })),
      z.strictObject({ values: ofSplits(VALUES) }).check(z.meta({ title: 'Values' })),
      ...ofColumns,
    ])
    .check(
      described([
        { label: 'labels in files', body: { labels: { train: '$1', validation: '$2', test: '$3' } } },
        { label: 'values in files', body: { values: { train: '$1', validation: '$2', test: '$3' } } },
      ]),
    ),
);

/** For one file to split. */
export const contextOfSource = z.optional(
  z
    .union([
      z.strictObject({ labels: location(`${LABELS} of the source`), classes }).check(z.meta({ title: 'Labels' })),
      z.strictObject({ values: location(`${VALUES} of the source`) }).check(z.meta({ title: 'Values' })),
      ...ofColumns,
    ])
    .check(
      described([
        { label: 'labels in a file', body: { labels: '$1' } },
        { label: 'values in a file', body: { values: '$1' } },
      ]),
    ),
);

/** For generated data. */
export const contextOfGenerated = z.optional(
  z
    .union([
      z
        .strictObject({
          labels: z.enum(['own']).check(
            z.meta({
              description:
                'The labels that the data set has by itself: bars (1) or stripes (0), which of eight Gaussians, which moon.',
            }),
          ),
        })
        .check(z.meta({ title: 'Labels' })),
      ...ofColumns,
    ])
    .check(described([{ label: 'its own labels', body: { labels: 'own' } }])),
);
