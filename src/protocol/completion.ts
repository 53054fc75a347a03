/** Which part of a row is given when rows are completed: from words, or from what is typed, to ranges of columns. Pure. */
import type { RunManifest } from '../runs/manifest.ts';
import { channelsOf, type ImageSize } from '../spec/imageShape.ts';
import type { ColumnRange } from './worker.ts';

/** Parts of an image with words for them, and of any other row; `list` is typed. */
export const imageParts = ['upper', 'lower', 'left', 'right', 'list'] as const;
export const rowParts = ['first', 'second', 'list'] as const;
export type KeptPart = (typeof imageParts)[number] | (typeof rowParts)[number];

export const partNames: Readonly<Record<KeptPart, string>> = {
  upper: 'Upper half',
  lower: 'Lower half',
  left: 'Left half',
  right: 'Right half',
  first: 'First half',
  second: 'Second half',
  list: 'Listed variables',
};

/** What rows look like: D, and their size if they are images. */
export interface RowShape {
  readonly dimension: number;
  readonly image: ImageSize | null;
}

/** Whether rows can be completed: by models of conditionals, not by those that draw all variables of a row at once. */
export function canComplete(model: RunManifest['model']): boolean {
  return model?.flow === undefined && model?.latent === undefined && model?.quantity.kind !== 'loss';
}

/** The parts that rows of this shape have: a half of what has one line or column, or one variable, is none. */
export function partsOf({ dimension, image }: RowShape): readonly KeptPart[] {
  if (image === null) return dimension > 1 ? rowParts : ['list'];
  const [height, width] = image;
  return imageParts.filter((part) => {
    if (part === 'upper' || part === 'lower') return height > 1;
    return part === 'left' || part === 'right' ? width > 1 : true;
  });
}

/** Ranges of columns, both ends included, from 0; halves of an odd number are the smaller first one and the rest. */
export function rangesOfPart(part: Exclude<KeptPart, 'list'>, { dimension, image }: RowShape): ColumnRange[] {
  const [height, pixels] = image ?? [1, dimension];
  const channels = image ? channelsOf(image) : 1;
  const width = pixels * channels;
  const [lines, across] = [Math.floor(height / 2), Math.floor(pixels / 2) * channels];
  const perLine = (from: number, to: number) =>
    Array.from({ length: height }, (_, y): ColumnRange => [y * width + from, y * width + to]);
  switch (part) {
    case 'upper':
      return [[0, lines * width - 1]];
    case 'lower':
      return [[lines * width, dimension - 1]];
    case 'first':
    case 'left':
      return perLine(0, across - 1);
    case 'second':
    case 'right':
      return perLine(across, width - 1);
  }
}

/** "1-8, 12": variables as they are called on the page, counted from 1; or what is wrong with the text. */
export function parseVariables(text: string, dimension: number): ColumnRange[] | string {
  const wanted = `Variables from 1 to ${dimension.toLocaleString('en')}, for example ${dimension > 2 ? '1-2, ' : ''}${dimension}`;
  const ranges: ColumnRange[] = [];
  for (const part of text.split(',')) {
    const found = /^\s*(\d+)\s*(?:[-–]\s*(\d+)\s*)?$/.exec(part);
    if (!found) return wanted;
    const from = Number(found[1]);
    const to = found[2] === undefined ? from : Number(found[2]);
    if (from < 1 || to > dimension || from > to) return wanted;
    ranges.push([from - 1, to - 1]);
  }
  return ranges;
}
