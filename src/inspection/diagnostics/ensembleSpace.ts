/**
 * `ensemble-space`: several masks are averaged in the wrong space. Densities may be averaged, p = ¹⁄M Σ p_m, which is
 * log-mean-exp of their logarithms; an average of logits, of log p, or of conditionals is no density.
 */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import type { EnsembleFacts } from './measurements/ensemble.ts';
import { count, diagnostic, finding, nats, notApplicable, notMeasured, ok, plural } from './outcome.ts';

const ID = 'ensemble-space';
/** Float32 arithmetic: of the mean NLL, in nats and as a share, and of Σ p. */
const TOLERANCE = 1e-3;
const RELATIVE = 1e-5;
const TOTAL_TOLERANCE = 1e-4;

export const ensembleSpace = diagnostic({
  id: ID,
  needs: ['ensemble', 'totalProbability', 'structures'],
  topic: {
    title: 'An ensemble averaged in the wrong space',
    paragraphs: [
      'Every mask gives a density of its own, and the mean of densities is a density: log ¹⁄M Σ exp(log p_m(x)) is the ensemble’s log-likelihood. It is never worse than the mean of the masks’ own.',
      'An average of log p, as of logits, is the logarithm of a geometric mean: its Σ over all rows is below 1, and what it reports is too bad. An average of the conditionals of masks with different orders mixes p(x₂ | x₁) with p(x₂): its Σ is not 1 either, and what it reports may be too good.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'ensemble' | 'totalProbability' | 'structures'>): Outcome {
  const { ensemble: facts, totalProbability, structures } = context;
  if (!facts) {
    const averages = context.maskCount > 1 && context.quantity.kind === 'exact' && context.weightNames.length > 0;
    return averages
      ? notMeasured(ID, 'the densities of the masks have not been looked at')
      : notApplicable(ID, 'the model is not several masks with a density each');
  }
  const off = Math.abs(facts.reported - facts.nats.ofDensities);
  const misreported = off > TOLERANCE + RELATIVE * Math.abs(facts.nats.ofDensities);
  // A leak in a mask makes Σ p wrong as well, and is told elsewhere.
  const leaks = (structures ?? []).some((structure) => structure.leaks.count > 0);
  const total = totalProbability?.value ?? facts.totals?.ofDensities ?? 1;
  const unnormalised = !leaks && Math.abs(total - 1) > TOTAL_TOLERANCE;
  if (!misreported && !unnormalised) return ok(ID);
  return finding(ID, context, {
    severity: 'error',
    title: misreported
      ? `The reported NLL is not that of the ensemble's density: ${nats(facts.reported)} for ${nats(facts.nats.ofDensities)}`
      : `The ensemble's probabilities sum to ${total.toPrecision(6)}, not to 1`,
    explanation:
      'Average densities, that is take the log-mean-exp of log p over the masks. Logits, log-probabilities and conditionals ' +
      'of masks with different orders have averages, too, but these are no density, and their figures cannot be compared ' +
      'with anything.',
    evidence: [
      { label: 'Masks, and rows scored under each', value: `${count(facts.masks)}, ${plural(facts.rows, 'row')}` },
      { label: 'NLL as reported', value: nats(facts.reported) },
      line(facts, 'ofDensities', 'log-mean-exp of log p (right)'),
      line(facts, 'ofLogs', 'mean of log p, as of logits (wrong)'),
      line(facts, 'ofConditionals', 'mean of the conditionals (wrong)'),
    ],
    view: 'ensemble',
  });
}

function line({ nats: means, totals }: EnsembleFacts, which: keyof EnsembleFacts['nats'], label: string) {
  const total = totals ? `, Σ ${totals[which].toPrecision(6)}` : '';
  return { label: `NLL by ${label}`, value: `${nats(means[which])}${total}` };
}
