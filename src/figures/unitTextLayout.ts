/** Where the characters of a text stand: monospaced, lines broken where the text breaks them and between words. */

export const MONOSPACE = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

/** px */
export const CELL = 10;
/** Of a line: what shows the unit, what shows the cost below it, and the room to the next line. */
export const GLYPH = 18;
export const STRIP = 5;
export const LINE = GLYPH + STRIP + 5;

export interface TextPlace {
  /** Line and column of cells, from 0. */
  readonly line: number;
  readonly column: number;
  /** Cells that the character takes: 2 for those as wide as they are high. */
  readonly cells: 1 | 2;
}

export interface TextLayout {
  readonly columns: number;
  readonly lines: number;
  readonly places: readonly TextPlace[];
}

/** Letters of East Asia and pictures. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;

/** A word that is longer than this is broken where the line ends. */
const LONGEST_WORD = 16;

/** @param width px to put lines into. */
export function textLayout(text: readonly string[], width: number): TextLayout {
  const columns = Math.max(8, Math.floor(width / CELL));
  const sizes = text.map((character) => (WIDE.test(character) ? 2 : 1));
  const places: TextPlace[] = [];
  let [line, column] = [0, 0];
  for (const [i, character] of text.entries()) {
    const cells = sizes[i] as 1 | 2;
    const begins = i > 0 && isSpace(text[i - 1]!) && !isSpace(character);
    if (column > 0 && (column + cells > columns || (begins && column + wordFrom(i) > columns)))
      [line, column] = [line + 1, 0];
    places.push({ line, column, cells });
    column += cells;
    if (character === '\n') [line, column] = [line + 1, 0];
  }
  return { columns, lines: (places.at(-1)?.line ?? 0) + 1, places };

  /** Cells of the word that begins at a character, as far as it is kept together. */
  function wordFrom(i: number): number {
    let cells = 0;
    let length = 0;
    for (let j = i; j < text.length && !isSpace(text[j]!); j++) {
      cells += sizes[j]!;
      if (++length > LONGEST_WORD) return 0;
    }
    return cells;
  }
}

const isSpace = (character: string): boolean => character === ' ' || character === '\n' || character === '\t';

/** The character at a point, px; null beside the text. */
export function characterAt({ places }: TextLayout, x: number, y: number): number | null {
  const [line, column] = [Math.floor(y / LINE), Math.floor(x / CELL)];
  const found = places.findIndex(
    (place) => place.line === line && column >= place.column && column < place.column + place.cells,
  );
  return found < 0 || y < 0 || x < 0 ? null : found;
}

/** The character above or below another, as near as the line has one. */
export function characterBeside({ places, lines }: TextLayout, from: number, down: -1 | 1): number {
  const { line, column } = places[from]!;
  const to = line + down;
  if (to < 0 || to >= lines) return from;
  let nearest = from;
  let away = Infinity;
  for (const [i, place] of places.entries()) {
    if (place.line !== to || Math.abs(place.column - column) >= away) continue;
    [nearest, away] = [i, Math.abs(place.column - column)];
  }
  return nearest;
}
