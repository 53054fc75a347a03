/** Orders and their inverses. An order is [D] positions from 1, one for each variable. */

/** Whether an order, [D] positions from 1, is its own inverse. */
export function isInvolution(order: Int32Array): boolean {
  return order.every((position, d) => order[position - 1] === d + 1);
}

/** The inverse of an order: entry p − 1 is the variable, from 1, that stands at position p. */
export function inverseOf(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  for (const [d, position] of order.entries()) inverse[position - 1] = d + 1;
  return inverse;
}
