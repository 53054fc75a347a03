/** `mask-overwrites-weights`: using one mask destroys the weights that another one needs. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'mask-overwrites-weights';

export const maskOverwritesWeights = diagnostic({
  id: ID,
  needs: ['maskSwitch'],
  topic: {
    title: 'Masks that overwrite weights',
    paragraphs: [
      'Several masks share one set of weights: a mask says which of them count for the moment. If it is applied by multiplying the stored weights (weight *= mask), what it removes is gone, and with every further mask more of them are: training seems to work, and the ensemble has one mask that fits and many that do not.',
      'The mask belongs into the computation, W∘M, and not into the parameter. Then switching to another mask and back gives the same density bit for bit, and the gradient of a weight that is masked out is 0, so that an optimiser leaves it alone.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'maskSwitch'>): Outcome {
  const { maskSwitch: facts } = context;
  if (!context.masked) return notApplicable(ID, 'the model has no masks');
  if (!facts) return notMeasured(ID, 'the masks have not been looked at');
  const { changed, overwritten, moved, rows } = facts;
  if (changed === 0 && overwritten.length === 0 && moved.length === 0) return ok(ID);
  const evidence: Evidence[] = [];
  if (overwritten.length > 0)
    evidence.push({ label: 'Parameters with other bits afterwards', value: some(overwritten) });
  if (facts.masks > 1) {
    evidence.push({
      label: 'Rows whose log p changed, mask 1 before and after mask 2',
      value: `${count(changed)} of ${count(rows)}`,
    });
  }
  for (const { name, entries, largest } of moved.slice(0, 3)) {
    evidence.push({
      label: `Masked-out weights of ${name} with a gradient`,
      value: `${count(entries)}, the largest ${short(largest)}`,
    });
  }
  const switched = changed > 0 || overwritten.length > 0;
  return finding(ID, context, {
    severity: switched || facts.masks > 1 ? 'error' : 'warning',
    title: switched
      ? 'Using another mask changes the model'
      : `Masked-out weights of ${plural(moved.length, 'parameter')} get gradients`,
    explanation: switched
      ? 'A mask has to be part of the computation, W∘M, and must never be written into the weights: the next mask needs ' +
        'those that this one removes.'
      : 'A weight that a mask removes has no part in the density, and its gradient is 0. One that is not moves weights that ' +
        'only other masks use, or shows a path that forgets the mask.',
    evidence,
    view: 'masks',
  });
}
