import type { RowSampler } from './sampler.ts';

/** Eight Gaussians of standard deviation 0.35, equally likely, evenly on a circle of radius 3. */
export const eightGaussians: RowSampler = (random) => {
  const label = random.integer(0, 7);
  const angle = (label * Math.PI) / 4;
  return {
    values: [3 * Math.cos(angle) + 0.35 * random.normal(), 3 * Math.sin(angle) + 0.35 * random.normal()],
    label,
  };
};
