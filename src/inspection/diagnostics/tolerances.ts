/** When two figures of float32 arithmetic are one. Plain numbers: measurements and judgements share them. */

/** Difference that float32 explains, of 1 and the figures' size. */
const FIGURES = 1e-3;
/** The same of log p of one row, computed with others and by itself: products are only added up in another order. */
const ALONE = 1e-4;

/** Two figures that should be one. */
export interface TwoFigures {
  readonly stated: number;
  readonly measured: number;
}

/** Whether what is stated is what is measured. */
export function figuresAgree({ stated, measured }: TwoFigures): boolean {
  return Math.abs(stated - measured) <= FIGURES * Math.max(1, Math.abs(measured));
}

/** What float32 adds to that for every variable whose logarithm is added up, nats. */
const VARIABLE = 1e-5;

/** By how much two ways to one log|det| of `dimension` variables may differ, nats. Never less than is printed of them. */
export function logDetTolerance(logDet: number, dimension: number): number {
  return FIGURES * Math.max(1, Math.abs(logDet)) + VARIABLE * dimension;
}

/** Whether two ways to one log|det| agree. */
export function logDetsAgree({ stated, measured }: TwoFigures, dimension: number): boolean {
  return Math.abs(stated - measured) <= logDetTolerance(measured, dimension);
}

/** Whether log p of a row is the same among others and by itself. */
export function agreesAlone({
  worst: { together, alone },
}: {
  readonly worst: { readonly together: number; readonly alone: number };
}): boolean {
  return Math.abs(together - alone) <= ALONE * Math.max(1, Math.abs(alone));
}

/** Beyond this a row counts as not having come back, of 1 and the size of x. */
export const LOST = 1e-3;

/** Beyond this a row is not the one that it should be: two ways through many layers, of 1 and the size of x. */
export const ASTRAY = 1e-2;

/** |x − f⁻¹(f(x))|, of 1 and the size of x; ∞ where it is no number. */
export function roundTripError({ x, back }: { readonly x: number; readonly back: number }): number {
  const away = Math.abs(x - back) / Math.max(1, Math.abs(x));
  return Number.isNaN(away) ? Infinity : away;
}
