import { blurred } from './arc.ts';
import type { GeneratedDensity } from './density.ts';
import { overBox } from './quadrature.ts';

/** The angle at the outer end: one and a half turns. */
const END = 3 * Math.PI;
const NOISE = 0.1;

/** One spiral, at an angle from 0 to 3π. The other one is its reflection in the origin. */
const spiral = (angle: number) => [(-Math.cos(angle) * angle) / 3, (Math.sin(angle) * angle) / 3] as const;

/** The square root of a uniform number is denser further out: the density of the angle rises in proportion to it. */
const logFirst = blurred({ from: 0, to: END, point: spiral, density: (angle) => (2 * angle) / END ** 2, noise: NOISE });

/** Two intertwined spirals of one and a half turns, with Gaussian noise of 0.1 (Grathwohl et al. 2019). */
export const twoSpirals: GeneratedDensity = {
  draw: (random) => {
    const angle = END * Math.sqrt(random.uniform());
    const side = random.uniform() < 0.5 ? 1 : -1;
    const [x, y] = spiral(angle);
    return {
      values: [side * x + NOISE * random.normal(), side * y + NOISE * random.normal()],
      label: side > 0 ? 0 : 1,
    };
  },

  /** An integral along the spiral, see {@link blurred}. */
  logGiven: (values, at, label) => {
    const side = label === 0 ? 1 : -1;
    return logFirst(side * values[at]!, side * values[at + 1]!);
  },

  integrate: (f) => overBox(f, { half: [END / 3 + 9 * NOISE, END / 3 + 9 * NOISE], step: NOISE / 2 }),

  entropyError: 1e-8,
};
