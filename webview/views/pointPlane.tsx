/** Points of a plane: each is read by pointing or with the arrow keys, and held by a click or Enter. */
import type { VNode } from 'preact';
import { DrawingMarks, type Box, type Drawing } from '../../src/figures/drawing.tsx';
import { isWithin } from '../../src/figures/sampleScatter.tsx';
import type { Theme } from '../../src/figures/theme.ts';
import { canvasDataUri } from '../export.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import './graph.css';

/** A point is meant from so near, px. */
const NEAR = 14;

type Place = readonly [x: number, y: number];

export interface PointPlaneProps {
  readonly drawing: Drawing;
  readonly theme: Theme;
  /** Points beyond it are not to be seen, and cannot be read. */
  readonly plot: Box;
  /** Where each point stands, px. */
  readonly stands: readonly Place[];
  readonly kind: string;
  readonly label: string;
  /** Indices of points. */
  readonly pointed: number | null;
  readonly held: number | null;
  readonly onPoint: (index: number | null) => void;
  readonly onHold: (index: number | null) => void;
  /** Come upon by the keyboard: it is said as well. */
  readonly onRead: (index: number) => void;
}

export function PointPlane({
  drawing,
  theme,
  plot,
  stands,
  kind,
  label,
  pointed,
  held,
  onPoint,
  onHold,
  onRead,
}: PointPlaneProps): VNode {
  const isInside = (place: Place) => isWithin(plot, place);
  const nearest = (px: number, py: number): number | null => {
    let best: number | null = null;
    let near = NEAR;
    for (const [row, place] of stands.entries()) {
      const away = Math.hypot(place[0] - px, place[1] - py);
      if (away <= near && isInside(place)) [best, near] = [row, away];
    }
    return best;
  };
  const marked = pointed ?? held;
  return (
    <div
      class="matrix point-plane"
      style={{ width: `${drawing.width}px`, height: `${drawing.height}px` }}
      role="application"
      aria-roledescription={kind}
      aria-label={label}
      tabIndex={0}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onPoint(nearest(event.clientX - box.left, event.clientY - box.top));
      }}
      onPointerLeave={() => onPoint(null)}
      onBlur={() => onPoint(null)}
      onClick={() => onHold(pointed === held ? null : pointed)}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const move = MOVES[event.key];
        if (move) {
          const next = beside(stands, isInside, marked, move);
          if (next !== null) onRead(next);
        } else if (event.key === 'Enter' && pointed !== null) onHold(pointed === held ? null : pointed);
        else if (event.key === 'Escape') {
          onPoint(null);
          onHold(null);
        } else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
      <svg width={drawing.width} height={drawing.height} aria-hidden="true">
        <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
        {marked !== null && stands[marked] && isInside(stands[marked]) && (
          <g fill="none">
            <circle cx={stands[marked][0]} cy={stands[marked][1]} r={7} stroke={theme.background} stroke-width={4} />
            <circle
              cx={stands[marked][0]}
              cy={stands[marked][1]}
              r={7}
              stroke={theme.accent}
              stroke-width={2}
              stroke-dasharray={held === marked ? undefined : '3 2'}
            />
          </g>
        )}
      </svg>
    </div>
  );
}

const MOVES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The row that a step in a direction leads to: the nearest within a quarter turn, near the axis preferred. */
function beside(
  stands: readonly Place[],
  isInside: (place: Place) => boolean,
  from: number | null,
  [dx, dy]: readonly [number, number],
): number | null {
  const here = from === null ? null : stands[from];
  if (!here || !isInside(here)) {
    const first = stands.findIndex(isInside);
    return first < 0 ? null : first;
  }
  let best: number | null = null;
  let least = Infinity;
  for (const [row, place] of stands.entries()) {
    if (row === from || !isInside(place)) continue;
    const [x, y] = [place[0] - here[0], place[1] - here[1]];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || across > along) continue;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [row, cost];
  }
  return best;
}
