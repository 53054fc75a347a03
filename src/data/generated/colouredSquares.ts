import type { GeneratedDensity } from './density.ts';

const SIZE = 8;
const CHANNELS = 3;
const VALUES = SIZE * SIZE * CHANNELS;
const SIDES = [2, 3, 4] as const;

/** Red, green, blue: blue is red ⊕ green, so that a pixel's blue is known from its other two colours, and from both alone. */
const COLOURS = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0],
] as const;

/** Every place that a square can have: 49 + 36 + 25 = 110. */
const PLACES = SIDES.flatMap((side) => {
  const room = SIZE - side + 1;
  return Array.from({ length: room * room }, (_, i) => ({ side, top: Math.floor(i / room), left: i % room }));
});

/**
 * One 8 × 8 image in colour, 192 binary values row by row, red, green and blue of a pixel side by side: a square of one of
 * four colours on a ground of another, all 4 · 3 · 110 = 1320 images alike: entropy log 1320 = 7.185 nats. The square's colour
 * is the label. Known of its conditionals: blue is certain given red and green, later pixels are certain but for the corner
 * and the side of the square.
 */
export const colouredSquares: GeneratedDensity = {
  draw: (random) => {
    const label = random.integer(0, COLOURS.length - 1);
    const ground = (label + random.integer(1, COLOURS.length - 1)) % COLOURS.length;
    const values = new Uint8Array(VALUES);
    paint(values, ground, label, PLACES[random.integer(0, PLACES.length - 1)]!);
    return { values, label };
  },

  logGiven: (values, at, label) => {
    const known = numbered().get(keyOf(values, at));
    return known === label ? -Math.log((COLOURS.length - 1) * PLACES.length) : -Infinity;
  },

  integrate: (f) => {
    let sum = 0;
    const row = new Uint8Array(VALUES);
    for (const { ground, label, place } of images()) {
      paint(row, ground, label, place);
      sum += f(row);
    }
    return sum;
  },

  entropyError: 0,
};

type Place = (typeof PLACES)[number];

function* images() {
  for (const label of COLOURS.keys()) {
    for (const ground of COLOURS.keys()) {
      if (ground === label) continue;
      for (const place of PLACES) yield { label, ground, place };
    }
  }
}

function paint(row: Uint8Array, ground: number, square: number, { side, top, left }: Place): void {
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const inside = y >= top && y < top + side && x >= left && x < left + side;
      row.set(COLOURS[inside ? square : ground]!, (y * SIZE + x) * CHANNELS);
    }
  }
}

/** The label of every image there is, by its values. */
let labels: ReadonlyMap<string, number> | null = null;

function numbered(): ReadonlyMap<string, number> {
  if (labels === null) {
    const row = new Uint8Array(VALUES);
    labels = new Map(
      Array.from(images(), ({ ground, label, place }) => {
        paint(row, ground, label, place);
        return [keyOf(row, 0), label] as const;
      }),
    );
  }
  return labels;
}

/** Other values than 0 and 1 make a key that no image has. */
function keyOf(values: ArrayLike<number>, at: number): string {
  let key = '';
  for (let i = 0; i < VALUES; i++) key += values[at + i] === 1 ? '1' : values[at + i] === 0 ? '0' : '?';
  return key;
}
