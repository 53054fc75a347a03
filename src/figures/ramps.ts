/**
 * Ramps for pixels, one meaning each: signed values, magnitudes, variables. Tables of 256 RGB triples, so that a million
 * cells can be painted without parsing a colour.
 */
import { interpolateLab, interpolateViridis, rgb } from 'd3';
import { inkOn, variableRgb, type Ink, type Rgb } from './colours.ts';
import { themeFor, type ThemeKind } from './theme.ts';

/** 256 RGB triples. */
export type Ramp = Uint8Array;

const RAMP_STEPS = 256;

function rampOf(colour: (t: number) => Rgb): Ramp {
  const ramp = new Uint8Array(RAMP_STEPS * 3);
  for (let i = 0; i < RAMP_STEPS; i++) ramp.set(colour(i / (RAMP_STEPS - 1)), i * 3);
  return ramp;
}

const parsed = (colour: string): Rgb => {
  const { r, g, b } = rgb(colour);
  return [r, g, b];
};

function once<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) made.set(key, (value = make(key)));
    return value;
  };
}

/** The colour of violations, for pixels: those of the kind of theme, since pixels know no variables. */
export const errorRgb = once((kind: ThemeKind): Rgb => parsed(themeFor(kind).error));

/** The colour of what is not known. */
export const neutralRgb = once((kind: ThemeKind): Rgb => parsed(themeFor(kind).neutral));

/** The colour of what could be there and is not: plain, near the background, and no part of a ramp. */
export const silentRgb = once((kind: ThemeKind): Rgb =>
  parsed({ light: '#d3dbe3', dark: '#3c4650', 'hc-dark': '#55606b', 'hc-light': '#c3ced9' }[kind]),
);

export const rgbText = (colour: Rgb): string => `rgb(${colour.join(',')})`;

export const variableRamp = once((kind: ThemeKind) => rampOf((t) => variableRgb(kind, t)));

/** Magnitudes, small to large: viridis. */
const viridisRamp = once((_: 'viridis') => rampOf((t) => parsed(interpolateViridis(t))));
export const magnitudeRamp = (): Ramp => viridisRamp('viridis');

/** Black to white: the values of data, which are never themed. */
const greys = once((_: 'grey') => rampOf((t) => [255 * t, 255 * t, 255 * t]));
export const greyRamp = (): Ramp => greys('grey');

/** Signed values: blue below zero, orange above, the middle near the background. */
export const signedRamp = once((kind: ThemeKind): Ramp => {
  const { negative, positive } = themeFor(kind);
  const middle = { light: '#f1f1f1', dark: '#2b2b2b', 'hc-dark': '#1c1c1c', 'hc-light': '#f4f4f4' }[kind];
  const below = interpolateLab(negative, middle);
  const above = interpolateLab(middle, positive);
  return rampOf((t) => parsed(t < 0.5 ? below(t * 2) : above(t * 2 - 1)));
});

/** One entry of a ramp. */
export function rampRgb(ramp: Ramp, t: number): Rgb {
  const at = Math.round(Math.min(1, Math.max(0, t)) * (RAMP_STEPS - 1)) * 3;
  return [ramp[at]!, ramp[at + 1]!, ramp[at + 2]!];
}

/** One entry of a ramp as CSS. */
export function rampColour(ramp: Ramp, t: number): string {
  return rgbText(rampRgb(ramp, t));
}

/** What exists though its weight is not known. */
const UNKNOWN = 0.6;

/**
 * Colour of a weight by its share of the largest, −1 … 1: signed, or |weight| alone. The square root spreads the many
 * small weights; one that exists and is 0 is still drawn.
 */
export function weightColour(kind: ThemeKind, style: 'signed' | 'magnitude' | 'unknown'): (share: number) => Rgb {
  const ramp = style === 'signed' ? signedRamp(kind) : magnitudeRamp();
  return (share) => {
    const size = Math.sqrt(Math.abs(share));
    if (style === 'unknown') return rampRgb(ramp, UNKNOWN);
    return rampRgb(ramp, style === 'signed' ? 0.5 + (Math.sign(share) * size) / 2 : size);
  };
}

/** Black or white, whichever is read better on one entry of a ramp. */
export function rampInk(ramp: Ramp, t: number): Ink {
  return inkOn(rampRgb(ramp, t));
}
