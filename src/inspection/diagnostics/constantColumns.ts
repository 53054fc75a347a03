/**
 * `constant-columns`: columns with one value only, which drive their logits to ±∞ and cost dearly when a later row
 * differs; and columns that repeat another, which make a likelihood look better than what was learnt.
 */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, inputName, notApplicable, notMeasured, ok, plural, some } from './outcome.ts';

const ID = 'constant-columns';

export const constantColumns = diagnostic({
  id: ID,
  needs: ['columns'],
  topic: {
    title: 'Columns that never change',
    paragraphs: [
      'The best prediction for a column with one value is certainty, so its logit grows without bound. It adds nothing to the NLL as long as the column keeps still, and a single later row that differs can cost tens of nats and spoil a test score.',
      'Under a density of real values it is worse: a constant column lets the density grow without bound, and the NLL falls towards −∞ without anything being learnt. So does a column that is a copy of another.',
      'Columns that repeat another column are predicted for free by a model that sees the first of them: the NLL per variable looks better than what was learnt about the data.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'columns'>): Outcome {
  const { columns, dimension } = context;
  if (!columns) return notMeasured(ID, 'the training rows have not been looked at');
  if (columns.text) return notApplicable(ID, 'rows are pieces of a text, whose columns mean nothing of their own');
  if (columns.rows < 2) return notApplicable(ID, 'there is only one training row');
  const { constant, duplicates } = columns;
  if (constant.length === 0 && duplicates.length === 0) return ok(ID);

  const broken = constant.filter(({ heldOutExceptions }) => heldOutExceptions > 0);
  const evidence: Evidence[] = [];
  if (constant.length > 0) {
    evidence.push({
      label: `Constant over ${plural(columns.rows, 'training row')}`,
      value: `${count(constant.length)} of ${count(dimension)}`,
    });
    evidence.push({
      label: 'Columns',
      value: some(constant.map(({ column, value }) => `${inputName(column)} = ${value}`)),
    });
  }
  if (broken.length > 0) {
    evidence.push({
      label: 'Validation rows that differ there',
      value: some(
        broken.map(({ column, heldOutExceptions }) => `${inputName(column)}: ${plural(heldOutExceptions, 'row')}`),
      ),
    });
  }
  if (duplicates.length > 0) {
    evidence.push({
      label: 'Repeated columns',
      value: some(duplicates.map(({ column, of }) => `${inputName(column)} = ${inputName(of)}`)),
    });
  }
  const isReal = context.support === 'real';
  const parts = [
    ...(constant.length > 0 ? [`${plural(constant.length, 'column')} with one value only`] : []),
    ...(duplicates.length > 0
      ? [`${plural(duplicates.length, 'column')} that ${duplicates.length === 1 ? 'repeats' : 'repeat'} another`]
      : []),
  ];
  return finding(ID, context, {
    severity: broken.length > 0 || duplicates.length > 0 || isReal ? 'warning' : 'info',
    title: parts.join(', '),
    explanation: isReal
      ? 'A density can be as high as it likes on a value that never changes, or that follows from another column: the NLL ' +
        'falls towards −∞ and says nothing any more. Drop such columns, or add noise to them.'
      : 'A column that never changes drives its logit towards ±∞: it adds nothing to the NLL while it holds, and many ' +
        'nats in the first row that differs. A repeated column is predicted for nothing, which flatters the NLL. ' +
        'Drop such columns, or keep them knowingly (the empty border of an image is harmless).',
    evidence,
    view: 'samples',
  });
}
