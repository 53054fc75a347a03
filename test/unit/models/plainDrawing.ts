/** Drawings that are computed in plain arrays, step by step without waiting. */
import type { Drawing } from '../../../src/models/model.ts';

/** @throws TypeError for a drawing that is computed on a device. */
export function plainDrawing(drawing: Drawing): Extract<Drawing, Generator> {
  if (!(Symbol.iterator in drawing)) throw new TypeError('the drawing is computed on a device and has to be awaited');
  return drawing;
}
