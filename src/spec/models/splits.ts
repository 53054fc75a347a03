/** Names of the ways to split variables for couplings, and whether rows can be split so. How they are split: `masks/splits.ts`. */

export const splitNames = ['halves', 'even-odd', 'checkerboard', 'channels'] as const;
export type SplitName = (typeof splitNames)[number];

/** A split by its name, or as it is in the first layer: [D], 1 at the variables that pass, 0 at those that move. */
export type Split = SplitName | readonly number[];

/** Of a row: [D], or [H, W] or [H, W, C] of an image, channel fastest. */
export type RowShape = readonly number[];

/** H, W and C of an image whose row is flattened [H, W, C], channel fastest. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** D, variables of a row. */
export const variablesOf = (shape: RowShape): number => shape.reduce((product, size) => product * size, 1);

/** What keeps rows from being split so, in words, and at which index of the list, from 0 (null: the split as a whole). */
export interface SplitFault {
  readonly index: number | null;
  readonly message: string;
}

/** Why rows of this shape cannot be split so; null where they can. */
export function splitFault(of: Split, shape: RowShape): SplitFault | null {
  if (typeof of !== 'string') return maskFault(of, variablesOf(shape));
  const message = namedProblem(of, shape);
  return message === null ? null : { index: null, message };
}

function namedProblem(of: SplitName, shape: RowShape): string | null {
  const dimension = variablesOf(shape);
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

function maskFault(mask: readonly number[], dimension: number): SplitFault | null {
  const whole = (message: string): SplitFault => ({ index: null, message });
  if (mask.length !== dimension) {
    return whole(
      `the split lists ${mask.length} entries, and rows have ${dimension} variables; it takes one entry, 0 or 1, for each`,
    );
  }
  const odd = mask.findIndex((entry) => entry !== 0 && entry !== 1);
  if (odd !== -1) {
    // Counted from 1, as variables are everywhere.
    const message = `the split has ${mask[odd]} at position ${odd + 1}; 1 (passes) and 0 (moves) are possible`;
    return { index: odd, message };
  }
  if (dimension > 1 && new Set(mask).size < 2) {
    return whole(
      `all ${dimension} entries of the split are ${mask[0]}; at least one variable has to pass and one to move`,
    );
  }
  return null;
}
