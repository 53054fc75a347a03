/** `posterior-collapse`: latent units of which q(z|x) says the same as the prior for every row: the decoder goes without them. */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, nats, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'posterior-collapse';
/** Nats of KL divergence below which a unit carries nothing to speak of. */
const CARRIES = 0.01;
/** Before that many epochs a decoder has had no time to make use of them. */
const EPOCHS = 1;

export const posteriorCollapse = diagnostic({
  id: ID,
  needs: ['latentBound'],
  topic: {
    title: 'Latent units that nothing is said by',
    paragraphs: [
      'The bound pays for every nat by which q(z|x) differs from the prior. Early in training a unit costs more than the decoder can make of it, the encoder gives it up, and a unit that is N(0, 1) for every row, and that the decoder has learnt to pass over, has next to no gradient to come back by. When all are given up the model is one distribution for all rows.',
      'The divergence is a sum over the units. Where it is averaged over the units or over pixels, or weighed by a β that is too large, its weight against the reconstruction is another, and units die or are crammed without a reason in the data.',
      'Some units without a use are ordinary: of 50 units Burda et al. (2016) find some 20 active on MNIST. Free bits, a β that grows from 0, or a weaker decoder keep more of them.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'latentBound'>): Outcome {
  const { latentBound: facts, modelType, epoch } = context;
  if (modelType !== 'vae') return notApplicable(ID, 'the model has no latent units');
  if (facts === null) return notMeasured(ID, 'the latent units have not been looked at');
  if (epoch < EPOCHS) return notApplicable(ID, 'the first epoch is not over');
  const { perUnit, parts, rows, split, posterior, estimators } = facts;
  const together = parts.divergence < CARRIES * perUnit.length;
  // Terms of single units are no KL divergences behind autoregressive steps: their sum alone is one.
  const asleep = [...perUnit.entries()]
    .filter(([, kl]) => (posterior === 'iaf' ? together : kl < CARRIES))
    .map(([unit]) => unit);
  if (2 * asleep.length <= perUnit.length) return ok(ID);
  const all = asleep.length === perUnit.length;
  return finding(ID, context, {
    severity: all ? 'warning' : 'info',
    title: all
      ? `${perUnit.length === 1 ? 'The latent unit is' : `All ${plural(perUnit.length, 'latent unit')} are`} the prior whatever the row`
      : `${count(asleep.length)} of ${plural(perUnit.length, 'latent unit')} carry nothing`,
    explanation: all
      ? 'z tells the decoder nothing of the row, and every row gets the same p(x|z): the encoder has been given up. Look at the weight of the KL divergence (a sum over the units, not a mean; β = 1), lower the learning rate, or set "freeBits".'
      : 'The decoder goes without them, which costs nothing but their computation; so many are ordinary where there are more units than the data need. "freeBits" or fewer latents change it.',
    evidence: [
      ...(posterior === 'iaf'
        ? []
        : [{ label: 'Units below 0.01 nats', value: some(asleep.map((unit) => `z${unit + 1}`)) }]),
      { label: `KL divergence of all units, mean of ${plural(rows, `${split} row`)}`, value: nats(parts.divergence) },
      ...(posterior === 'iaf'
        ? []
        : [{ label: 'Largest of one unit', value: nats(perUnit.reduce((a, b) => Math.max(a, b))) }]),
      { label: 'Reconstruction, E log p(x|z)', value: nats(parts.reconstruction) },
      ...(estimators === null
        ? []
        : [
            {
              label: 'Estimator A less B, by the same noise',
              value: `${nats(estimators.mean)} ± ${short(estimators.error)}`,
            },
          ]),
    ],
    view: 'curves',
  });
}
