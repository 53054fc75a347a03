import type { Matrix } from './dataset.ts';

/** A matrix with the shape that it had in its file: [N, H, W] arrays are flattened to N rows. */
export interface ShapedMatrix extends Matrix {
  readonly shape: readonly number[];
}

/** Reads one array. `location` is a path relative to `baseFolder`, `#name` picks an array of an npz. @throws DataError */
export function readMatrix(location: string, baseFolder: string): Promise<ShapedMatrix> {
  throw new Error(`not built yet ${location} ${baseFolder}`);
}
