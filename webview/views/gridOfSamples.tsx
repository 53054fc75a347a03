/** Samples as a grid of images, or one row of cells a sample. */
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import {
  sampleDrawing,
  sampleLegend,
  sampleLayout,
  samplePixels,
  variableAt,
  variablePath,
  type SampleValues,
} from '../../src/figures/sampleGrid.tsx';
import { entryText } from '../../src/figures/sampleWords.ts';
import { placeIn, variableIn } from '../../src/figures/imageWords.ts';
import { inputName } from '../../src/figures/text.ts';
import type { Pixels } from '../../src/figures/pixels.ts';
import type { SamplesFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame, type FigureFrameProps } from '../figureFrame.tsx';
import type { ViewProps } from './view.ts';

/** Rows that are no images are a table at first, as long as it is one that can be read. */
const TABLE_COLUMNS = 64;

/** What stands around samples, however they are drawn. */
export type AroundSamples = Omit<FigureFrameProps, 'reading' | 'legend' | 'figure' | 'children'>;

export interface DrawnSamples<F extends SamplesFrame> {
  readonly frame: F;
  readonly which: SampleValues;
  readonly around: AroundSamples;
  /** What is said of any samples. */
  readonly reading: string;
}

interface Place {
  readonly row: number;
  readonly variable: number;
}

export function GridOfSamples({ frame, which, around, reading: general }: DrawnSamples<SamplesFrame>): VNode {
  const { page, title } = around;
  const { model, width } = page;
  const [at, pointAt] = useState<Place | null>(null);
  const layout = useMemo(() => sampleLayout(frame, width), [frame, width]);
  const pixels = useMemo(() => samplePixels(frame, which, layout), [frame, which, layout]);
  const drawing = useMemo(
    () => sampleDrawing(frame, layout, pixels, model.theme),
    [frame, layout, pixels, model.theme],
  );
  const pinned = model.selection?.pinned === true ? variableOf(model.selection.unit, frame) : null;
  const legend = useMemo(() => sampleLegend(frame), [frame]);
  const means = `Each pixel is the ${frame.range ? 'mean' : 'probability'} of the conditional that it was drawn from.`;
  const reading = which === 'means' ? `${general} ${means}` : general;
  const marks = [...(pinned === null ? [] : [pinned]), ...(at ? [at.variable] : [])];

  return (
    <FigureFrame
      {...around}
      reading={reading}
      legend={legend}
      tableFirst={frame.image === null && frame.dimension <= TABLE_COLUMNS}
      figure={(theme) => {
        // In an export the grid keeps its size; only the colours of its surroundings are the theme's.
        return {
          title: `${title}: ${model.experiment}`,
          reading,
          drawing: sampleDrawing(frame, layout, pixels, theme),
          legend,
        };
      }}
    >
      <div
        class="sample-grid"
        style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
        tabIndex={0}
        role="group"
        aria-roledescription="grid of samples"
        aria-label={`${title}: ${reading}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          pointAt(variableAt(frame, layout, event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onClick={() => {
          if (at) pin(page, at.variable, pinned);
        }}
        onKeyDown={(event) => {
          const next = moved(event.key, at, frame, layout.columns);
          if (next) {
            pointAt(next);
            page.announce(entryText(frame, next));
          } else if (event.key === 'Enter' && at) pin(page, at.variable, pinned);
          else if (event.key === 'Escape') {
            pointAt(null);
            page.select(null);
          } else return;
          event.preventDefault();
        }}
      >
        <Raster
          pixels={pixels}
          left={layout.left}
          top={layout.top}
          width={layout.width - layout.left}
          height={layout.height - layout.top}
        />
        <svg width={layout.width} height={layout.height} aria-hidden="true">
          <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={model.theme} encode={canvasDataUri} />
          {marks.map((variable) => (
            <path
              d={variablePath(frame, layout, variable)}
              fill="none"
              stroke={model.theme.accent}
              stroke-width={1.5}
            />
          ))}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at
          ? entryText(frame, at)
          : pinned === null
            ? `Point at a ${frame.image ? 'pixel' : 'cell'} to read it and to find its variable in every sample; a click pins the variable in every view.`
            : `${inputName(pinned)} is pinned: outlined in every sample.`}
      </p>
    </FigureFrame>
  );
}

/** The pixels as they are, whatever the theme. */
function Raster({
  pixels,
  left,
  top,
  width,
  height,
}: {
  readonly pixels: Pixels;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (pixels.width > 0 && pixels.height > 0)
      context?.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      width={pixels.width}
      height={pixels.height}
      aria-hidden="true"
      style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}
    />
  );
}

/** The variable that a selected unit stands for; null for hidden units. */
function variableOf(
  { layer, unit }: { readonly layer: number; readonly unit: number },
  { dimension }: SamplesFrame,
): number | null {
  return layer === 0 && unit < dimension ? unit : null;
}

function pin(page: ViewProps, variable: number, pinned: number | null): void {
  if (variable === pinned) page.select(null);
  else page.select({ unit: { layer: 0, unit: variable } }, true);
}

/** Arrow keys go from pixel to pixel, Page Up and Down from sample to sample. */
function moved(key: string, at: Place | null, frame: SamplesFrame, columns: number): Place | null {
  const image = frame.image ?? ([1, frame.dimension] as const);
  const [height, width] = image;
  const here = at ?? { row: 0, variable: 0 };
  const place = placeIn(image, here.variable);
  const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const variable = (dx: number, dy: number): Place => ({
    row: here.row,
    variable: variableIn(image, {
      ...place,
      row: within(place.row + dy, height),
      column: within(place.column + dx, width),
    }),
  });
  const sample = (by: number): Place => ({ ...here, row: Math.min(frame.rows - 1, Math.max(0, here.row + by)) });
  switch (key) {
    case 'ArrowLeft':
      return variable(-1, 0);
    case 'ArrowRight':
      return variable(1, 0);
    case 'ArrowUp':
      return frame.image ? variable(0, -1) : sample(-1);
    case 'ArrowDown':
      return frame.image ? variable(0, 1) : sample(1);
    case 'PageUp':
      return sample(-columns);
    case 'PageDown':
      return sample(columns);
    case 'Home':
      return { row: 0, variable: 0 };
    case 'End':
      return { row: frame.rows - 1, variable: frame.dimension - 1 };
    default:
      return null;
  }
}
