/** Outlines of regions of an image: lines run between pixels, around each region as a whole. Pure. */

export interface Region {
  readonly rows: number;
  readonly columns: number;
  /** Of the upper left pixel, px. */
  readonly x: number;
  readonly y: number;
  /** Side of a pixel, px; or its width and height. */
  readonly cell: number | { readonly x: number; readonly y: number };
  /** Asked within the image alone. */
  readonly inside: (row: number, column: number) => boolean;
}

/** An SVG path of lines as long as they go: a half of an image is four of them, not a hundred. */
export function regionPath({ rows, columns, x, y, cell, inside }: Region): string {
  const size = typeof cell === 'number' ? { x: cell, y: cell } : cell;
  const path: string[] = [];
  const holds = (r: number, c: number) => r >= 0 && r < rows && c >= 0 && c < columns && inside(r, c);
  for (let r = 0; r <= rows; r++) {
    runs(
      columns,
      (c) => holds(r - 1, c) !== holds(r, c),
      (from, to) => path.push(`M${x + from * size.x} ${y + r * size.y}h${(to - from) * size.x}`),
    );
  }
  for (let c = 0; c <= columns; c++) {
    runs(
      rows,
      (r) => holds(r, c - 1) !== holds(r, c),
      (from, to) => path.push(`M${x + c * size.x} ${y + from * size.y}v${(to - from) * size.y}`),
    );
  }
  return path.join('');
}

/** Calls `run` for every stretch of indices for which `holds`. */
function runs(count: number, holds: (index: number) => boolean, run: (from: number, to: number) => void): void {
  let from = -1;
  for (let i = 0; i <= count; i++) {
    const now = i < count && holds(i);
    if (now && from < 0) from = i;
    if (!now && from >= 0) {
      run(from, i);
      from = -1;
    }
  }
}
