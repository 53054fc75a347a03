/** What rows are conditioned on: found beside the rows or among their columns, checked, labels made one-hot. */
import { MOST_CLASSES } from '../spec/dataContext.ts';
import { DataError, type Matrix } from './dataset.ts';
import { compact, largestOf, withContext } from './matrix.ts';

/**
 * Attaches a context that was read by itself; labels are not yet one-hot.
 * @param where Names the rows and the context in messages. @throws DataError when it has another number of rows.
 */
export function conditionedOn(
  rows: Matrix,
  context: Matrix,
  where: { readonly rows: string; readonly context: string },
): Matrix {
  if (context.rows !== rows.rows) {
    throw new DataError(
      `${where.context}: has ${context.rows} rows; ${where.rows}, whose rows it belongs to, has ${rows.rows}`,
    );
  }
  return { ...withoutShape(rows), context: withoutShape(context) };
}

/**
 * Takes columns, counted from 0, out of the rows and makes them their context.
 * @param left Columns that are taken out, too, and left out of the context.
 * @throws DataError when there is no such column, or none is left.
 */
export function conditionedOnColumns(
  matrix: Matrix,
  columns: readonly number[],
  where: string,
  left: readonly number[] = [],
): Matrix {
  const missing = columns.find((column) => column >= matrix.columns);
  if (missing !== undefined) {
    throw new DataError(
      `${where}: has ${matrix.columns} columns, 0 … ${matrix.columns - 1}; there is no column ${missing} to condition on`,
    );
  }
  const taken = new Set([...columns, ...left]);
  if (taken.size === matrix.columns) {
    const what = left.length > 0 ? 'labels or conditioned on' : 'conditioned on';
    throw new DataError(`${where}: all ${matrix.columns} columns are ${what}; none is left to be modelled`);
  }
  const rest = Array.from({ length: matrix.columns }, (_, column) => column).filter((column) => !taken.has(column));
  return withContext(pickColumns(matrix, rest), columns.length > 0 ? pickColumns(matrix, columns) : undefined);
}

function pickColumns({ rows, columns, values }: Matrix, picked: readonly number[]): Matrix {
  const width = picked.length;
  const cells = values instanceof Uint8Array ? new Uint8Array(rows * width) : new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) cells[row * width + i] = values[row * columns + picked[i]!]!;
  }
  return { rows, columns: width, values: cells instanceof Float32Array ? compact(cells) : cells };
}

/** How labels are read: where they stand in messages, and how many classes there are if somebody said so. */
export interface LabelOptions {
  readonly where: string;
  /** The column that holds them, counted from 0; left out for a file of labels. */
  readonly column?: number | undefined;
  readonly classes?: number | undefined;
}

/** @throws DataError naming the row, the label found and what would be right. */
export function checkLabels({ rows, columns, values }: Matrix, { where, column, classes }: LabelOptions): void {
  if (columns !== 1) {
    throw new DataError(
      `${where}: has ${columns} columns; labels are one whole number a row. What is one-hot already belongs under "values"`,
    );
  }
  const end = classes ?? MOST_CLASSES;
  for (let row = 0; row < rows; row++) {
    const label = values[row]!;
    if (Number.isInteger(label) && label >= 0 && label < end) continue;
    const place = `row ${row + 1}${column === undefined ? '' : `, column ${column + 1}`}`;
    const right =
      classes === undefined
        ? `0 … K − 1, at most ${MOST_CLASSES - 1}`
        : `0 … ${classes - 1}, since "classes" is ${classes}`;
    throw new DataError(`${where}, ${place}: is ${label}; labels are whole numbers ${right}`);
  }
}

/** One more than the largest label. */
export function classesOf(labels: Matrix): number {
  return largestOf(labels) + 1;
}

/**
 * Labels [N, 1] as one column a class, [N, K]: 1 in the column of the row's label.
 * @throws DataError for a label beyond the classes, and where the columns would not fit.
 */
export function oneHot({ rows, values }: Matrix, classes: number, where: string, limitBytes: number): Matrix {
  if (rows * classes > limitBytes) {
    throw new DataError(
      `${where}: ${classes} classes for ${rows} rows take more than ${(limitBytes / 2 ** 30).toPrecision(3)} GiB; keep fewer`,
    );
  }
  const cells = new Uint8Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const label = values[row]!;
    if (label >= classes) {
      throw new DataError(
        `${where}, row ${row + 1}: is ${label}; the labels of the training rows are 0 … ${classes - 1}. ` +
          `Set "classes" in "context" to ${label + 1} if there are more`,
      );
    }
    cells[row * classes + label] = 1;
  }
  return { rows, columns: classes, values: cells };
}

/** The shape that an array had in its file is of no use any more. */
function withoutShape({ rows, columns, values }: Matrix): Matrix {
  return { rows, columns, values };
}
