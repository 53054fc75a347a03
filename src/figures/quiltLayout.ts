/**
 * A large network as a quilt (Watson, Brink, Stallmann, Rhyne, Devarajan & Patel 2008): its mask matrices joined
 * corner to corner, layers alternately along x and y, so that neighbouring matrices share an axis. Following a
 * dependency is walking down a column, turning at the layer, walking along a row, from the top left to the bottom
 * right. The free corner closes the circle: the direct connection if there is one, otherwise the product of all masks,
 * inputs against outputs, as the strict lower triangle that everybody knows.
 *
 * Units of a layer are sorted by degree, so that masks are staircases and whatever a unit depends on is a contiguous
 * stretch of every layer.
 */
import type { Connectivity, NetworkLayer } from '../masks/connectivity.ts';
import type { NetworkContext, UnitId } from '../masks/network.ts';
import { arrangedUnits, inversePermutation } from '../masks/sorting.ts';
import type { Focus } from './dependencies.ts';
import type { Box } from './drawing.tsx';

/** One layer's strip of units along an axis. */
export interface QuiltStrip extends Box {
  readonly layer: number;
  readonly axis: 'x' | 'y';
}

/** One matrix. */
export interface QuiltPanel extends Box {
  readonly kind: 'mask' | 'direct' | 'paths' | 'context';
  /** Place among the network's weight matrices; null for paths and where the context leads in. */
  readonly joint: number | null;
  readonly from: number;
  readonly to: number;
  /** Layers along its axes. */
  readonly xLayer: number;
  readonly yLayer: number;
}

export interface QuiltLayout {
  readonly width: number;
  readonly height: number;
  /** The network's, and after them the columns of the context, where there is one. */
  readonly layers: readonly NetworkLayer[];
  /** Layers of the network itself. */
  readonly depth: number;
  /** unitAt[layer][position] = unit. */
  readonly unitAt: readonly Int32Array[];
  /** positionOf[layer][unit] = position. */
  readonly positionOf: readonly Int32Array[];
  readonly strips: readonly QuiltStrip[];
  readonly panels: readonly QuiltPanel[];
}

/** Thickness of a strip of units, px. */
export const STRIP = 12;
/** Between two matrices: the strip of the layer they share, and its name. */
const GAP = 40;
/** Around everything: the strips of inputs and outputs and their names. */
const EDGE = 36;
const CLOSE = 6;
const STRIP_AWAY = 4;
/** A context's matrices stand before the inputs', wide enough for its name, px. */
const CONTEXT_WIDTH = 72;
const CONTEXT_GAP = 20;

/** The largest quilt that fits into `room`. */
export function quiltLayout(
  {
    layers,
    direct,
    context = null,
  }: Pick<Connectivity, 'layers' | 'direct'> & { readonly context?: NetworkContext | null },
  room: { readonly width: number; readonly height: number },
): QuiltLayout {
  const last = layers.length - 1;
  // Extents grow with the root of the size: a layer of 16 units beside one of 784 still can be pointed at.
  const weight = (layer: number) => Math.sqrt(Math.max(9, layers[layer]!.units));
  const all = layers.map((_, layer) => layer);
  const columns = all.filter((layer) => layer % 2 === 0);
  const rows = all.filter((layer) => layer % 2 === 1);
  // The closing matrix needs the outputs along y; where they lie along x it gets a row of its own.
  if (last % 2 === 0) rows.push(last);
  const sum = (some: readonly number[]) => some.reduce((total, layer) => total + weight(layer), 0);
  const before = context ? CLOSE + CONTEXT_WIDTH + CONTEXT_GAP : CLOSE;
  const fixedWidth = before + EDGE + (columns.length - 1) * GAP;
  const fixedHeight = EDGE + (rows.length - 1) * GAP + (last % 2 === 0 ? CLOSE : EDGE);
  const scale = Math.max(
    1,
    Math.min((room.width - fixedWidth) / sum(columns), (room.height - fixedHeight) / sum(rows)),
  );
  const extent = (layer: number) => Math.round(weight(layer) * scale);

  const left = new Map<number, number>();
  let x = before;
  for (const layer of columns) {
    left.set(layer, x);
    x += extent(layer) + GAP;
  }
  const width = x - GAP + EDGE;
  const height = fixedHeight + rows.reduce((total, layer) => total + extent(layer), 0);
  const top = new Map<number, number>();
  let y = EDGE;
  for (const layer of rows) {
    top.set(layer, y);
    y += extent(layer) + GAP;
  }

  const panelAt = (
    kind: QuiltPanel['kind'],
    joint: number | null,
    [from, to]: readonly [number, number],
    [xLayer, yLayer]: readonly [number, number],
  ): QuiltPanel => ({
    kind,
    joint,
    from,
    to,
    xLayer,
    yLayer,
    x: left.get(xLayer)!,
    y: top.get(yLayer)!,
    width: extent(xLayer),
    height: extent(yLayer),
  });
  const masks = all
    .slice(0, -1)
    .map((l) =>
      l % 2 === 0 ? panelAt('mask', l, [l, l + 1], [l, l + 1]) : panelAt('mask', l, [l, l + 1], [l + 1, l]),
    );
  // Without a hidden layer the only mask stands there itself.
  const closing =
    last === 1
      ? null
      : direct
        ? panelAt('direct', last, [0, last], [0, last])
        : panelAt('paths', null, [0, last], [0, last]);
  // Layers along y have room before them; those are the first hidden one and, in the closing matrix, the outputs.
  const given = (context?.into ?? [])
    .filter((layer) => top.has(layer))
    .map((layer): QuiltPanel => ({
      ...{ kind: 'context', joint: null, from: layers.length, to: layer, xLayer: layers.length, yLayer: layer },
      ...{ x: CLOSE, y: top.get(layer)!, width: CONTEXT_WIDTH, height: extent(layer) },
    }));
  const panels = [...masks, ...(closing ? [closing] : []), ...given];
  const columnsOf = context ? [{ name: 'context', units: context.size, degrees: null }] : [];
  const shown = [...layers, ...columnsOf];
  const unitAt = shown.map(arrangedUnits);
  return {
    width,
    height,
    layers: shown,
    depth: layers.length,
    unitAt,
    positionOf: unitAt.map(inversePermutation),
    strips: [
      ...stripsOf(masks, closing ?? masks[0]!),
      ...given.slice(0, 1).map((panel) => along(panel, 'x', panel.from, 'before')),
    ],
    panels,
  };
}

/** The strip of a layer along one side of a matrix. */
function along(panel: QuiltPanel, axis: 'x' | 'y', layer: number, side: 'before' | 'after'): QuiltStrip {
  return axis === 'x'
    ? {
        layer,
        axis,
        x: panel.x,
        width: panel.width,
        height: STRIP,
        y: side === 'before' ? panel.y - STRIP_AWAY - STRIP : panel.y + panel.height + STRIP_AWAY,
      }
    : {
        layer,
        axis,
        y: panel.y,
        height: panel.height,
        width: STRIP,
        x: side === 'before' ? panel.x - STRIP_AWAY - STRIP : panel.x + panel.width + STRIP_AWAY,
      };
}

/** A strip for every layer, between the two matrices that share it; outputs again beside the closing matrix if need be. */
function stripsOf(masks: readonly QuiltPanel[], closing: QuiltPanel): QuiltStrip[] {
  const strips = [along(masks[0]!, 'x', 0, 'before')];
  for (const panel of masks) strips.push(along(panel, panel.xLayer === panel.to ? 'x' : 'y', panel.to, 'after'));
  const last = masks[masks.length - 1]!;
  if (last.xLayer === last.to) strips.push(along(closing, 'y', closing.to, 'after'));
  return strips;
}

/** `count` neighbouring positions of a layer along an axis of a box; degrees grow to the right and downward. */
export function positionSpan(
  layout: QuiltLayout,
  box: Box,
  axis: 'x' | 'y',
  layer: number,
  position: number,
  count: number,
): { readonly start: number; readonly size: number } {
  const total = layout.layers[layer]!.units;
  const extent = axis === 'x' ? box.width : box.height;
  const size = (count * extent) / total;
  return { start: (axis === 'x' ? box.x : box.y) + (position * extent) / total, size };
}

/** What lies under a point: a unit (on a strip), or what flows between two units (in a matrix). */
export function quiltAt(layout: QuiltLayout, x: number, y: number): Focus | null {
  const inside = (box: Box, slack: number) =>
    x >= box.x - slack && x < box.x + box.width + slack && y >= box.y - slack && y < box.y + box.height + slack;
  const unitOn = (box: Box, axis: 'x' | 'y', layer: number): UnitId => {
    const total = layout.layers[layer]!.units;
    const share = axis === 'x' ? (x - box.x) / box.width : (y - box.y) / box.height;
    const position = Math.min(total - 1, Math.max(0, Math.floor(share * total)));
    return { layer, unit: layout.unitAt[layer]![position]! };
  };
  for (const panel of layout.panels) {
    if (!inside(panel, 0)) continue;
    const onX = unitOn(panel, 'x', panel.xLayer);
    const onY = unitOn(panel, 'y', panel.yLayer);
    return panel.xLayer === panel.to ? { unit: onX, from: onY } : { unit: onY, from: onX };
  }
  for (const strip of layout.strips)
    if (inside(strip, STRIP_AWAY)) return { unit: unitOn(strip, strip.axis, strip.layer) };
  return null;
}

/** Runs of neighbouring marked units, by position. */
export function markedRuns(
  marks: Uint8Array,
  unitAt: Int32Array,
): { readonly position: number; readonly count: number }[] {
  const runs: { position: number; count: number }[] = [];
  for (let position = 0; position < unitAt.length; position++) {
    if (marks[unitAt[position]!] !== 1) continue;
    const open = runs[runs.length - 1];
    if (open && open.position + open.count === position) open.count++;
    else runs.push({ position, count: 1 });
  }
  return runs;
}
