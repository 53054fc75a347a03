/** Where the inputs of a dependency map lie: as the image that they make, as bars, or as cells in the order. */
import { channelsOf, type ImageSize, variableIn } from '../spec/imageShape.ts';
import { factsOf, inputsWhere, isLeaking, isLost, type ShownDependency } from './dependencyWords.ts';
import type { Box } from './drawing.tsx';
import { channelName } from './imageWords.ts';
import { pairName, textWidth } from './text.ts';
import { textSize } from './theme.ts';

export type DependencyForm = 'image' | 'bars' | 'cells';

/** Images in colour: an image for each colour, or one in which every pixel is the colour of it that is felt most. */
export const channelViews = ['each', 'strongest'] as const;
export type ChannelView = (typeof channelViews)[number];

/** Where the inputs are drawn. */
export interface DependencyLayout {
  readonly form: DependencyForm;
  readonly width: number;
  readonly height: number;
  /** Cells across and down, of all images side by side; bars have one across. */
  readonly columns: number;
  readonly rows: number;
  /** Images side by side, one for each colour: their names, '' where there is but one. All are equally wide. */
  readonly panels: readonly string[];
  /** The cells' upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly cell: { readonly width: number; readonly height: number };
  /** inputAt[cell] = input, and the other way round: inputs that share a cell are not all among the former. */
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
/** Between two colours, and above them for their names. */
const PANEL_GAP = 14;
const PANEL_TITLE = 18;
/** Between the cells and the name of a leak. */
export const NAME_GAP = 8;

export function dependencyLayout(
  shown: ShownDependency,
  room: { readonly width: number; readonly height: number },
  channels: ChannelView = 'each',
): DependencyLayout {
  const { image, dimension, order } = shown;
  const natural = Int32Array.from({ length: dimension }, (_, d) => d);
  if (image && channelsOf(image) > 1) return inColour(shown, image, room, channels);
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
    panels: [''],
    worst: null,
  };
}

function inColour(
  shown: ShownDependency,
  image: ImageSize,
  room: { readonly width: number; readonly height: number },
  channels: ChannelView,
): DependencyLayout {
  const [height, width] = image;
  const count = channelsOf(image);
  const pixels = height * width;
  if (channels === 'strongest') {
    const inputAt = Int32Array.from({ length: pixels }, (_, pixel) => mostTelling(shown, pixel * count, count));
    const cellOf = Int32Array.from({ length: pixels * count }, (_, d) => Math.floor(d / count));
    return cells('image', inputAt, width, height, room, worstLeak(shown), { cellOf });
  }
  const inputAt = Int32Array.from({ length: pixels * count }, (_, cell) => {
    const [row, across] = [Math.floor(cell / (width * count)), cell % (width * count)];
    return variableIn(image, { row, column: across % width, channel: Math.floor(across / width) });
  });
  const panels = Array.from({ length: count }, (_, c) => `${channelName(c, count)} inputs`);
  return cells('image', inputAt, width * count, height, room, worstLeak(shown), { panels });
}

/** Of the colours of a pixel the one that says most: what is wrong with it before what is felt of it. */
function mostTelling(shown: ShownDependency, first: number, count: number): number {
  const weight = (input: number) => {
    const facts = factsOf(shown, input);
    const fault = isLeaking(facts) ? 2 : isLost(facts) ? 1 : 0;
    return [fault, facts.strength || 0, facts.path === true ? 1 : 0];
  };
  let best = first;
  for (let input = first + 1; input < first + count; input++) {
    const [own, most] = [weight(input), weight(best)];
    const differing = own.findIndex((value, i) => value !== most[i]);
    if (differing >= 0 && own[differing]! > most[differing]!) best = input;
  }
  return best;
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
  { panels = [''], cellOf = inverse(inputAt) }: Partial<Pick<DependencyLayout, 'panels' | 'cellOf'>> = {},
): DependencyLayout {
  // Bold letters are wider.
  const beside = worst ? NAME_GAP + 1.08 * textWidth(worst.name, textSize.label) : 0;
  const gaps = (panels.length - 1) * PANEL_GAP;
  const top = EDGE + (panels.length > 1 ? PANEL_TITLE : 0);
  const fitting = Math.min(
    (room.width - beside - gaps - 2 * EDGE) / columns,
    (room.height - top - EDGE) / rows,
    LARGEST_CELL,
  );
  // Whole pixels, so that all cells are equally large; below one there is no choice.
  const size = fitting >= 1 ? Math.floor(fitting) : fitting;
  return {
    form,
    columns,
    rows,
    inputAt,
    cellOf,
    panels,
    left: EDGE,
    top,
    cell: { width: size, height: size },
    width: columns * size + gaps + 2 * EDGE + beside,
    height: top + rows * size + EDGE,
    worst,
  };
}

function inverse(inputAt: Int32Array): Int32Array {
  const cellOf = new Int32Array(inputAt.length);
  for (const [cell, input] of inputAt.entries()) cellOf[input] = cell;
  return cellOf;
}

/** The box of each image. */
export function panelBoxes({ left, top, cell, columns, rows, panels }: DependencyLayout): Box[] {
  const width = (columns / panels.length) * cell.width;
  return panels.map((_, i) => ({ x: left + i * (width + PANEL_GAP), y: top, width, height: rows * cell.height }));
}

/** The box of an input. */
export function inputBox({ left, top, cell, columns, cellOf, panels }: DependencyLayout, input: number): Box {
  const at = cellOf[input]!;
  const column = at % columns;
  const panel = Math.floor((column * panels.length) / columns);
  return {
    x: left + column * cell.width + panel * PANEL_GAP,
    y: top + Math.floor(at / columns) * cell.height,
    ...cell,
  };
}

/** The input under a point. */
export function inputUnder(layout: DependencyLayout, x: number, y: number): number | null {
  const { top, cell, columns, rows, inputAt, form } = layout;
  const across = columns / layout.panels.length;
  const panel = panelBoxes(layout).findIndex((box) => x >= box.x && x < box.x + box.width);
  // The whole line of a bar is its own.
  const within = panel < 0 ? -1 : Math.floor((x - panelBoxes(layout)[panel]!.x) / cell.width);
  const column = form === 'bars' ? 0 : within < 0 ? -1 : panel * across + Math.min(across - 1, within);
  const row = Math.floor((y - top) / cell.height);
  if (column < 0 || row < 0 || row >= rows) return null;
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
