/** Bins of units sorted by degree: how a weight matrix too large to send whole is aggregated. */

/** Units sorted by degree, those of equal degree by index: position in the drawing → unit. */
export function sortedByDegree(degrees: Int32Array): Int32Array {
  return Int32Array.from(degrees.keys()).sort((a, b) => degrees[a]! - degrees[b]! || a - b);
}

/** Bin of every unit: position p of {@link sortedByDegree} among n is in bin ⌊p · bins / n⌋. */
export function binOfUnits(degrees: Int32Array, bins: number): Int32Array {
  const bin = new Int32Array(degrees.length);
  for (const [position, unit] of sortedByDegree(degrees).entries()) {
    bin[unit] = Math.floor((position * bins) / degrees.length);
  }
  return bin;
}
