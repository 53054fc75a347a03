/** Marks of labels: six colours that are told apart without red and green, then the same as rings, then as crosses. */
import { runStyle } from './colours.ts';
import type { ThemeKind } from './theme.ts';

const COLOURS = 6;
export const labelShapes = ['dot', 'ring', 'cross'] as const;
export type LabelShape = (typeof labelShapes)[number];

/** Labels that have a mark of their own. */
export const MOST_MARKS = COLOURS * labelShapes.length;

export interface LabelMark {
  readonly colour: string;
  readonly shape: LabelShape;
}

export function labelMark(kind: ThemeKind, label: number): LabelMark {
  const shape = labelShapes[Math.floor(label / COLOURS) % labelShapes.length]!;
  return { colour: runStyle(kind, label % COLOURS).colour, shape };
}

/** A mark around a point, as a path; dots are drawn by the ends of a line without length. */
export function markPath(shape: LabelShape, x: number, y: number): string {
  const [px, py] = [x.toFixed(1), y.toFixed(1)];
  if (shape === 'dot') return `M${px},${py}h0`;
  if (shape === 'ring') return `M${(x - 2.5).toFixed(1)},${py}a2.5,2.5 0 1 0 5,0a2.5,2.5 0 1 0 -5,0`;
  return `M${(x - 2.5).toFixed(1)},${(y - 2.5).toFixed(1)}l5,5m0,-5l-5,5`;
}
