/**
 * Matrices of units against units: one zoomable frame for masks, path counts and the Jacobian. Cells are a raster, all
 * that one touches or reads is vector. Rows receive, columns send; the first row is on top.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { NetworkLayer } from '../masks/connectivity.ts';
import type { UnitId } from '../masks/network.ts';
import { arrangedUnits, inversePermutation } from '../masks/sorting.ts';
import { unitColour } from './colours.ts';
import type { Focus, Highlight } from './dependencies.ts';
import type { Box, Drawing } from './drawing.tsx';
import type { UnitOrder } from './nodeLayout.ts';
import type { Pixels } from './pixels.ts';
import { unitName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** The rows and columns of a matrix: which layers, in which order. */
export interface MatrixAxes {
  readonly fromLayer: number;
  readonly toLayer: number;
  readonly rowUnits: Int32Array;
  readonly columnUnits: Int32Array;
  readonly rowAt: Int32Array;
  readonly columnAt: Int32Array;
}

export function matrixAxes(
  layers: readonly NetworkLayer[],
  fromLayer: number,
  toLayer: number,
  order: UnitOrder,
): MatrixAxes {
  const arranged = (layer: number) =>
    arrangedUnits(order === 'degree' ? layers[layer]! : { ...layers[layer]!, degrees: null });
  const rowUnits = arranged(toLayer);
  const columnUnits = arranged(fromLayer);
  return {
    fromLayer,
    toLayer,
    rowUnits,
    columnUnits,
    rowAt: inversePermutation(rowUnits),
    columnAt: inversePermutation(columnUnits),
  };
}

/** The part of a matrix that is shown, in cells. */
export type CellWindow = Box;

export interface MatrixPanelOptions {
  readonly layers: readonly NetworkLayer[];
  /** How many of them are the network's; a context may be listed beyond. All of them where left out. */
  readonly layerCount?: number;
  readonly axes: MatrixAxes;
  readonly pixels: Pixels;
  /** Largest width and height of the whole panel, px. */
  readonly size: { readonly width: number; readonly height: number };
  readonly theme: Theme;
  /** All cells without. */
  readonly window?: CellWindow | null;
  /** What units are called; as in a network of so many layers where left out. */
  readonly unitName?: (unit: UnitId) => string;
  /** Drawn over the cells, in cell coordinates through `place`. */
  readonly over?: (place: CellPlace) => ComponentChildren;
}

/** From cells to px within the panel. */
export interface CellPlace {
  readonly plot: Box;
  readonly cell: { readonly width: number; readonly height: number };
  x(column: number): number;
  y(row: number): number;
}

export interface MatrixPanel {
  readonly drawing: Drawing;
  readonly place: CellPlace;
  readonly axes: MatrixAxes;
  readonly window: CellWindow;
}

const STRIP = 6;
const LABEL = 44;
const TOP = 34;
const CLOSE = 4;
/** Cells are square unless the matrix would become longer than this. */
const LONGEST = 1.5;

function plotBox(rows: number, columns: number, size: { readonly width: number; readonly height: number }): Box {
  const room = { width: size.width - LABEL - STRIP - CLOSE, height: size.height - TOP - STRIP - CLOSE };
  const shape = Math.min(LONGEST, Math.max(1 / LONGEST, columns / rows));
  const width = Math.max(24, Math.min(room.width, room.height * shape));
  return { x: LABEL + STRIP, y: TOP + STRIP, width, height: Math.max(24, width / shape) };
}

export function cellPlace(
  rows: number,
  columns: number,
  size: { readonly width: number; readonly height: number },
  window: CellWindow,
): CellPlace {
  const plot = plotBox(rows, columns, size);
  const cell = { width: plot.width / window.width, height: plot.height / window.height };
  return {
    plot,
    cell,
    x: (column) => plot.x + (column - window.x) * cell.width,
    y: (row) => plot.y + (row - window.y) * cell.height,
  };
}

export function matrixPanel(o: MatrixPanelOptions): MatrixPanel {
  const { axes, pixels, theme, layers, layerCount = layers.length } = o;
  const nameOf = o.unitName ?? ((unit: UnitId) => unitName(unit, layerCount));
  const rows = axes.rowUnits.length;
  const columns = axes.columnUnits.length;
  const window = o.window ?? { x: 0, y: 0, width: columns, height: rows };
  const place = cellPlace(rows, columns, o.size, window);
  const { plot } = place;
  const clip = `cells-${axes.fromLayer}-${axes.toLayer}-${Math.round(plot.width)}`;
  const perCell = { x: pixels.width / columns, y: pixels.height / rows };
  const marks = (
    <>
      <defs>
        <clipPath id={clip}>
          <rect {...plot} />
        </clipPath>
      </defs>
      <g clip-path={`url(#${clip})`}>{o.over?.(place)}</g>
      <rect {...plot} fill="none" stroke={theme.rule} />
      <Edge side="columns" {...{ place, axes, layers, layerCount, window, theme, nameOf }} />
      <Edge side="rows" {...{ place, axes, layers, layerCount, window, theme, nameOf }} />
    </>
  );
  return {
    drawing: {
      width: plot.x + plot.width + CLOSE,
      height: plot.y + plot.height + CLOSE,
      rasters: [
        {
          ...plot,
          pixels,
          hatched: true,
          source: {
            x: window.x * perCell.x,
            y: window.y * perCell.y,
            width: window.width * perCell.x,
            height: window.height * perCell.y,
          },
        },
      ],
      marks,
    },
    place,
    axes,
    window,
  };
}

const SMALLEST_LABEL = 13;
/** Cells smaller than this, px, are too many for their names to be read through. */
const DENSE = 6;
const FINEST_STRIP = 240;

/** Names of units along one side, as far as they fit, and a strip in the colours of their degrees. */
function Edge(o: {
  readonly side: 'rows' | 'columns';
  readonly place: CellPlace;
  readonly axes: MatrixAxes;
  readonly layers: readonly NetworkLayer[];
  readonly layerCount: number;
  readonly nameOf: (unit: UnitId) => string;
  readonly window: CellWindow;
  readonly theme: Theme;
}): VNode {
  const { place, axes, theme, layers } = o;
  const along = o.side === 'columns';
  const layer = along ? axes.fromLayer : axes.toLayer;
  const units = along ? axes.columnUnits : axes.rowUnits;
  const { degrees, name: title } = layers[layer]!;
  const dimension = layers[0]!.units;
  const cell = along ? place.cell.width : place.cell.height;
  const first = Math.max(0, Math.floor(along ? o.window.x : o.window.y));
  const end = Math.min(units.length, Math.ceil(along ? o.window.x + o.window.width : o.window.y + o.window.height));
  const dense = cell < DENSE;
  const needed = along ? (dense ? 56 : 26) : dense ? 40 : SMALLEST_LABEL;
  const every = Math.max(1, Math.ceil(needed / cell));
  const bands = Math.max(1, Math.ceil((end - first) / FINEST_STRIP));
  const label: ComponentChildren[] = [];
  const strip: ComponentChildren[] = [];
  const low = along ? place.plot.x : place.plot.y;
  const high = low + (along ? place.plot.width : place.plot.height);
  for (let at = first; at < end; at += bands) {
    const start = Math.max(low, along ? place.x(at) : place.y(at));
    const stop = Math.min(high, along ? place.x(at + bands) : place.y(at + bands));
    if (stop <= start) continue;
    const fill = unitColour(theme, degrees?.[units[at]!], dimension);
    strip.push(
      along ? (
        <rect x={start} y={place.plot.y - STRIP} width={stop - start + 0.2} height={STRIP - 2} fill={fill} />
      ) : (
        <rect x={place.plot.x - STRIP} y={start} width={STRIP - 2} height={stop - start + 0.2} fill={fill} />
      ),
    );
  }
  for (let at = first; at < end; at++) {
    if ((at - first) % every !== 0) continue;
    const middle = (along ? place.x(at) : place.y(at)) + cell / 2;
    if (middle < low + 3 || middle > high - 3) continue;
    const name = o.nameOf({ layer, unit: units[at]! });
    label.push(
      along ? (
        <text x={middle} y={place.plot.y - STRIP - 5} text-anchor="middle">
          {name}
        </text>
      ) : (
        <text x={place.plot.x - STRIP - 3} y={middle} text-anchor="end" dominant-baseline="central">
          {name}
        </text>
      ),
    );
  }
  const hidden = layer !== 0 && layer < o.layerCount - 1;
  const titled = `${title}${hidden && degrees ? ', by degree' : ''} →`;
  return (
    <g font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
      {strip}
      {label}
      {along ? (
        <text x={place.plot.x} y={10} fill={theme.foreground}>
          {titled}
        </text>
      ) : (
        <text transform={`translate(3,${place.plot.y}) rotate(90)`} fill={theme.foreground}>
          {titled}
        </text>
      )}
    </g>
  );
}

/** The pair under a point, if any. */
export function pairAt(
  panel: MatrixPanel,
  x: number,
  y: number,
): { readonly row: number; readonly column: number; readonly to: UnitId; readonly from: UnitId } | null {
  const { plot, cell } = panel.place;
  if (x < plot.x || y < plot.y || x >= plot.x + plot.width || y >= plot.y + plot.height) return null;
  const column = Math.floor(panel.window.x + (x - plot.x) / cell.width);
  const row = Math.floor(panel.window.y + (y - plot.y) / cell.height);
  const to = panel.axes.rowUnits[row];
  const from = panel.axes.columnUnits[column];
  if (to === undefined || from === undefined) return null;
  return {
    row,
    column,
    to: { layer: panel.axes.toLayer, unit: to },
    from: { layer: panel.axes.fromLayer, unit: from },
  };
}

/** The strict triangle's edge when rows and columns are in the order: a staircase below the diagonal. */
export function triangleOutline(place: CellPlace, dimension: number): string {
  let path = `M${place.x(0)} ${place.y(1)}`;
  const step = Math.max(1, Math.floor(dimension / 400));
  for (let d = 1; d < dimension; d += step) {
    const to = Math.min(dimension, d + step);
    path += `H${round(place.x(Math.min(d + step - 1, dimension - 1)))}V${round(place.y(to))}`;
  }
  return `${path}H${round(place.x(0))}Z`;
}

/** The edge of a degree-sorted mask: for every row, how many columns it sees. */
export function staircase(place: CellPlace, seen: readonly number[]): string {
  let path = `M${round(place.x(0))} ${round(place.y(0))}`;
  let open = -1;
  for (const [row, count] of seen.entries()) {
    if (count === open) continue;
    path += `V${round(place.y(row))}H${round(place.x(count))}`;
    open = count;
  }
  return `${path}V${round(place.y(seen.length))}H${round(place.x(0))}Z`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** The rows and columns of a focus, as one path. */
function focusBands({ place, axes }: MatrixPanel, focus: Focus): string {
  const { plot, cell } = place;
  let path = '';
  for (const unit of focus.from ? [focus.unit, focus.from] : [focus.unit]) {
    if (unit.layer === axes.toLayer) {
      path += `M${plot.x} ${round(place.y(axes.rowAt[unit.unit]!))}h${plot.width}v${Math.max(1.5, cell.height)}h${-plot.width}Z`;
    }
    if (unit.layer === axes.fromLayer) {
      path += `M${round(place.x(axes.columnAt[unit.unit]!))} ${plot.y}v${plot.height}h${Math.max(1.5, cell.width)}v${-plot.height}Z`;
    }
  }
  return path;
}

/** What is pinned, while something else is pointed at: the outlines of its rows and columns. */
export function MatrixPin({
  panel,
  focus,
  theme,
}: {
  readonly panel: MatrixPanel;
  readonly focus: Focus;
  readonly theme: Theme;
}): VNode {
  const { plot } = panel.place;
  const clip = `pin-${panel.axes.fromLayer}-${panel.axes.toLayer}-${Math.round(plot.width)}`;
  const bands = focusBands(panel, focus);
  return (
    <g class="pin" pointer-events="none" fill="none">
      <defs>
        <clipPath id={clip}>
          <rect {...plot} />
        </clipPath>
      </defs>
      <g clip-path={`url(#${clip})`}>
        <path d={bands} stroke={theme.background} stroke-width={3.5} />
        <path d={bands} stroke={theme.accent} stroke-width={1.5} stroke-dasharray="5 3" />
      </g>
    </g>
  );
}

/** Bands of the rows and columns that belong to what is pointed at. */
export function MatrixHighlight({
  panel,
  focus,
  highlight,
  theme,
}: {
  readonly panel: MatrixPanel;
  readonly focus: Focus;
  readonly highlight: Highlight;
  readonly theme: Theme;
}): VNode {
  const { place, axes } = panel;
  const { plot } = place;
  const bands = focusBands(panel, focus);
  const rowMarks = ticksFor(highlight, axes.toLayer, axes.rowUnits);
  const columnMarks = ticksFor(highlight, axes.fromLayer, axes.columnUnits);
  const tick = (start: number, size: number, along: boolean) =>
    along
      ? `M${round(start)} ${round(plot.y - 1)}h${round(size)}`
      : `M${round(plot.x - 1)} ${round(start)}v${round(size)}`;
  const clipped = (start: number, stop: number, low: number, high: number) =>
    [Math.max(start, low), Math.min(stop, high)] as const;
  let path = '';
  for (const { at, count } of columnMarks) {
    const [start, stop] = clipped(place.x(at), place.x(at + count), plot.x, plot.x + plot.width);
    if (stop > start) path += tick(start, Math.max(1.5, stop - start), true);
  }
  for (const { at, count } of rowMarks) {
    const [start, stop] = clipped(place.y(at), place.y(at + count), plot.y, plot.y + plot.height);
    if (stop > start) path += tick(start, Math.max(1.5, stop - start), false);
  }
  const clip = `band-${axes.fromLayer}-${axes.toLayer}-${Math.round(plot.width)}`;
  return (
    <g class="highlight" pointer-events="none">
      <defs>
        <clipPath id={clip}>
          <rect {...plot} />
        </clipPath>
      </defs>
      <g clip-path={`url(#${clip})`}>
        <path d={bands} fill={theme.accent} fill-opacity={0.22} stroke={theme.background} stroke-width={3.5} />
        <path d={bands} fill="none" stroke={theme.accent} stroke-width={1.5} />
      </g>
      <path d={path} fill="none" stroke={theme.foreground} stroke-width={2} />
    </g>
  );
}

function ticksFor({ below, above }: Highlight, layer: number, units: Int32Array): { at: number; count: number }[] {
  const runs: { at: number; count: number }[] = [];
  const [lit, alsoLit] = [below[layer], above[layer]];
  // The context is no layer: nothing of it is lit beside what is pointed at.
  if (!lit || !alsoLit) return runs;
  for (let at = 0; at < units.length; at++) {
    const unit = units[at]!;
    if (lit[unit] !== 1 && alsoLit[unit] !== 1) continue;
    const open = runs[runs.length - 1];
    if (open && open.at + open.count === at) open.count++;
    else runs.push({ at, count: 1 });
  }
  return runs;
}
