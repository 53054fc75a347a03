/** What the matrices and the strips of a quilt are called, and the matrices' frames. */
import type { VNode } from 'preact';
import type { Box } from './drawing.tsx';
import type { QuiltPixels } from './quilt.tsx';
import type { QuiltLayout, QuiltPanel, QuiltStrip } from './quiltLayout.ts';
import { inSight } from './quiltRulers.tsx';
import { zoomed, type ZoomTransform } from './quiltZoom.ts';
import { formatCount, weightName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export function PanelFrame({
  panel,
  of,
  zoom,
  layout,
  theme,
}: {
  readonly panel: QuiltPanel;
  readonly of: QuiltPixels['of'];
  readonly zoom: ZoomTransform;
  readonly layout: QuiltLayout;
  readonly theme: Theme;
}): VNode {
  const { layers } = layout;
  const box = zoomed(panel, zoom);
  // Names stay with the part that is in sight, clear of the rulers.
  const seen = zoom.k > 1 ? inSight(box, layout) : box;
  const clear = zoom.k > 1 ? 22 : 0;
  const matrix =
    panel.kind === 'direct'
      ? 'A, direct'
      : panel.kind === 'paths'
        ? 'paths'
        : panel.kind === 'context'
          ? 'context'
          : weightName(panel.from, layout.depth - 1);
  const name = of === 'U' && (panel.kind === 'mask' || panel.kind === 'direct') ? `U of ${matrix}` : matrix;
  const detail =
    panel.kind === 'paths' ? 'how many, log scale' : `${layers[panel.to]!.units} × ${layers[panel.from]!.units}`;
  // Receivers on y leave the upper right corner to what is forbidden, receivers on x the lower left one.
  const upperRight = panel.yLayer === panel.to;
  const fits = seen !== null && seen.width > 84 + 2 * clear && seen.height > 60 + 2 * clear;
  const [x, y] = !seen
    ? [0, 0]
    : upperRight
      ? [seen.x + seen.width - 8, seen.y + 18 + clear]
      : [seen.x + 8 + 2 * clear, seen.y + seen.height - 24];
  const anchor = upperRight ? 'end' : 'start';
  return (
    <>
      <rect {...box} fill="none" stroke={theme.rule} stroke-width={1} />
      {fits && (
        <g text-anchor={anchor} stroke={theme.background} stroke-width={4} stroke-linejoin="round" paint-order="stroke">
          <text x={x} y={y} font-size={textSize.body} font-weight="600" fill={theme.foreground}>
            {name}
          </text>
          {seen.width > 150 && (
            <text x={x} y={y + 14} font-size={textSize.small} fill={theme.foreground}>
              {detail}
            </text>
          )}
        </g>
      )}
    </>
  );
}

export function StripName({
  strip,
  box,
  name,
  units,
  sorted,
  theme,
}: {
  readonly strip: QuiltStrip;
  readonly box: Box;
  readonly name: string;
  readonly units: number;
  readonly sorted: boolean;
  readonly theme: Theme;
}): VNode {
  if (name === 'context') return <ContextName box={box} units={units} theme={theme} />;
  const text = `${name} · ${formatCount(units)}`;
  const how = strip.layer === 0 && strip.axis === 'x' ? 'in the order' : sorted ? 'by degree' : 'as numbered';
  const common = { 'font-size': textSize.small, fill: theme.muted };
  return strip.axis === 'x' ? (
    <text x={box.x} y={strip.layer === 0 ? box.y - 5 : box.y + box.height + 11} {...common}>
      {`${text}, ${how} →`}
    </text>
  ) : (
    <text transform={`translate(${box.x + box.width + 5},${box.y}) rotate(90)`} {...common}>
      {`${text}, ${how} →`}
    </text>
  );
}

/** Over a strip that is as wide as the words. */
function ContextName({
  box,
  units,
  theme,
}: {
  readonly box: Box;
  readonly units: number;
  readonly theme: Theme;
}): VNode {
  return (
    <text x={box.x} y={box.y - 5} font-size={textSize.small} fill={theme.muted}>
      {`context · ${formatCount(units)}`}
    </text>
  );
}
