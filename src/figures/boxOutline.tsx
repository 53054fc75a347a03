/** The line around a place that is pointed at or pinned. */
import type { VNode } from 'preact';
import type { Box } from './drawing.tsx';

export function BoxOutline({
  box,
  away,
  colour,
  width = 2,
}: {
  readonly box: Box;
  /** Between the box and the line, px. */
  readonly away: number;
  readonly colour: string;
  readonly width?: number;
}): VNode {
  return (
    <rect
      x={box.x - away}
      y={box.y - away}
      width={box.width + 2 * away}
      height={box.height + 2 * away}
      fill="none"
      stroke={colour}
      stroke-width={width}
    />
  );
}
