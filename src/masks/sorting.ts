/** Units in the order of their degrees, which is how masks become staircases. */

/** Units sorted by degree, those of equal degree by index: sorted[position] = unit. */
export function sortedByDegree(degrees: Int32Array): Int32Array {
  return Int32Array.from(degrees.keys()).sort((a, b) => degrees[a]! - degrees[b]! || a - b);
}

/** The units of a layer as they are arranged: by degree, or as numbered where they have none. */
export function arrangedUnits(layer: { readonly units: number; readonly degrees: Int32Array | null }): Int32Array {
  return layer.degrees ? sortedByDegree(layer.degrees) : Int32Array.from({ length: layer.units }, (_, unit) => unit);
}

/** The inverse of a permutation. */
export function inversePermutation(permutation: Int32Array): Int32Array {
  const inverse = new Int32Array(permutation.length);
  for (const [at, value] of permutation.entries()) inverse[value] = at;
  return inverse;
}

/** How many entries of a rising list are smaller than `limit`. */
export function countBelow(sorted: Int32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
