/** Where a quilt is shown: scaled and moved. */
import type { Box } from './drawing.tsx';

/** A place on screen: the layout scaled by `k` and moved. */
export interface ZoomTransform {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}
export const noZoom: ZoomTransform = { k: 1, x: 0, y: 0 };

export const zoomed = (box: Box, { k, x, y }: ZoomTransform): Box => ({
  x: box.x * k + x,
  y: box.y * k + y,
  width: box.width * k,
  height: box.height * k,
});

export const rectPath = ({ x, y, width, height }: Box): string => `M${x} ${y}h${width}v${height}h${-width}Z`;
