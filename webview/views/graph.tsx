/**
 * A network that answers: what the pointer, the arrow keys or a pin mark is highlighted and told in words. The same
 * for nodes and links and for quilts of matrices; which of the two is drawn is the caller's.
 */
import { WordsBeside } from './wordsBeside.tsx';
import type { ComponentChildren, VNode } from 'preact';
import { useCallback, useId, useMemo, useRef, useState } from 'preact/hooks';
import { sameFocus, type Focus } from '../../src/figures/dependencies.ts';
import type { Box, RasterMark } from '../../src/figures/drawing.tsx';
import { neighbour, type Aside, type Direction } from '../../src/figures/nodeLayout.ts';
import type { QuiltPixels } from '../../src/figures/quilt.tsx';
import { zoomed, type ZoomTransform } from '../../src/figures/quiltZoom.ts';
import { textWidth } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { IconButton } from '../controls.tsx';
import { CanvasLayer } from './canvasLayer.tsx';
import { besides, wordsRoom } from './wordsPlace.ts';
import { noZoom, useZoom, withinBox, zoomIn, zoomOut, type Zoom, type ZoomControls } from './zoom.ts';

/** How a network is drawn and where its units are; px at zoom 1. */
export interface GraphPicture {
  readonly width: number;
  readonly height: number;
  /** What is called the picture, for screen readers. */
  readonly label: string;
  rasters(zoom: ZoomTransform): readonly RasterMark[];
  marks(zoom: ZoomTransform): ComponentChildren;
  highlight(focus: Focus, pinned: boolean, zoom: ZoomTransform): ComponentChildren;
  /** Marks what is pinned while something else is pointed at. */
  pin(focus: Focus, zoom: ZoomTransform): ComponentChildren;
  /** What lies under a point. */
  hit(x: number, y: number): Focus | null;
  /** Where a focus is marked; its words stand beside it. */
  place(focus: Focus): Box;
  /** What buttons zoom about: where there is most to see of a focus. */
  anchor(focus: Focus): Box;
  /** The smallest part that shows all that a focus marks. */
  bounds(focus: Focus): Box;
  /** Units of each layer in the order shown, for the arrow keys. */
  readonly rows: readonly Int32Array[];
  /** What the arrow keys find beside the inputs: the columns of a context. */
  readonly aside: Aside | null;
  /** The key that leads to the layer above. */
  readonly upward: 'up' | 'down';
  /** Pixels of the matrices, if it is drawn of such. */
  readonly pixels?: QuiltPixels;
  /** How much of the picture stays where something is highlighted. */
  readonly faded: number;
  readonly mostZoom: number;
}

export interface GraphProps {
  readonly picture: GraphPicture;
  readonly theme: Theme;
  readonly pinned: Focus | null;
  readonly onPin: (focus: Focus | null) => void;
  /** Told of every move of the pointer. */
  readonly onMove: () => void;
  readonly sentence: (focus: Focus) => string;
  readonly savedZoom: Zoom;
  readonly onZoomRest: (zoom: Zoom) => void;
  /** Given the zoom's controls once, for buttons elsewhere. */
  readonly controls: (controls: ZoomControls) => void;
}

const HINT =
  'Point at a unit, or move here with Tab and among units with the arrow keys. Click or Enter pins, Escape lets go.';

export function Graph({
  picture,
  theme,
  pinned,
  onPin,
  onMove,
  sentence,
  savedZoom,
  onZoomRest,
  controls,
}: GraphProps): VNode {
  const element = useRef<HTMLDivElement>(null);
  const hint = useId();
  const { width, height } = picture;
  const box = useMemo<Box>(() => ({ x: 0, y: 0, width, height }), [width, height]);
  const [zoom, setZoom] = useState(savedZoom);
  const [pointed, setPointed] = useState<Focus | null>(null);
  const own = useZoom(element, { box, zoom, most: picture.mostZoom, onZoom: setZoom, onRest: onZoomRest });
  const transform = useMemo(() => withinBox(zoom, box), [zoom, box]);
  const shown = pointed ?? pinned;
  // Buttons keep in view what is looked at.
  controls({ ...own, zoomBy: (factor) => own.zoomBy(factor, shown && picture.anchor(shown)) });

  const rasters = useMemo(() => picture.rasters(transform), [picture, transform]);
  const base = useMemo(() => picture.marks(transform), [picture, transform]);
  const point = useCallback((focus: Focus | null) => {
    setPointed((before) => (sameFocus(before, focus) ? before : focus));
  }, []);
  const focusAt = (event: PointerEvent | MouseEvent): Focus | null => {
    const corner = element.current?.getBoundingClientRect();
    if (!corner) return null;
    return picture.hit(
      (event.clientX - corner.left - transform.x) / transform.k,
      (event.clientY - corner.top - transform.y) / transform.k,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = directionOf(event, picture.upward);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move) point({ unit: neighbour(picture.rows, startOf(shown, picture), shown ? move : 'first', picture.aside) });
    else if ((event.key === 'Enter' || event.key === ' ') && shown) onPin(sameFocus(shown, pinned) ? null : shown);
    else if (event.key === 'Escape' && shown) {
      point(null);
      onPin(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="network-main" style={{ width: `${width}px` }}>
      <div
        ref={element}
        class="graph"
        role="application"
        aria-roledescription="diagram"
        aria-label={picture.label}
        aria-describedby={hint}
        tabIndex={0}
        style={{ width: `${width}px`, height: `${height}px` }}
        onPointerMove={(event) => {
          onMove();
          if (event.buttons === 0) point(focusAt(event));
        }}
        onPointerLeave={() => {
          point(null);
        }}
        onBlur={() => {
          point(null);
        }}
        onClick={(event) => {
          const focus = focusAt(event);
          onPin(sameFocus(focus, pinned) ? null : focus);
        }}
        onKeyDown={onKeyDown}
      >
        {rasters.length > 0 && <CanvasLayer width={width} height={height} rasters={rasters} theme={theme} />}
        <svg
          class="base"
          width={width}
          height={height}
          aria-hidden="true"
          style={{ opacity: shown ? String(picture.faded) : '1' }}
        >
          {base}
        </svg>
        <svg class="over" width={width} height={height} aria-hidden="true">
          {shown && picture.highlight(shown, sameFocus(shown, pinned), transform)}
          {pinned && !sameFocus(shown, pinned) && picture.pin(pinned, transform)}
        </svg>
        {pointed && <Words focus={pointed} picture={picture} transform={transform} text={sentence(pointed)} />}
      </div>
      <p class="told" role="status">
        {shown ? sentence(shown) : <span class="muted">{HINT}</span>}
        {shown && sameFocus(shown, pinned) && <span class="pin-note"> Pinned.</span>}
      </p>
      <span id={hint} hidden>
        {HINT}
      </span>
    </div>
  );
}

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

function directionOf({ key }: KeyboardEvent, upward: 'up' | 'down'): Direction | undefined {
  const direction = KEYS[key];
  if (upward === 'up' || (direction !== 'up' && direction !== 'down')) return direction;
  return direction === 'up' ? 'down' : 'up';
}

/** Where the arrow keys start: at what is shown, else at the first output. */
function startOf(shown: Focus | null, { rows, aside }: GraphPicture): Focus['unit'] {
  const first = { layer: rows.length - 1, unit: rows[rows.length - 1]![0]! };
  return shown && (rows[shown.unit.layer] ?? shown.unit.layer === aside?.layer) ? shown.unit : first;
}

const WORDS_WIDTH = 280;

/** The sentence beside what it is about, away from what is marked with it. */
function Words({
  focus,
  picture,
  transform,
  text,
}: {
  readonly focus: Focus;
  readonly picture: GraphPicture;
  readonly transform: ZoomTransform;
  readonly text: string;
}): VNode | null {
  const at = zoomed(picture.place(focus), transform);
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  if (x < 0 || x > picture.width || y < 0 || y > picture.height) return null;
  const room = wordsRoom(text, Math.min(WORDS_WIDTH, picture.width), textWidth);
  // Lines run through a matrix both ways; edges leave a unit up and down.
  const corner = besides(at, room, picture, picture.pixels !== undefined);
  return <WordsBeside text={text} corner={corner} width={room.width} />;
}

/** Buttons that zoom. */
export function ZoomButtons({
  controls,
  fitted,
}: {
  readonly controls: () => ZoomControls | null;
  readonly fitted: (() => Box) | null;
}): VNode {
  const act = (what: (own: ZoomControls) => void) => () => {
    const own = controls();
    if (own) what(own);
  };
  return (
    <span class="zoom" role="group" aria-label="Zoom">
      <IconButton label="Zoom in (Ctrl+wheel)" onClick={act(zoomIn)}>
        +
      </IconButton>
      <IconButton label="Zoom out (Ctrl+wheel)" onClick={act(zoomOut)}>
        −
      </IconButton>
      <IconButton
        label="Fit what is pinned into view"
        disabled={fitted === null}
        onClick={act((own) => {
          if (fitted) own.fit(fitted());
        })}
      >
        Fit
      </IconButton>
      <IconButton
        label="Reset to the whole figure"
        onClick={act((own) => {
          own.reset();
        })}
      >
        Reset
      </IconButton>
    </span>
  );
}

export { noZoom };
