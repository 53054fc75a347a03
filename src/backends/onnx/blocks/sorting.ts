/** In which order the axes of a graph are sorted so that its masks become staircases. */
import type { Value } from '../graph.ts';
import type { Axes } from './axes.ts';
import type { Sheet } from './sheets.ts';

/** By set of axes, which of its members comes at every place; sets that stay as they are are left out. */
export type Orders = ReadonlyMap<object, Int32Array>;

/**
 * Units that hear more, and that fewer hear, come later: in a network made by degrees, those of a higher degree. Equal
 * ones stay in their order.
 */
export function ordersOf(sheets: Iterable<Sheet>, axes: Axes): Orders {
  const held = axes.held();
  const scores = new Map<object, Float64Array>();
  const add = (set: object, size: number, score: (member: number) => number) => {
    const sum = scores.get(set) ?? new Float64Array(size);
    for (let member = 0; member < size; member++) sum[member]! += score(member);
    scores.set(set, sum);
  };
  for (const { mask, maskValues } of new Set(sheets)) {
    const [rows, columns] = mask.shape as readonly [number, number];
    const [heard, hearing] = [new Float64Array(rows), new Float64Array(columns)];
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        // 0 or 1, in no order that a processor could foresee.
        const there = maskValues[row * columns + column]!;
        sum += there;
        hearing[column]! += there;
      }
      heard[row] = sum;
    }
    add(axes.setOf(mask, 0), rows, (row) => heard[row]! / columns);
    add(axes.setOf(mask, 1), columns, (column) => -hearing[column]! / rows);
  }
  const orders = new Map<object, Int32Array>();
  for (const [set, sum] of scores) {
    if (held.has(set)) continue;
    const order = Int32Array.from(sum.keys()).sort((a, b) => sum[a]! - sum[b]! || a - b);
    if (order.some((member, place) => member !== place)) orders.set(set, order);
  }
  return orders;
}

/** Of one axis of a value; null where it stays as it is. */
export function orderOf(value: Value, axis: number, axes: Axes, orders: Orders): Int32Array | null {
  return value.shape[axis] === 1 ? null : (orders.get(axes.setOf(value, axis)) ?? null);
}
