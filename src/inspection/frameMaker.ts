/** What the worker knows of a kind of frame: how it is computed, and when a newer one would be news. */
import type { FrameKind, FrameOf, FrameOptions } from './frames.ts';
import type { Chunked, InspectionSource, Snapshot } from './source.ts';

/**
 * How closely to look: at a `glance` while somebody waits for a first picture of a model that trains, `quick` while it
 * trains or for a first picture, `thorough` where there is time.
 */
export type Look = 'glance' | 'quick' | 'thorough';

/** What is asked of one computation. */
export interface FrameTask<K extends FrameKind> {
  /** The mask that was asked for; null: the one in use, or the ensemble. */
  readonly mask: number | null;
  readonly options: FrameOptions<K>;
  readonly look: Look;
  /** How much of the rows that it would take to measure, 0 … 1: less while training goes on and a frame is dear. */
  readonly part: number;
  /** Whether nothing trains meanwhile: chunks may be longer. */
  readonly free: boolean;
  /** Told how much is done, 0 … 1, by frames that may take minutes. */
  readonly onProgress?: (share: number) => void;
}

/** How a frame is to be computed. */
export type FrameManner = Pick<FrameTask<FrameKind>, 'look' | 'part' | 'free' | 'onProgress'>;

/** One kind of frame; its registry is `frameMakers.ts`. */
export interface FrameMaker<K extends FrameKind> {
  /**
   * Measures in chunks between which training goes on; the version is left at 0.
   * @throws RangeError when the model has no such frame, or the options do not fit it.
   */
  compute(snapshot: Snapshot, task: FrameTask<K>): Chunked<FrameOf<K>>;
  /** While training, a new frame is news after every step, or once an epoch. */
  readonly renewed: 'step' | 'epoch';
  /** Whether it may measure a part of its rows; left out where it always measures all. */
  readonly inPart?: true;
  /** Whether a thorough look at the same parameters would show more than one of this kind did. */
  canBeRefined(source: InspectionSource, look: Look): boolean;
}
