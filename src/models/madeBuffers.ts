/** Orders and degrees of a MADE as they stand in a checkpoint: `order` [masks, D], `degrees.<l>` [masks, H_l], Int32. */
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { MadeSpec } from '../spec/models/made.ts';
import { permutationFault } from '../spec/models/permutation.ts';

export function structuresToBuffers(structures: readonly MadeStructure[]): NamedArrays {
  const stack = (rows: readonly Int32Array[]): NamedArray => ({
    shape: [rows.length, rows[0]!.length],
    data: Int32Array.from(rows.flatMap((row) => [...row])),
  });
  const layers = structures[0]!.hidden.map((_, l): [string, NamedArray] => [
    `degrees.${l}`,
    stack(structures.map(({ hidden }) => hidden[l]!)),
  ]);
  return { order: stack(structures.map(({ order }) => order)), ...Object.fromEntries(layers) };
}

/** Reads the structures back. @throws RangeError naming the buffer that does not fit and why. */
export function structuresFrom(buffers: NamedArrays, spec: MadeSpec, dimension: number): MadeStructure[] {
  const masks = buffers['order']?.shape[0] ?? 0;
  const orders = rowsOf(buffers, 'order', masks, dimension);
  const degrees = spec.hidden.map((width, l) => rowsOf(buffers, `degrees.${l}`, masks, width));
  for (const [i, order] of orders.entries()) {
    const fault = permutationFault([...order], dimension);
    if (fault !== null) throw new RangeError(`order, mask ${i}: ${fault.message}`);
  }
  for (const [l, layer] of degrees.entries()) {
    for (const [i, row] of layer.entries()) {
      const bad = row.findIndex((degree) => degree < 0 || degree > dimension);
      if (bad >= 0) {
        throw new RangeError(`degrees.${l}, mask ${i}: unit ${bad} has degree ${row[bad]!}, expected 0 … ${dimension}`);
      }
    }
  }
  return orders.map((order, i) => ({ order, hidden: degrees.map((layer) => layer[i]!), direct: spec.direct }));
}

function rowsOf(buffers: NamedArrays, name: string, masks: number, width: number): Int32Array[] {
  const array = buffers[name];
  if (array === undefined) throw new RangeError(`${name} is missing; a MADE needs it as int32 [masks, ${width}]`);
  const [rows, columns] = array.shape;
  if (array.shape.length !== 2 || rows !== masks || columns !== width || masks === 0) {
    const expected = `[${masks === 0 ? 'masks' : masks}, ${width}]`;
    throw new RangeError(`${name} has shape [${array.shape.join(', ')}], expected ${expected}`);
  }
  if (!(array.data instanceof Int32Array)) throw new RangeError(`${name} is float32, expected int32`);
  const { data } = array;
  return Array.from({ length: masks }, (_, i) => data.slice(i * width, (i + 1) * width));
}
