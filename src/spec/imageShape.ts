/** Height and width of an array's rows: [N, H, W], or with an axis of one channel before or after; null for others. */
export function imageOfShape(shape: readonly number[]): readonly [number, number] | null {
  const [, a, b, c] = shape;
  if (a === undefined || b === undefined) return null;
  if (shape.length === 3) return [a, b];
  if (shape.length !== 4 || c === undefined) return null;
  if (c === 1) return [a, b];
  return a === 1 ? [b, c] : null;
}
