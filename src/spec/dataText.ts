/** The `"text": …` form of an experiment's `data`: characters of text files, one after the other. */
import * as z from 'zod/mini';
import { refusals } from './refusals.ts';

/** Characters of a row unless told otherwise. */
const DEFAULT_LENGTH = 64;

const place = (description: string) => z.string().check(z.minLength(1), z.meta({ description }));

const share = (what: string, value: number) =>
  z._default(
    z.number().check(
      z.minimum(0),
      z.maximum(1),
      z.meta({
        description: `Share of the text for ${what}, from 0 to 1; 0 leaves it out. Default: ${value}.`,
      }),
    ),
    value,
  );

const textSplit = z
  .strictObject({
    train: share('training: its first part', 0.8),
    validation: share('choosing the best epoch: what follows', 0.1),
    test: share('the final figure: what follows that', 0.1),
  })
  .check(
    z.meta({
      description:
        'Shares of the text, cut in this order and never shuffled; together at most 1, and what is left at the end is not used.',
    }),
  );

/** Keys that rows of numbers have and a text has not. */
const refusedKeys = {
  binarize: 'characters are one of V, never grey',
  scale: 'characters are names, no quantities',
  image: 'its rows are pieces of a text, no images',
  layout: 'its rows are pieces of a text, no images',
  labels: 'its rows are pieces of one text, none of a class of its own',
  context: 'characters are conditioned on those before them alone',
  rows: 'how many there are follows from the text and from "length"',
  train: 'one text is cut into all splits; shares go under "split"',
  validation: 'one text is cut into all splits; shares go under "split"',
  test: 'one text is cut into all splits; shares go under "split"',
} as const;

export const textData = z
  .strictObject({
    text: z
      .union([
        place('A text file, or a folder whose text files are read.'),
        z
          .array(place('A text file, or a folder whose text files are read.'))
          .check(z.minLength(1), z.meta({ description: 'Text files and folders, read one after the other.' })),
      ])
      .check(
        z.meta({
          description:
            'Text to be modelled character by character: a file in UTF-8, a folder of them, or a list of both. A character is ' +
            'a code point; line ends are \\n however they are written. Of a folder every text file is read, folders within ' +
            'it as well, in the order of their paths; hidden files, node_modules, links, runs, experiments and what is no ' +
            'text are left out.',
          markdownDescription:
            'Text to be modelled character by character: a file in UTF-8, a folder of them, or a list of both, as in ' +
            '`["src", "notes.txt"]`. Paths are relative to this file.\n\nA character is a code point; line ends are `\\n` ' +
            'however they are written. Of a folder every text file is read, folders within it as well, in the order of ' +
            'their paths; hidden files, `node_modules`, links, runs, experiments and what is no text are left out.',
          defaultSnippets: [{ label: '"input.txt"', body: '^"${1:input.txt}"' }],
        }),
      ),
    length: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(65_536),
        z.meta({
          description:
            'T, characters of a row: how far back-propagation through time reaches. Rows are consecutive pieces of the text; ' +
            `what is left of a split at its end is not used. Default: ${DEFAULT_LENGTH}.`,
        }),
      ),
      DEFAULT_LENGTH,
    ),
    split: z.prefault(textSplit, {}),
  })
  .check(z.meta({ title: 'Text' }))
  .register(refusals, refusedKeys);

export type TextSpec = z.output<typeof textData>;

/** The files and folders that the text is read from, as the experiment writes them. */
export function textPlaces({ text }: Pick<TextSpec, 'text'>): readonly string[] {
  return typeof text === 'string' ? [text] : text;
}

/** Where a split of a text lies and how it is cut; all but `rows` counted in characters. */
export interface TextCut {
  readonly from: number;
  readonly characters: number;
  /** Whole rows of T characters; 0 where the split is too short, or there is none. */
  readonly rows: number;
  /** What is left at its end, less than a row. */
  readonly left: number;
}

/** The splits of a text of so many characters. Rounding the sums of shares leaves no character between two of them. */
export function textCuts(
  characters: number,
  { length, split: { train, validation, test } }: Pick<TextSpec, 'length' | 'split'>,
): Readonly<Record<'train' | 'validation' | 'test', TextCut>> {
  const boundary = (share: number) => Math.min(characters, Math.round(share * characters));
  const cut = (before: number, share: number): TextCut => {
    const from = boundary(before);
    const size = share === 0 ? 0 : boundary(before + share) - from;
    const rows = Math.floor(size / length);
    return { from, characters: size, rows, left: size - rows * length };
  };
  return { train: cut(0, train), validation: cut(train, validation), test: cut(train + validation, test) };
}
