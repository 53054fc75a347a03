import type { GeneratedDensity } from './density.ts';

const SIZE = 4;
const PIXELS = SIZE * SIZE;

/**
 * One 4 × 4 image of bars and stripes (MacKay 2003, "Information Theory, Inference and Learning Algorithms", section
 * 43.3), 16 binary values row by row: a fair coin chooses between columns and rows, and one coin for each of them whether
 * it is on. The first coin is the label: 1 for bars. All on and all off have probability 1/16 each, the other 28 images 1/32: entropy 3.379 nats.
 */
export const barsAndStripes: GeneratedDensity = {
  draw: (random) => {
    const bars = random.integer(0, 1) === 1;
    const on = Array.from({ length: SIZE }, () => random.integer(0, 1));
    const values = Uint8Array.from({ length: PIXELS }, (_, i) => on[lineOf(i, bars)]!);
    return { values, label: bars ? 1 : 0 };
  },

  /** 2⁻⁴ for every image each of whose lines is on or off as a whole. */
  logGiven: (values, at, label) => {
    for (let i = 0; i < PIXELS; i++) {
      const value = values[at + i]!;
      // The first pixel of the line that this one lies in.
      const first = label === 1 ? lineOf(i, true) : SIZE * lineOf(i, false);
      if ((value !== 0 && value !== 1) || value !== values[at + first]) return -Infinity;
    }
    return -SIZE * Math.LN2;
  },

  integrate: (f) => {
    let sum = 0;
    const row = new Uint8Array(PIXELS);
    for (let image = 0; image < 2 ** PIXELS; image++) {
      for (let i = 0; i < PIXELS; i++) row[i] = (image >> i) & 1;
      sum += f(row);
    }
    return sum;
  },

  entropyError: 0,
};

/** The column that a pixel lies in for bars, the row for stripes. */
function lineOf(pixel: number, bars: boolean): number {
  return bars ? pixel % SIZE : Math.floor(pixel / SIZE);
}
