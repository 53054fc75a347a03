import type { PointSampler } from './sampler.ts';

/** Uniform on the eight dark squares of a 4 × 4 checkerboard over [−4, 4]². Entropy ln 32 = 3.466 nats. */
export const checkerboard: PointSampler = (random) => {
  const column = random.integer(0, 3);
  const row = 2 * random.integer(0, 1) + (column % 2);
  return [2 * (column + random.uniform()) - 4, 2 * (row + random.uniform()) - 4];
};
