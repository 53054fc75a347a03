/** Several drawings in one picture. */
import type { VNode } from 'preact';
import type { Drawing } from '../../figures/drawing.tsx';
import type { LegendItem } from '../../figures/legend.tsx';
import { theme } from './inspected.ts';

/** Width and height of one, px. */
export const PANEL = 340;
const PANEL_GAP = 24;
const PANELS_ACROSS = 3;
const PANEL_TITLE = 20;

/** Panels in rows, each under its title. */
export function sideBySide(panels: readonly { readonly title: string; readonly drawing: Drawing }[]): Drawing {
  const across = Math.min(PANELS_ACROSS, panels.length);
  const cell = { width: PANEL + PANEL_GAP, height: PANEL + PANEL_TITLE + PANEL_GAP };
  const placed = panels.map(({ title, drawing }, i) => ({
    title,
    drawing,
    x: (i % across) * cell.width,
    y: Math.floor(i / across) * cell.height,
  }));
  const rasters = placed.flatMap(({ drawing, x, y }) =>
    drawing.rasters.map((raster) => ({ ...raster, x: raster.x + x, y: raster.y + y + PANEL_TITLE })),
  );
  const marks: VNode = (
    <>
      {placed.map(({ title, drawing, x, y }) => (
        <g transform={`translate(${x},${y})`}>
          <text x={0} y={12} font-family={theme.font} font-size={13} font-weight="600" fill={theme.foreground}>
            {title}
          </text>
          <g transform={`translate(0,${PANEL_TITLE})`}>{drawing.marks}</g>
        </g>
      ))}
    </>
  );
  return {
    width: across * cell.width - PANEL_GAP,
    height: Math.ceil(panels.length / across) * cell.height,
    rasters,
    marks,
  };
}

/** Legends of several panels say each thing once. */
export function distinct(items: readonly LegendItem[]): LegendItem[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.mark, item.label]), item])).values()];
}
