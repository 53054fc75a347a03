/** The standard normal distribution N(0, 1) of one number, in float64. */

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Where the series gives way to the continued fraction: both are exact to rounding there. */
const TAIL = 3;

export function normalDensity(u: number): number {
  return Math.exp(-0.5 * u * u) / SQRT_TWO_PI;
}

/**
 * Share of the probability below u, with about 14 digits in both tails, however little is left there.
 *
 * Near the middle ½ + φ(u)·(u + u³/3 + u⁵/(3·5) + …) (Abramowitz & Stegun 1964, 26.2.11); in the tail Laplace's continued
 * fraction, φ(u)/(u + 1/(u + 2/(u + 3/(u + …)))) (26.2.14).
 */
export function normalCdf(u: number): number {
  if (u > TAIL) return 1 - normalCdf(-u);
  if (u >= -TAIL) return 0.5 + normalDensity(u) * oddSeries(u);
  let fraction = -u;
  // Of the fraction's terms 100 are enough at 3, and fewer are needed beyond.
  for (let k = 100; k > 0; k--) fraction = -u + k / fraction;
  return normalDensity(u) / fraction;
}

function oddSeries(u: number): number {
  let [term, sum] = [u, u];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (u * u) / odd;
    sum += term;
  }
  return sum;
}

/** The u below which a share p of the probability lies: −∞ at 0, ∞ at 1. @throws RangeError when p is no share. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a share of the probability is between 0 and 1, found ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  // Abramowitz & Stegun 26.2.23 is off by less than 4.5e-4; each of Halley's steps triples the digits.
  const t = Math.sqrt(-2 * Math.log(p));
  let u = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const miss = (normalCdf(u) - p) / normalDensity(u);
    u -= miss / (1 + (u * miss) / 2);
  }
  return u;
}
