/** Rows of data as the engine sees them. */
import type { TextCut } from '../spec/dataText.ts';
import type { ImageSize } from '../spec/imageShape.ts';

/** A dense matrix of rows; bytes where the values are whole and small (0/1, grey levels), floats otherwise. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, rows × columns. */
  readonly values: Uint8Array | Float32Array;
  /** What each row is conditioned on, as many rows; left out where there is no such thing. */
  readonly context?: Matrix;
  /**
   * Of training rows whose binary values are drawn anew for every minibatch: how probable a 1 is, in place of `values`,
   * which are one draw of them. Left out for all others.
   */
  readonly chances?: Chances;
}

export interface Chances {
  /** Row-major, as many as the matrix has values, 0 … range: the probability of a 1 is value / range. */
  readonly values: Uint8Array | Float32Array;
  readonly range: number;
}

/** What the rows of a data set are conditioned on: the columns of {@link Matrix.context}. */
export interface ContextFacts {
  /** `labels`: one column a class, 1 in that of the row's label; `values`: numbers as they are. */
  readonly kind: 'labels' | 'values';
  /** C: classes, or columns of values. */
  readonly size: number;
  /** What each class is, "bars (whole columns)", where the data's maker tells. */
  readonly names?: readonly string[];
}

/** Which class each row is of, by split. */
export interface Labels {
  readonly train: Int32Array;
  readonly validation: Int32Array | null;
  readonly test: Int32Array | null;
  /** Classes 0 … count − 1. */
  readonly count: number;
  readonly names?: readonly string[];
}

/** A file that a text was read from. */
export interface TextFile {
  /** As the experiment names it, or the path within the folder that it names. */
  readonly name: string;
  /** Code points; the line end that is put between two files, where the first has none, belongs to the first. */
  readonly characters: number;
}

/** What is known of rows that are pieces of a text, one after the other: row i + 1 follows on from row i. */
export interface TextFacts {
  /**
   * V ≥ 2 code points, ascending: values of the rows are their places 0 … V − 1. They are those of the whole text, since a
   * character of the test rows that has no probability would leave no likelihood.
   */
  readonly characters: readonly string[];
  /** Where it comes from in words: "input.txt", "src and notes.txt". */
  readonly name: string;
  /** In the order of the text. */
  readonly files: readonly TextFile[];
  /** Code points in all. */
  readonly length: number;
  /** Where each split lies in the text; null where there is none. */
  readonly splits: Readonly<Record<'train' | 'validation' | 'test', TextCut | null>>;
  /** What a reader of figures has to know, a sentence each: what was left out, which line ends were changed. */
  readonly notes: readonly string[];
}

export interface Dataset {
  /** D; of a text T, characters of a row. */
  readonly dimension: number;
  /** Height and width when a row is an image, and 3 channels when it is in colour. */
  readonly image: ImageSize | null;
  readonly train: Matrix;
  readonly validation: Matrix | null;
  readonly test: Matrix | null;
  /** Left out where rows are conditioned on nothing. */
  readonly context?: ContextFacts;
  /** Labels that no model is given, to be shown with the rows; left out where there are none. */
  readonly labels?: Labels;
  /** How grey values are made binary; left out where they were taken as they are. */
  readonly binarized?: 'threshold' | 'stochastic' | 'dynamic';
  /** Left out where rows are no text. */
  readonly text?: TextFacts;
}

/** C, columns that the rows of a data set are conditioned on; 0 for none. */
export function contextDimensionOf({ train }: Pick<Dataset, 'train'>): number {
  return train.context?.columns ?? 0;
}

/** V, characters of the text that the rows of a data set are cut from; 0 for rows of any other kind. */
export function vocabularyOf({ text }: Pick<Dataset, 'text'>): number {
  return text?.characters.length ?? 0;
}

/** Bad data, with the file (and array, row, column) named, the value found and what would be right. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** More than fits, or than was asked for. */
export class TooLargeError extends DataError {}

/** The file is not there at all. */
export class MissingFileError extends DataError {}
