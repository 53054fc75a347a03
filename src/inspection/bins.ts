/**
 * Bins of units sorted by degree: how a weight matrix too large to send whole is aggregated, here and when it is drawn.
 */

/** Units sorted by degree, those of equal degree by index: position in the drawing → unit. */
export function sortedByDegree(degrees: Int32Array): Int32Array {
  return Int32Array.from(degrees.keys()).sort((a, b) => degrees[a]! - degrees[b]! || a - b);
}

/** First sorted position of bin `bin` of `bins` over `size` units; bin b ends where bin b + 1 starts. */
export function binStart(bin: number, bins: number, size: number): number {
  return Math.floor((bin * size) / bins);
}

/** Bin of every unit: those of {@link sortedByDegree} cut into `bins` runs of nearly equal length. */
export function binOfUnits(degrees: Int32Array, bins: number): Int32Array {
  const size = degrees.length;
  const bin = new Int32Array(size);
  const sorted = sortedByDegree(degrees);
  for (let b = 0; b < bins; b++) {
    for (let p = binStart(b, bins, size); p < binStart(b + 1, bins, size); p++) bin[sorted[p]!] = b;
  }
  return bin;
}
