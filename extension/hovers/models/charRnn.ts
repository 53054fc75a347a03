/** char-RNN: the network unrolled along a short word, the inside of its cell, and what it carries from character to character. */
import { themeFor } from '../../../src/figures/hover.ts';
import { unrolledSvg, type Unrolled, type UnrolledHighlight } from '../../../src/figures/unrolled.tsx';
import { networkWords, unrolledWords } from '../../../src/figures/unrolledWords.ts';
import type { CharRnnSpec } from '../../../src/spec/models/charRnn.ts';
import { formatCount, plural } from '../../../src/text/numbers.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';

/** As wide as a hover is in a narrow editor. */
const WIDTH = 540;
/** The example of a text of four letters. */
const WORD = Array.from('hello');

const equations: Readonly<Record<CharRnnSpec['cell'], string>> = {
  rnn: 'h ← tanh(W x + U h + b)',
  lstm: 'c ← f∘c + i∘g, h ← o∘tanh c, with gates i, f, o = σ(W x + U h + b) and g = tanh(W x + U h + b)',
  gru: 'h ← (1 − u)∘n + u∘h, with gates r, u = σ(W x + U h + b) and n = tanh(W x + r∘(U h) + b)',
};

const blocks: Readonly<Record<CharRnnSpec['cell'], number>> = { rnn: 1, lstm: 4, gru: 3 };

export const charRnnHover: ModelHover<'char-rnn'> = {
  dimensionOf: () => null,

  markdown({ model, dimension }, key, theme) {
    const { cell, hidden, embedding = null, dropout } = model;
    const network: Unrolled = {
      ...{ cell, hidden, embedding, vocabulary: null },
      steps: WORD.map((next, t) => ({ input: WORD[t - 1] ?? null, next, states: null, likely: null })),
    };
    const words = [
      `**char-RNN**: ${networkWords(network)}${dropout > 0 ? ` · dropout ${dropout}` : ''}`,
      `${equations[cell]}. ${shapes(model)}`,
      `Gradients reach ${plural(dimension, 'character')} back, the length of a row; the state goes on beyond it.`,
    ];
    const svg = unrolledSvg(network, { theme: themeFor(theme), width: WIDTH, highlight: highlightOf(key) });
    return [...words, ...pictureOf(svg, unrolledWords(network))].join('\n\n');
  },
};

const highlightOf = (key: string): UnrolledHighlight | undefined =>
  key === 'cell' || key === 'hidden' || key === 'embedding' ? key : undefined;

/** What each layer's weights are shaped like; V, and so the first layer's without an embedding, is the text's to tell. */
function shapes({ cell, hidden, embedding }: CharRnnSpec): string {
  const each = hidden.map((units, l) => {
    const heard = l === 0 ? (embedding === undefined ? 'V' : formatCount(embedding)) : formatCount(hidden[l - 1]!);
    const gates = formatCount(blocks[cell] * units);
    return `W [${gates}, ${heard}] and U [${gates}, ${formatCount(units)}]`;
  });
  const shown = each.length > 3 ? [...each.slice(0, 2), '…', each.at(-1)!] : each;
  const among = ', V being how many characters the text has, line breaks and all';
  return `Shapes of ${each.length === 1 ? 'the layer' : 'the layers'}: ${shown.join('; ')}${embedding === undefined ? among : ''}.`;
}
