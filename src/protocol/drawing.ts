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
  /** Of a text, whose rows are characters: what it goes on from, and what has been written so far. */
  readonly writing?: { readonly prime: string; readonly text: string };
}

/** A text that was asked for by hand. */
export interface WrittenText {
  readonly prime: string;
  /** What was written after it. */
  readonly text: string;
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number | null;
  /** Training step of the weights. */
  readonly step: number;
  /** Mean −log p under the model itself, nats a character. */
  readonly nats: number;
}

/** What is being drawn from a run, or that nothing is. */
export interface Drawing {
  /** Counts what there was to tell of drawings. */
  readonly serial: number;
  readonly progress: DrawingProgress | null;
  /** The text that was written last; left out until there is one. */
  readonly written?: WrittenText;
}

export const noDrawing: Drawing = { serial: 0, progress: null };

/** Names the error of a drawing that was given up as asked. */
export const CANCELLED = 'CancelledError';
