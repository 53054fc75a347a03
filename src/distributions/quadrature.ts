/** Integrals of smooth functions of one variable, in float64. */

/** Nodes and weights of Gauss and Legendre's rule on [−1, 1], exact up to degree 2n − 1. */
function gaussLegendre(n: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    // Newton's method converges quadratically from this start.
    for (let round = 0; round < 8; round++) {
      let [before, now] = [1, x];
      for (let k = 2; k <= n; k++) [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      slope = (n * (x * now - before)) / (x * x - 1);
      x -= now / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const { nodes, weights } = gaussLegendre(16);

/** ∫ f from the first to the last of the points, which are rising: by 16 values of f between each two of them. */
export function integrate(f: (x: number) => number, points: readonly number[]): number {
  let total = 0;
  for (let i = 1; i < points.length; i++) {
    const half = (points[i]! - points[i - 1]!) / 2;
    if (half === 0) continue;
    const middle = points[i - 1]! + half;
    let sum = 0;
    for (const [k, node] of nodes.entries()) sum += weights[k]! * f(middle + half * node);
    total += half * sum;
  }
  return total;
}
