import type { RowSampler } from './sampler.ts';

/** Two interleaving half circles of radius 2, with Gaussian noise of 0.1. */
export const twoMoons: RowSampler = (random) => {
  const angle = Math.PI * random.uniform();
  const upper = random.uniform() < 0.5;
  const [x, y] = upper
    ? [2 * Math.cos(angle) - 1, 2 * Math.sin(angle) - 0.5]
    : [2 * (1 - Math.cos(angle)) - 1, 2 * (0.5 - Math.sin(angle)) - 0.5];
  return { values: [x + 0.1 * random.normal(), y + 0.1 * random.normal()], label: upper ? 1 : 0 };
};
