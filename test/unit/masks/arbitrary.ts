/** Random architectures for property-based tests. */
import fc from 'fast-check';
import type { ConditionalSpec } from '../../../src/spec/conditional.ts';
import { madeSpec, type MadeSpec } from '../../../src/spec/models/made.ts';

/** A permutation of 1 … D. */
export function anyOrder(dimension: number): fc.Arbitrary<number[]> {
  const natural = Array.from({ length: dimension }, (_, d) => d + 1);
  return fc.shuffledSubarray(natural, { minLength: dimension, maxLength: dimension });
}

export interface Architecture {
  readonly dimension: number;
  readonly spec: MadeSpec;
  readonly seed: number;
}

/** Any MADE the schema allows, small: every order and way of drawing degrees, several masks, H < D and D = 1 included. */
export function anyArchitecture(o: { maxDimension?: number; maxMasks?: number } = {}): fc.Arbitrary<Architecture> {
  const { maxDimension = 7, maxMasks = 3 } = o;
  return fc
    .record({
      dimension: fc.integer({ min: 1, max: maxDimension }),
      hidden: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    })
    .chain(({ dimension, hidden }) =>
      fc.record({
        dimension: fc.constant(dimension),
        seed: fc.nat(),
        spec: fc
          .record({
            order: fc.oneof(
              fc.constantFrom('natural' as const, 'reversed' as const, 'random' as const),
              anyOrder(dimension),
            ),
            degrees: fc.oneof(
              fc.constantFrom('random' as const, 'even' as const),
              fc.tuple(
                ...hidden.map((width) =>
                  fc.array(fc.integer({ min: 0, max: dimension }), { minLength: width, maxLength: width }),
                ),
              ),
            ),
            activation: fc.constantFrom(
              'relu' as const,
              'tanh' as const,
              'sigmoid' as const,
              'softplus' as const,
              'elu' as const,
            ),
            masks: fc.integer({ min: 1, max: maxMasks }),
            orderAgnostic: fc.boolean(),
            connectivityAgnostic: fc.boolean(),
            direct: fc.boolean(),
          })
          .map((rest) => madeSpec.parse({ type: 'made', hidden, ...rest })),
      }),
    );
}

/** Small conditionals of every type. */
export const smallConditionals: readonly ConditionalSpec[] = [
  { type: 'bernoulli' },
  { type: 'gaussian' },
  { type: 'gaussian-mixture', components: 2 },
  { type: 'logistic-mixture', components: 2 },
  { type: 'discretised-logistic-mixture', components: 2, levels: 3 },
  { type: 'categorical', levels: 3 },
];

export interface WholeArchitecture extends Architecture {
  readonly contextDimension: number;
}

/** The same with every option: companions, a context, any conditional, fresh masks. */
export function anyWholeArchitecture(
  o: { maxDimension?: number; maxMasks?: number; conditionals?: readonly ConditionalSpec[]; smooth?: boolean } = {},
): fc.Arbitrary<WholeArchitecture> {
  const { conditionals = smallConditionals, smooth = false } = o;
  return fc
    .record({
      architecture: anyArchitecture(o),
      contextDimension: fc.constantFrom(0, 0, 1, 3),
      options: fc.record({
        conditioning: fc.boolean(),
        freshMasks: fc.boolean(),
        conditional: fc.constantFrom(...conditionals),
      }),
      activation: fc.constantFrom('tanh' as const, 'sigmoid' as const, 'softplus' as const),
    })
    .map(({ architecture, contextDimension, options, activation }) => ({
      ...architecture,
      contextDimension,
      spec: { ...architecture.spec, ...options, ...(smooth && { activation }) },
    }));
}
