/** Which rows an order can complete: those whose given variables come before all others. */
import { inputName } from '../text/notation.ts';

/**
 * Why values of the known variables cannot be completed under an order, naming the variables that are in the way; null
 * where they can: ancestral sampling clamps what comes first and draws the rest from p(rest | given).
 * @param order [D] position of every variable, 1 … D.
 * @param known [D], 1 at the variables that are given.
 */
export function completionFault(order: Int32Array, known: Uint8Array): string | null {
  const count = known.reduce((sum, one) => sum + one, 0);
  let tooLate = -1;
  let missing = -1;
  for (let d = 0; d < order.length; d++) {
    if (known[d] === 1 && order[d]! > count && (tooLate < 0 || order[d]! < order[tooLate]!)) tooLate = d;
    if (known[d] !== 1 && order[d]! <= count && (missing < 0 || order[d]! < order[missing]!)) missing = d;
  }
  if (tooLate < 0) return null;
  return (
    `${inputName(tooLate)} is given but comes at position ${order[tooLate]!} in the order, after ${inputName(missing)} at ` +
    `position ${order[missing]!}, which is not given: an order completes only what it has before everything else`
  );
}
