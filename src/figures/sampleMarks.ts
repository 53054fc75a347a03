/** How entries of samples came about, as marks over their pixels: what was given is outlined, what is to come is empty. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import { channelsOf } from '../spec/imageShape.ts';
import { regionPath } from './regionPath.ts';
import type { SampleLayout } from './sampleGrid.tsx';

/** Whether some entries were given, or are yet to come. */
export function hasEntry({ entries }: SamplesFrame, entry: keyof typeof sampleEntries): boolean {
  return entries?.includes(sampleEntries[entry]) ?? false;
}

/** Outlines of all that was given: lines run between pixels, around each region as a whole. */
export function givenPath(frame: SamplesFrame, layout: SampleLayout): string {
  const { entries, dimension, rows } = frame;
  if (!entries) return '';
  const [height, width] = frame.image ?? [1, dimension];
  const channels = frame.image ? channelsOf(frame.image) : 1;
  const { scale, gap, columns } = layout;
  const path: string[] = [];
  for (let row = 0; row < rows; row++) {
    const left = layout.left + (row % columns) * (width + gap) * scale.x;
    const top = layout.top + Math.floor(row / columns) * (height + gap) * scale.y;
    const given = (y: number, x: number) =>
      entries[row * dimension + (y * width + x) * channels] === sampleEntries.given;
    path.push(regionPath({ rows: height, columns: width, x: left, y: top, cell: scale, inside: given }));
  }
  return path.join('');
}
