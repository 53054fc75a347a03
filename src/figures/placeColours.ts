/**
 * Colours of places in a flow's base: of an angle around the middle, and of the distance from it. Angles need a scale that
 * closes. Most such scales go through red and green, which many people see as one; this one goes round in lightness and from
 * blue to yellow, which nearly everybody tells apart.
 */
import { interpolateLab, rgb } from 'd3';
import { variableRgb, type Rgb } from './colours.ts';
import type { Pixels } from './pixels.ts';
import { themeFor, isDark, type ThemeKind } from './theme.ts';

export const placeColourings = ['angle', 'distance'] as const;
export type PlaceColouring = (typeof placeColourings)[number];

/** Going round from the right: bright yellow, pale blue above, deep blue on the left, brown below. */
const ANCHORS = {
  light: ['#dfa000', '#4aa8e0', '#12318c', '#8a3c00'],
  dark: ['#ffd54a', '#a4dcff', '#3f6ff0', '#c8651c'],
} as const;

/** Nearer to the middle than this share of the way an angle means little, and colours are paler. */
const MIDDLE = 0.35;

/**
 * @param x −1 … 1, as `TransportFrame.place`
 * @param y the same
 */
export function placeRgb(kind: ThemeKind, colouring: PlaceColouring, x: number, y: number): Rgb {
  const distance = Math.min(1, Math.hypot(x, y));
  if (colouring === 'distance') return variableRgb(kind, distance);
  const round = rounds[isDark(kind) ? 'dark' : 'light'];
  const turn = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
  const colour = parsed(round(turn));
  const pale = 1 - Math.min(1, distance / MIDDLE);
  const middle = parsed(themeFor(kind).neutral);
  return [0, 1, 2].map((i) => Math.round(colour[i]! + pale * (middle[i]! - colour[i]!))) as unknown as Rgb;
}

const parsed = (colour: string): Rgb => {
  const { r, g, b } = rgb(colour);
  return [r, g, b];
};

function closed(anchors: readonly string[]): (turn: number) => string {
  const stretches = anchors.map((from, i) => interpolateLab(from, anchors[(i + 1) % anchors.length]!));
  return (turn) => {
    const at = turn * anchors.length;
    const stretch = Math.min(anchors.length - 1, Math.floor(at));
    return stretches[stretch]!(at - stretch);
  };
}

const rounds = { light: closed(ANCHORS.light), dark: closed(ANCHORS.dark) };

/** Turns and rings of the colours that points share, so that many are drawn as few paths. */
const TURNS = 24;
const RINGS = 4;

/** Which of the shared colours a place has: places of one number look alike. */
export function placeBucket(colouring: PlaceColouring, x: number, y: number): number {
  const distance = Math.min(1, Math.hypot(x, y));
  if (colouring === 'distance') return Math.min(TURNS - 1, Math.floor(distance * TURNS));
  const turn = Math.floor(((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1) * TURNS) % TURNS;
  return Math.min(RINGS - 1, Math.floor((distance / MIDDLE) * (RINGS - 1))) * TURNS + turn;
}

/** The colour of a bucket, as CSS. */
export function bucketColour(kind: ThemeKind, colouring: PlaceColouring, bucket: number): string {
  const text = ([r, g, b]: Rgb) => `rgb(${r},${g},${b})`;
  if (colouring === 'distance') return text(variableRgb(kind, (bucket + 0.5) / TURNS));
  const ring = Math.floor(bucket / TURNS);
  const distance = ring === RINGS - 1 ? 1 : ((ring + 0.5) / (RINGS - 1)) * MIDDLE;
  const angle = (((bucket % TURNS) + 0.5) / TURNS) * 2 * Math.PI;
  return text(placeRgb(kind, colouring, distance * Math.cos(angle), distance * Math.sin(angle)));
}

/** The key to the colours: a disc that stands for the base, transparent around it. */
export function placeKey(kind: ThemeKind, colouring: PlaceColouring, side: number): Pixels {
  const data = new Uint8ClampedArray(side * side * 4);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [(2 * (column + 0.5)) / side - 1, 1 - (2 * (row + 0.5)) / side];
      const distance = Math.hypot(x, y);
      // The last pixel of the rim is half there.
      const cover = Math.min(1, Math.max(0, ((1 - distance) * side) / 2));
      data.set([...placeRgb(kind, colouring, x, y), Math.round(255 * cover)], (row * side + column) * 4);
    }
  }
  return { width: side, height: side, data };
}
