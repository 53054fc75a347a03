/** Where the units of a small network stand: inputs in the lowest row, outputs in the highest, as in MADE's paper. */
import type { NetworkLayer } from '../masks/connectivity.ts';
import type { UnitId } from '../masks/network.ts';
import { arrangedUnits } from '../masks/sorting.ts';

/** Units up to which a network is drawn as nodes and links. */
export const MAX_NODES = 200;

export type UnitOrder = 'degree' | 'index';

export interface NodeRow {
  /** null where units have none. */
  readonly degrees: Int32Array | null;
  /** unitAt[position] = unit, left to right. */
  readonly unitAt: Int32Array;
  /** x of every unit. */
  readonly x: Float64Array;
  readonly y: number;
  readonly radius: number;
  readonly spacing: number;
}

export interface NodeLayout {
  readonly width: number;
  readonly height: number;
  /** Left edge of the units; the rows' names stand before it. */
  readonly left: number;
  readonly rows: readonly NodeRow[];
  /** Columns of the context, beside the inputs; null without one. */
  readonly context: NodeRow | null;
}

const LEFT = 92;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 36;
const WIDEST = 64;
/** Share of the width that a context takes at most, the gap before it, and the room for its caption, px. */
const MOST_ASIDE = 0.28;
const ASIDE_GAP = 24;
const CAPTION = 16;
const LARGEST_RADIUS = 12;
const SMALLEST_RADIUS = 2.4;

export function unitCount(layers: readonly NetworkLayer[]): number {
  return layers.reduce((sum, { units }) => sum + units, 0);
}

export interface NodeLayoutOptions {
  readonly width: number;
  readonly height: number;
  readonly unitOrder: UnitOrder;
  /** Room on the left for the rows' names. */
  readonly left?: number;
  /** C, columns of a context. */
  readonly context?: number;
}

export function nodeLayout(
  layers: readonly NetworkLayer[],
  { width, height, unitOrder, left = LEFT, context = 0 }: NodeLayoutOptions,
): NodeLayout {
  const whole = width - left - RIGHT;
  const aside = context === 0 ? 0 : Math.min(whole * MOST_ASIDE, WIDEST * context);
  const bottom = context === 0 ? BOTTOM : BOTTOM + CAPTION;
  const rows = layers.map((own, layer): NodeRow => {
    const count = own.units;
    const span = layer === 0 && aside > 0 ? whole - aside - ASIDE_GAP : whole;
    const spacing = Math.min(WIDEST, span / count);
    const start = left + (span - spacing * count) / 2 + spacing / 2;
    const unitAt = arrangedUnits(unitOrder === 'degree' ? own : { ...own, degrees: null });
    const x = new Float64Array(count);
    for (const [position, unit] of unitAt.entries()) x[unit] = start + position * spacing;
    const t = layer / (layers.length - 1);
    return {
      degrees: own.degrees,
      unitAt,
      x,
      y: height - bottom - t * (height - TOP - bottom),
      radius: Math.max(SMALLEST_RADIUS, Math.min(LARGEST_RADIUS, spacing * 0.42)),
      spacing,
    };
  });
  return {
    width,
    height,
    left,
    rows,
    context: context === 0 ? null : contextRow(context, left + whole - aside, aside, rows[0]!.y),
  };
}

function contextRow(count: number, left: number, span: number, y: number): NodeRow {
  const spacing = span / count;
  return {
    degrees: null,
    unitAt: Int32Array.from({ length: count }, (_, c) => c),
    x: Float64Array.from({ length: count }, (_, c) => left + (c + 0.5) * spacing),
    y,
    radius: Math.max(SMALLEST_RADIUS, Math.min(LARGEST_RADIUS, spacing * 0.42)),
    spacing,
  };
}

/** The unit nearest to a point, if it is near enough to be meant. */
export function unitNear({ rows, context }: NodeLayout, x: number, y: number): UnitId | null {
  let nearest: UnitId | null = null;
  let distance = Infinity;
  for (const [layer, row] of [...rows, ...(context ? [context] : [])].entries()) {
    if (Math.abs(row.y - y) > row.radius + 10) continue;
    for (const [unit, at] of row.x.entries()) {
      const d = Math.hypot(at - x, row.y - y);
      if (d < distance && Math.abs(at - x) <= Math.max(row.radius + 2, row.spacing / 2)) {
        distance = d;
        nearest = { layer, unit };
      }
    }
  }
  return nearest;
}

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** Units that stand in the inputs' row and are none: the columns of a context. */
export interface Aside {
  /** By which {@link UnitId} names them. */
  readonly layer: number;
  /** In the order shown. */
  readonly units: Int32Array;
  /** On which side of the inputs. */
  readonly side: 'left' | 'right';
  /** The lowest layer that they lead into. */
  readonly into: number;
}

/**
 * The unit that an arrow key leads to: along the layer by position, across layers to the same relative place.
 * `positions[layer]` lists the layer's units in the order shown; what stands beside the inputs goes on where they end.
 */
export function neighbour(
  positions: readonly Int32Array[],
  from: UnitId,
  direction: Direction,
  aside: Aside | null = null,
): UnitId {
  const { layer, unit } = from;
  const beside = layer === aside?.layer;
  const row = beside ? aside.units : positions[layer]!;
  const at = row.indexOf(unit);
  if (aside && (beside || layer === 0) && (direction === 'left' || direction === 'right')) {
    const outward = direction === aside.side;
    const end = direction === 'left' ? 0 : row.length - 1;
    // Outward from the inputs, and inward from what is beside them.
    if (at === end && outward !== beside) {
      const [to, units] = beside ? [0, positions[0]!] : [aside.layer, aside.units];
      return { layer: to, unit: units[direction === 'left' ? units.length - 1 : 0]! };
    }
  }
  switch (direction) {
    case 'left':
      return { layer, unit: row[Math.max(0, at - 1)]! };
    case 'right':
      return { layer, unit: row[Math.min(row.length - 1, at + 1)]! };
    case 'first':
      return { layer, unit: row[0]! };
    case 'last':
      return { layer, unit: row[row.length - 1]! };
    default: {
      if (beside && direction === 'down') return from;
      const to = beside
        ? aside.into
        : Math.min(positions.length - 1, Math.max(0, layer + (direction === 'up' ? 1 : -1)));
      if (to === layer) return { layer, unit };
      const target = positions[to]!;
      const share = row.length > 1 ? at / (row.length - 1) : 0.5;
      return { layer: to, unit: target[Math.round(share * (target.length - 1))]! };
    }
  }
}
