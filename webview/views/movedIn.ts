/** Where keys lead within a figure of variables. */
import type { EntropyFigure } from '../../src/figures/entropy.tsx';

/** The variable that a key leads to, or null where it leads nowhere. @param dimension D */
export function movedIn(
  figure: Pick<EntropyFigure, 'moved'>,
  key: string,
  at: number | null,
  dimension: number,
): number | null {
  const far = Math.max(1, Math.round(dimension / 20));
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
    PageUp: [-far, 0],
    PageDown: [far, 0],
    Home: [-Infinity, 0],
    End: [Infinity, 0],
  };
  const step = steps[key];
  return step ? figure.moved(at, ...step) : null;
}
