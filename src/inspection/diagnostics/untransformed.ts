/**
 * `untransformed`: variables that no layer of a flow transforms, layers that are copies of each other, and layers between
 * which the variables never change places.
 */
import { inputName } from '../../text/notation.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { isAutoregressive, layerName, NO_FLOW } from './flowLayers.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, some } from './outcome.ts';

const ID = 'untransformed';

export const untransformed = diagnostic({
  id: ID,
  needs: ['flowCoverage', 'flowParameters'],
  topic: {
    title: 'Variables that no layer transforms',
    paragraphs: [
      'A coupling layer lets some variables pass and moves the others. If the same ones pass in every layer, they arrive at the base as they came: the flow then says that they have the base’s own density, and NICE needs three layers, with the roles exchanged, before every variable can depend on every other (Dinh et al. 2014, section 3.3).',
      'An autoregressive layer moves every variable, but the first of its order by a scale and a shift that are fixed. Without a permutation between the layers the same variable is first in all of them and never learns of the others; its marginal is the base’s, whatever the data are like.',
      'Layers that share one network are another way to have fewer layers than one thinks: made in a loop from one object, they train as one.',
      'Counted is, for each variable of the data followed through every change of places, how many layers move it and in how many of them others decide how; and the parameters of all layers are compared bit for bit.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'flowCoverage' | 'flowParameters'>): Outcome {
  const { flowCoverage: coverage, flowParameters: parameters, flow, dimension } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (coverage === null) return notMeasured(ID, 'the layers of this flow have not been looked at');
  const variables = Array.from({ length: dimension }, (_, d) => d);
  const still = variables.filter((d) => coverage.moved[d] === 0);
  const autoregressive = flow.filter(({ kind }) => isAutoregressive(kind)).length;
  const untold =
    autoregressive > 1 && dimension > 1
      ? variables.filter((d) => coverage.moved[d]! > 0 && coverage.told[d] === 0)
      : [];
  const alike = parameters?.alike ?? [];
  if (still.length + untold.length + alike.length === 0) return ok(ID);

  const evidence: Evidence[] = [
    ...(still.length > 0 ? [{ label: 'Moved by no layer', value: some(still.map(inputName)) }] : []),
    ...(untold.length > 0
      ? [
          {
            label: `Told nothing by the others in ${plural(autoregressive, 'layer')}`,
            value: some(untold.map(inputName)),
          },
        ]
      : []),
    {
      label: 'Layers that move a variable',
      value: range(coverage.moved),
    },
    { label: 'Layers in which others decide how', value: range(coverage.told) },
    ...(alike.length > 0
      ? [
          {
            label: 'Layers with the same parameters, bit for bit',
            value: some(alike.map(({ layer, of }) => `${layerName(context, layer)} and ${layerName(context, of)}`)),
          },
        ]
      : []),
  ];
  const variable = still[0] ?? untold[0];
  return finding(ID, context, {
    severity: 'warning',
    title:
      still.length > 0
        ? `${count(still.length)} of ${plural(dimension, 'variable')} ${still.length === 1 ? 'is' : 'are'} transformed by no layer`
        : untold.length > 0
          ? `${some(untold.map(inputName))} ${untold.length === 1 ? 'comes' : 'come'} first in all ${count(autoregressive)} autoregressive layers`
          : `${plural(alike.length, 'layer')} ${alike.length === 1 ? 'has' : 'have'} the parameters of another`,
    explanation:
      still.length > 0
        ? 'What passes everywhere has the density of the base, up to a scale of its own. Exchange the roles of the two parts from layer to layer, so that every variable is moved, or let variables change places between the layers.'
        : untold.length > 0
          ? 'The first variable of an order is only scaled and shifted, by the same amounts for every row. Put a permutation between the layers, a reversal or a random one, so that another variable is first in the next.'
          : 'Layers that share a network train as one. Draw the parameters of each by themselves.',
    evidence,
    view: 'splits',
    ...(variable !== undefined && { select: { kind: 'variable' as const, variable } }),
  });
}

/** "2 … 5", or the one number that all of them are. */
function range(counts: Int32Array): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? count(least) : `${count(least)} … ${count(most)}, by variable`;
}
