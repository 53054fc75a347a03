/** Learning curves that answer, of one run or of several: a cursor by pointer and keys, zooming by wheel, drag and keys. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { runStyle } from '../../src/figures/colours.ts';
import { CurveCursor } from '../../src/figures/curveCursor.tsx';
import type { CurveReadout } from '../../src/figures/curveReadout.ts';
import type { CurvesFigure } from '../../src/figures/curves.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import type { Theme } from '../../src/figures/theme.ts';
import { IconButton } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { useXZoom, type XWindow, type XZoom } from './curvesZoom.ts';

const ZOOM_STEP = 1.6;

/** What is told of a place, and where its line and dots stand. */
export interface CurvePlace {
  readonly at: number;
  /** Of each run in the figure's order; null where it has nothing there. */
  readonly readouts: readonly (CurveReadout | null)[];
  readonly text: string;
}

export interface CurvesPlotProps {
  readonly figure: CurvesFigure;
  readonly theme: Theme;
  /** The part of the axis that is shown; null for all of it. */
  readonly window: XWindow | null;
  readonly onWindow: (window: XWindow | null) => void;
  readonly label: string;
  /** What the whole figure says, until a place is pointed at. */
  readonly reading: string;
  /** @param at along the axis, as drawn. */
  readonly read: (at: number) => CurvePlace | null;
  /** Given the zoom once, for buttons elsewhere. */
  readonly controls: (zoom: XZoom) => void;
}

export function CurvesPlot(o: CurvesPlotProps): VNode {
  const { figure, theme, reading } = o;
  const svg = useRef<SVGSVGElement>(null);
  const [at, pointAt] = useState<number | null>(null);
  const zoom = useXZoom(svg, figure, o.window, o.onWindow);
  o.controls(zoom);
  const place = at === null ? null : o.read(at);
  const { width, height } = figure.drawing;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event, at, figure);
    if (next !== null) pointAt(next);
    else if (event.key === '+' || event.key === '=') zoom.by(ZOOM_STEP);
    else if (event.key === '-') zoom.by(1 / ZOOM_STEP);
    else if (event.key === '0') zoom.fit();
    else if (event.key === 'Escape') pointAt(null);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <svg
        ref={svg}
        class="curves"
        width={width}
        height={height}
        tabIndex={0}
        role="slider"
        aria-label={o.label}
        aria-orientation="horizontal"
        aria-valuemin={figure.wholeX[0]}
        aria-valuemax={figure.wholeX[1]}
        aria-valuenow={place?.at ?? figure.wholeX[1]}
        aria-valuetext={place?.text ?? reading}
        onPointerMove={(event) => {
          pointAt(placeOf(event.clientX - event.currentTarget.getBoundingClientRect().left, figure));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={onKeyDown}
      >
        <DrawingMarks drawing={figure.drawing} theme={theme} encode={canvasDataUri} />
        {place && (
          <CurveCursor
            figure={figure}
            at={place.at}
            theme={theme}
            dots={place.readouts.flatMap((readout, index) => {
              const { colour } = runStyle(theme.kind, index);
              return readout ? [{ readout, train: index === 0 ? theme.muted : colour, validation: colour }] : [];
            })}
          />
        )}
      </svg>
      <p class="readout" aria-hidden="true">
        {place?.text ?? 'Point at the curves, or focus them and use the arrow keys, to read their values.'}
      </p>
    </>
  );
}

export function CurvesZoomButtons({
  zoomed,
  controls,
}: {
  readonly zoomed: boolean;
  readonly controls: () => XZoom | null;
}): VNode {
  return (
    <span class="zoom" role="group" aria-label="Zoom">
      <IconButton label="Zoom in (Ctrl+wheel, +)" onClick={() => controls()?.by(ZOOM_STEP)}>
        +
      </IconButton>
      <IconButton label="Zoom out (Ctrl+wheel, −)" disabled={!zoomed} onClick={() => controls()?.by(1 / ZOOM_STEP)}>
        −
      </IconButton>
      <IconButton label="Fit: show the whole axis (0)" disabled={!zoomed} onClick={() => controls()?.fit()}>
        Fit
      </IconButton>
    </span>
  );
}

/** Where on the x axis a pixel lies; null beside the plot. */
function placeOf(px: number, { x, plot }: CurvesFigure): number | null {
  return px < plot.x || px > plot.x + plot.width ? null : x.invert(px);
}

/** The next place for a key, or null when the key moves nothing. Moves are in pixels, so that they follow the zoom. */
function moved(event: KeyboardEvent, at: number | null, { x, plot }: CurvesFigure): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -plot.width / 100,
    ArrowRight: plot.width / 100,
    ArrowDown: -plot.width / 100,
    ArrowUp: plot.width / 100,
    PageDown: -plot.width / 10,
    PageUp: plot.width / 10,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  const from = at === null ? plot.x + plot.width : x(at);
  return x.invert(Math.min(plot.x + plot.width, Math.max(plot.x, from + step)));
}
