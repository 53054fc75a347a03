/** Where the variables lie in the figure of splits: a row of cells for every layer, or an image for each. */
import type { SplitLayer, SplitsFrame } from '../inspection/frames/splits.ts';
import { inversePermutation } from '../masks/sorting.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import type { Box } from './drawing.tsx';
import { displaces, isStill } from './splitsWords.ts';

/** Columns are places, as layers see them, or the variables of the data; or every layer is an image of these. */
export type SplitsArrangement = 'place' | 'variable' | 'image';

/** `histograms` where cells have room for them, `colours` where not. */
export type SplitsForm = 'histograms' | 'colours' | 'images';

/** Boxes of one layer; the last of a layout counts how often each variable is transformed. */
export interface SplitBand {
  /** Index of the layer; null for the count. */
  readonly layer: number | null;
  readonly box: Box;
  /** What the labels of it may take, left of its cells or above its image. */
  readonly label: Box;
}

export interface SplitsLayout {
  readonly form: SplitsForm;
  readonly arrangement: SplitsArrangement;
  readonly width: number;
  readonly height: number;
  readonly bands: readonly SplitBand[];
  readonly cell: { readonly width: number; readonly height: number };
  /** Cells across an image, its channels side by side; D in rows of cells. */
  readonly across: number;
  /** Upper left corner of a variable's cell in a band. */
  boxOf(band: SplitBand, variable: number): Box;
  /** The variable under a point, and the band. */
  at(x: number, y: number): { readonly variable: number; readonly layer: number | null } | null;
  /** The variable so many cells away, as the data have them. */
  beside(variable: number, dx: number, dy: number): number;
}

const LABEL = { wide: 176, narrow: 122 } as const;
const WIDE = 640;
const SMALLEST_HISTOGRAM = 18;
const LARGEST_CELL = 150;
const TOP = 24;
const GAP = 6;
const ROW = { histograms: 52, colours: 22, still: 34, places: 14, count: 24 } as const;

export function splitsLayout(frame: SplitsFrame, width: number, arrangement: SplitsArrangement): SplitsLayout {
  return arrangement === 'image' && frame.image ? images(frame, frame.image, width) : rows(frame, width, arrangement);
}

/** Height of a layer's row. */
function heightOf(layer: SplitLayer, form: SplitsForm, arrangement: SplitsArrangement): number {
  if (isStill(layer)) return displaces(layer) && arrangement === 'place' ? ROW.still : ROW.places;
  return form === 'histograms' ? ROW.histograms : ROW.colours;
}

function rows(frame: SplitsFrame, width: number, arrangement: SplitsArrangement): SplitsLayout {
  const { dimension, layers } = frame;
  const left = width < WIDE ? LABEL.narrow : LABEL.wide;
  const cell = Math.min(LARGEST_CELL, (width - left - 2) / dimension);
  const single = layers.every(({ logScale, shift }) => [logScale, shift].every((own) => own?.counts !== null));
  const form: SplitsForm = cell >= SMALLEST_HISTOGRAM && single ? 'histograms' : 'colours';
  const bands: SplitBand[] = [];
  let y = TOP;
  for (const [l, layer] of [...layers, null].entries()) {
    const height = layer === null ? ROW.count : heightOf(layer, form, arrangement);
    if (layer === null) y += GAP;
    bands.push({
      layer: layer === null ? null : l,
      box: { x: left, y, width: cell * dimension, height },
      label: { x: 0, y, width: left - 10, height },
    });
    y += height + GAP;
  }
  const whole = Int32Array.from({ length: dimension }, (_, d) => d);
  const columnOf = (band: SplitBand) =>
    arrangement === 'place' && band.layer !== null ? inversePermutation(layers[band.layer]!.variable) : whole;
  const columns = new Map(bands.map((band) => [band, columnOf(band)]));
  return {
    form,
    arrangement: arrangement === 'place' ? 'place' : 'variable',
    width: left + cell * dimension + 2,
    height: y,
    bands,
    cell: { width: cell, height: ROW.histograms },
    across: dimension,
    boxOf: (band, variable) => ({
      x: band.box.x + columns.get(band)![variable]! * cell,
      y: band.box.y,
      width: cell,
      height: band.box.height,
    }),
    at: (x, own) => {
      const band = bands.find(({ box }) => own >= box.y - GAP / 2 && own < box.y + box.height + GAP / 2);
      const column = Math.floor((x - left) / cell);
      if (!band || column < 0 || column >= dimension) return null;
      return { variable: columns.get(band)!.indexOf(column), layer: band.layer };
    },
    beside: (variable, dx) => Math.min(dimension - 1, Math.max(0, variable + dx)),
  };
}

const IMAGE_GAP = 18;
/** Of four lines: number and name, which pixels, log|det|, and what is not drawn before it. */
const IMAGE_LABEL = 58;
const SMALLEST_IMAGE = 112;
const LARGEST_IMAGE = 190;

function images({ layers, dimension }: SplitsFrame, [tall, wide]: ImageSize, width: number): SplitsLayout {
  // Channels lie side by side; a row is [H, W, C] with the channel fastest.
  const channels = Math.max(1, Math.round(dimension / (tall * wide)));
  const across = wide * channels;
  const shown = layers.map((layer, l) => ({ layer, l })).filter(({ layer }) => !isStill(layer));
  const fit = Math.max(1, Math.floor((width + IMAGE_GAP) / (SMALLEST_IMAGE + IMAGE_GAP)));
  const columns = Math.min(fit, shown.length + 1);
  const room = Math.min(LARGEST_IMAGE, (width - (columns - 1) * IMAGE_GAP) / columns);
  // Whole pixels of the screen, so that every pixel of the image is equally large.
  const size = Math.max(1, Math.floor(room / Math.max(tall, across)));
  const image = { width: across * size, height: tall * size };
  const step = { x: Math.max(image.width, Math.floor(room)) + IMAGE_GAP, y: image.height + IMAGE_LABEL + IMAGE_GAP };
  const bands = [...shown.map(({ l }) => l), null].map((layer, i): SplitBand => {
    const [x, y] = [(i % columns) * step.x + 1, Math.floor(i / columns) * step.y];
    return {
      layer,
      box: { x, y: y + IMAGE_LABEL, ...image },
      label: { x, y, width: step.x - IMAGE_GAP, height: IMAGE_LABEL },
    };
  });
  const cellOf = (variable: number) => {
    const place = Math.floor(variable / channels);
    return { row: Math.floor(place / wide), column: (variable % channels) * wide + (place % wide) };
  };
  const variableAt = (row: number, column: number) =>
    (row * wide + (column % wide)) * channels + Math.floor(column / wide);
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return {
    form: 'images',
    arrangement: 'image',
    width: columns * step.x - IMAGE_GAP + 2,
    height: Math.ceil(bands.length / columns) * step.y,
    bands,
    cell: { width: size, height: size },
    across,
    boxOf: ({ box }, variable) => {
      const { row, column } = cellOf(variable);
      return { x: box.x + column * size, y: box.y + row * size, width: size, height: size };
    },
    at: (x, y) => {
      const band = bands.find(({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
      if (!band) return null;
      const [row, column] = [Math.floor((y - band.box.y) / size), Math.floor((x - band.box.x) / size)];
      return { variable: variableAt(row, column), layer: band.layer };
    },
    beside: (variable, dx, dy) => {
      const { row, column } = cellOf(variable);
      return variableAt(clamp(row + dy, tall), clamp(column + dx, across));
    },
  };
}
