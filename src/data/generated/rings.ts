import type { RowSampler } from './sampler.ts';

/** Four concentric rings of radius 1, 2, 3 and 4, equally likely, with Gaussian noise of 0.08 (Grathwohl et al. 2019). */
export const rings: RowSampler = (random) => {
  const radius = random.integer(1, 4);
  const angle = 2 * Math.PI * random.uniform();
  const values = [radius * Math.cos(angle) + 0.08 * random.normal(), radius * Math.sin(angle) + 0.08 * random.normal()];
  return { values, label: radius - 1 };
};
