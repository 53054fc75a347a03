/** A drawing of rows by hand, as the page follows it. */
import type { SamplesFrame } from '../inspection/frames.ts';

export interface DrawingProgress {
  /** Rows that are finished, of how many. */
  readonly finished: number;
  readonly rows: number;
  /** Of the work, 0 … 1. */
  readonly share: number;
  /** What there is so far; null before the first tidings. */
  readonly frame: SamplesFrame | null;
}

/** What is being drawn from a run, or that nothing is. */
export interface Drawing {
  /** Counts what there was to tell of drawings. */
  readonly serial: number;
  readonly progress: DrawingProgress | null;
}

export const noDrawing: Drawing = { serial: 0, progress: null };

/** Names the error of a drawing that was given up as asked. */
export const CANCELLED = 'CancelledError';
