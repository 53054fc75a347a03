/** What stands in a column of a flow's diagram: what the layer does to each variable. */
import type { VNode } from 'preact';
import { isImageLayer } from '../masks/flowLayers.ts';
import { degreeColour } from './colours.ts';
import { MOST_LANES, type ColumnPart } from './flowDiagramOptions.ts';
import { ChannelSplit, ImageSplit, Mixing, Squeeze } from './flowTiles.tsx';

/** Lines of a permutation at most. */
const MOST_LINES = 28;

export function Glyph(o: ColumnPart): VNode {
  const { flow, column, box, theme } = o;
  const { layer } = column;
  if (isImageLayer(layer)) {
    const tile = { x: column.x, y: box.y, width: column.width, height: box.height };
    const { shape } = layer.scale;
    if (layer.kind === 'coupling') {
      return layer.by === 'checkerboard' ? (
        <ImageSplit passes={(pixel) => layer.passes[pixel * shape[2]] === 1} size={shape} tile={tile} theme={theme} />
      ) : (
        <ChannelSplit passes={layer.passes} size={shape} tile={tile} theme={theme} />
      );
    }
    if (layer.kind === 'squeeze') return <Squeeze tile={tile} theme={theme} />;
    if (layer.kind === 'mixing') return <Mixing tile={tile} theme={theme} />;
    return <Each {...o} />;
  }
  switch (layer.kind) {
    case 'coupling': {
      const { image } = flow;
      if (image && flow.dimension > MOST_LANES) {
        const tile = { x: column.x, y: box.y, width: column.width, height: box.height };
        return <ImageSplit passes={(pixel) => layer.passes[pixel] === 1} size={image} tile={tile} theme={theme} />;
      }
      return <Coupling {...o} passes={layer.passes} />;
    }
    case 'autoregressive':
      return <Autoregressive {...o} order={layer.structure.order} />;
    case 'permutation':
      return <Crossing {...o} />;
    default:
      return <Each {...o} />;
  }
}

const yOf = ({ flow, box }: ColumnPart, place: number) =>
  Math.round(box.y + ((place + 0.5) / flow.dimension) * box.height);
const hasLanes = ({ flow }: ColumnPart) => flow.dimension <= MOST_LANES;

/** The lanes of the variables through a column in which they stay in their places. */
function Lanes(o: ColumnPart): VNode | null {
  const { column, theme, flow } = o;
  if (!hasLanes(o)) return null;
  return (
    <g stroke-width={1.5}>
      {Array.from(column.before, (variable, place) => (
        <line
          x1={column.x}
          x2={column.x + column.width}
          y1={yOf(o, place)}
          y2={yOf(o, place)}
          stroke={degreeColour(theme.kind, variable + 1, flow.dimension)}
        />
      ))}
    </g>
  );
}

/** What passes has a dot and a line to all that moves, which are boxes; of many variables a strip, filled where they move. */
function Coupling(o: ColumnPart & { readonly passes: Uint8Array }): VNode {
  const { column, theme, flow, passes } = o;
  const x = column.x + Math.round(column.width / 2);
  if (!hasLanes(o)) return <Strip {...o} filled={(place) => passes[place] === 0} />;
  const places = [...passes.keys()];
  const ends = places.length > 1 ? `M${x} ${yOf(o, 0)}V${yOf(o, places.length - 1)}` : '';
  const half = Math.min(6, Math.floor(o.box.height / flow.dimension / 2) - 1, column.width / 2 - 1);
  return (
    <>
      <Lanes {...o} />
      <path d={ends} stroke={theme.muted} fill="none" />
      {places.map((place) => {
        const y = yOf(o, place);
        const colour = degreeColour(theme.kind, column.before[place]! + 1, flow.dimension);
        return passes[place] === 1 ? (
          <circle cx={x} cy={y} r={Math.min(3, half)} fill={theme.foreground} />
        ) : (
          <rect
            x={x - half}
            y={y - half}
            width={2 * half}
            height={2 * half}
            rx={1.5}
            fill={colour}
            stroke={theme.foreground}
          />
        );
      })}
    </>
  );
}

/** Every variable moves; the wedge grows with what each of them hears of those before it. */
function Autoregressive(o: ColumnPart & { readonly order: Int32Array }): VNode {
  const { column, theme, flow, box, order } = o;
  const x = column.x + 2;
  const wide = column.width - 4;
  const down = (order[0] ?? 1) <= (order.at(-1) ?? 1);
  const [top, bottom] = [box.y, box.y + box.height];
  const wedge = down ? `M${x} ${top}L${x + wide} ${bottom}H${x}z` : `M${x} ${bottom}L${x + wide} ${top}H${x}z`;
  const middle = column.x + Math.round(column.width / 2);
  const half = Math.min(6, Math.floor(box.height / flow.dimension / 2) - 1, column.width / 2 - 1);
  return (
    <>
      <Lanes {...o} />
      <path d={wedge} fill={theme.neutral} fill-opacity={hasLanes(o) ? 0.4 : 0.8} stroke={theme.muted} />
      {hasLanes(o) &&
        Array.from(column.before, (variable, place) => (
          <rect
            x={middle - half}
            y={yOf(o, place) - half}
            width={2 * half}
            height={2 * half}
            rx={1.5}
            fill={degreeColour(theme.kind, variable + 1, flow.dimension)}
            stroke={theme.foreground}
          />
        ))}
    </>
  );
}

/** Lines from where a variable was to where it comes; of many variables some of them, evenly spread. */
function Crossing(o: ColumnPart): VNode {
  const { column, theme, flow } = o;
  const { layer } = column;
  if (layer.kind !== 'permutation') return <></>;
  const { dimension } = flow;
  const count = Math.min(dimension, MOST_LINES);
  const shown = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * dimension) / count));
  return (
    <g fill="none" stroke-width={dimension <= MOST_LANES ? 1.5 : 1}>
      {shown.map((to) => (
        <path
          d={`M${column.x} ${yOf(o, layer.order[to]!)}L${column.x + column.width} ${yOf(o, to)}`}
          stroke={degreeColour(theme.kind, column.after[to]! + 1, dimension)}
        />
      ))}
    </g>
  );
}

/** Every variable by itself: a bar across each lane. */
function Each(o: ColumnPart): VNode {
  const { column, theme, box, flow } = o;
  const x = column.x + Math.round(column.width / 2);
  const half = Math.min(4, box.height / flow.dimension / 2 - 1);
  return (
    <>
      <Lanes {...o} />
      {hasLanes(o) ? (
        <path
          d={Array.from(column.before, (_, place) => `M${x} ${yOf(o, place) - half}v${2 * half}`).join('')}
          stroke={theme.foreground}
          stroke-width={2}
        />
      ) : (
        <line
          x1={x}
          x2={x}
          y1={box.y}
          y2={box.y + box.height}
          stroke={theme.foreground}
          stroke-width={2}
          stroke-dasharray="2 3"
        />
      )}
    </>
  );
}

/** The variables from top to bottom, in runs; where these are finer than a pixel, their share as a shade. */
function Strip(o: ColumnPart & { readonly filled: (place: number) => boolean }): VNode {
  const { column, theme, flow, box, filled } = o;
  const x = column.x + 2;
  const wide = Math.max(4, column.width - 4);
  const runs: { from: number; to: number }[] = [];
  for (let place = 0; place < flow.dimension; place++) {
    const last = runs.at(-1);
    if (!filled(place)) continue;
    if (last?.to === place) last.to++;
    else runs.push({ from: place, to: place + 1 });
  }
  const px = (place: number) => Math.round((box.y + (place / flow.dimension) * box.height) * 10) / 10;
  const fine = runs.length > box.height / 2;
  const share = runs.reduce((sum, { from, to }) => sum + to - from, 0) / flow.dimension;
  return (
    <>
      {fine ? (
        <rect x={x} y={box.y} width={wide} height={box.height} fill={theme.neutral} fill-opacity={share} />
      ) : (
        <path
          d={runs.map(({ from, to }) => `M${x} ${px(from)}h${wide}V${px(to)}h${-wide}z`).join('')}
          fill={theme.neutral}
        />
      )}
      <rect x={x} y={box.y} width={wide} height={box.height} fill="none" stroke={theme.muted} />
    </>
  );
}
