/** "Did you mean": the candidate nearest to what was written. */

/** The candidate at most a third of its length (and two edits at least) away from `written`, nearest first; or null. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(2, Math.floor(candidate.length / 3));
    // A name that would have to change completely is no suggestion.
    if (distance > allowed || distance >= candidate.length) continue;
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` (did you mean "…"?)`, or nothing. */
export function suggestion(written: string, candidates: readonly string[]): string {
  const name = nearest(written, candidates);
  return name === null ? '' : ` (did you mean "${name}"?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  // Only short names are compared; what is longer is no slip of the finger.
  if (Math.max(a.length, b.length) > 100) return Infinity;
  let twoBack: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? twoBack[j - 2]! + 1 : Infinity;
      row[j] = Math.min(replaced, swapped, last[j]! + 1, row[j - 1]! + 1);
    }
    [twoBack, last] = [last, row];
  }
  return last[b.length]!;
}
