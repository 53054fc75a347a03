import type { JacobianFrame } from '../../frames.ts';
import { jacobianFrame, MAX_JACOBIAN_DIMENSION } from '../../jacobian.ts';
import type { Measurement } from './measurement.ts';

/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 32, full: MAX_JACOBIAN_DIMENSION } as const;
/** Of images by maps of their size and of texts, where every product goes through all pixels, or characters. */
const PIXELS = { facts: 0, cheap: 16, full: 144 } as const;

export type JacobianFacts = Pick<JacobianFrame, 'order' | 'values' | 'dataRows' | 'leaks' | 'worstLeak' | 'mask'>;

/** How the conditionals depend on the inputs with the weights of this moment. */
export const jacobian: Measurement<JacobianFacts> = {
  depth: 'cheap',
  applies: ({ network, pixels, text, dimension }, depth) =>
    pixels || text ? dimension <= PIXELS[depth] : network !== null && dimension <= DIMENSION[depth],
  measure: (snapshot) => jacobianFrame(snapshot),
};
