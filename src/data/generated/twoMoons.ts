import { blurred } from './arc.ts';
import type { GeneratedDensity } from './density.ts';
import { overBox } from './quadrature.ts';

const RADIUS = 2;
const NOISE = 0.1;

/** The upper half circle, around (−1, −½), at an angle from 0 to π. The lower one is its reflection in the origin. */
const upperMoon = (angle: number) => [RADIUS * Math.cos(angle) - 1, RADIUS * Math.sin(angle) - 0.5] as const;

const logUpper = blurred({ from: 0, to: Math.PI, point: upperMoon, density: () => 1 / Math.PI, noise: NOISE });

/** Two interleaving half circles of radius 2, with Gaussian noise of 0.1. */
export const twoMoons: GeneratedDensity = {
  draw: (random) => {
    const angle = Math.PI * random.uniform();
    const upper = random.uniform() < 0.5;
    const side = upper ? 1 : -1;
    const [x, y] = upperMoon(angle);
    return { values: [side * x + NOISE * random.normal(), side * y + NOISE * random.normal()], label: upper ? 1 : 0 };
  },

  /** An integral along the half circle, see {@link blurred}. */
  logGiven: (values, at, label) => {
    const side = label === 1 ? 1 : -1;
    return logUpper(side * values[at]!, side * values[at + 1]!);
  },

  integrate: (f) => overBox(f, { half: [1 + RADIUS + 9 * NOISE, RADIUS + 9 * NOISE], step: NOISE / 2 }),

  entropyError: 1e-8,
};
