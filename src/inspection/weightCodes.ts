/**
 * Weights as they travel: one byte each, on a scale of square roots, so that a weight a hundredth of the largest still
 * has a tenth of its own size for an error. On an even scale it would have half of its size.
 */

/** Largest code; codes are −127 … 127. */
export const WEIGHT_CODES = 127;

/** The code of a weight among weights up to `scale`: w and −w look alike, what is larger is clamped, NaN is 0. */
export function encodeWeight(weight: number, scale: number): number {
  if (Number.isNaN(weight) || scale === 0) return 0;
  const size = Math.min(WEIGHT_CODES, Math.floor(WEIGHT_CODES * Math.sqrt(Math.abs(weight) / scale) + 0.5));
  return weight < 0 && size > 0 ? -size : size;
}

/** The weight that a code stands for: sign · (code / 127)² · scale. */
export function decodeWeight(code: number, scale: number): number {
  const root = code / WEIGHT_CODES;
  return Math.sign(code) * root * root * scale;
}

/** How far a weight may lie from what its code stands for: half a step, on the side where steps are wider. */
export function weightError(code: number, scale: number): number {
  const size = Math.abs(code);
  if (size === WEIGHT_CODES) return decodeWeight(size, scale) - decodeWeight(size - 0.5, scale);
  return decodeWeight(size + 0.5, scale) - decodeWeight(size, scale);
}
