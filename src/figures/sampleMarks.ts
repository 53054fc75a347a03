/** How entries of samples came about, as marks over their pixels: what was given is outlined, what is to come is empty. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import { channelsOf } from '../spec/imageShape.ts';
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
      y >= 0 &&
      y < height &&
      x >= 0 &&
      x < width &&
      entries[row * dimension + (y * width + x) * channels] === sampleEntries.given;
    // Lines as long as they go: a half of an image is four of them, not a hundred.
    for (let y = 0; y <= height; y++) {
      runs(
        width,
        (x) => given(y - 1, x) !== given(y, x),
        (from, to) => {
          path.push(`M${left + from * scale.x} ${top + y * scale.y}h${(to - from) * scale.x}`);
        },
      );
    }
    for (let x = 0; x <= width; x++) {
      runs(
        height,
        (y) => given(y, x - 1) !== given(y, x),
        (from, to) => {
          path.push(`M${left + x * scale.x} ${top + from * scale.y}v${(to - from) * scale.y}`);
        },
      );
    }
  }
  return path.join('');
}

/** Calls `run` for every stretch of indices for which `holds`. */
function runs(count: number, holds: (index: number) => boolean, run: (from: number, to: number) => void): void {
  let from = -1;
  for (let i = 0; i <= count; i++) {
    const now = i < count && holds(i);
    if (now && from < 0) from = i;
    if (!now && from >= 0) {
      run(from, i);
      from = -1;
    }
  }
}
