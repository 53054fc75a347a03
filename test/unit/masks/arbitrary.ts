/** Random architectures for property-based tests. */
import fc from 'fast-check';
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
