/** A small network as nodes and links, ready to be pointed at. */
import { ConnectivityBase, ConnectivityHighlight, type ConnectivityOptions } from '../../src/figures/connectivity.tsx';
import { contextLayer, highlightOf, marked } from '../../src/figures/dependencies.ts';
import type { Box } from '../../src/figures/drawing.tsx';
import { unitNear, type NodeLayout } from '../../src/figures/nodeLayout.ts';
import type { ZoomTransform } from '../../src/figures/quiltZoom.ts';
import { isHighContrast, type Theme } from '../../src/figures/theme.ts';
import type { UnitId } from '../../src/masks/network.ts';
import type { GraphPicture } from './graph.tsx';

const MOST_ZOOM = 12;

export function nodePicture(o: ConnectivityOptions): GraphPicture {
  const { layout, network } = o;
  const { layers } = network;
  const base = <ConnectivityBase {...o} />;
  const within = ({ k, x, y }: ZoomTransform) => `translate(${x},${y}) scale(${k})`;
  return {
    width: layout.width,
    height: layout.height,
    label: `Network with ${layers.map(({ units }) => units).join(', ')} units a layer, inputs first`,
    rasters: () => [],
    marks: (zoom) => <g transform={within(zoom)}>{base}</g>,
    highlight: (focus, pinned, zoom) => (
      <g transform={within(zoom)}>
        <ConnectivityHighlight {...o} focus={focus} pinned={pinned} />
      </g>
    ),
    pin: ({ unit, from }, zoom) => (
      <g class="pin" fill="none" transform={within(zoom)}>
        {(from ? [from, unit] : [unit]).map((own) => (
          <PinRing layout={layout} unit={own} theme={o.theme} />
        ))}
      </g>
    ),
    hit: (x, y) => {
      const unit = unitNear(layout, x, y);
      return unit && { unit };
    },
    place: ({ unit }) => nodeBox(layout, unit),
    anchor: ({ unit }) => nodeBox(layout, unit),
    bounds: (focus) => {
      const { below, above } = highlightOf(network, focus);
      const boxes = [...below, ...above].flatMap((marks, l) =>
        marked(marks).map((unit) => nodeBox(layout, { layer: l % layers.length, unit })),
      );
      const own = [focus.unit, ...(focus.from ? [focus.from] : [])].map((unit) => nodeBox(layout, unit));
      return around([...boxes, ...own]);
    },
    rows: layout.rows.map((row) => row.unitAt),
    aside: network.context &&
      layout.context && {
        layer: contextLayer(network),
        units: layout.context.unitAt,
        side: 'right',
        into: Math.min(...network.context.into),
      },
    upward: 'up',
    faded: isHighContrast(o.theme.kind) ? 0.45 : 0.22,
    mostZoom: MOST_ZOOM,
  };
}

/** A ring with a rim that sets it off from whatever it lies on. */
function PinRing({
  layout,
  unit,
  theme,
}: {
  readonly layout: NodeLayout;
  readonly unit: UnitId;
  readonly theme: Theme;
}) {
  const { x, y, radius } = (layout.rows[unit.layer] ?? layout.context)!;
  const ring = { cx: x[unit.unit]!, cy: y, r: radius + 3.5 };
  return (
    <>
      <circle {...ring} stroke={theme.background} stroke-width={5} />
      <circle {...ring} stroke={theme.accent} stroke-width={2.5} />
    </>
  );
}

const ROOM_FOR_NAME = 14;

function nodeBox({ rows, context }: NodeLayout, { layer, unit }: UnitId): Box {
  const { x, y, radius } = (rows[layer] ?? context)!;
  const half = radius + ROOM_FOR_NAME;
  return { x: x[unit]! - radius, y: y - half, width: 2 * radius, height: 2 * half };
}

/** The smallest box around several. */
export function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
