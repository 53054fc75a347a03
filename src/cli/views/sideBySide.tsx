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
          <PanelTitle>{title}</PanelTitle>
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

/** Drawings of any size, each under its title. */
export function oneBelowTheOther(panels: readonly { readonly title: string; readonly drawing: Drawing }[]): Drawing {
  let height = 0;
  const placed = panels.map(({ title, drawing }) => {
    const y = height;
    height += PANEL_TITLE + drawing.height + PANEL_GAP;
    return { title, drawing, y };
  });
  return {
    width: Math.max(...panels.map(({ drawing }) => drawing.width)),
    height: height - PANEL_GAP,
    rasters: placed.flatMap(({ drawing, y }) =>
      drawing.rasters.map((raster) => ({ ...raster, y: raster.y + y + PANEL_TITLE })),
    ),
    marks: (
      <>
        {placed.map(({ title, drawing, y }) => (
          <g transform={`translate(0,${y})`}>
            <PanelTitle>{title}</PanelTitle>
            <g transform={`translate(0,${PANEL_TITLE})`}>{drawing.marks}</g>
          </g>
        ))}
      </>
    ),
  };
}

const PanelTitle = ({ children }: { readonly children: string }): VNode => (
  <text x={0} y={12} font-family={theme.font} font-size={13} font-weight="600" fill={theme.foreground}>
    {children}
  </text>
);

/** Legends of several panels say each thing once. */
export function distinct(items: readonly LegendItem[]): LegendItem[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.mark, item.label]), item])).values()];
}
