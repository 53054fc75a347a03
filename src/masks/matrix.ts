/** A mask: which weights of one layer exist. Plain arrays, so the editor and the webview use it as the engine does. */
export interface MaskMatrix {
  /** Units of the layer that receives. */
  readonly rows: number;
  /** Units of the layer that sends. */
  readonly columns: number;
  /** Row-major, `rows × columns`; 1 where the weight from column to row exists. */
  readonly cells: Uint8Array;
  /** One cell, where it is told without making all of them. */
  readonly allows?: (row: number, column: number) => boolean;
}

/** Whether a cell is 1. */
export function allows(mask: MaskMatrix, row: number, column: number): boolean {
  return mask.allows ? mask.allows(row, column) : mask.cells[row * mask.columns + column] === 1;
}

/** Builds a mask from a predicate over (row, column). */
export function maskOf(rows: number, columns: number, allowed: (row: number, column: number) => boolean): MaskMatrix {
  const cells = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) cells[r * columns + c] = allowed(r, c) ? 1 : 0;
  return { rows, columns, cells };
}

/** The same, computed when its cells are first asked for: those of an image's row are some millions. */
export function lazyMaskOf(
  rows: number,
  columns: number,
  allowed: (row: number, column: number) => boolean,
): MaskMatrix {
  let made: MaskMatrix | null = null;
  return {
    rows,
    columns,
    allows: allowed,
    get cells() {
      return (made ??= maskOf(rows, columns, allowed)).cells;
    },
  };
}
