/** Whether a list of positions is an order: a permutation of 1 … D. */

/** What keeps a list from being a permutation, in words, and at which index (null: the list as a whole). */
export interface PermutationFault {
  readonly index: number | null;
  readonly message: string;
}

/** The first fault of `order` as a permutation of 1 … `dimension`, or null. */
export function permutationFault(order: readonly number[], dimension: number): PermutationFault | null {
  if (order.length !== dimension) {
    return { index: null, message: `has ${order.length} entries; the data has ${dimension} columns` };
  }
  const seenAt = new Map<number, number>();
  for (const [index, degree] of order.entries()) {
    if (!Number.isInteger(degree) || degree < 1 || degree > dimension) {
      return { index, message: `has ${degree} at position ${index + 1}; every entry is one of 1 … ${dimension}` };
    }
    const before = seenAt.get(degree);
    if (before !== undefined) {
      return {
        index,
        message: `has ${degree} twice, at positions ${before + 1} and ${index + 1}; it must be a permutation`,
      };
    }
    seenAt.set(degree, index);
  }
  return null;
}
