/**
 * Which variables pass and which move in each coupling layer. The parts exchange their roles from layer to layer, so that
 * two layers one after the other transform every variable. Plain arrays, without tensors.
 *
 *   halves        the first ⌊D/2⌋ variables pass first (Dinh et al. 2014, section 3.2)
 *   even-odd      those at even places, 0, 2, 4 …, pass first (Dinh et al. 2014, section 5.1)
 *   checkerboard  pixels with an odd sum of row and column pass first, with all of their channels (Dinh et al. 2017, figure 3)
 *   channels      the first ⌊C/2⌋ channels of every pixel pass first (Dinh et al. 2017, figure 3)
 */

import { splitFault, type RowShape, type Split, variablesOf } from '../spec/models/splits.ts';

export type { ImageShape, RowShape, Split } from '../spec/models/splits.ts';

/**
 * [D] 1 at the variables that pass in layer `layer`, counted from 0 among the couplings. A single variable moves in every
 * layer: it has no other to be decided by.
 * @throws RangeError where the split does not exist for rows of this shape, in the words of {@link splitFault}.
 */
export function split(of: Split, shape: RowShape, layer: number): Uint8Array {
  const fault = splitFault(of, shape);
  if (fault !== null) throw new RangeError(fault.message);
  const dimension = variablesOf(shape);
  if (dimension === 1) return new Uint8Array(1);
  const first = passing(of, shape);
  const swapped = layer % 2 === 1;
  return Uint8Array.from({ length: dimension }, (_, d) => (first(d) !== swapped ? 1 : 0));
}

/** The variables that pass (1) or move (0), rising. */
export function variablesThat(passes: Uint8Array, value: 0 | 1): Int32Array {
  return Int32Array.from(Array.from(passes.keys()).filter((d) => passes[d] === value));
}

/** Whether variable d passes in the first layer. */
function passing(of: Split, shape: RowShape): (d: number) => boolean {
  const [, width = 1, channels = 1] = shape;
  switch (of) {
    case 'halves':
      return (d) => d < Math.floor(variablesOf(shape) / 2);
    case 'even-odd':
      return (d) => d % 2 === 0;
    case 'checkerboard':
      return (d) => {
        const pixel = Math.floor(d / channels);
        return (Math.floor(pixel / width) + (pixel % width)) % 2 === 1;
      };
    case 'channels':
      return (d) => d % channels < Math.floor(channels / 2);
    default:
      return (d) => of[d] === 1;
  }
}
