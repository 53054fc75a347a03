import type { RowSampler } from './sampler.ts';

/** Two intertwined spirals of one and a half turns, with Gaussian noise of 0.1 (Grathwohl et al. 2019). */
export const twoSpirals: RowSampler = (random) => {
  const angle = 3 * Math.PI * Math.sqrt(random.uniform());
  const side = random.uniform() < 0.5 ? 1 : -1;
  const [x, y] = [(-Math.cos(angle) * angle) / 3, (Math.sin(angle) * angle) / 3];
  return { values: [side * x + 0.1 * random.normal(), side * y + 0.1 * random.normal()], label: side > 0 ? 0 : 1 };
};
