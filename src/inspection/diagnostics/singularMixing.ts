/** `singular-mixing`: linear mixing that can hardly be inverted, and ActNorm whose scale is next to 0. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import { diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'singular-mixing';
/** 2^12: half of float32's digits are lost on the way back. */
const WARN = 2 ** 12;
/** 2^24: none is left. */
const ERROR = 2 ** 24;
/** Scales below this have shrunk a column by as much as float32 has digits in half. */
const LEAST_SCALE = 2 ** -12;

export const singularMixing = diagnostic({
  id: ID,
  needs: ['flowParameters'],
  topic: {
    title: 'Mixing that is nearly singular',
    paragraphs: [
      'An invertible 1×1 convolution multiplies the channels of every place by one matrix W. It starts as a rotation, which stretches nothing; in training its rows may come to lie in nearly one plane. log|det W| then falls towards −∞, which the likelihood can afford for a while where another layer gains as much.',
      'The condition number of W, largest stretch over smallest, says how rounding errors grow on the way back: at 4,000 half of float32’s digits are gone, at 16 million all of them. ActNorm’s scale can do the same to a single channel, and one that started from a minibatch with a single value in it starts there.',
      'Computed in float64 from the parameters alone.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'flowParameters'>): Outcome {
  const { flowParameters: facts, flow } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (!flow.some(({ kind }) => kind === 'mixing' || kind === 'act-norm')) {
    return notApplicable(ID, 'the flow mixes nothing and has no ActNorm');
  }
  if (facts === null) return notMeasured(ID, 'the parameters of this flow have not been looked at');
  // What is no number is told by `nan`.
  const bent = facts.mixing.filter(({ condition }) => condition > WARN);
  const shrunk = facts.actNorm.filter(({ least }) => Math.exp(least) < LEAST_SCALE);
  const grown = facts.actNorm.filter(({ most }) => Math.exp(most) > 1 / LEAST_SCALE);
  if (bent.length + shrunk.length + grown.length === 0) return ok(ID);
  const [worst] = bent.toSorted((a, b) => b.condition - a.condition);
  const extreme = [...shrunk, ...grown];
  const isLost =
    facts.mixing.some(({ condition }) => condition > ERROR) ||
    extreme.some(({ least, most }) => Math.max(-least, most) > Math.log(ERROR));
  const evidence: Evidence[] = [
    ...(worst
      ? [
          {
            label: `Condition number of ${layerName(context, worst.layer)}`,
            value: worst.condition === Infinity ? 'infinite: it is singular' : short(worst.condition),
          },
          { label: 'Mixing layers like it', value: some(bent.map(({ layer }) => layerName(context, layer))) },
        ]
      : []),
    ...extreme.slice(0, 3).map(({ layer, least, most }) => ({
      label: `Scales of ${layerName(context, layer)}`,
      value: `${short(Math.exp(least))} … ${short(Math.exp(most))}`,
    })),
  ];
  return finding(ID, context, {
    severity: isLost ? 'error' : 'warning',
    title: worst
      ? `${plural(bent.length, 'mixing layer')} ${bent.length === 1 ? 'is' : 'are'} nearly singular`
      : shrunk.length > 0
        ? `A scale of ${layerName(context, shrunk[0]!.layer)} is next to 0`
        : `A scale of ${layerName(context, grown[0]!.layer)} has grown out of bounds`,
    explanation: worst
      ? 'The way back multiplies rounding errors by this number: samples are not those of the density. Lower the learning rate, and look whether log|s| of this layer falls without end while another layer’s scale makes up for it.'
      : 'What is scaled so far down or up is rounded away beside the other variables. Look whether the column varies at all in the data (a constant one starts at the largest scale), and lower the learning rate.',
    evidence,
    view: 'flowJacobian',
  });
}
