/** Texts as they are, for files: monospaced, below one another. */
import { visibleCharacter } from '../text/characters.ts';
import type { Drawing } from './drawing.tsx';
import { textSize, type Theme } from './theme.ts';
import { CELL, MONOSPACE, textLayout } from './unitTextLayout.ts';

const ROW = 17;
const APART = 12;

export interface ShownText {
  /** What was given, in another colour. */
  readonly prime: string;
  readonly text: string;
}

export function writtenTextDrawing(texts: readonly ShownText[], width: number, theme: Theme): Drawing {
  let top = 0;
  const marks = texts.map(({ prime, text }) => {
    const given = Array.from(prime).length;
    const characters = Array.from(prime + text);
    const { places, lines } = textLayout(characters, width);
    const at = top;
    top += lines * ROW + APART;
    return characters.flatMap((character, i) => {
      if (character === ' ' || character === '\n') return [];
      const { line, column, cells } = places[i]!;
      const x = (column + cells / 2) * CELL;
      return [
        <text x={x} y={at + (line + 0.5) * ROW} fill={i < given ? theme.muted : theme.foreground}>
          {visibleCharacter(character)}
        </text>,
      ];
    });
  });
  return {
    width,
    height: top,
    rasters: [],
    marks: (
      <g font-family={MONOSPACE} font-size={textSize.body} text-anchor="middle" dominant-baseline="central">
        {marks}
      </g>
    ),
  };
}
