/** One matrix that answers: the pair under the pointer or under the arrow keys is marked here and in its neighbours. */
import { WordsBeside } from './wordsBeside.tsx';
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { highlightOf, sameFocus, type Focus } from '../../src/figures/dependencies.ts';
import type { Box } from '../../src/figures/drawing.tsx';
import { MatrixHighlight, MatrixPin, pairAt, type CellWindow, type MatrixPanel } from '../../src/figures/matrix.tsx';
import { textWidth } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import { usePointing, type Pointed } from './pointed.ts';
import { besides, wordsRoom } from './wordsPlace.ts';
import { useZoom, type Zoom, type ZoomControls } from './zoom.ts';

export interface MatrixFigureProps {
  /** Names this matrix among those of the view. */
  readonly id: string;
  readonly label: string;
  /** Draws the cells of a window; keeps its identity while nothing else changes. */
  readonly draw: (window: CellWindow | null) => MatrixPanel;
  readonly network: Connectivity;
  readonly theme: Theme;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly onPin: (focus: Focus | null) => void;
  readonly sentence: (focus: Focus) => string | null;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  readonly onZoomRest: (zoom: Zoom) => void;
  readonly controls?: (controls: ZoomControls) => void;
}

/** Cells are never shown larger than this, px. */
const LARGEST_CELL = 64;

/** The cells that a zoom shows. */
function windowOf({ k, x, y }: Zoom, columns: number, rows: number): CellWindow | null {
  if (k === 1) return null;
  return { x: (-x / k) * columns, y: (-y / k) * rows, width: columns / k, height: rows / k };
}

export function MatrixFigure(props: MatrixFigureProps): VNode {
  const { draw, theme, zoom, pointed, id, pinned, onPin } = props;
  const element = useRef<HTMLDivElement>(null);
  const whole = useMemo(() => draw(null), [draw]);
  const [rows, columns] = [whole.axes.rowUnits.length, whole.axes.columnUnits.length];
  const panel = useMemo(() => draw(windowOf(zoom, columns, rows)), [draw, zoom, columns, rows]);
  const { plot } = whole.place;
  const most = Math.max(1, LARGEST_CELL / Math.min(whole.place.cell.width, whole.place.cell.height));
  const controls = useZoom(element, { box: plot, zoom, most, onZoom: props.onZoom, onRest: props.onZoomRest });
  props.controls?.({
    ...controls,
    zoomBy: (factor) => controls.zoomBy(factor, boxOf(whole, pointed.pointing?.focus ?? pinned)),
  });
  const { drawing } = panel;

  const focusAt = (event: MouseEvent): Focus | null => {
    const corner = element.current?.getBoundingClientRect();
    const pair = corner && pairAt(panel, event.clientX - corner.left, event.clientY - corner.top);
    return pair ? { unit: pair.to, from: pair.from } : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = pointed.pointing?.focus ?? pinned;
    const step = STEPS[event.key];
    if (step) pointed.point(id, moved(panel, shown, step));
    else if ((event.key === 'Enter' || event.key === ' ') && shown) onPin(sameFocus(shown, pinned) ? null : shown);
    else if (event.key === 'Escape' && shown) {
      pointed.point(id, null);
      onPin(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={element}
      class="matrix"
      role="application"
      aria-roledescription="matrix"
      aria-label={`${props.label}. Arrow keys move from cell to cell, Enter pins, Escape lets go.`}
      tabIndex={0}
      style={{ width: `${drawing.width}px`, height: `${drawing.height}px` }}
      onPointerMove={(event) => {
        if (event.buttons === 0) pointed.point(id, focusAt(event));
      }}
      onPointerLeave={() => {
        pointed.point(id, null);
      }}
      onBlur={() => {
        pointed.point(id, null);
      }}
      onClick={(event) => {
        const focus = focusAt(event);
        onPin(sameFocus(focus, pinned) ? null : focus);
      }}
      onKeyDown={onKeyDown}
    >
      <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
      <svg width={drawing.width} height={drawing.height} aria-hidden="true">
        {drawing.marks}
      </svg>
      <Over {...props} panel={panel} />
    </div>
  );
}

/** Where a focus is in the whole matrix; null where it is not in it. A unit alone has the middle of its row or column. */
function boxOf({ place, axes }: MatrixPanel, focus: Focus | null): Box | null {
  if (!focus) return null;
  const units = focus.from ? [focus.unit, focus.from] : [focus.unit];
  const row = units.find(({ layer }) => layer === axes.toLayer);
  const column = units.find(({ layer }) => layer === axes.fromLayer);
  if (!row && !column) return null;
  const { plot, cell } = place;
  return {
    ...(column ? { x: place.x(axes.columnAt[column.unit]!), width: cell.width } : { x: plot.x, width: plot.width }),
    ...(row ? { y: place.y(axes.rowAt[row.unit]!), height: cell.height } : { y: plot.y, height: plot.height }),
  };
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The pair one step on from what is shown; the middle of the window to begin with. */
function moved({ axes, window }: MatrixPanel, shown: Focus | null, [down, right]: readonly [number, number]): Focus {
  const start = (layer: number, at: Int32Array, middle: number) => {
    const own = shown && [shown.unit, shown.from].find((unit) => unit?.layer === layer);
    return own ? at[own.unit]! : Math.floor(middle);
  };
  const known = shown?.from?.layer === axes.fromLayer && shown.unit.layer === axes.toLayer;
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const row = start(axes.toLayer, axes.rowAt, window.y + window.height / 2) + (known ? down : 0);
  const column = start(axes.fromLayer, axes.columnAt, window.x + window.width / 2) + (known ? right : 0);
  return {
    unit: { layer: axes.toLayer, unit: axes.rowUnits[clamp(row, axes.rowUnits.length)]! },
    from: { layer: axes.fromLayer, unit: axes.columnUnits[clamp(column, axes.columnUnits.length)]! },
  };
}

/** What is marked, and its words where it is pointed at. Drawn anew with every move; nothing else is. */
function Over({
  panel,
  network,
  theme,
  pointed,
  pinned,
  id,
  sentence,
}: MatrixFigureProps & { readonly panel: MatrixPanel }): VNode {
  const pointing = usePointing(pointed);
  const focus = pointing?.focus ?? pinned;
  const highlight = useMemo(() => focus && highlightOf(network, focus), [network, focus]);
  const { width, height } = panel.drawing;
  const text = pointing?.owner === id ? sentence(pointing.focus) : null;
  return (
    <>
      <svg class="over" width={width} height={height} aria-hidden="true">
        {focus && highlight && <MatrixHighlight panel={panel} focus={focus} highlight={highlight} theme={theme} />}
        {pinned && !sameFocus(focus, pinned) && <MatrixPin panel={panel} focus={pinned} theme={theme} />}
      </svg>
      {pointing && text !== null && <CellWords panel={panel} focus={pointing.focus} text={text} />}
    </>
  );
}

const WORDS_WIDTH = 260;

function CellWords({
  panel,
  focus,
  text,
}: {
  readonly panel: MatrixPanel;
  readonly focus: Focus;
  readonly text: string;
}): VNode {
  const { place, axes, drawing } = panel;
  const row = axes.rowAt[focus.unit.unit] ?? 0;
  const column = focus.from ? (axes.columnAt[focus.from.unit] ?? 0) : 0;
  const cell = { x: place.x(column), y: place.y(row), ...place.cell };
  // Words may be wider than a small matrix: they stand out to the right of it, where its neighbour can spare the room.
  const room = wordsRoom(text, Math.min(WORDS_WIDTH, Math.max(drawing.width, 200)), textWidth);
  const corner = besides(cell, room, drawing, true);
  return <WordsBeside text={text} corner={corner} width={room.width} />;
}

/** The same in a line of its own, read out where it is pointed at. */
export function Told({
  pointed,
  pinned,
  owners,
  sentence,
  hint,
}: {
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  /** Matrices whose changes are read out from this line. */
  readonly owners: readonly string[];
  readonly sentence: (focus: Focus) => string | null;
  readonly hint: string;
}): VNode {
  const pointing = usePointing(pointed);
  const focus = pointing?.focus ?? pinned;
  const text = focus && sentence(focus);
  const own = pointing !== null && owners.includes(pointing.owner);
  return (
    <p class="told" aria-live={own ? 'polite' : 'off'}>
      {text ?? <span class="muted">{hint}</span>}
      {text !== null && sameFocus(focus, pinned) && <span class="pin-note"> Pinned.</span>}
    </p>
  );
}
