/** An order as NADE and EoNADE compute with it. */
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArrays } from '../runs/arrays.ts';

/** A structure's arrays: `order` [D] positions 1 … D, `variables` [D] the variable at each position. Int32. */
export function orderArrays(order: Int32Array): NamedArrays {
  const shape = [order.length];
  return { order: { shape, data: order }, variables: { shape, data: sortedByDegree(order) } };
}
