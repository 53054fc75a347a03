import type { RowSampler } from './sampler.ts';

const ARMS = 5;

/** Five arms, each a Gaussian stretched along its radius and bent by e^radius (Johnson et al. 2016). */
export const pinwheel: RowSampler = (random) => {
  const arm = random.integer(0, ARMS - 1);
  const radius = 1 + 0.3 * random.normal();
  const across = 0.1 * random.normal();
  const angle = (2 * Math.PI * arm) / ARMS + 0.25 * Math.exp(radius);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { values: [2 * (radius * cos - across * sin), 2 * (radius * sin + across * cos)], label: arm };
};
