/** What a zoomed quilt keeps in sight: along the edges of every matrix in view, which units are there. */
import type { VNode } from 'preact';
import type { Box, RasterMark } from './drawing.tsx';
import type { Pixels } from './pixels.ts';
import { positionSpan, type QuiltLayout, type QuiltPanel } from './quiltLayout.ts';
import { zoomed, type ZoomTransform } from './quiltZoom.ts';
import { unitName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** Thickness of a ruler's colours, px. */
const RULER = 6;
/** Smaller parts of a matrix have no rulers, px. */
const SMALLEST = 56;
/** Between two names, px. */
const NAME_APART = { x: 44, y: 18 } as const;

/** The part of a box that a figure shows; null where none of it is. */
export function inSight(box: Box, { width, height }: { readonly width: number; readonly height: number }): Box | null {
  const [x, y] = [Math.max(0, box.x), Math.max(0, box.y)];
  const [right, bottom] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : null;
}

/** Matrices whose part in sight is large enough to be labelled, at a zoom above 1. */
function ruled(layout: QuiltLayout, zoom: ZoomTransform): { panel: QuiltPanel; box: Box; seen: Box }[] {
  if (zoom.k <= 1) return [];
  return layout.panels.flatMap((panel) => {
    const box = zoomed(panel, zoom);
    const seen = inSight(box, layout);
    return seen && Math.min(seen.width, seen.height) >= SMALLEST ? [{ panel, box, seen }] : [];
  });
}

/** The colours of the units in sight, along the upper and the left edge of each matrix. */
export function rulerRasters(layout: QuiltLayout, strips: readonly Pixels[], zoom: ZoomTransform): RasterMark[] {
  return ruled(layout, zoom).flatMap(({ panel, box, seen }) =>
    (['x', 'y'] as const).flatMap((axis) => {
      const layer = axis === 'x' ? panel.xLayer : panel.yLayer;
      const index = layout.strips.findIndex((strip) => strip.layer === layer && strip.axis === axis);
      const pixels = strips[index];
      if (!pixels) return [];
      const units = layout.layers[layer]!.units;
      const share = (length: number) => (length / (axis === 'x' ? box.width : box.height)) * units;
      const along =
        axis === 'x'
          ? { x: share(seen.x - box.x), y: 0, width: share(seen.width), height: 1 }
          : { x: 0, y: share(seen.y - box.y), width: 1, height: share(seen.height) };
      const place = axis === 'x' ? { ...seen, height: RULER } : { ...seen, width: RULER };
      return [{ ...place, pixels, source: along, hatched: false }];
    }),
  );
}

/** The names of units in sight, as many as fit. */
export function RulerNames({
  layout,
  zoom,
  theme,
}: {
  readonly layout: QuiltLayout;
  readonly zoom: ZoomTransform;
  readonly theme: Theme;
}): VNode {
  return (
    <g
      class="rulers"
      font-size={textSize.small}
      fill={theme.foreground}
      stroke={theme.background}
      stroke-width={3}
      stroke-linejoin="round"
      paint-order="stroke"
    >
      {ruled(layout, zoom).map(({ panel, box, seen }) =>
        (['x', 'y'] as const).map((axis) => {
          const layer = axis === 'x' ? panel.xLayer : panel.yLayer;
          const units = layout.unitAt[layer]!;
          const cell = (axis === 'x' ? box.width : box.height) / units.length;
          const low = axis === 'x' ? seen.x : seen.y;
          const high = low + (axis === 'x' ? seen.width : seen.height);
          const every = Math.max(1, Math.ceil(NAME_APART[axis] / cell));
          const names: VNode[] = [];
          const first = Math.max(0, Math.floor((low - (axis === 'x' ? box.x : box.y)) / cell));
          for (let at = Math.ceil(first / every) * every; at < units.length; at += every) {
            const { start, size } = positionSpan(layout, box, axis, layer, at, 1);
            const middle = start + size / 2;
            if (middle > high - 8) break;
            // The corner belongs to neither side.
            if (middle < low + 24) continue;
            const name = unitName({ layer, unit: units[at]! }, layout.depth);
            names.push(
              axis === 'x' ? (
                <text x={middle} y={seen.y + RULER + 11} text-anchor="middle">
                  {name}
                </text>
              ) : (
                <text x={seen.x + RULER + 4} y={middle} dominant-baseline="central">
                  {name}
                </text>
              ),
            );
          }
          return names;
        }),
      )}
    </g>
  );
}
