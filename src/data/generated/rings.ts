import type { GeneratedDensity } from './density.ts';
import { logScaledBessel } from './bessel.ts';
import { overDisc } from './quadrature.ts';

const COUNT = 4;
const NOISE = 0.08;

/** Four concentric rings of radius 1, 2, 3 and 4, equally likely, with Gaussian noise of 0.08 (Grathwohl et al. 2019). */
export const rings: GeneratedDensity = {
  draw: (random) => {
    const radius = random.integer(1, COUNT);
    const angle = 2 * Math.PI * random.uniform();
    const values = [
      radius * Math.cos(angle) + NOISE * random.normal(),
      radius * Math.sin(angle) + NOISE * random.normal(),
    ];
    return { values, label: radius - 1 };
  },

  /**
   * A circle of radius R blurred by noise σ, in closed form: at distance ρ from the centre the mean over all angles of
   * N(x; R e^{iα}, σ²) is exp(−(ρ² + R²) / 2σ²) I₀(ρR / σ²) / 2πσ², with Bessel's I₀ (Rice 1945). Relative error below 1e-14.
   */
  logGiven: (values, at, label) => {
    const radius = label + 1;
    const distance = Math.hypot(values[at]!, values[at + 1]!);
    return (
      -0.5 * ((distance - radius) / NOISE) ** 2 -
      Math.log(2 * Math.PI * NOISE ** 2) +
      logScaledBessel((distance * radius) / NOISE ** 2)
    );
  },

  integrate: (f) => overDisc(f, { radius: COUNT + 9 * NOISE, step: NOISE, angles: 1, symmetry: 1 }),

  entropyError: 1e-9,
};
