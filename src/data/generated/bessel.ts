/** From here on the asymptotic series is good to the last digits. */
const LARGE = 40;

/**
 * log(e^{−κ} I₀(κ)) for κ ≥ 0, I₀ the modified Bessel function of order 0: its power series, all of whose terms are
 * positive, and for large κ its asymptotic one (Abramowitz & Stegun 1964, 9.6.12 and 9.7.1). Relative error of the
 * function below 1e-14.
 */
export function logScaledBessel(kappa: number): number {
  let [term, sum] = [1, 1];
  if (kappa < LARGE) {
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (kappa / (2 * k)) ** 2;
      sum += term;
    }
    return Math.log(sum) - kappa;
  }
  for (let k = 1; k < LARGE && term > 1e-17; k++) {
    term *= (2 * k - 1) ** 2 / (8 * k * kappa);
    sum += term;
  }
  return Math.log(sum) - 0.5 * Math.log(2 * Math.PI * kappa);
}
