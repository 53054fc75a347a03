/** Every conditional distribution in several sizes, and parameters for them. */
import { conditionalOf } from '../../../src/distributions/index.ts';
import type { Conditional } from '../../../src/distributions/conditional.ts';
import type { RandomGenerator } from '../../../src/random/generator.ts';
import { conditionalSpec } from '../../../src/spec/conditional.ts';

const specs = [
  { type: 'bernoulli' },
  { type: 'gaussian' },
  { type: 'gaussian-mixture', components: 1 },
  { type: 'gaussian-mixture', components: 3 },
  { type: 'logistic-mixture', components: 1 },
  { type: 'logistic-mixture', components: 4 },
  { type: 'discretised-logistic-mixture', components: 1, levels: 2 },
  { type: 'discretised-logistic-mixture', components: 3, levels: 5 },
  { type: 'discretised-logistic-mixture', components: 2, levels: 256 },
  { type: 'categorical', levels: 2 },
  { type: 'categorical', levels: 5 },
  { type: 'categorical', levels: 256 },
] as const;

export interface Case {
  /** As tests are titled. */
  readonly title: string;
  readonly conditional: Conditional;
  /** L, or null for real values. */
  readonly levels: number | null;
  /** k */
  readonly size: number;
}

export const cases: readonly Case[] = specs.map((spec) => {
  const conditional = conditionalOf(conditionalSpec.parse(spec));
  const { support, parameterNames } = conditional;
  const levels = support === 'binary' ? 2 : support === 'real' ? null : support.levels;
  const title = Object.values(spec).join(' ');
  return { title, conditional, levels, size: parameterNames.length };
});

export const discrete = cases.filter(({ levels }) => levels !== null);
export const continuous = cases.filter(({ levels }) => levels === null);

/** k parameters of ordinary size. */
export function parametersOf({ conditional, size }: Case, random: RandomGenerator): Float64Array {
  const start = conditional.initialBias();
  // As float32, so that tensors and numbers have the same.
  return Float64Array.from({ length: size }, (_, i) => Math.fround(start[i]! + random.normal()));
}

/** Values that a variable may take, in its middle and in its tails. */
export function valuesOf({ levels }: Case, random: RandomGenerator): number[] {
  if (levels === null) return [-30, -2.5, 0, 0.1, 1.7, 40, ...Array.from({ length: 6 }, () => random.normal())];
  const some = Array.from({ length: 10 }, () => random.integer(0, levels - 1));
  return [0, levels - 1, Math.min(1, levels - 1), Math.max(0, levels - 2), ...some];
}
