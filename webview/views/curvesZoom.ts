/** Zooming along the curves' x axis: Ctrl+wheel and dragging by d3-zoom, on a window kept in the data's own units. */
import { select, zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from 'd3';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { NumericScale } from '../../src/figures/axis.tsx';
import type { CurvesFigure } from '../../src/figures/curves.tsx';

export type XWindow = readonly [from: number, to: number];

export interface XZoom {
  /** Zooms about the middle. */
  readonly by: (factor: number) => void;
  readonly fit: () => void;
}

const MOST = 1000;

/** The scale of the whole axis on the plot's pixels, whatever window is shown. */
function wholeScale({ x, wholeX }: CurvesFigure): NumericScale {
  return x.copy().domain(wholeX);
}

/** The window that a transform shows, in axis units; null for all of it. */
export function windowOf(figure: CurvesFigure, transform: ZoomTransform): XWindow | null {
  if (transform.k <= 1.0001) return null;
  const whole = wholeScale(figure);
  const [left, right] = whole.range() as [number, number];
  const at = (px: number) => whole.invert(transform.invertX(px)) * figure.xUnit;
  return [at(left), at(right)];
}

/** The transform that shows a window. */
export function transformOf(figure: CurvesFigure, window: XWindow | null): ZoomTransform {
  if (!window) return zoomIdentity;
  const whole = wholeScale(figure);
  const [left, right] = whole.range() as [number, number];
  const [from, to] = [whole(window[0] / figure.xUnit), whole(window[1] / figure.xUnit)];
  const k = (right - left) / (to - from);
  return Number.isFinite(k) && k > 1 ? zoomIdentity.translate(left - k * from, 0).scale(k) : zoomIdentity;
}

export function useXZoom(
  element: RefObject<SVGSVGElement | null>,
  figure: CurvesFigure,
  window: XWindow | null,
  onWindow: (window: XWindow | null) => void,
): XZoom {
  const latest = useRef({ figure, onWindow });
  latest.current = { figure, onWindow };
  const behaviour = useRef<ZoomBehavior<SVGSVGElement, unknown> | null>(null);

  useEffect(() => {
    if (!element.current) return;
    const own = zoom<SVGSVGElement, unknown>()
      .scaleExtent([1, MOST])
      // The wheel alone scrolls the page.
      .filter((event: MouseEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey : event.button === 0))
      .wheelDelta(wheelDelta)
      .on('zoom', ({ transform }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        latest.current.onWindow(windowOf(latest.current.figure, transform));
      });
    behaviour.current = own;
    const selection = select(element.current);
    // A double click is for nothing here; zooming by it would surprise who wants to pin.
    selection.call(own).on('dblclick.zoom', null);
    return () => {
      selection.on('.zoom', null);
    };
  }, []);

  // New data and new sizes move the window on the screen; d3 is told without an event.
  useLayoutEffect(() => {
    const { plot } = figure;
    const box: [[number, number], [number, number]] = [
      [plot.x, plot.y],
      [plot.x + plot.width, plot.y + plot.height],
    ];
    behaviour.current?.extent(box).translateExtent(box);
    if (element.current) select(element.current).property('__zoom', transformOf(figure, window));
  });

  return {
    by: (factor) => {
      if (element.current && behaviour.current) behaviour.current.scaleBy(select(element.current), factor);
    },
    fit: () => {
      onWindow(null);
    },
  };
}

/** As d3's own, but a notch of a mouse's wheel is not taken for a pinch, which Ctrl stands for as well. */
function wheelDelta(event: WheelEvent): number {
  const unit = event.deltaMode === 1 ? 0.05 : event.deltaMode === 2 ? 1 : 0.002;
  const pinch = event.deltaMode === 0 && Math.abs(event.deltaY) < 20 ? 10 : 1;
  return -event.deltaY * unit * pinch;
}
