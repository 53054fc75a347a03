/** `degenerate-dimension`: the model fails with very few variables, where indices run out and layers have nothing to see. */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, notApplicable, ok } from './outcome.ts';

const ID = 'degenerate-dimension';

export const degenerateDimension = diagnostic({
  id: ID,
  needs: ['smallest'],
  topic: {
    title: 'Few variables',
    paragraphs: [
      'With one variable there is nothing to depend on: degrees would be drawn from 1 … 0, and the output is a bias alone. With two, every hidden unit has degree 1. Code that was only ever run on images divides by D − 1, takes a minimum of nothing, or quietly gives NaN there.',
      'A layer with fewer units than there are variables is legal as well: some pairs are lost, nothing else is wrong. So the same specification is built, scored, differentiated and sampled from at D = 1, 2 and 3, and where all rows can be listed their probabilities must sum to 1.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'smallest'>): Outcome {
  const { smallest } = context;
  if (!smallest)
    return notApplicable(ID, 'the specification is for one number of variables, or too large to be built anew');
  const { problems, tried } = smallest;
  const [first] = problems;
  if (first === undefined) return ok(ID);
  return finding(ID, context, {
    severity: problems.some(({ dimension }) => dimension === context.dimension) ? 'error' : 'warning',
    title: `The model does not work with D = ${problems.map(({ dimension }) => dimension).join(', ')}`,
    explanation:
      'This specification was built anew with very few variables and tried. One variable is a bias alone and needs no ' +
      'special case if degrees are drawn from 1 … max(1, D − 1) and nothing is divided by D − 1.',
    evidence: [
      { label: 'Tried at D', value: tried.join(', ') },
      ...problems.map(({ dimension, what }) => ({ label: `D = ${dimension}`, value: what })),
    ],
    view: 'connectivity',
  });
}
