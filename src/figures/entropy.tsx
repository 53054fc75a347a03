/** What every variable costs given those before it, beside what its conditionals expect: along the order, sorted, or as an image. */
import type { EntropyFrame } from '../inspection/entropyFrame.ts';
import type { Box, Drawing } from './drawing.tsx';
import { entropyImages } from './entropyImage.tsx';
import { byCharacter, characterTerms } from './entropyCharacters.ts';
import { entropyPlot } from './entropyPlot.tsx';
import type { LegendItem } from './legend.tsx';
import type { Theme } from './theme.ts';

/** `characters`: of a text by character, the commonest first, in place of by position. */
export const entropyArrangements = ['order', 'sorted', 'image', 'characters'] as const;
export type EntropyArrangement = (typeof entropyArrangements)[number];

export interface EntropyFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** The variable drawn at a point, px. */
  readonly variableAt: (x: number, y: number) => number | null;
  /** Everywhere that a variable is drawn. */
  readonly boxesOf: (variable: number) => readonly Box[];
  /** The variable so many places on from another: along the axis, or across and down the image. */
  readonly moved: (from: number | null, right: number, down: number) => number;
}

export interface EntropyOptions {
  readonly frame: EntropyFrame;
  readonly arrangement: EntropyArrangement;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

/** Images are for frames that have them, characters for those of text; others are drawn along the order. */
export function entropyFigure(o: EntropyOptions): EntropyFigure {
  if (o.arrangement === 'characters' && o.frame.text)
    return entropyPlot(byCharacter(o, o.frame.text), characterTerms(o.frame.text));
  return o.arrangement === 'image' && o.frame.image ? entropyImages(o, o.frame.image) : entropyPlot(o);
}

/** Outlines of a variable wherever it is drawn. */
export function EntropyMark({
  figure,
  variable,
  theme,
  pinned = false,
}: {
  readonly figure: EntropyFigure;
  readonly variable: number;
  readonly theme: Theme;
  readonly pinned?: boolean;
}) {
  return (
    <g fill="none" stroke={theme.accent} stroke-width={pinned ? 2 : 1.25} pointer-events="none">
      {figure.boxesOf(variable).map(({ x, y, width, height }) => (
        <rect x={x - 1} y={y - 1} width={width + 2} height={height + 2} />
      ))}
    </g>
  );
}
