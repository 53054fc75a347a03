/**
 * `ignored-condition`: a conditional that does not depend on what rows are conditioned on. The first variable is the one
 * that is forgotten: it sees no input, so that a context that enters with the inputs never reaches it.
 */
import { inputName, outputName, subscript } from '../../text/notation.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'ignored-condition';

export const ignoredCondition = diagnostic({
  id: ID,
  needs: ['contextDependence'],
  topic: {
    title: 'A condition that is ignored',
    paragraphs: [
      'A model of p(x | c) is asked what x is like given c. In an autoregressive model c comes before every variable, as if it had degree 0: every conditional may depend on it, that of the first variable included.',
      'If c only enters through the hidden units that also carry inputs, the first variable, which may see no hidden unit of degree 1 or more, never hears of it: p(x₁ | c) is p(x₁). The NLL is a little worse and samples of different classes begin alike.',
      'In a flow every u is to depend on c, by the networks of the layers: in a coupling also that of a part which nothing else decides, in an autoregressive layer also that of the first variable.',
      'What is measured is ∂ (parameters of each conditional) / ∂ c over rows of the data, in a flow ∂u / ∂c: it must not be 0 for any output, and no column of c should be without effect on all of them.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'contextDependence'>): Outcome {
  const { contextDependence: facts, dimension } = context;
  if (context.contextDimension === 0) return notApplicable(ID, 'rows are conditioned on nothing');
  if (!facts) return notMeasured(ID, 'what the conditionals depend on has not been looked at');
  const { values, size } = facts;
  const outputs = Array.from({ length: dimension }, (_, d) => d);
  const columns = Array.from({ length: size }, (_, j) => j);
  const at = (d: number, j: number) => values[d * size + j]!;
  const blind = outputs.filter((d) => columns.every((j) => at(d, j) === 0));
  const idle = columns.filter((j) => !facts.constant.includes(j) && outputs.every((d) => at(d, j) === 0));
  if (blind.length === 0 && idle.length === 0) return ok(ID);
  if (blind.length === dimension && context.step === 0) return notMeasured(ID, 'no step has been taken yet');

  // A flow has no conditionals; what depends on c is where a variable comes to lie in the base.
  const ofFlow = context.flow !== null;
  const [one, nameOf] = ofFlow ? ['variable of u', baseName] : ['conditional', outputName];
  const strengths = outputs.map((d) => columns.reduce((sum, j) => sum + at(d, j), 0));
  const evidence: Evidence[] = [
    {
      label: `${ofFlow ? 'Variables of u' : 'Conditionals'} that ignore it`,
      value: blind.length === 0 ? 'none' : some(blind.map(nameOf)),
    },
    { label: 'Columns of c without any effect', value: idle.length === 0 ? 'none' : some(idle.map(columnName)) },
    {
      label: `Mean |∂ ${ofFlow ? 'u' : 'x̂'} / ∂ c| of a ${ofFlow ? 'variable' : 'conditional'} over ${plural(facts.rows, 'row')}`,
      value: `${short(Math.min(...strengths))} … ${short(Math.max(...strengths))}`,
    },
    ...(facts.constant.length > 0
      ? [{ label: 'Columns of c with one value in all training rows', value: some(facts.constant.map(columnName)) }]
      : []),
  ];
  return finding(ID, context, {
    severity: blind.length > 0 ? 'error' : 'warning',
    title:
      blind.length > 0
        ? `${count(blind.length)} of ${plural(dimension, one, ofFlow ? 'variables of u' : undefined)} ${blind.length === 1 ? 'ignores' : 'ignore'} the context`
        : `${plural(idle.length, 'column')} of the context ${idle.length === 1 ? 'has' : 'have'} no effect`,
    explanation:
      blind.length > 0
        ? 'Exactly 0 means that no path leads there from the context. ' +
          (ofFlow
            ? 'Let it enter the network of every layer, and in autoregressive ones the outputs as well, with no mask: the first variable hears nothing else.'
            : 'Let it enter the output layer as well as the hidden ones, with no mask: it has degree 0 and comes before every variable.')
        : 'These columns change in the data and nothing in the model depends on them: a mask or a slice cuts them off.',
    evidence,
    view: ofFlow ? 'splits' : 'connectivity',
    ...(blind.length > 0 && { select: { kind: 'variable' as const, variable: blind[0]! } }),
  });
}

/** Column j of the context, from 0: "c₁". */
const columnName = (j: number) => `c${subscript(j + 1)}`;

/** The coordinate that variable d comes to, from 0: "u of x₁". */
const baseName = (d: number) => `u of ${inputName(d)}`;
