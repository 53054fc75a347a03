/**
 * `data.labels`: which class each row is of, for those who look at a model. No model is given them: what a model is conditioned
 * on is `data.context`.
 */
import * as z from 'zod/mini';
import { MOST_CLASSES } from './dataContext.ts';

const FORMATS = 'npy, npz, idx, mat, csv and other text; each also gzipped.';

const labelLocation = (what: string) =>
  z.string().check(
    z.minLength(1),
    z.meta({
      description: `${what}: one a row, a whole number or, in text, a word. A path relative to this file; file#name picks an array of an npz or a mat, or a column of a csv by its header. ${FORMATS}`,
      markdownDescription:
        `${what}: one a row, a whole number or, in text, a word. A path relative to this file; \`file#name\` picks an array of ` +
        `an npz or a mat, as in \`digits.npz#train-labels\`, or a column of a csv by its header.\n\n${FORMATS}`,
    }),
  );

const names = z.optional(
  z.array(z.string().check(z.minLength(1))).check(
    z.minLength(1),
    z.maxLength(MOST_CLASSES),
    z.meta({
      description:
        'What the classes 0, 1, … are called in pictures, e.g. ["T-shirt", "trousers"]; of labels that are words, their ' +
        'order. Left out: as the labels stand in the file.',
      defaultSnippets: [{ label: '["…", "…"]', body: ['$1', '$2'] }],
    }),
  ),
);

const ofColumn = z
  .strictObject({
    column: z
      .int()
      .check(
        z.minimum(0),
        z.meta({ description: 'Column of the rows, counted from 0, that holds a label: it is taken out of x.' }),
      ),
    names,
  })
  .check(z.meta({ title: 'A column of the rows' }));

const described = (snippet: { readonly label: string; readonly body: object }) =>
  z.meta({
    description:
      'Which class each row is of, to colour rows by in pictures (the posteriors of a VAE). No model is given it: what a ' +
      'model is conditioned on is context.',
    markdownDescription:
      'Which class each row is of, to colour rows by in pictures (the posteriors of a VAE). No model is given it: what a ' +
      'model is conditioned on is `context`.',
    defaultSnippets: [snippet, { label: 'a column of the rows', body: { column: '^${1:0}' } }],
  });

/** For files already split. */
export const labelsOfSplits = z.optional(
  z
    .union([
      z
        .strictObject({
          train: labelLocation('Labels of the training rows'),
          validation: z.optional(labelLocation('Labels of the validation rows')),
          test: z.optional(labelLocation('Labels of the test rows')),
          names,
        })
        .check(z.meta({ title: 'Labels in files' })),
      ofColumn,
    ])
    .check(described({ label: 'labels in files', body: { train: '$1', validation: '$2', test: '$3' } })),
);

/** For one file to split. */
export const labelsOfSource = z.optional(
  z
    .union([
      z
        .strictObject({ source: labelLocation('Labels of the source'), names })
        .check(z.meta({ title: 'Labels in a file' })),
      ofColumn,
    ])
    .check(described({ label: 'labels in a file', body: { source: '$1' } })),
);
