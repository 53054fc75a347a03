/** Integrals in the plane and over an interval, in float64. */
import type { RowFunction } from './density.ts';

/** Gauss and Legendre's ten points on [−1, 1], the positive five (Abramowitz & Stegun 1964, table 25.4). */
const POINTS = [
  [0.14887433898163122, 0.29552422471475287],
  [0.4333953941292472, 0.26926671930999635],
  [0.6794095682990244, 0.21908636251598204],
  [0.8650633666889845, 0.14945134915058059],
  [0.9739065285171717, 0.06667134430868814],
] as const;

/** Nodes and weights on [0, 1]: exact up to degree 19. */
export const unitNodes: readonly (readonly [node: number, weight: number])[] = POINTS.flatMap(([node, weight]) => [
  [(1 - node) / 2, weight / 2] as const,
  [(1 + node) / 2, weight / 2] as const,
]);

/**
 * ∫∫ f over a box centred on the origin that f fades out in: the trapezoid rule, whose error falls faster than any power of
 * the step for smooth functions, and is far below 1e-8 at half the deviation of a Gaussian.
 */
export function overBox(f: RowFunction, o: { half: readonly [number, number]; step: number }): number {
  const [columns, rows] = o.half.map((half) => Math.ceil(half / o.step)) as [number, number];
  let sum = 0;
  for (let i = -columns; i <= columns; i++) {
    for (let j = -rows; j <= rows; j++) sum += f([i * o.step, j * o.step]);
  }
  return sum * o.step ** 2;
}

/**
 * ∫∫ f over a disc around the origin: ten points in each ring of width `step` or less, and on each circle the trapezoid rule
 * with `angles` points. f is to be the same after a turn by 1/`symmetry` of a full one: only that part is gone through.
 */
export function overDisc(
  f: RowFunction,
  o: { radius: number; step: number; angles: number; symmetry: number },
): number {
  const rings = Math.ceil(o.radius / o.step);
  const width = o.radius / rings;
  const turn = (2 * Math.PI) / (o.symmetry * o.angles);
  let sum = 0;
  for (let ring = 0; ring < rings; ring++) {
    for (const [node, weight] of unitNodes) {
      const radius = (ring + node) * width;
      let circle = 0;
      for (let k = 0; k < o.angles; k++) circle += f([radius * Math.cos(k * turn), radius * Math.sin(k * turn)]);
      sum += weight * radius * circle;
    }
  }
  return (sum * width * 2 * Math.PI) / o.angles;
}
