import type { RowSampler } from './sampler.ts';

/** Uniform on the eight dark squares of a 4 × 4 checkerboard over [−4, 4]². Entropy ln 32 = 3.466 nats. */
export const checkerboard: RowSampler = (random) => {
  const column = random.integer(0, 3);
  const upper = random.integer(0, 1);
  const row = 2 * upper + (column % 2);
  const values = [2 * (column + random.uniform()) - 4, 2 * (row + random.uniform()) - 4];
  return { values, label: 2 * column + upper };
};
