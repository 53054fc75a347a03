/** Orders of NADE and EoNADE as arrays: one as a model computes with it, EoNADE's as they stand in a checkpoint. */
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { permutationFault } from '../spec/models/permutation.ts';

/** An order as a structure's arrays: `order` [D] positions 1 … D, `variables` [D] the variable at each position. Int32. */
export function orderArrays(order: Int32Array): NamedArrays {
  const shape = [order.length];
  return { order: { shape, data: order }, variables: { shape, data: sortedByDegree(order) } };
}

/** `order` [orders, D], Int32. */
export function ordersToBuffers(orders: readonly Int32Array[]): NamedArrays {
  const data = Int32Array.from(orders.flatMap((order) => [...order]));
  return { order: { shape: [orders.length, orders[0]!.length], data } };
}

/** Reads the orders back. @throws RangeError naming what does not fit. */
export function ordersFrom(buffers: NamedArrays, dimension: number): Int32Array[] {
  const array = buffers['order'];
  if (array === undefined) throw new RangeError(`order is missing; an EoNADE needs it as int32 [orders, ${dimension}]`);
  const { shape, data } = array;
  const [count] = shape;
  if (shape.length !== 2 || shape[1] !== dimension || !count) {
    throw new RangeError(`order has shape [${shape.join(', ')}], expected [orders, ${dimension}]`);
  }
  if (!(data instanceof Int32Array)) throw new RangeError('order is float32, expected int32');
  return Array.from({ length: count }, (_, i) => {
    const order = data.slice(i * dimension, (i + 1) * dimension);
    const fault = permutationFault([...order], dimension);
    if (fault !== null) throw new RangeError(`order ${i + 1} ${fault.message}`);
    return order;
  });
}
