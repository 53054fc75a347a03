/** `bound-violated`: a lower bound of log p(x) above a tighter one, which no lower bound can be. */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, nats, notApplicable, notMeasured, ok, plural, short } from './outcome.ts';

const ID = 'bound-violated';
const STANDARD_ERRORS = 4;
/** Nats of float32 for every nat of what is summed. */
const ROUNDING = 1e-5;
/** How near the told divergence is to a fraction of the true one to be called that. */
const NEAR = 0.05;

export const boundViolated = diagnostic({
  id: ID,
  needs: ['latentBound'],
  topic: {
    title: 'A bound that bounds nothing',
    paragraphs: [
      'The ELBO is never above log p(x), and on average never above the IWAE-k bound, which importance sampling computes from p(x, z) and q(z|x) alone: at k = 1 the two are one, and with k it rises to log p(x) (Burda et al. 2016, theorem 1).',
      'An ELBO above it is no bound: a divergence that was averaged over units, pixels or the minibatch instead of summed, one that is missing, a log-density without its normaliser. Its figures look better than those of every sound model.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'latentBound'>): Outcome {
  const { latentBound: facts, modelType, dimension } = context;
  if (modelType !== 'vae') return notApplicable(ID, 'what the model reports is no bound by latent variables');
  if (facts === null) return notMeasured(ID, 'the bound has not been looked at');
  const { bound, iwae, parts, rows, split, perUnit } = facts;
  const above = bound.mean - iwae.mean;
  const error = Math.hypot(bound.error, iwae.error);
  if (!Number.isFinite(above)) return notApplicable(ID, 'the bound is no finite number, which “nan” tells of');
  if (above <= STANDARD_ERRORS * error + ROUNDING * Math.abs(iwae.mean)) return ok(ID);
  const told = parts.reconstruction - bound.mean;
  const share = told / parts.divergence;
  const reading =
    Math.abs(share) < NEAR / Math.max(perUnit.length, dimension)
      ? 'The divergence is missing.'
      : Math.abs(share * perUnit.length - 1) < NEAR && perUnit.length > 1
        ? 'The divergence is averaged over the latent units; it is their sum.'
        : Math.abs(share * dimension - 1) < NEAR && dimension > 1
          ? 'The divergence is averaged over the variables; it is a sum over the latent units.'
          : 'Look at the divergence, a sum over the latent units with weight 1, and at the normalisers of p(x|z).';
  return finding(ID, context, {
    severity: 'error',
    title: `The bound is ${nats(above)} above one that it cannot exceed`,
    explanation: `What is reported is no lower bound of log p(x), and compares with nothing. ${reading}`,
    evidence: [
      { label: `Bound, mean of ${plural(rows, `${split} row`)}`, value: `${nats(bound.mean)} ± ${short(bound.error)}` },
      { label: `IWAE-${iwae.samples} bound of the same rows`, value: `${nats(iwae.mean)} ± ${short(iwae.error)}` },
      { label: 'E log p(x|z)', value: nats(parts.reconstruction) },
      { label: 'Divergence in the bound, and as it is', value: `${nats(told)}, ${nats(parts.divergence)}` },
    ],
    view: 'curves',
  });
}
