/**
 * Which variables pass and which move in each coupling layer. The parts exchange their roles from layer to layer, so that
 * two layers one after the other transform every variable. Plain arrays, without tensors.
 *
 *   halves        the first ⌊D/2⌋ variables pass first (Dinh et al. 2014, section 3.2)
 *   even-odd      those at even places, 0, 2, 4 …, pass first (Dinh et al. 2014, section 5.1)
 *   checkerboard  pixels with an odd sum of row and column pass first, with all of their channels (Dinh et al. 2017, figure 3)
 *   channels      the first ⌊C/2⌋ channels of every pixel pass first (Dinh et al. 2017, figure 3)
 */

export const splitNames = ['halves', 'even-odd', 'checkerboard', 'channels'] as const;
export type SplitName = (typeof splitNames)[number];

/** A split by its name, or as it is in the first layer: [D], 1 at the variables that pass, 0 at those that move. */
export type Split = SplitName | readonly number[];

/** Of a row: [D], or [H, W] or [H, W, C] of an image, channel fastest. */
export type RowShape = readonly number[];

/** D, variables of a row. */
export const variablesOf = (shape: RowShape): number => shape.reduce((product, size) => product * size, 1);

/**
 * [D] 1 at the variables that pass in layer `layer`, counted from 0 among the couplings. A single variable moves in every
 * layer: it has no other to be decided by.
 * @throws RangeError where the split does not exist for rows of this shape, in the words of {@link splitProblem}.
 */
export function split(of: Split, shape: RowShape, layer: number): Uint8Array {
  const problem = splitProblem(of, shape);
  if (problem !== null) throw new RangeError(problem);
  const dimension = variablesOf(shape);
  if (dimension === 1) return new Uint8Array(1);
  const first = passing(of, shape);
  const swapped = layer % 2 === 1;
  return Uint8Array.from({ length: dimension }, (_, d) => (first(d) !== swapped ? 1 : 0));
}

/** Why rows of this shape cannot be split so; null where they can. */
export function splitProblem(of: Split, shape: RowShape): string | null {
  const dimension = variablesOf(shape);
  if (typeof of !== 'string') return maskProblem(of, dimension);
  if (of !== 'checkerboard' && of !== 'channels') return null;
  const found = `rows are ${shape.length === 1 ? `vectors of ${dimension}` : `of shape ${shape.join(' × ')}`}`;
  if (shape.length !== 2 && shape.length !== 3) {
    return `the split "${of}" is of images [H, W] or [H, W, C], and ${found}; "halves" and "even-odd" split any row`;
  }
  if (dimension === 1) return null;
  const [height = 1, width = 1, channels = 1] = shape;
  if (of === 'checkerboard' && height * width < 2) {
    return `the split "checkerboard" takes two pixels at least, and ${found}; "channels" splits a single pixel`;
  }
  if (of === 'channels' && channels < 2) {
    return `the split "channels" takes two channels at least, and ${found}; "checkerboard" splits one channel, and a squeeze makes four of it`;
  }
  return null;
}

function maskProblem(mask: readonly number[], dimension: number): string | null {
  if (mask.length !== dimension) {
    return `the split lists ${mask.length} entries, and rows have ${dimension} variables; it takes one entry, 0 or 1, for each`;
  }
  const odd = mask.findIndex((entry) => entry !== 0 && entry !== 1);
  if (odd !== -1) return `entry ${odd} of the split is ${mask[odd]}; 1 (passes) and 0 (moves) are possible`;
  if (dimension > 1 && new Set(mask).size < 2) {
    return `all ${dimension} entries of the split are ${mask[0]}; at least one variable has to pass and one to move`;
  }
  return null;
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
