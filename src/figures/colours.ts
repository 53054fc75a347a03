/**
 * Colours with a meaning: variables by their place in the order, runs. Ramps for pixels are in `ramps.ts`; this module
 * is loaded by the extension host and stays small.
 */
import { isDark, type Theme, type ThemeKind } from './theme.ts';

export type Rgb = readonly [r: number, g: number, b: number];

/** Plasma (Smith & van der Walt 2015) at thirteen even steps; straight lines between them are true to 5 of 255. */
const PLASMA: readonly Rgb[] = [
  0x0d0887, 0x3a049a, 0x5c01a6, 0x7e03a8, 0x9c179e, 0xb52f8c, 0xcc4778, 0xde5f65, 0xed7953, 0xf89540, 0xfdb42f,
  0xfbd524, 0xf0f921,
].map((hex) => [hex >> 16, (hex >> 8) & 255, hex & 255]);

export function plasma(t: number): Rgb {
  const at = Math.min(1, Math.max(0, t)) * (PLASMA.length - 1);
  const low = Math.min(PLASMA.length - 2, Math.floor(at));
  const [from, to] = [PLASMA[low]!, PLASMA[low + 1]!];
  const mix = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/**
 * Colour of a variable by its place in the order, `t` = 0 for the first and 1 for the last: plasma, perceptually even,
 * cut at the end that would sink into the theme's background.
 */
export function variableRgb(kind: ThemeKind, t: number): Rgb {
  const [from, to] = isDark(kind) ? [0.38, 1] : [0, 0.76];
  return plasma(from + (to - from) * Math.min(1, Math.max(0, t)));
}

/** Place of a degree among D variables, 0 … 1. */
const share = (degree: number, dimension: number) => (dimension > 1 ? (degree - 1) / (dimension - 1) : 0);

/** Colour of the variable (or of the hidden unit) of `degree` among D variables, #rrggbb. */
export function degreeColour(kind: ThemeKind, degree: number, dimension: number): string {
  return hex(variableRgb(kind, share(degree, dimension)));
}

/** Black or white, whichever is read better on a degree's colour. */
export function degreeInk(kind: ThemeKind, degree: number, dimension: number): Ink {
  return inkOn(variableRgb(kind, share(degree, dimension)));
}

/** Colour of a unit: by its degree, or a neutral one where it has none. */
export function unitColour(theme: Theme, degree: number | undefined, dimension: number): string {
  return degree === undefined ? theme.neutral : degreeColour(theme.kind, degree, dimension);
}

const hex = (rgb: Rgb) => `#${rgb.map((v) => v.toString(16).padStart(2, '0')).join('')}`;

export type Ink = '#000000' | '#ffffff';

/** Black or white, whichever is read better on a colour (WCAG relative luminance). */
export function inkOn(rgb: Rgb): Ink {
  const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! > 0.179 ? '#000000' : '#ffffff';
}

/** How one run is drawn among several. */
export interface RunStyle {
  readonly colour: string;
  /** `stroke-dasharray`, or undefined for a whole line. */
  readonly dash: string | undefined;
}

// Okabe & Ito's palette; black is left to the theme's foreground and yellow to dark themes, where it can be seen.
const okabeIto = {
  light: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'],
  dark: ['#56B4E9', '#E69F00', '#009E73', '#CC79A7', '#F0E442', '#D55E00'],
};
const dashes = [undefined, '6 3', '2 3', '8 3 2 3', '12 3', '4 2 1 2'];

export function runStyle(kind: ThemeKind, index: number): RunStyle {
  const palette = isDark(kind) ? okabeIto.dark : okabeIto.light;
  return { colour: palette[index % palette.length]!, dash: dashes[index % dashes.length] };
}
