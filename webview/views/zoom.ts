/** Zooming by d3: Ctrl+wheel and buttons zoom, dragging pans, the wheel alone scrolls the page. */
import { select, zoom as d3Zoom, ZoomTransform as D3Transform, zoomIdentity, type ZoomBehavior } from 'd3';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Box } from '../../src/figures/drawing.tsx';
import type { ZoomTransform } from '../../src/figures/quiltZoom.ts';

/** A zoom that keeps its meaning when the figure changes its size: the shift in shares of the box. */
export interface Zoom {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export const noZoom: Zoom = { k: 1, x: 0, y: 0 };

/** In px, relative to the box's own corner. */
export function withinBox({ k, x, y }: Zoom, box: Box): ZoomTransform {
  return { k, x: x * box.width, y: y * box.height };
}

/** In px, relative to the element that holds the box. */
function toD3({ k, x, y }: Zoom, box: Box): D3Transform {
  return new D3Transform(k, x * box.width - (k - 1) * box.x, y * box.height - (k - 1) * box.y);
}

function fromD3({ k, x, y }: D3Transform, box: Box): Zoom {
  return { k, x: (x + (k - 1) * box.x) / box.width, y: (y + (k - 1) * box.y) / box.height };
}

export interface ZoomControls {
  /** About the middle of `about` (px at zoom 1, relative to the element), which comes into view; or of the figure. */
  zoomBy(factor: number, about?: Box | null): void;
  /** Shows a part of the box (px at zoom 1, relative to the element) as large as it fits. */
  fit(part: Box): void;
  reset(): void;
}

export interface ZoomOptions {
  /** What is zoomed, px within the element. */
  readonly box: Box;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  /** Called when a gesture has ended. */
  readonly onRest: (zoom: Zoom) => void;
  readonly most: number;
}

type ZoomedElement = HTMLElement & { __zoom?: D3Transform };

const STEP = 1.6;
/** Share of a figure's side. */
const MARGIN = 0.06;
/** A pointer that moved less has clicked. */
const CLICK_DISTANCE = 4;

/** Makes an element zoomable; the zoom itself belongs to the caller. */
export function useZoom(element: RefObject<HTMLElement | null>, options: ZoomOptions): ZoomControls {
  const newest = useRef(options);
  newest.current = options;
  const behaviour = useRef<ZoomBehavior<HTMLElement, unknown> | null>(null);
  const { box, zoom, most } = options;

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const corners: [[number, number], [number, number]] = [
      [box.x, box.y],
      [box.x + box.width, box.y + box.height],
    ];
    const own = d3Zoom<HTMLElement, unknown>()
      .extent(corners)
      .translateExtent(corners)
      .scaleExtent([1, most])
      .clickDistance(CLICK_DISTANCE)
      .filter((event: WheelEvent & MouseEvent) =>
        event.type === 'wheel' ? event.ctrlKey || event.metaKey : !event.ctrlKey && event.button === 0,
      )
      .on('zoom', (event: { transform: D3Transform; sourceEvent: unknown }) => {
        newest.current.onZoom(fromD3(event.transform, newest.current.box));
      })
      .on('end', (event: { transform: D3Transform }) => {
        newest.current.onRest(fromD3(event.transform, newest.current.box));
      });
    behaviour.current = own;
    const selection = select<HTMLElement, unknown>(target);
    selection.call(own).on('dblclick.zoom', null);
    return () => {
      selection.on('.zoom', null);
      behaviour.current = null;
    };
  }, [element, box.x, box.y, box.width, box.height, most]);

  // d3 keeps its own copy on the element; a zoom changed from elsewhere (a linked figure, a reload) is handed to it.
  useEffect(() => {
    if (element.current) (element.current as ZoomedElement).__zoom = toD3(zoom, box);
  }, [element, zoom, box.x, box.y, box.width, box.height]);

  const withSelection = (act: (own: ZoomBehavior<HTMLElement, unknown>, target: HTMLElement) => void) => {
    if (behaviour.current && element.current) act(behaviour.current, element.current);
  };
  return {
    zoomBy: (factor, about) => {
      withSelection((own, target) => {
        const { box: whole, zoom: now, most: limit } = newest.current;
        if (!about) {
          own.scaleBy(select<HTMLElement, unknown>(target), factor);
          return;
        }
        const before = toD3(now, whole);
        const k = Math.min(limit, Math.max(1, before.k * factor));
        const [cx, cy] = [about.x + about.width / 2, about.y + about.height / 2];
        const x = within(before.applyX(cx), whole.x, whole.width) - k * cx;
        const y = within(before.applyY(cy), whole.y, whole.height) - k * cy;
        const moved = own.constrain()(new D3Transform(k, x, y), cornersOf(whole), cornersOf(whole));
        own.transform(select<HTMLElement, unknown>(target), moved);
      });
    },
    reset: () => {
      withSelection((own, target) => {
        own.transform(select<HTMLElement, unknown>(target), zoomIdentity);
      });
    },
    fit: (part) => {
      withSelection((own, target) => {
        const { box: whole, most: limit } = newest.current;
        const k = Math.min(limit, Math.max(1, 0.92 * Math.min(whole.width / part.width, whole.height / part.height)));
        const x = whole.x + whole.width / 2 - k * (part.x + part.width / 2);
        const y = whole.y + whole.height / 2 - k * (part.y + part.height / 2);
        const constrained = own.constrain()(new D3Transform(k, x, y), cornersOf(whole), cornersOf(whole));
        own.transform(select<HTMLElement, unknown>(target), constrained);
      });
    },
  };
}

/** A place brought inside a stretch, some way off its ends. */
const within = (at: number, start: number, size: number) =>
  Math.min(start + size * (1 - MARGIN), Math.max(start + size * MARGIN, at));

const cornersOf = (box: Box): [[number, number], [number, number]] => [
  [box.x, box.y],
  [box.x + box.width, box.y + box.height],
];

export const zoomIn = (controls: ZoomControls): void => {
  controls.zoomBy(STEP);
};
export const zoomOut = (controls: ZoomControls): void => {
  controls.zoomBy(1 / STEP);
};
