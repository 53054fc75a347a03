import { type GeneratedDensity, logNormal } from './density.ts';
import { overBox } from './quadrature.ts';

const COUNT = 8;
const RADIUS = 3;
const NOISE = 0.35;

/** Eight Gaussians of standard deviation 0.35, equally likely, evenly on a circle of radius 3. */
export const eightGaussians: GeneratedDensity = {
  draw: (random) => {
    const label = random.integer(0, COUNT - 1);
    const [x, y] = centreOf(label);
    return { values: [x + NOISE * random.normal(), y + NOISE * random.normal()], label };
  },

  logGiven: (values, at, label) => {
    const [x, y] = centreOf(label);
    return logNormal(values[at]! - x, NOISE) + logNormal(values[at + 1]! - y, NOISE);
  },

  integrate: (f) => overBox(f, { half: [RADIUS + 9 * NOISE, RADIUS + 9 * NOISE], step: NOISE / 4 }),

  entropyError: 1e-9,
};

function centreOf(label: number): [number, number] {
  const angle = (2 * Math.PI * label) / COUNT;
  return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
}
