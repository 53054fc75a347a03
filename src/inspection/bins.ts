/** Bins of units: how a weight matrix too large to send whole is aggregated. */

/** Bin of every unit: position p of n units as they are arranged (arranged[position] = unit) is in bin ⌊p · bins / n⌋. */
export function binOfUnits(arranged: Int32Array, bins: number): Int32Array {
  const bin = new Int32Array(arranged.length);
  for (const [position, unit] of arranged.entries()) bin[unit] = Math.floor((position * bins) / arranged.length);
  return bin;
}
