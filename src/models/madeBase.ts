/**
 * A MADE with mixtures of Gaussians as what a flow leads to: p(u) = Π_d Σ_c π_c N(u_d; μ_c, σ_c²), π, μ and σ functions of
 * u_<d. Under masked autoregressive layers it is MAF MoG (Papamakarios, Pavlakou & Murray 2017, section 3.1).
 *
 * Parameters are those of `made.ts`.
 */
import type { Base } from '../flows/base.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import { made, type MadeSpec } from '../spec/models/made.ts';
import { createMade } from './made.ts';

export interface MadeBaseSettings {
  /** Order of the coordinates and degrees of the hidden units. */
  readonly structure: MadeStructure;
  readonly activation: MadeSpec['activation'];
  /** C, columns of the context; 0 for none. */
  readonly contextDimension: number;
  /** Gaussians in the mixture of every coordinate. */
  readonly components: number;
}

/** @throws RangeError when the structure's order is no permutation of 1 … D. */
export function madeBase({ structure, activation, contextDimension, components }: MadeBaseSettings): Base {
  const { order, hidden, direct } = structure;
  const spec = made.schema.parse({
    type: 'made',
    hidden: hidden.map(({ length }) => length),
    activation,
    order: [...order],
    degrees: hidden.map((degrees) => [...degrees]),
    direct,
    conditional: { type: 'gaussian-mixture', components },
  });
  // Order and degrees are given: nothing is drawn.
  const model = createMade(spec, order.length, 0, contextDimension);
  return {
    name: `MADE with mixtures of ${components} ${components === 1 ? 'Gaussian' : 'Gaussians'}`,
    dimension: order.length,
    parameters: model.parameters,
    masks: model.masks(0),
    initialise: (random) => model.initialise(random),
    logProb: (u, { parameters, masks, context }) =>
      model.logProbByValue(u, { noise: {}, parameters, masks, context: contextDimension > 0 ? context : null }),
    *draw({ rows, random, temperature, parameters, context }) {
      const given = { mask: 0, context: contextDimension > 0 ? context : null, given: null };
      const drawing = model.sample(parameters, { rows, random, temperature, ...given });
      for (;;) {
        const { done, value } = drawing.next();
        if (done) return value.values;
        yield value.share;
      }
    },
    marginal: null,
  };
}
