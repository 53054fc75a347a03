/** A text coloured by one unit of a recurrent layer. */
import { textMissing, type ViewFacts } from './facts.ts';

export const units: ViewFacts = {
  label: 'Units along the text',
  name: 'the units along the text',
  frames: ['unitText'],
  // A text of one's own needs no data.
  mendsItself: true,
  missing: textMissing,
  coming: 'Reading a piece of text …',
  promise: 'a text coloured by what one unit remembers of it, with what each character costs',
  promisedOf: 'text',
  topic: {
    title: 'Units along the text',
    paragraphs: [
      'A recurrent network has nothing but its state to know what was before. Coloured by one unit, a text shows what that unit keeps track of: the end of words, the length of a line, whether a quotation is open. Most units mean nothing that has a name.',
      'A unit whose colour never changes keeps nothing; one that is at −1 or 1 from the first character to the last is saturated: hardly any gradient passes through it. Where all units of a layer fade within some ten characters, the network forgets sooner than the text repeats itself.',
      'The strip below tells what each character costs given all before it, −log p in nats. Their mean is the negative log-likelihood per character. Beginnings of words are dear and their ends are cheap; where the middle of common words stays dear, little has been learnt.',
    ],
  },
};
