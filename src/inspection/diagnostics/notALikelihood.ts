/**
 * `not-a-likelihood`: what is reported is no log-likelihood of these data: a loss of a model without a density, values
 * outside what the likelihood can score, or a density of real values given data that take a few values only.
 */
import { supportText } from '../../spec/support.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, inputName, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'not-a-likelihood';

export const notALikelihood = diagnostic({
  id: ID,
  needs: ['values', 'totalProbability', 'structures'],
  topic: {
    title: 'Figures that are no likelihood',
    paragraphs: [
      'exp of a log-likelihood adds up to 1 over all rows that there can be; only then can models be compared by it. The cross-entropy of an autoencoder looks the same and is none: every output sees the value that it predicts, and Σ exp(−loss) is not 1.',
      'A Bernoulli’s cross-entropy of grey values is no likelihood either, since a value of 0.3 has no probability under it: make the values binary, or choose a conditional for levels.',
      'The other way round a density of real values has no lowest NLL on data that take a few values only: spikes on these values raise it without bound. Levels need a conditional that gives every level a probability (categorical, discretised), or noise that fills the gaps between them (dequantisation).',
      'A bound of the log-likelihood, such as the ELBO of a variational autoencoder, is on the safe side of it by an amount that nobody knows: two models are not told apart by it unless they differ by more. Importance sampling comes nearer to log p(x) the more samples it takes (“lens evaluate --importance-samples 5000”).',
    ],
  },
  judge,
});

function judge(context: ContextOf<'values' | 'totalProbability' | 'structures'>): Outcome {
  if (context.quantity.kind === 'loss') return noDensity(context);
  const { values, support } = context;
  if (!values) return notMeasured(ID, 'the training rows have not been looked at');
  const range = { label: 'Range of the training rows', value: `${short(values.smallest)} … ${short(values.largest)}` };
  if (values.outside) {
    const { row, column, value } = values.outside;
    return finding(ID, context, {
      severity: 'error',
      title: `${short(value)} is outside what the model scores, ${supportText(support)}`,
      explanation:
        'The formula gives a number for such a value, and that number is no log-likelihood: it cannot be compared with ' +
        'anything. Make the values binary, or choose a conditional that scores such values.',
      evidence: [
        { label: 'First such value', value: `${short(value)} in row ${count(row + 1)}, ${inputName(column)}` },
        range,
      ],
      view: 'samples',
    });
  }
  if (support !== 'real' || values.discrete.length === 0) return ok(ID);
  const { discrete, columns } = values;
  const all = discrete.length === columns;
  const bound = context.quantity.kind === 'bound';
  return finding(ID, context, {
    severity: 'warning',
    title: `${all ? `All ${plural(columns, 'column')}` : `${count(discrete.length)} of ${plural(columns, 'column')}`} ${discrete.length === 1 && !all ? 'takes' : 'take'} a few values only`,
    explanation:
      'The model gives a density of real values. On data that take a few values it can put ever narrower spikes on them, so ' +
      'that its NLL falls without bound and says nothing. ' +
      (bound
        ? 'What is reported is a bound of such a density, and falls with it: make the values binary, set a “floor” of σ as ' +
          'wide as the gaps between the values, and compare with figures of the same scale alone.'
        : 'Take a conditional for levels (categorical, discretised logistics), or add noise as wide as the gaps between ' +
          'the values.'),
    evidence: [
      {
        label: 'Different values',
        value: some(discrete.map(({ column, values: different }) => `${inputName(column)}: ${different}`)),
      },
      range,
    ],
    view: 'samples',
  });
}

function noDensity(context: ContextOf<'totalProbability' | 'structures'>): Outcome {
  const { quantity, totalProbability, structures } = context;
  const own = structures?.[0]?.leaks;
  const evidence: Evidence[] = [
    { label: 'What is trained and scored', value: `${quantity.name}, in ${quantity.unit}` },
  ];
  if (totalProbability) {
    evidence.push({
      label: `Σ exp(−loss) over all ${count(totalProbability.rows)} rows`,
      value: `${totalProbability.value.toPrecision(6)}; of a density it is 1`,
    });
  }
  if (own) {
    evidence.push({
      label: 'Pairs in which an output sees its own variable or a later one',
      value: `${count(own.count)} of ${count(own.of)}`,
    });
  }
  return finding(ID, context, {
    severity: 'info',
    title: `This model has no density: its ${quantity.name} is no likelihood`,
    explanation:
      'Every output may see the value that it predicts, so that exp(−loss) does not add up to 1 over all rows: there is ' +
      'no p(x), nothing to sample from, and no figure to compare with likelihoods. Masks that let each output see earlier ' +
      'variables alone make it one (MADE).',
    evidence,
    view: 'probability',
  });
}
