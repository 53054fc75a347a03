/** Where an array lies: a file, and the name of the array when the file holds several (`digits.npz#train`). */

export interface Location {
  readonly file: string;
  /** What follows the last `#`; null without one. */
  readonly array: string | null;
}

export function parseLocation(location: string): Location {
  const at = location.lastIndexOf('#');
  if (at < 1) return { file: location, array: null };
  return { file: location.slice(0, at), array: location.slice(at + 1) };
}
