/** What reaches what, by walking masks weight by weight: slow, plain, and what the engine's ways are held to. */
import { layerSizes, type LayerMarks, type MaskedNetwork, type UnitId } from '../../../src/masks/network.ts';

/**
 * All units that `unit` depends on, itself included: marks[l][k] = 1 where a path leads from unit k of layer l to it.
 * Linear in the number of weights below the unit.
 */
export function ancestors(network: MaskedNetwork, { layer, unit }: UnitId): LayerMarks {
  const marks = layerSizes(network).map((size) => new Uint8Array(size));
  marks[layer]![unit] = 1;
  for (let l = layer - 1; l >= 0; l--) {
    const { cells, columns, rows } = network.masks[l]!;
    const above = marks[l + 1]!;
    const below = marks[l]!;
    for (let r = 0; r < rows; r++) {
      if (above[r] === 0) continue;
      for (let c = 0, at = r * columns; c < columns; c++, at++) below[c]! |= cells[at]!;
    }
  }
  if (network.direct && layer === network.masks.length) {
    const { cells, columns } = network.direct;
    for (let c = 0; c < columns; c++) marks[0]![c]! |= cells[unit * columns + c]!;
  }
  return marks;
}

/** All units that depend on `unit`, itself included. */
export function descendants(network: MaskedNetwork, { layer, unit }: UnitId): LayerMarks {
  const marks = layerSizes(network).map((size) => new Uint8Array(size));
  marks[layer]![unit] = 1;
  for (let l = layer; l < network.masks.length; l++) {
    const { cells, columns, rows } = network.masks[l]!;
    const below = marks[l]!;
    const above = marks[l + 1]!;
    for (let r = 0; r < rows; r++) {
      for (let c = 0, at = r * columns; c < columns; c++, at++) {
        if ((below[c]! & cells[at]!) === 1) {
          above[r] = 1;
          break;
        }
      }
    }
  }
  if (network.direct && layer === 0) {
    const { cells, columns, rows } = network.direct;
    const outputs = marks[network.masks.length]!;
    for (let r = 0; r < rows; r++) outputs[r]! |= cells[r * columns + unit]!;
  }
  return marks;
}
