/** `decoder-variance`: a Gaussian p(x|z) whose σ runs to 0, and the density with it to ∞. */
import { inputName } from '../../text/notation.ts';
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, notApplicable, notMeasured, ok, percent, short } from './outcome.ts';

const ID = 'decoder-variance';
/** Shares of a variable's standard deviation: hardly any real value is told so exactly, and none so. */
const [NARROW, COLLAPSED] = [1e-3, 1e-5];
/** Shares of entries whose σ is its floor: then the floor says much of what the bound is, or nearly all. */
const [MUCH, MOST] = [0.1, 0.5];

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
  if (scale === null) return ok(ID);
  if (scale.by === 'given') return notApplicable(ID, 'σ of p(x|z) is given, not learnt');
  const { least, spread, variable, floor, atFloor, by } = scale;
  const narrow = spread > 0 && least < NARROW * spread;
  if (!narrow && atFloor < MUCH) return ok(ID);
  const where = by === 'shared' ? 'of all variables' : `of ${inputName(variable)}`;
  const advice =
    'it says how exactly single values are hit, not how well rows are described. Set "floor" of the output to what a ' +
    'value is known by (0.002 for levels scaled to 0 … 1)' +
    (by === 'shared' ? '; ' : ', or "variance": "shared"; ') +
    'take constant columns out.';
  return finding(ID, context, {
    severity: narrow && least < COLLAPSED * spread ? 'error' : narrow || atFloor >= MOST ? 'warning' : 'info',
    title: narrow
      ? `σ of p(x|z) is down to ${short(least)}`
      : `σ of p(x|z) sits at its floor in ${percent(atFloor)} of the entries`,
    explanation:
      atFloor >= MUCH
        ? `The floor of ${short(floor)} alone keeps it from 0, and with another floor the bound is another: ${advice}`
        : `Nothing keeps it from 0${floor > 0 ? ' but a floor' : ''}, and the bound rises all the while: ${advice}`,
    evidence: [
      { label: 'Narrowest σ', value: `${short(least)}, ${where}` },
      {
        label: by === 'shared' ? 'Smallest standard deviation of a variable' : 'Standard deviation of its values',
        value: short(spread),
      },
      ...(floor > 0 ? [{ label: `Entries at the floor of ${short(floor)}`, value: percent(atFloor) }] : []),
    ],
    view: 'samples',
    ...(by === 'network' && { select: { kind: 'variable' as const, variable } }),
  });
}
