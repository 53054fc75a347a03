/**
 * Where a function that changes its sign once between a and b is 0, to the last digits (Ridders 1979, "A new algorithm for
 * computing a single root of a real continuous function"): the root stays bracketed, and the digits double with each round.
 */
export function rootBetween(f: (x: number) => number, a: number, b: number): number {
  let [low, high] = [a, b];
  let [atLow, atHigh] = [f(low), f(high)];
  let found = atLow === 0 ? low : high;
  // Ten rounds are enough for what is well-behaved; each at least halves the bracket.
  for (let round = 0; round < 100 && atLow !== 0 && atHigh !== 0; round++) {
    const middle = (low + high) / 2;
    const atMiddle = f(middle);
    const root = Math.sqrt(atMiddle ** 2 - atLow * atHigh);
    // 0 where the squares of tiny values are below the smallest number.
    const next = root === 0 ? middle : middle + ((middle - low) * Math.sign(atLow) * atMiddle) / root;
    const atNext = f(next);
    const moved = Math.abs(next - found);
    found = next;
    if (atNext === 0 || moved <= 2e-16 * Math.abs(next)) break;
    if (atMiddle < 0 !== atNext < 0) {
      [low, high, atLow, atHigh] = [middle, next, atMiddle, atNext];
    } else if (atLow < 0 !== atNext < 0) {
      [high, atHigh] = [next, atNext];
    } else {
      [low, atLow] = [next, atNext];
    }
    if (Math.abs(high - low) <= 2e-16 * Math.abs(next)) break;
  }
  return found;
}
