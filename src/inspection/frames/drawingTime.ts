/** How long a model takes to draw rows, as plain data. */
import type { FrameBase } from '../frames.ts';

/** Rows that are drawn together, and scored together. */
export const TOGETHER = 16;

/** Nothing is timed. */
export const NOT_TIMED = 0;

export interface DrawingTimeChoice {
  /** {@link NOT_TIMED}, or how often timing has been asked for: another number times anew. */
  readonly asked: number;
}

/** Seconds, each the shortest of some attempts. */
export interface DrawingTimes {
  /** One row drawn by itself. */
  readonly one: number;
  /** Each of {@link TOGETHER} that are drawn together. */
  readonly each: number;
  /** log p of one row, or what the model has in its place, as one of {@link TOGETHER}: a pass through all that the model has. */
  readonly pass: number;
}

export interface DrawingTimeFrame extends FrameBase {
  readonly kind: 'drawingTime';
  readonly asked: number;
  /** null where nothing was asked for. */
  readonly times: DrawingTimes | null;
  /** Passes of a row that a loop would take which computes everything anew for each variable: D; null where none would. */
  readonly naive: number | null;
}
