/** Plain arrays with their shapes: how parameters, masks and saved state travel outside the tensor engine. */

export interface NamedArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array | Int32Array;
}
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** Number of values of an array of this shape; 1 for a scalar, whose shape is empty. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
