/** `decoder-variance`: a Gaussian p(x|z) whose σ runs to 0, and the density with it to ∞. */
import { inputName } from '../../text/notation.ts';
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, notApplicable, notMeasured, ok, short } from './outcome.ts';

const ID = 'decoder-variance';
/** Shares of the values' standard deviation: hardly any real value is told so exactly, and none so. */
const [NARROW, COLLAPSED] = [1e-3, 1e-5];

export const decoderVariance = diagnostic({
  id: ID,
  needs: ['latentBound'],
  topic: {
    title: 'A decoder that is too sure',
    paragraphs: [
      'The log-density of a Gaussian at its mean is −log σ and more: a decoder that can tell one value exactly, a constant pixel or a row learnt by heart, gains without end by a smaller σ. The bound then rises for no reason that a new row shares, gradients grow as 1/σ², and at last there is a NaN.',
      'A floor (“floor” of the output) ends it where measurements end: for grey levels half a level or so. So does one σ for all variables (“variance”: “shared”), which must serve them all.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'latentBound'>): Outcome {
  const { latentBound: facts, modelType, support } = context;
  if (modelType !== 'vae') return notApplicable(ID, 'the model has no decoder');
  if (support !== 'real') return notApplicable(ID, 'p(x|z) of this decoder has no variance');
  if (facts === null) return notMeasured(ID, 'the decoder has not been looked at');
  const { scale } = facts;
  if (scale === null || !(scale.spread > 0) || scale.least >= NARROW * scale.spread) return ok(ID);
  const { least, spread, variable } = scale;
  return finding(ID, context, {
    severity: least < COLLAPSED * spread ? 'error' : 'warning',
    title: `σ of p(x|z) is down to ${short(least)}`,
    explanation:
      'Nothing keeps it from 0 but a floor, and the bound rises all the while: it says how exactly single values are ' +
      'hit, not how well rows are described. Set "floor" of the output to what a value is known by (0.002 for levels ' +
      'scaled to 0 … 1), or "variance": "shared"; take constant columns out.',
    evidence: [
      { label: 'Smallest σ', value: `${short(least)}, of ${inputName(variable)}` },
      { label: 'Standard deviation of the values', value: short(spread) },
    ],
    view: 'samples',
    select: { kind: 'variable', variable },
  });
}
