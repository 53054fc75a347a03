import type { GeneratedDensity } from './density.ts';

const SQUARES = 4;
/** Length of a square's side. */
const SIDE = 2;
const HALF = (SQUARES * SIDE) / 2;
const LABELS = (SQUARES * SQUARES) / 2;

/** Uniform on the eight dark squares of a 4 × 4 checkerboard over [−4, 4]². Entropy ln 32 = 3.466 nats. */
export const checkerboard: GeneratedDensity = {
  draw: (random) => {
    const column = random.integer(0, SQUARES - 1);
    const upper = random.integer(0, SQUARES / 2 - 1);
    const row = rowOf(column, upper);
    const values = [SIDE * (column + random.uniform()) - HALF, SIDE * (row + random.uniform()) - HALF];
    return { values, label: (SQUARES / 2) * column + upper };
  },

  /** The same on the whole square. Its edge belongs to it: a row may be rounded onto it. */
  logGiven: (values, at, label) => {
    const [x, y] = cornerOf(label);
    return within(values[at]! - x) && within(values[at + 1]! - y) ? -2 * Math.log(SIDE) : -Infinity;
  },

  /** What is constant on every square is known from its middle. */
  integrate: (f) => {
    let sum = 0;
    for (let label = 0; label < LABELS; label++) sum += SIDE ** 2 * f(cornerOf(label).map((low) => low + SIDE / 2));
    return sum;
  },

  entropyError: 0,
};

/** The lower left corner of a dark square. */
function cornerOf(label: number): [number, number] {
  const column = Math.floor(label / (SQUARES / 2));
  return [SIDE * column - HALF, SIDE * rowOf(column, label % (SQUARES / 2)) - HALF];
}

/** The row of a dark square in its column, counted from the lowest. */
function rowOf(column: number, upper: number): number {
  return 2 * upper + (column % 2);
}

function within(offset: number): boolean {
  return offset >= 0 && offset <= SIDE;
}
