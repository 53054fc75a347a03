/** The order of a model that has a single one, as it stands in a checkpoint: `order` [1, D], Int32. */
import type { NamedArrays } from '../runs/arrays.ts';
import { permutationFault } from '../spec/models/permutation.ts';

export function orderToBuffers(order: Int32Array): NamedArrays {
  return { order: { shape: [1, order.length], data: Int32Array.from(order) } };
}

/** Reads the order back. @param name of the model, for messages. @throws RangeError naming what does not fit. */
export function orderFrom(buffers: NamedArrays, name: string, dimension: number): Int32Array {
  const array = buffers['order'];
  if (array === undefined) throw new RangeError(`order is missing; ${name} needs it as int32 [1, ${dimension}]`);
  const { shape, data } = array;
  if (shape.length !== 2 || shape[0] !== 1 || shape[1] !== dimension) {
    throw new RangeError(`order has shape [${shape.join(', ')}], expected [1, ${dimension}]`);
  }
  if (!(data instanceof Int32Array)) throw new RangeError('order is float32, expected int32');
  const fault = permutationFault([...data], dimension);
  if (fault !== null) throw new RangeError(`order ${fault.message}`);
  return Int32Array.from(data);
}
