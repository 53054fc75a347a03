import type { RandomGenerator } from '../../random/generator.ts';

/** Draws one point of a two-dimensional density. */
export type PointSampler = (random: RandomGenerator) => readonly [number, number];
