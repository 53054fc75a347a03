/** A small network as nodes and links, ready to be pointed at. */
import { ConnectivityBase, ConnectivityHighlight, type ConnectivityOptions } from '../../src/figures/connectivity.tsx';
import { highlightOf, marked } from '../../src/figures/dependencies.ts';
import type { Box } from '../../src/figures/drawing.tsx';
import { unitNear, type NodeLayout } from '../../src/figures/nodeLayout.ts';
import type { ZoomTransform } from '../../src/figures/quiltZoom.ts';
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
    hit: (x, y) => {
      const unit = unitNear(layout, x, y);
      return unit && { unit };
    },
    place: ({ unit }) => nodeBox(layout, unit),
    bounds: (focus) => {
      const { below, above } = highlightOf(network, focus);
      const boxes = [...below, ...above].flatMap((marks, l) =>
        marked(marks).map((unit) => nodeBox(layout, { layer: l % layers.length, unit })),
      );
      return around(boxes);
    },
    rows: layout.rows.map((row) => row.unitAt),
    upward: 'up',
    faded: 0.22,
    mostZoom: MOST_ZOOM,
  };
}

const ROOM_FOR_NAME = 14;

function nodeBox({ rows }: NodeLayout, { layer, unit }: UnitId): Box {
  const { x, y, radius } = rows[layer]!;
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
