/** Orders and degrees as they stand in a checkpoint: Int32 matrices with a row for each structure. */
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import { permutationFault } from '../spec/models/permutation.ts';

/** Rows of one length as a buffer, [rows, columns]. */
export function rowsToBuffer(rows: readonly Int32Array[]): NamedArray {
  return { shape: [rows.length, rows[0]!.length], data: Int32Array.from(rows.flatMap((row) => [...row])) };
}

/** What a model reads from a buffer. */
export interface WantedRows {
  /** As messages name the model: `an FVSBN`. */
  readonly model: string;
  /** How many there must be; a word for them (`orders`) where any number will do but none. */
  readonly rows: number | string;
  readonly columns: number;
}

/** The rows of a buffer. @throws RangeError naming the buffer, what was found and what would be right. */
export function rowsFrom(buffers: NamedArrays, name: string, { model, rows, columns }: WantedRows): Int32Array[] {
  const array = buffers[name];
  const expected = `[${rows}, ${columns}]`;
  if (array === undefined) throw new RangeError(`${name} is missing; ${model} needs it as int32 ${expected}`);
  const { shape, data } = array;
  const [count = 0] = shape;
  const fits = typeof rows === 'number' ? count === rows : count > 0;
  if (shape.length !== 2 || shape[1] !== columns || !fits) {
    throw new RangeError(`${name} has shape [${shape.join(', ')}], expected ${expected}`);
  }
  if (!(data instanceof Int32Array)) throw new RangeError(`${name} is float32, expected int32`);
  return Array.from({ length: count }, (_, i) => data.slice(i * columns, (i + 1) * columns));
}

/** The rows of the buffer `order`, [rows, D]. @throws RangeError as well where one is no permutation of 1 … D. */
export function ordersFrom(buffers: NamedArrays, wanted: WantedRows): Int32Array[] {
  const orders = rowsFrom(buffers, 'order', wanted);
  for (const [i, order] of orders.entries()) {
    const fault = permutationFault([...order], wanted.columns);
    const name = orders.length === 1 ? 'order' : `order ${i + 1} of ${orders.length}`;
    if (fault !== null) throw new RangeError(`${name} ${fault.message}`);
  }
  return orders;
}
