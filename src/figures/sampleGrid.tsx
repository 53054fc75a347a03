/** Rows drawn from the model: a grid of images, or one row of cells a sample. Data is never themed. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import { placeIn, variableIn } from '../spec/imageShape.ts';
import { wholeSource, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { imageGridPixels, type Pixels } from './pixels.ts';
import { greyRamp } from './ramps.ts';
import { givenPath, hasEntry } from './sampleMarks.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface SampleLayout {
  /** Images (or rows of cells) across and down. */
  readonly columns: number;
  readonly rows: number;
  /** Screen px of one pixel (image) or of one cell. */
  readonly scale: { readonly x: number; readonly y: number };
  /** Pixels between images, in pixels of the image. */
  readonly gap: number;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

export type SampleValues = 'draws' | 'means';

/** Pixels between images: fewer where a pixel is large. */
const gapOf = (wide: number) => (wide < 12 ? 1 : 2);
const WIDEST_TILE = 84;
const TABLE_LEFT = 34;
const TABLE_TOP = 8;
/** Neither grey of the data nor a colour with a meaning: the orange of Okabe and Ito, in a dark halo. */
const GIVEN = { halo: '#1b1b1b', line: '#E69F00' };

export function sampleLayout(frame: SamplesFrame, width: number): SampleLayout {
  if (frame.image) {
    const [height, wide] = frame.image;
    const gap = gapOf(wide);
    // Whole pixels of the screen, so that every pixel of an image is equally large.
    const preferred = Math.max(1, Math.floor(WIDEST_TILE / wide));
    // As near to a square as there is room for: the images are what one looks at.
    const across = Math.min(10, Math.ceil(Math.sqrt(frame.rows)));
    const fitting = Math.floor((width + gap) / (across * (wide + gap)));
    const scale = Math.max(1, Math.min(preferred, fitting));
    const columns = Math.max(1, Math.min(frame.rows, Math.floor((width + gap * scale) / ((wide + gap) * scale))));
    const square = frame.rows === 100 && columns >= 10 ? 10 : columns;
    const rows = Math.ceil(frame.rows / square);
    return {
      columns: square,
      rows,
      scale: { x: scale, y: scale },
      gap,
      width: (square * (wide + gap) - gap) * scale,
      height: (rows * (height + gap) - gap) * scale,
      left: 0,
      top: 0,
    };
  }
  const x = Math.max(1, Math.min(22, (width - TABLE_LEFT) / frame.dimension));
  const y = Math.max(4, Math.min(14, 480 / frame.rows));
  return {
    columns: 1,
    rows: frame.rows,
    scale: { x, y },
    gap: 0,
    width: TABLE_LEFT + x * frame.dimension,
    height: TABLE_TOP + y * frame.rows,
    left: TABLE_LEFT,
    top: TABLE_TOP,
  };
}

export function samplePixels(frame: SamplesFrame, which: SampleValues, layout: SampleLayout): Pixels {
  const values = which === 'means' && frame.means ? frame.means : frame.values;
  const image = frame.image ?? ([1, frame.dimension] as const);
  const { entries } = frame;
  const hidden = entries && ((at: number) => entries[at] === sampleEntries.coming);
  return imageGridPixels({
    values,
    ...(hidden && { hidden }),
    count: frame.rows,
    image,
    columns: layout.columns,
    gap: layout.gap,
  });
}

/** What black and white stand for, where they are not 0 and 1, and what is marked. */
export function sampleLegend(frame: SamplesFrame): LegendItem[] {
  const { range } = frame;
  return [
    ...(range
      ? [
          {
            mark: 'ramp' as const,
            label: 'value',
            ramp: greyRamp(),
            low: formatValue(range[0]),
            high: formatValue(range[1]),
          },
        ]
      : []),
    ...(hasEntry(frame, 'given')
      ? [{ mark: 'frame' as const, label: 'given; all else is drawn', colour: GIVEN.line, halo: GIVEN.halo }]
      : []),
    ...(hasEntry(frame, 'coming') ? [{ mark: 'empty' as const, label: 'not drawn yet' }] : []),
  ];
}

/** The sample and the variable under a point, of a pixel in colour its first. */
export function variableAt(
  frame: SamplesFrame,
  layout: SampleLayout,
  x: number,
  y: number,
): { readonly row: number; readonly variable: number } | null {
  const [height, width] = frame.image ?? [1, frame.dimension];
  const px = (x - layout.left) / layout.scale.x;
  const py = (y - layout.top) / layout.scale.y;
  if (px < 0 || py < 0) return null;
  const column = Math.floor(px / (width + layout.gap));
  const line = Math.floor(py / (height + layout.gap));
  const inX = Math.floor(px - column * (width + layout.gap));
  const inY = Math.floor(py - line * (height + layout.gap));
  const row = line * layout.columns + column;
  if (column >= layout.columns || inX >= width || inY >= height || row >= frame.rows) return null;
  return { row, variable: variableIn(frame.image ?? [1, width], { row: inY, column: inX, channel: 0 }) };
}

/** Every place where one variable is drawn. */
export function variablePath(frame: SamplesFrame, layout: SampleLayout, variable: number): string {
  const [height, width] = frame.image ?? [1, frame.dimension];
  const { row: y, column: x } = placeIn(frame.image ?? [1, width], variable);
  let path = '';
  for (let row = 0; row < frame.rows; row++) {
    const left = layout.left + ((row % layout.columns) * (width + layout.gap) + x) * layout.scale.x;
    const top = layout.top + (Math.floor(row / layout.columns) * (height + layout.gap) + y) * layout.scale.y;
    path += `M${left} ${top}h${layout.scale.x}v${layout.scale.y}h${-layout.scale.x}z`;
  }
  return path;
}

/** The outlines of the images, just outside their pixels: without them white images end nowhere on a white page. */
function tilesPath([height, width]: readonly [number, number, number?], count: number, layout: SampleLayout): string {
  const { columns, scale, gap } = layout;
  let path = '';
  for (let row = 0; row < count; row++) {
    const x = layout.left + (row % columns) * (width + gap) * scale.x - 0.5;
    const y = layout.top + Math.floor(row / columns) * (height + gap) * scale.y - 0.5;
    path += `M${x} ${y}h${width * scale.x + 1}v${height * scale.y + 1}h${-width * scale.x - 1}z`;
  }
  return path;
}

/** Outlines of what is given: dark within light, so that they are seen on black, on white and on either page. */
function GivenMarks({ frame, layout }: { readonly frame: SamplesFrame; readonly layout: SampleLayout }) {
  if (!hasEntry(frame, 'given')) return null;
  const path = givenPath(frame, layout);
  return (
    <g class="given" fill="none" stroke-linecap="square">
      <path d={path} stroke={GIVEN.halo} stroke-width={3} />
      <path d={path} stroke={GIVEN.line} stroke-width={1.5} />
    </g>
  );
}

export function sampleDrawing(frame: SamplesFrame, layout: SampleLayout, pixels: Pixels, theme: Theme): Drawing {
  const every = Math.max(1, Math.ceil(14 / layout.scale.y));
  return {
    width: layout.width,
    height: layout.height,
    rasters: [
      {
        x: layout.left,
        y: layout.top,
        width: layout.width - layout.left,
        height: layout.height - layout.top,
        pixels,
        source: wholeSource(pixels),
        hatched: false,
      },
    ],
    marks: frame.image ? (
      <>
        <path d={tilesPath(frame.image, frame.rows, layout)} fill="none" stroke={theme.rule} />
        <GivenMarks frame={frame} layout={layout} />
      </>
    ) : (
      <g font-family={theme.font} font-size={textSize.small} fill={theme.muted} text-anchor="end">
        <path d={tilesPath([frame.rows, frame.dimension], 1, layout)} fill="none" stroke={theme.rule} />
        {Array.from({ length: frame.rows }, (_, row) =>
          row % every === 0 ? (
            <text x={layout.left - 6} y={layout.top + (row + 0.5) * layout.scale.y} dominant-baseline="central">
              {row + 1}
            </text>
          ) : null,
        )}
        <GivenMarks frame={frame} layout={layout} />
      </g>
    ),
  };
}
