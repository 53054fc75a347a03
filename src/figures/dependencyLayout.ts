/** Where the inputs of a dependency map lie: as the image that they make, as bars, or as cells in the order. */
import { inputsWhere, isLeaking, type ShownDependency } from './dependencyWords.ts';
import type { Box } from './drawing.tsx';
import { pairName, textWidth } from './text.ts';
import { textSize } from './theme.ts';

export type DependencyForm = 'image' | 'bars' | 'cells';

/** Where the inputs are drawn. */
export interface DependencyLayout {
  readonly form: DependencyForm;
  readonly width: number;
  readonly height: number;
  /** Cells across and down; bars have one across. */
  readonly columns: number;
  readonly rows: number;
  /** The cells' upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly cell: { readonly width: number; readonly height: number };
  /** inputAt[cell] = input, and the other way round. */
  readonly inputAt: Int32Array;
  readonly cellOf: Int32Array;
  /** The worst leak and its name, which stands beside the cells; null where nothing leaks, and of bars, which have theirs. */
  readonly worst: { readonly input: number; readonly name: string } | null;
}

/** Inputs that are no image are bars while there are so few. */
const MOST_BARS = 40;
const BAR = 17;
const BAR_LEFT = 64;
const BAR_RIGHT = 60;
const LARGEST_CELL = 48;
const EDGE = 2;
/** Between the cells and the name of a leak. */
export const NAME_GAP = 8;

export function dependencyLayout(
  shown: ShownDependency,
  room: { readonly width: number; readonly height: number },
): DependencyLayout {
  const { image, dimension, order } = shown;
  const natural = Int32Array.from({ length: dimension }, (_, d) => d);
  if (image) return cells('image', natural, image[1], image[0], room, worstLeak(shown));
  const inOrder = natural.slice().sort((a, b) => order[a]! - order[b]!);
  if (dimension > MOST_BARS) {
    const columns = Math.min(dimension, Math.ceil(Math.sqrt(dimension * 1.8)));
    return cells('cells', inOrder, columns, Math.ceil(dimension / columns), room, worstLeak(shown));
  }
  return {
    form: 'bars',
    width: Math.min(room.width, 620),
    height: BAR * dimension + 2 * EDGE,
    columns: 1,
    rows: dimension,
    left: BAR_LEFT,
    top: EDGE,
    cell: { width: Math.max(40, Math.min(room.width, 620) - BAR_LEFT - BAR_RIGHT), height: BAR },
    inputAt: inOrder,
    cellOf: inverse(inOrder),
    worst: null,
  };
}

function worstLeak(shown: ShownDependency): DependencyLayout['worst'] {
  const leaks = inputsWhere(shown, isLeaking);
  const input = leaks[0];
  if (input === undefined) return null;
  return { input, name: `${leaks.length > 1 ? 'worst leak' : 'leak'} ${pairName({ output: shown.output, input })}` };
}

function cells(
  form: 'image' | 'cells',
  inputAt: Int32Array,
  columns: number,
  rows: number,
  room: { readonly width: number; readonly height: number },
  worst: DependencyLayout['worst'],
): DependencyLayout {
  // Bold letters are wider.
  const beside = worst ? NAME_GAP + 1.08 * textWidth(worst.name, textSize.label) : 0;
  const fitting = Math.min((room.width - beside - 2 * EDGE) / columns, (room.height - 2 * EDGE) / rows, LARGEST_CELL);
  // Whole pixels, so that all cells are equally large; below one there is no choice.
  const size = fitting >= 1 ? Math.floor(fitting) : fitting;
  return {
    form,
    columns,
    rows,
    inputAt,
    cellOf: inverse(inputAt),
    left: EDGE,
    top: EDGE,
    cell: { width: size, height: size },
    width: columns * size + 2 * EDGE + beside,
    height: rows * size + 2 * EDGE,
    worst,
  };
}

function inverse(inputAt: Int32Array): Int32Array {
  const cellOf = new Int32Array(inputAt.length);
  for (const [cell, input] of inputAt.entries()) cellOf[input] = cell;
  return cellOf;
}

/** The box of an input. */
export function inputBox({ left, top, cell, columns, cellOf }: DependencyLayout, input: number): Box {
  const at = cellOf[input]!;
  return {
    x: left + (at % columns) * cell.width,
    y: top + Math.floor(at / columns) * cell.height,
    ...cell,
  };
}

/** The input under a point. */
export function inputUnder(layout: DependencyLayout, x: number, y: number): number | null {
  const { left, top, cell, columns, rows, inputAt, form } = layout;
  // The whole line of a bar is its own.
  const column = form === 'bars' ? 0 : Math.floor((x - left) / cell.width);
  const row = Math.floor((y - top) / cell.height);
  if (column < 0 || column >= columns || row < 0 || row >= rows) return null;
  return inputAt[row * columns + column] ?? null;
}

/** The input beside another one, as it is drawn; itself at the edge. */
export function inputBeside(
  { columns, rows, inputAt, cellOf }: DependencyLayout,
  input: number,
  dx: number,
  dy: number,
) {
  const at = cellOf[input]!;
  const column = Math.min(columns - 1, Math.max(0, (at % columns) + dx));
  const row = Math.min(rows - 1, Math.max(0, Math.floor(at / columns) + dy));
  return inputAt[row * columns + column] ?? input;
}
