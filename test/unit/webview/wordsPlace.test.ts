import { describe, expect, it } from 'vitest';
import { besides, wordsRoom } from '../../../webview/views/wordsPlace.ts';

const figure = { width: 600, height: 400 };
const words = { width: 200, height: 50 };
const apart = (start: number, size: number, other: number, otherSize: number) =>
  start >= other + otherSize || start + size <= other;

describe('words beside what is pointed at', () => {
  it('cover neither its row nor its column in a matrix, wherever it is', () => {
    for (let x = 0; x < 600; x += 7) {
      for (let y = 0; y < 400; y += 7) {
        const at = { x, y, width: 6, height: 6 };
        const corner = besides(at, words, figure, true);
        expect(apart(corner.x, words.width, at.x, at.width), `${x}, ${y}`).toBe(true);
        expect(apart(corner.y, words.height, at.y, at.height), `${x}, ${y}`).toBe(true);
        expect(corner.x).toBeGreaterThanOrEqual(0);
        expect(corner.x + words.width).toBeLessThanOrEqual(figure.width);
        expect(corner.y + words.height).toBeLessThanOrEqual(figure.height);
      }
    }
  });

  it('stand level with a unit, to the side of the edges above and below it', () => {
    expect(besides({ x: 100, y: 200, width: 10, height: 10 }, words, figure, false)).toEqual({ x: 124, y: 180 });
    expect(besides({ x: 500, y: 0, width: 10, height: 10 }, words, figure, false)).toEqual({ x: 286, y: 0 });
  });

  it('take as many lines as they need', () => {
    const wide = (text: string, size: number) => text.length * size;
    expect(wordsRoom('ab', 280, wide).width).toBe(44);
    expect(wordsRoom('a'.repeat(100), 280, wide).height).toBeGreaterThan(5 * 16);
  });
});
