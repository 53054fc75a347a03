/** Rasters painted on a canvas that lies under a figure's SVG. */
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { HATCH, type RasterMark } from '../../src/figures/drawing.tsx';
import type { Pixels } from '../../src/figures/pixels.ts';
import type { Theme } from '../../src/figures/theme.ts';

/** Pixels as something that can be drawn again and again; made once, gone with the pixels. */
const painted = new WeakMap<Pixels, HTMLCanvasElement>();

function canvasOf(pixels: Pixels): HTMLCanvasElement {
  let canvas = painted.get(pixels);
  if (!canvas) {
    canvas = document.createElement('canvas');
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    if (pixels.width > 0 && pixels.height > 0) {
      canvas.getContext('2d')?.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
    }
    painted.set(pixels, canvas);
  }
  return canvas;
}

/** Lines as the SVG pattern has them: at 45°, `step` apart. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height }: RasterMark, colour: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  const apart = HATCH.step * Math.SQRT2;
  for (let c = Math.ceil((x + y) / apart) * apart; c < x + y + width + height; c += apart) {
    context.moveTo(c - y, y);
    context.lineTo(c - y - height, y + height);
  }
  context.strokeStyle = colour;
  context.lineWidth = HATCH.width;
  context.stroke();
  context.restore();
}

export interface CanvasLayerProps {
  readonly width: number;
  readonly height: number;
  readonly rasters: readonly RasterMark[];
  readonly theme: Theme;
}

/** Redrawn when what is shown or the theme changes; never by a pointer that only moves. */
export function CanvasLayer({ width, height, rasters, theme }: CanvasLayerProps): VNode {
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const scale = window.devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    // Theme colours are variables of the page; the element's own colour is what they come to.
    const colour = getComputedStyle(canvas).color;
    for (const mark of rasters) {
      if (mark.x > width || mark.y > height || mark.x + mark.width < 0 || mark.y + mark.height < 0) continue;
      if (mark.hatched) hatch(context, clippedTo(mark, width, height), colour);
      const { source } = mark;
      context.imageSmoothingEnabled = mark.width * scale < source.width || mark.height * scale < source.height;
      context.imageSmoothingQuality = 'high';
      context.drawImage(
        canvasOf(mark.pixels),
        source.x,
        source.y,
        source.width,
        source.height,
        mark.x,
        mark.y,
        mark.width,
        mark.height,
      );
    }
  }, [width, height, rasters, theme]);
  return (
    <canvas
      ref={element}
      aria-hidden="true"
      style={{ width: `${width}px`, height: `${height}px`, color: theme.rule }}
    />
  );
}

/** The part of a mark that is on the canvas: hatching a matrix zoomed forty times would draw lines by the million. */
function clippedTo(mark: RasterMark, width: number, height: number): RasterMark {
  const x = Math.max(0, mark.x);
  const y = Math.max(0, mark.y);
  return {
    ...mark,
    x,
    y,
    width: Math.min(width, mark.x + mark.width) - x,
    height: Math.min(height, mark.y + mark.height) - y,
  };
}
