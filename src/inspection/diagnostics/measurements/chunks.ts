/** How far a walk through the data goes before training has its turn. */

/** Cells looked at between two yields. */
const CHUNK_CELLS = 500_000;

export function isChunkEnd(row: number, columns: number): boolean {
  return (row + 1) % Math.max(1, Math.floor(CHUNK_CELLS / columns)) === 0;
}
