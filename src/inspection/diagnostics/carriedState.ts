/** `carried-state`: the state of a text that is not carried from row to row, or carried where it does not belong. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import type { Apart } from './measurements/carriedState.ts';
import { diagnostic, finding, nats, notApplicable, notMeasured, ok, plural } from './outcome.ts';
import { agreesAlone } from './tolerances.ts';

const ID = 'carried-state';
/** Below this a state makes no difference to what a row costs: what is left is rounding, of 1 and its size. */
const NO_DIFFERENCE = 1e-7;

export const carriedState = diagnostic({
  id: ID,
  needs: ['carriedState'],
  topic: {
    title: 'States carried along a text',
    paragraphs: [
      'A text is cut into rows so that gradients need not reach back to its beginning (truncated back-propagation through time). The state of a recurrent network goes on over the cut: row by row it is handed on, values only, and the network can use what was said a thousand characters ago.',
      'That goes wrong without any error. Set to zero before every row, the state knows nothing beyond a row, and text is written that forgets. Not set to zero at the beginning of an epoch, the beginning of a text follows upon its end. Handed to the wrong place of the batch, every text goes on from another one: that is what shuffled rows do to a stateful network.',
      'Measured: −log p of some rows of the training text that follow one another. From the state before any character a row must cost what it costs on its own; read on beside other texts what it costs without them; both rows of a pair as much as one row of twice the length; and the state must make a difference.',
    ],
  },
  judge,
});

const agree = ({ found, expected }: Apart) => agreesAlone({ worst: { together: found, alone: expected } });
const both = ({ found, expected }: Apart) => `${nats(found)} and ${nats(expected)}`;

function judge(context: ContextOf<'carriedState'>): Outcome {
  const { carriedState: facts, modelType } = context;
  if (facts === null) {
    return modelType === 'char-rnn'
      ? notMeasured(ID, 'what the state of a row does to the next has not been looked at')
      : notApplicable(ID, 'rows of this model do not follow one another');
  }
  const { start, beside, whole, difference, pairs, alone, carried } = facts;
  const evidence: Evidence[] = [
    { label: `${plural(pairs, 'row')} read on from the row before`, value: nats(carried) },
    { label: 'The same, each on its own', value: nats(alone) },
    { label: 'A row from the state before any character, and on its own', value: both(start) },
    { label: 'A row read on beside other texts, and without them', value: both(beside) },
    ...(whole ? [{ label: 'Two rows one after the other, and as a single one', value: both(whole) }] : []),
  ];
  const error = (title: string, explanation: string) =>
    finding(ID, context, { severity: 'error', title, explanation, evidence, view: 'curves' });
  if (!agree(beside)) {
    return error(
      `States of different texts are mixed: a row costs ${nats(beside.found)} beside others, ${nats(beside.expected)} without`,
      'What a text goes on from depends on the texts beside it in the batch. Hand every state on to the same place of the next batch, and keep the rows of a stream in that place.',
    );
  }
  if (!agree(start)) {
    return error(
      `A state is carried to where a text begins: ${nats(start.found)} for a row that costs ${nats(start.expected)} on its own`,
      'Before the first character, and at the beginning of every epoch, there is no state: it has to be set back to zeros, and the character before to none.',
    );
  }
  if (!(difference > NO_DIFFERENCE)) {
    return error(
      'No state is carried from row to row',
      'A row costs the same whatever was before it: its state is set back where it should be handed on, so that nothing is known beyond the beginning of a row.',
    );
  }
  if (whole && !agree(whole)) {
    return error(
      `Two rows one after the other cost ${nats(whole.found)}, as a single one ${nats(whole.expected)}`,
      'What is handed on is not the state after the last character of a row: it was taken a character early or late, or a part of it (a layer, the character before) is missing.',
    );
  }
  return ok(ID);
}
