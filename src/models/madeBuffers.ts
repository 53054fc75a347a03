/** Orders and degrees of a MADE as they stand in a checkpoint: `order` [masks, D], `degrees.<l>` [masks, H_l], Int32. */
import type { MadeStructure } from '../masks/degrees.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { MadeSpec } from '../spec/models/made.ts';
import { ordersFrom, rowsFrom, rowsToBuffer } from './buffers.ts';

export function structuresToBuffers(structures: readonly MadeStructure[]): NamedArrays {
  const layers = structures[0]!.hidden.map((_, l): [string, NamedArray] => [
    `degrees.${l}`,
    rowsToBuffer(structures.map(({ hidden }) => hidden[l]!)),
  ]);
  return { order: rowsToBuffer(structures.map(({ order }) => order)), ...Object.fromEntries(layers) };
}

/** Reads the structures back. @throws RangeError naming the buffer that does not fit and why. */
export function structuresFrom(buffers: NamedArrays, spec: MadeSpec, dimension: number): MadeStructure[] {
  const model = 'a MADE';
  const orders = ordersFrom(buffers, { model, rows: 'masks', columns: dimension });
  const degrees = spec.hidden.map((width, l) =>
    rowsFrom(buffers, `degrees.${l}`, { model, rows: orders.length, columns: width }),
  );
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
