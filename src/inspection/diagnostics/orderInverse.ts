/**
 * `order-inverse`: an order is used where its inverse belongs. Both are permutations, and for every order that is its own
 * inverse (natural, reversed, any swap) they are the same, so that tests with such orders find nothing.
 */
import { inputName } from '../../text/notation.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf, RunMoment } from './context.ts';
import { layerName } from './flowLayers.ts';
import { isInvolution } from './measurements/orders.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';
import { LOST, roundTripError } from './tolerances.ts';

const ID = 'order-inverse';
/** Difference of two means, of 1 and their size: rows are drawn in float64 and scored in float32. */
const TOLERANCE = 1e-3;

export const orderInverse = diagnostic({
  id: ID,
  needs: ['structures', 'samplerAgreement', 'roundTrip'],
  topic: {
    title: 'An order taken for its inverse',
    paragraphs: [
      'An order can be written in two ways: the position of every variable, or the variable at every position. One is the inverse of the other. Masks built from one and a sampler that walks along the other agree for the natural order, for the reversed one and for every swap, and for no order in which three variables change places in a circle.',
      'If masks and order disagree, outputs see later variables. If sampler and density disagree, the likelihood is right and the samples are not those of the model: each variable is drawn from a conditional whose past has not been drawn yet.',
      'So two things are compared: what reaches what, under the order and under its inverse; and, on rows that the model has drawn, E[x_d | x_<d] as the sampler had it against the same figure from a density pass. In a flow, rows are led through each permutation and back: every variable must return to its own place.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'structures' | 'samplerAgreement' | 'roundTrip'>): Outcome {
  const { structures, samplerAgreement, quantity, flow } = context;
  if (quantity.kind === 'loss') return notApplicable(ID, 'a model without a density has no order');
  if (flow !== null) return judgeFlow(context, flow);
  const swapped = (structures ?? []).filter(({ underInverse }) => underInverse?.leaks === 0);
  if (swapped.length > 0) {
    const [first] = swapped;
    return finding(ID, context, {
      severity: 'error',
      title: 'The masks follow the inverse of the order',
      explanation:
        'Under the order that the model names outputs see later variables; under its inverse nothing leaks. Somewhere the ' +
        'variable at each position is used where the position of each variable belongs (argsort of the order, once too ' +
        'often or once too rarely).',
      evidence: [
        { label: 'Order, position of each variable', value: orderText(first!.order) },
        {
          label: 'Forbidden pairs joined under it',
          value: `${count(first!.leaks.count)} of ${count(first!.leaks.of)}`,
        },
        { label: 'Under its inverse', value: `0 leak, ${count(first!.underInverse!.losses)} are lost` },
        ...(context.maskCount > 1 ? [{ label: 'Masks of this kind', value: count(swapped.length) }] : []),
      ],
      view: 'masks',
    });
  }
  if (!samplerAgreement) {
    return structures ? ok(ID) : notMeasured(ID, 'neither the masks nor the sampler of this model have been looked at');
  }
  const { worst, order, rows } = samplerAgreement;
  const difference = Math.abs(worst.sampler - worst.density);
  if (difference <= TOLERANCE * (1 + Math.abs(worst.density))) return ok(ID);
  const evidence: Evidence[] = [
    {
      label: `Largest difference over ${plural(rows, 'drawn row')}`,
      value: `${short(difference)}, at ${inputName(worst.variable)}`,
    },
    { label: 'E[x | earlier] as drawn', value: short(worst.sampler) },
    { label: 'The same by a density pass', value: short(worst.density) },
    { label: 'Order, position of each variable', value: orderText(order) },
  ];
  return finding(ID, context, {
    severity: 'error',
    title: 'Rows are drawn from other conditionals than they are scored by',
    explanation:
      'Over rows that the model drew itself, the density pass does not give back the conditionals that they were drawn ' +
      'from: the samples are not those of the density. ' +
      (isInvolution(order)
        ? 'The order is its own inverse, so look at the sampler’s masks, its temperature, and values that it forgets.'
        : 'Look whether the sampler walks along the order or along its inverse: only an order that is its own inverse hides it.'),
    evidence,
    view: 'samples',
    select: { kind: 'variable', variable: worst.variable },
  });
}

/** Of a flow: layers that exchange places. */
function judgeFlow(context: ContextOf<'roundTrip'>, flow: NonNullable<RunMoment['flow']>): Outcome {
  const { roundTrip } = context;
  if (!flow.some(({ kind }) => kind === 'permutation' || kind === 'squeeze')) {
    return notApplicable(ID, 'no layer of the flow exchanges places');
  }
  if (roundTrip === null) return notMeasured(ID, 'the way back through the layers has not been looked at');
  const astray = roundTrip.layers.filter(({ exchanges, worst }) => exchanges && roundTripError(worst) > LOST);
  if (astray.length === 0) return ok(ID);
  const [{ worst }] = astray as [(typeof astray)[number]];
  return finding(ID, context, {
    severity: 'error',
    title: `${plural(astray.length, 'permutation')} ${astray.length === 1 ? 'is' : 'are'} not undone on the way back`,
    explanation:
      'Led through the layer and back, variables end in the places of others: rows are scored by one flow and drawn by another. ' +
      'The way back takes the inverse permutation (argsort), and only one that is its own inverse hides the mistake.',
    evidence: [
      { label: 'Layers', value: some(astray.map(({ layer }) => layerName(context, layer))) },
      {
        label: `${inputName(worst.variable)} before the first of them, and what comes back in its place`,
        value: `${short(worst.x)} and ${short(worst.back)}`,
      },
      { label: 'Rows', value: plural(roundTrip.rows, `${roundTrip.split} row`) },
    ],
    view: 'samples',
    select: { kind: 'variable', variable: worst.variable },
  });
}

function orderText(order: Int32Array): string {
  return some(Array.from(order, String));
}
