/** A PNG of rows as images in a grid. */
export function encodePngGrid(grid: {
  /** [count, height × width] row-major, 0 … 255. */
  readonly values: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly count: number;
  /** Images side by side; as square a grid as can be if left out. */
  readonly across?: number;
}): Uint8Array {
  throw new Error(`not built yet ${grid.count}`);
}
