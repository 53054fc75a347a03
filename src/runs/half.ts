/** Sixteen-bit floats, as they stand in npy files (`f2`) and safetensors (`F16`, `BF16`). */

/** Value of an IEEE 754 half: 1 sign, 5 exponent and 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** Value of a bfloat16: the upper half of a 32-bit float. */
export function bfloatToNumber(bits: number): number {
  word[0] = bits << 16;
  return single[0]!;
}
