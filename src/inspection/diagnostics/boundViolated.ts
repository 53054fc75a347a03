/** `bound-violated`: a lower bound of log p(x) above a tighter one, which no lower bound can be. */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, nats, notApplicable, notMeasured, ok, plural, short } from './outcome.ts';

const ID = 'bound-violated';
/** Of a normal deviate: at each of a million looks at a sound model it is below. */
const STANDARD_ERRORS = 4.75;
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
  if (iwae.error === null) {
    return notApplicable(ID, `of ${plural(rows, `${split} row`)} nobody can tell how exact the IWAE bound is`);
  }
  const error = Math.hypot(bound.error, iwae.error);
  if (!Number.isFinite(above)) return notApplicable(ID, 'the bound is no finite number, which “nan” tells of');
  if (above <= studentQuantile(STANDARD_ERRORS, bound.degrees) * error + ROUNDING * Math.abs(iwae.mean)) return ok(ID);
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

/**
 * Where a Student's t of so many degrees of freedom is as rarely exceeded as a normal deviate of this size: of few rows an error
 * is itself known by few differences. Abramowitz & Stegun 1964, equation 26.7.5.
 */
export function studentQuantile(z: number, degrees: number): number {
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  return (
    z +
    (z3 + z) / 4 / degrees +
    (5 * z5 + 16 * z3 + 3 * z) / 96 / degrees ** 2 +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384 / degrees ** 3 +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92160 / degrees ** 4
  );
}
