/** What the units of a recurrent model of text hold along a piece of it, and what it expects there. */
import type { CellName } from '../../spec/cell.ts';
import type { FrameBase } from '../frames.ts';

/** Shows the last layer. */
export const LAST_LAYER = -1;
/** Most characters (UTF-16 code units) of a text that is sent to be read. */
export const MOST_TYPED = 2_000;
/** Code of a unit where nothing was read. */
export const NOTHING_READ = -128;

/** What may be chosen of a piece of text. */
export interface UnitTextChoice {
  /** The text to read; empty for a piece of the data. */
  readonly text: string;
  /** Which piece of the data, from 0. */
  readonly piece: number;
  /** From 0, or {@link LAST_LAYER}. */
  readonly layer: number;
  /** What a unit shows, h, or the memory c that it keeps where the cell is an LSTM. */
  readonly state: 'h' | 'c';
}

export interface UnitTextFrame extends FrameBase {
  readonly kind: 'unitText';
  readonly source: 'validation' | 'train' | 'typed';
  /** N code points. */
  readonly text: readonly string[];
  /** Of the data: the pieces there are, and which this is, from 0; of a typed text one. */
  readonly pieces: number;
  readonly piece: number;
  /** Characters of the data right before the piece that were read first, so that the state is not that of a beginning. */
  readonly runIn: number;
  /** The character right before the piece; null where the text begins with it. */
  readonly before: string | null;
  /** Characters of a typed text that the model does not know, each once; they are not read. */
  readonly unknown: readonly string[];
  /** V characters of the model. */
  readonly characters: readonly string[];
  readonly cell: CellName;
  /** Units of each layer. */
  readonly hidden: readonly number[];
  readonly embedding: number | null;
  /** What is shown. */
  readonly layer: number;
  readonly state: 'h' | 'c';
  /** [U] the units that are shown, by falling variance along the piece; all of a layer unless it has very many. */
  readonly unit: Int32Array;
  /** [U] their variances. */
  readonly variance: Float32Array;
  /** [U] what code 127 stands for: 1 for h, the largest |c| of each unit for c. */
  readonly scale: Float32Array;
  /** [N, U] after each character was read, −127 … 127; {@link NOTHING_READ} where it is not known to the model. */
  readonly values: Int8Array;
  /** [N] −log p of each character given all before it, nats; NaN where it is not known to the model. */
  readonly nll: Float32Array;
  /** K, characters told of each distribution. */
  readonly told: number;
  /** [N + 1, K] places in {@link characters} of the most probable ones, falling: entry n is of character n, the last of what would follow. */
  readonly likely: Uint16Array;
  /** [N + 1, K] their probabilities. */
  readonly share: Float32Array;
  /** The first steps of the piece, h of every layer's first units; a step's state is that which its distribution comes from. */
  readonly unrolled: {
    readonly steps: number;
    /** A layer each: [steps, shown] −127 … 127. */
    readonly states: readonly Int8Array[];
  };
}
