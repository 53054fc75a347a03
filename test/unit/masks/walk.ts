/** What reaches what, by walking masks weight by weight: slow, plain, and what the engine's ways are held to. */
import { maskOf, type MaskMatrix } from '../../../src/masks/matrix.ts';
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

/**
 * Number of paths from every input to every output, [D, D] row-major, outputs as rows: the connectivity matrix
 * M^V M^(W^L) … M^(W^1) of MADE section 3, plus the direct connection. Float64: counts are exact up to 2^53.
 */
export function pathCounts(network: MaskedNetwork): Float64Array {
  const [first, ...rest] = network.masks;
  let counts = Float64Array.from(first!.cells);
  const columns = first!.columns;
  for (const mask of rest) counts = maskTimes(mask, counts, columns);
  if (network.direct) for (const [i, cell] of network.direct.cells.entries()) counts[i]! += cell;
  return counts;
}

/** mask [R, K] times counts [K, columns]. */
function maskTimes(mask: MaskMatrix, counts: Float64Array, columns: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(mask.rows * columns);
  for (let r = 0; r < mask.rows; r++) {
    const out = product.subarray(r * columns, (r + 1) * columns);
    for (let k = 0; k < mask.columns; k++) {
      if (mask.cells[r * mask.columns + k] === 0) continue;
      const from = k * columns;
      for (let c = 0; c < columns; c++) out[c]! += counts[from + c]!;
    }
  }
  return product;
}

/** Which input reaches which output: [D, D], the support of {@link pathCounts}, by 32-bit sets of inputs. */
export function reachability(network: MaskedNetwork): MaskMatrix {
  const inputs = network.masks[0]!.columns;
  const words = Math.ceil(inputs / 32);
  let reach = new Uint32Array(inputs * words);
  for (let d = 0; d < inputs; d++) reach[d * words + (d >> 5)] = 1 << (d & 31);
  const start = reach;
  for (const mask of network.masks) reach = unionThrough(mask, reach, words);
  if (network.direct) {
    const direct = unionThrough(network.direct, start, words);
    for (const [i, word] of direct.entries()) reach[i]! |= word;
  }
  const outputs = network.masks[network.masks.length - 1]!.rows;
  return maskOf(outputs, inputs, (o, d) => ((reach[o * words + (d >> 5)]! >>> (d & 31)) & 1) === 1);
}

function unionThrough(mask: MaskMatrix, below: Uint32Array, words: number): Uint32Array<ArrayBuffer> {
  const above = new Uint32Array(mask.rows * words);
  for (let r = 0; r < mask.rows; r++) {
    for (let k = 0; k < mask.columns; k++) {
      if (mask.cells[r * mask.columns + k] === 0) continue;
      for (let w = 0; w < words; w++) above[r * words + w]! |= below[k * words + w]!;
    }
  }
  return above;
}
