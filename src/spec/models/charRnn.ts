/** The `"type": "char-rnn"` entry of an experiment's `model`: a recurrent network that reads and writes characters. */
import * as z from 'zod/mini';
import { cellNames } from '../cell.ts';
import { complain, type Complaint } from '../complaint.ts';
import type { ModelEntry } from './entry.ts';
import { units } from './units.ts';

const cellWords = {
  rnn: "Elman's: h = tanh(z). Forgets within some ten characters.",
  lstm: 'Long short-term memory, with a memory that gates write to and read from (Hochreiter & Schmidhuber 1997), forget gates open at the start.',
  gru: 'Gated recurrent unit: two gates and no separate memory, a quarter fewer weights than an LSTM (Cho et al. 2014).',
} as const satisfies Record<(typeof cellNames)[number], string>;

export const charRnnSpec = z
  .strictObject({
    type: z
      .literal('char-rnn')
      .check(z.meta({ description: 'A recurrent network over the characters of a text, one after the other.' })),
    cell: z._default(
      z.enum(cellNames).check(
        z.meta({
          description: `The recurrent cell: ${cellNames.join(', ')}. Default: lstm.`,
          enumDescriptions: cellNames.map((name) => cellWords[name]),
        }),
      ),
      'lstm',
    ),
    hidden: z.array(units()).check(
      z.minLength(1),
      z.maxLength(16),
      z.meta({
        description:
          'Units of each recurrent layer, in order from the characters to the output; one layer at least. [128, 128] learns a ' +
          'few megabytes on a processor.',
        defaultSnippets: [
          { label: '[128]', description: 'one recurrent layer', body: ['^${1:128}'] },
          { label: '[128, 128]', description: 'two recurrent layers', body: ['^${1:128}', '^${2:128}'] },
        ],
      }),
    ),
    embedding: z.optional(
      z.int().check(
        z.minimum(1),
        z.maximum(4096),
        z.meta({
          description:
            'Numbers that each character is turned into before the first layer hears it, learnt with the rest. Left out: a ' +
            'column of its own for every character (one-hot).',
        }),
      ),
    ),
    dropout: z._default(
      z.number().check(
        z.minimum(0),
        z.lt(1),
        z.meta({
          description:
            'Share of what a layer tells the next one, and the last one the output, that is left out at random while it is ' +
            'trained (Zaremba et al. 2014); what goes along the text is kept, and scores and samples leave nothing out. ' +
            'Default: 0.',
        }),
      ),
      0,
    ),
  })
  .check(
    z.meta({
      title: 'char-RNN',
      description:
        'Characters of a text one after the other, each from all before it, by a vanilla RNN, an LSTM or a GRU (Graves 2013; ' +
        'Karpathy, Johnson & Fei-Fei 2015). Trained along the text by truncated back-propagation through time.',
    }),
  );

export type CharRnnSpec = z.output<typeof charRnnSpec>;

function check({ dropout }: Partial<CharRnnSpec>): Complaint[] {
  if (dropout === undefined || dropout <= 0.8) return [];
  const problem = `dropout ${dropout} leaves out ${Math.round(100 * dropout)} % of what the layers tell; 0.2 to 0.5 is usual`;
  return [complain('warning', ['model', 'dropout'], problem)];
}

export const charRnn = {
  schema: charRnnSpec,
  check,
  // How many levels there are only the text tells, which may well have characters beyond these of a byte.
  supportOf: () => ({ levels: 0x110000 }),
  readsText: true,
  snippet: { type: 'char-rnn', cell: '${1|lstm,gru,rnn|}', hidden: ['^${2:128}'] },
  listsOfVariables: [],
  hoverKeys: ['type', 'cell', 'hidden', 'embedding', 'dropout'] satisfies (keyof CharRnnSpec)[],
} as const satisfies ModelEntry<typeof charRnnSpec>;
