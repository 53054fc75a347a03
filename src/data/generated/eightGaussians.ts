import type { PointSampler } from './sampler.ts';

/** Eight Gaussians of standard deviation 0.35, equally likely, evenly on a circle of radius 3. */
export const eightGaussians: PointSampler = (random) => {
  const angle = (random.integer(0, 7) * Math.PI) / 4;
  return [3 * Math.cos(angle) + 0.35 * random.normal(), 3 * Math.sin(angle) + 0.35 * random.normal()];
};
