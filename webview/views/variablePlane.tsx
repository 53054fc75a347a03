/**
 * A drawing in which places stand for variables: pointed at by the pointer or the arrow keys, pinned in every view by a
 * click or Enter, let go of by Escape. What is pointed at, and which key leads where, is the caller's.
 */
import type { ComponentChildren, VNode } from 'preact';
import { type Drawing, DrawingMarks } from '../../src/figures/drawing.tsx';
import { canvasDataUri } from '../export.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { pinnedVariable, pinVariable } from './entropyPinned.ts';
import type { ViewProps } from './view.ts';

export interface VariablePlaneProps<Place> {
  readonly page: ViewProps;
  readonly drawing: Drawing;
  /** D, variables that can be pinned. */
  readonly dimension: number;
  readonly role: 'group' | 'application';
  /** What it is, and what it shows, for screen readers. */
  readonly description: string;
  readonly label: string;
  /** Told of every move of the pointer. */
  readonly onMove: () => void;
  readonly at: Place | null;
  readonly onPoint: (at: Place | null) => void;
  /** What Enter pins; what is pointed at unless told. */
  readonly chosen?: Place | null;
  /** What lies at a point, px in the drawing. */
  readonly locate: (x: number, y: number) => Place | null;
  /** Where a key leads, or null where it leads nowhere. */
  readonly next: (key: string) => Place | null;
  /** null where a place stands for no variable, and so is never pinned. */
  readonly variableOf: (place: Place) => number | null;
  readonly say: (place: Place) => string;
  /** Whether there is nothing to point at. */
  readonly still?: boolean;
  /** Marks within the drawing. */
  readonly marks?: ComponentChildren;
  /** Marks in a layer of their own, which is painted without the drawing. */
  readonly over?: ComponentChildren;
}

export function VariablePlane<Place>(o: VariablePlaneProps<Place>): VNode {
  const { page, drawing, at, onPoint, variableOf } = o;
  const { theme, selection } = page.model;
  const { width, height } = drawing;
  const pin = (place: Place) => {
    const variable = variableOf(place);
    if (variable !== null) pinVariable(page, variable, pinnedVariable(selection, o.dimension));
  };
  const handlers = {
    tabIndex: 0,
    'aria-roledescription': o.description,
    onPointerMove: (event: PointerEvent) => {
      o.onMove();
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      onPoint(o.locate(event.clientX - box.left, event.clientY - box.top));
    },
    onPointerLeave: () => onPoint(null),
    onBlur: () => onPoint(null),
    onClick: () => {
      if (at !== null) pin(at);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const next = o.next(event.key);
      const chosen = o.chosen === undefined ? at : o.chosen;
      if (next !== null) {
        onPoint(next);
        page.announce(o.say(next));
      } else if (event.key === 'Enter' && chosen !== null) pin(chosen);
      else if (event.key === 'Escape') {
        onPoint(null);
        page.select(null);
      } else return;
      event.preventDefault();
    },
  };
  return (
    <div
      class="graph"
      style={{ position: 'relative', width: `${width}px`, height: `${height}px` }}
      role={o.role}
      aria-label={o.label}
      {...(o.still !== true && handlers)}
    >
      <CanvasLayer width={width} height={height} rasters={drawing.rasters} theme={theme} />
      <svg width={width} height={height} aria-hidden="true">
        <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
        {o.marks}
      </svg>
      {o.over !== undefined && (
        <svg class="over" width={width} height={height} aria-hidden="true">
          {o.over}
        </svg>
      )}
    </div>
  );
}
