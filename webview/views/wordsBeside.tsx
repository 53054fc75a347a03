/** What is told of a place in a figure, standing beside it. */
import type { VNode } from 'preact';

/** @param corner upper left, CSS pixels of the figure; @param width CSS pixels */
export function WordsBeside({
  text,
  corner,
  width,
}: {
  readonly text: string;
  readonly corner: { readonly x: number; readonly y: number };
  readonly width: number;
}): VNode {
  return (
    <div
      class="words"
      role="tooltip"
      aria-hidden="true"
      style={{ left: `${corner.x}px`, top: `${corner.y}px`, width: `${width}px` }}
    >
      <span>{text}</span>
    </div>
  );
}
