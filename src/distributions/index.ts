/** The conditional distributions that an experiment may name. Add one: its file, its entry in the schema, its line here. */
import type { ConditionalSpec } from '../spec/conditional.ts';
import { bernoulli } from './bernoulli.ts';
import { categorical } from './categorical.ts';
import type { Conditional } from './conditional.ts';
import { discretisedLogistic } from './discretisedLogistic.ts';
import { gaussian } from './gaussian.ts';
import { logistic } from './logistic.ts';
import { mixture } from './mixture.ts';
import { single } from './single.ts';

/** The distribution of one variable that `spec` names. */
export function conditionalOf(spec: ConditionalSpec): Conditional {
  switch (spec.type) {
    case 'bernoulli':
      return bernoulli;
    case 'gaussian':
      return single(spec.type, gaussian);
    case 'gaussian-mixture':
      return mixture(spec.type, gaussian, spec.components, { spread: 1.5, logScale: 0 });
    case 'logistic-mixture':
      // A logistic's standard deviation is 1.8 times its scale.
      return mixture(spec.type, logistic, spec.components, { spread: 1.5, logScale: -0.6 });
    case 'discretised-logistic-mixture':
      return mixture(spec.type, discretisedLogistic(spec.levels), spec.components, { spread: 0.8, logScale: -1.4 });
    case 'categorical':
      return categorical(spec.levels);
  }
}
