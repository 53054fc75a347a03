import { type GeneratedDensity, logNormal } from './density.ts';
import { overDisc } from './quadrature.ts';
import { rootBetween } from './root.ts';

const ARMS = 5;
const ALONG = 0.3;
const ACROSS = 0.1;
const TWIST = 0.25;
const SCALE = 2;

/** Beyond so many scales from the origin p(x) is below the smallest number of float64. */
const FAR = 16;

/** Terms smaller than the largest by more than so many nats are left out. */
const NEGLIGIBLE = 60;

/**
 * Five arms, each a Gaussian stretched along its radius and bent by e^radius (Johnson et al. 2016): with r ~ N(1, 0.3²) and
 * t ~ N(0, 0.1²) the point is, as a complex number, 2 (r + it) e^{iθ(r)}, θ(r) = 2π·arm/5 + e^r/4.
 */
export const pinwheel: GeneratedDensity = {
  draw: (random) => {
    const arm = random.integer(0, ARMS - 1);
    const radius = 1 + ALONG * random.normal();
    const across = ACROSS * random.normal();
    const angle = (2 * Math.PI * arm) / ARMS + TWIST * Math.exp(radius);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return { values: [SCALE * (radius * cos - across * sin), SCALE * (radius * sin + across * cos)], label: arm };
  },

  /**
   * A change of variables: Σ N(r; 1, 0.3²) N(t; 0, 0.1²) / 4|1 − t θ′(r)| over all (r, t) that the point can come from, one
   * as a rule, more where the twist folds the plane. −Infinity further than 32 from the origin, where p(x) < 10⁻³²³.
   */
  logGiven: (values, at, label) => {
    const [x, y] = [values[at]!, values[at + 1]!];
    const size = Math.hypot(x, y) / SCALE;
    if (size > FAR) return -Infinity;
    const phase = (2 * Math.PI * label) / ARMS - Math.atan2(y, x);
    let [largest, sum] = [-Infinity, 0];
    for (const v of twistsOf(size, phase, () => largest - NEGLIGIBLE)) {
      const [radius, across] = [Math.log(v / TWIST), -size * Math.sin(v + phase)];
      const term =
        logNormal(radius - 1, ALONG) + logNormal(across, ACROSS) - Math.log(SCALE ** 2 * Math.abs(1 - across * v));
      sum = term > largest ? sum * Math.exp(largest - term) + 1 : sum + Math.exp(term - largest);
      largest = Math.max(largest, term);
    }
    return largest + Math.log(sum);
  },

  integrate: (f) => overDisc(f, { radius: SCALE * (1 + 8 * ALONG), step: 0.2, angles: 64, symmetry: ARMS }),

  entropyError: 1e-6,
};

/**
 * All v = e^r/4 that a point at distance 2·`size` can come from: r = size · cos(v + phase), since a turn by −θ(r) brings the
 * point back to 2 (r + it). Largest first, until no further one can add a term above `floor()`.
 */
function* twistsOf(size: number, phase: number, floor: () => number): Generator<number> {
  // A little more than |r| ≤ size, so that rounding cannot hide a root at the end.
  const reach = size * (1 + 1e-9) + 1e-9;
  const [lowest, highest] = [TWIST * Math.exp(-reach), TWIST * Math.exp(reach)];
  const excess = (v: number) => Math.log(v / TWIST) - size * Math.cos(v + phase);
  // Of all points at that distance; as a function of r it is convex, since the arms are longer than wide.
  const likeliest = (r: number) =>
    logNormal(r - 1, ALONG) + logNormal(Math.sqrt(Math.max(0, size ** 2 - r ** 2)), ACROSS);
  for (let k = Math.floor((highest + phase) / Math.PI); (k + 1) * Math.PI - phase > lowest; k--) {
    const low = Math.max(lowest, k * Math.PI - phase);
    const high = Math.min(highest, (k + 1) * Math.PI - phase);
    if (Math.max(likeliest(Math.log(high / TWIST)), likeliest(-size)) < floor()) return;
    const points = [low, ...turningPoints(size, phase, { k, low, high }), high];
    for (let i = points.length - 1; i > 0; i--) {
      const [a, b] = [points[i - 1]!, points[i]!];
      if (excess(a) < 0 !== excess(b) < 0) yield rootBetween(excess, a, b);
    }
  }
}

/**
 * Where r − size · cos(v + phase) turns, kπ ≤ v + phase ≤ (k + 1)π: nowhere while the sine is positive; else where
 * v |sin(v + phase)| passes 1 / size. That product has one maximum (its logarithm is concave), so at most twice.
 */
function turningPoints(
  size: number,
  phase: number,
  { k, low, high }: { readonly k: number; readonly low: number; readonly high: number },
): number[] {
  if (k % 2 === 0) return [];
  const slope = (v: number) => 1 + size * v * Math.sin(v + phase);
  const towardsTop = (v: number) => -Math.sin(v + phase) - v * Math.cos(v + phase);
  const top = towardsTop(low) <= 0 ? low : towardsTop(high) >= 0 ? high : rootBetween(towardsTop, low, high);
  if (slope(top) >= 0) return [];
  return [
    ...(slope(low) > 0 ? [rootBetween(slope, low, top)] : []),
    ...(slope(high) > 0 ? [rootBetween(slope, top, high)] : []),
  ];
}
