/** The plane at one moment: rows are read by pointing or with the arrow keys, held by a click or Enter. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { TransportFigure } from '../../src/figures/transport.tsx';
import { placesAt } from '../../src/figures/transportStages.ts';
import { rowText, stageTitle } from '../../src/figures/transportWords.ts';
import type { TransportFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import type { ViewProps } from './view.ts';

/** A point is meant from so near, px. */
const NEAR = 14;

export function TransportPlane({
  page,
  frame,
  figure,
  at,
  pointed,
  held,
  onPoint,
  onHold,
}: {
  readonly page: ViewProps;
  readonly frame: TransportFrame;
  readonly figure: TransportFigure;
  readonly at: number;
  /** Indices into the frame's rows. */
  readonly pointed: number | null;
  readonly held: number | null;
  readonly onPoint: (row: number | null) => void;
  readonly onHold: (row: number | null) => void;
}): VNode {
  const { theme } = page.model;
  const { drawing, plot } = figure;
  const stands = useMemo(() => {
    const places = placesAt(frame.points, frame, at);
    return Array.from({ length: frame.rows }, (_, row) => figure.place(places[2 * row]!, places[2 * row + 1]!));
  }, [frame, figure, at]);
  const isInside = ([x, y]: readonly [number, number]) =>
    x >= plot.x && x <= plot.x + plot.width && y >= plot.y && y <= plot.y + plot.height;
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
  const read = (row: number) => {
    onPoint(row);
    page.announce(rowText(frame, row));
  };
  return (
    <div
      class="matrix transport-plane"
      style={{ width: `${drawing.width}px`, height: `${drawing.height}px` }}
      role="application"
      aria-roledescription="plane of rows"
      aria-label={`${stageTitle(frame, at)}. ${frame.rows} rows; arrow keys read the one beside, Enter holds it, Page Up and Down go from stage to stage.`}
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
          if (next !== null) read(next);
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
  stands: readonly (readonly [number, number])[],
  isInside: (place: readonly [number, number]) => boolean,
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
