/**
 * What a figure is made of: vector marks, and rasters below them. The page paints rasters on a canvas under the SVG;
 * everywhere else {@link drawingSvg} puts both into one SVG.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { EncodePixels, Pixels } from './pixels.ts';
import type { Theme } from './theme.ts';

/** A rectangle, px. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels drawn into a box. */
export interface RasterMark extends Box {
  readonly pixels: Pixels;
  /** The part of the pixels that fills the box, in pixels of the raster. */
  readonly source: Box;
  /** Whether what is transparent shows hatching: forbidden. */
  readonly hatched: boolean;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rasters: readonly RasterMark[];
  readonly marks: ComponentChildren;
}

/** Everything of a raster. */
export const wholeSource = (pixels: Pixels): Box => ({ x: 0, y: 0, width: pixels.width, height: pixels.height });

/** Distance and width of the hatching's lines, px; the canvas draws the same. */
export const HATCH = { step: 6, width: 1 } as const;

/** The hatching that means "forbidden". */
export function HatchPattern({ id, theme }: { readonly id: string; readonly theme: Theme }): VNode {
  return (
    <pattern id={id} width={HATCH.step} height={HATCH.step} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line x1={0} y1={0} x2={0} y2={HATCH.step} stroke={theme.rule} stroke-width={HATCH.width * 2} />
    </pattern>
  );
}

/** One raster as SVG, its hatching below it. */
function Raster({
  mark,
  hatchId,
  encode,
}: {
  readonly mark: RasterMark;
  readonly hatchId: string;
  readonly encode: EncodePixels;
}) {
  const { x, y, width, height, pixels, source } = mark;
  const shrinks = width < source.width;
  return (
    <>
      {mark.hatched && <rect x={x} y={y} width={width} height={height} fill={`url(#${hatchId})`} />}
      <svg
        x={x}
        y={y}
        width={width}
        height={height}
        viewBox={`${source.x} ${source.y} ${source.width} ${source.height}`}
        preserveAspectRatio="none"
      >
        <image
          href={encode(pixels)}
          width={pixels.width}
          height={pixels.height}
          preserveAspectRatio="none"
          image-rendering={shrinks ? 'auto' : 'pixelated'}
        />
      </svg>
    </>
  );
}

/** The rasters and marks of a drawing as one group. */
export function DrawingMarks(props: {
  readonly drawing: Drawing;
  readonly theme: Theme;
  readonly encode: EncodePixels;
  readonly hatchId?: string;
}): VNode {
  const hatchId = props.hatchId ?? 'hatch';
  const hatched = props.drawing.rasters.some((raster) => raster.hatched);
  return (
    <>
      {hatched && (
        <defs>
          <HatchPattern id={hatchId} theme={props.theme} />
        </defs>
      )}
      {props.drawing.rasters.map((mark) => (
        <Raster mark={mark} hatchId={hatchId} encode={props.encode} />
      ))}
      {props.drawing.marks}
    </>
  );
}
