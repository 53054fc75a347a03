/** Bytes of an npy file (version 1.0, C order, little-endian): u1, i4, f4 or f8 as the array is. */
export function writeNpy(
  values: Uint8Array | Int32Array | Float32Array | Float64Array,
  shape: readonly number[],
): Uint8Array {
  throw new Error(`not built yet ${values.length} ${shape.length}`);
}
