/** Where words stand about something pointed at, so that they cover nothing that is marked with it. */
import type { Box } from '../../src/figures/drawing.tsx';

export interface Room {
  readonly width: number;
  readonly height: number;
}

/** Between the words and what they are about, px. */
const AWAY = 14;

/** The side of `at` that has more room, or the far one where there is enough: nearer to how one reads. */
function aside(start: number, size: number, words: number, room: number): number {
  const after = start + size + AWAY;
  const before = start - AWAY - words;
  if (after + words <= room) return after;
  if (before >= 0) return before;
  return room - after >= start - AWAY ? Math.max(0, room - words) : 0;
}

/**
 * Beside a cell or a unit: never over its column, nor (where `diagonal`) over its row, as long as there is room on either
 * side. @returns the upper left corner of words of a size, within a figure of a size.
 */
export function besides(
  at: Box,
  words: Room,
  figure: Room,
  diagonal: boolean,
): { readonly x: number; readonly y: number } {
  const x = aside(at.x, at.width, words.width, figure.width);
  if (diagonal) return { x, y: aside(at.y, at.height, words.height, figure.height) };
  const y = at.y + at.height / 2 - words.height / 2;
  return { x, y: Math.min(Math.max(0, figure.height - words.height), Math.max(0, y)) };
}

/** The room that words take at a width: as many lines as they need, with their padding. */
export function wordsRoom(text: string, widest: number, textWidth: (text: string, size: number) => number): Room {
  const size = 12;
  const padding = 20;
  const length = textWidth(text, size);
  const width = Math.min(widest, length + padding);
  return { width, height: Math.ceil((1.1 * length) / (widest - padding)) * size * 1.4 + 12 };
}
