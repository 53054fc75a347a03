/** The conditionals of a model in words: what each output gives. */
import { plural } from '../../../src/text/numbers.ts';
import type { ConditionalSpec } from '../../../src/spec/conditional.ts';

/** k, numbers that an output gives for each variable. */
export function numbersOf(spec: ConditionalSpec): number {
  switch (spec.type) {
    case 'bernoulli':
      return 1;
    case 'gaussian':
      return 2;
    case 'categorical':
      return spec.levels;
    default:
      return 3 * spec.components;
  }
}

/** "mixtures of 10 Gaussians"; null for Bernoullis, which need no word. */
export function conditionalName(spec: ConditionalSpec): string | null {
  switch (spec.type) {
    case 'bernoulli':
      return null;
    case 'gaussian':
      return 'Gaussian conditionals';
    case 'gaussian-mixture':
      return `mixtures of ${plural(spec.components, 'Gaussian')}`;
    case 'logistic-mixture':
      return `mixtures of ${plural(spec.components, 'logistic')}`;
    case 'discretised-logistic-mixture':
      return `mixtures of ${plural(spec.components, 'discretised logistic')} over ${plural(spec.levels, 'level')}`;
    case 'categorical':
      return `categorical over ${plural(spec.levels, 'level')}`;
  }
}

/** What the numbers of an output are. */
export function numbersSentence(spec: ConditionalSpec): string {
  switch (spec.type) {
    case 'bernoulli':
      return 'Each output is one number, the logit of its variable.';
    case 'gaussian':
      return 'Each output is two numbers under one mask, the mean and the log-scale of its variable.';
    case 'categorical':
      return `Each output is ${plural(spec.levels, 'number')} under one mask, a logit for every level.`;
    default:
      return `Each output is ${plural(3 * spec.components, 'number')} under one mask: a weight, a mean and a log-scale for each of ${plural(spec.components, 'component')}.`;
  }
}
