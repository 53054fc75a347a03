/**
 * The mask diagram of one model for a hover: an image under 30 KB with concrete colours. Small networks are drawn
 * whole, large ones as degree-sorted mask staircases with counts. Kept lean: this is loaded in the extension host.
 */
import type { ComponentChildren, VNode } from 'preact';
import { forEachBit, hasBit } from '../masks/bits.ts';
import type { Connectivity, NetworkLayer } from '../masks/connectivity.ts';
import { arrangedUnits } from '../masks/sorting.ts';
import { degreeInk, unitColour } from './colours.ts';
import { countWeights, orderSentence } from './sentences.ts';
import { HatchPattern } from './drawing.tsx';
import { nodeLayout, unitCount, type NodeLayout } from './nodeLayout.ts';
import { renderSvg } from './render.ts';
import { formatCount, inputName, outputName, percent, plural, weightName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

/** The part of the specification that is being pointed at. */
export type DiagramHighlight = 'hidden' | 'order' | 'degrees' | 'masks' | 'direct';

export interface DiagramOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly highlight?: DiagramHighlight | undefined;
}

/** Bytes that a hover's picture may have: its Markdown is cut at 100,000 characters, and base64 adds a third. */
export const MAX_DIAGRAM_BYTES = 60_000;
const MOST_UNITS = 200;
const MOST_EDGES = 4000;
/** Links from which on they are drawn fine, so that they do not run together. */
const DENSE = 700;
const LEFT = 84;
/** A hover is 250 px high, its words included: the picture is wide rather than tall. */
const HEIGHT = 150;
/** Room for the outputs' names above their row and for the inputs' below theirs. */
const TOP = 30;
const BOTTOM = 28;

/** The diagram as an SVG document smaller than {@link MAX_DIAGRAM_BYTES}. */
export function modelDiagramSvg(network: Connectivity, o: DiagramOptions): string {
  if (unitCount(network.layers) <= MOST_UNITS && countWeights(network).existing <= MOST_EDGES) {
    const whole = renderSvg(diagram(o, wholeNetwork(network, o)));
    if (new TextEncoder().encode(whole).length < MAX_DIAGRAM_BYTES) return whole;
  }
  return renderSvg(diagram(o, staircases(network, o)));
}

interface Body {
  readonly height: number;
  readonly marks: ComponentChildren;
}

function diagram({ theme, width }: DiagramOptions, { height, marks }: Body): VNode {
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      font-family={theme.font}
      fill={theme.foreground}
    >
      {marks}
    </svg>
  );
}

/** What the hovered key makes of the model. */
export function diagramSentence(network: Connectivity, highlight: DiagramHighlight | undefined): string {
  const { existing, all } = countWeights(network);
  const weights = `${formatCount(existing)} of ${plural(all, 'weight')} exist (${percent(existing, all)}).`;
  const { order } = network;
  switch (highlight) {
    case 'order': {
      const first = order.indexOf(1);
      const last = order.indexOf(order.length);
      const ends =
        order.length === 1
          ? `${outputName(0)} depends on nothing`
          : `${outputName(first)} depends on nothing, ${outputName(last)} on all the others`;
      return `${capitalised(orderSentence(order))}: ${ends}.`;
    }
    case 'degrees': {
      const lonely = network.cutOff().length;
      const cut =
        lonely === 0
          ? 'every unit sees an input and reaches an output'
          : `${plural(lonely, 'unit')} cut off from inputs or outputs`;
      return `A unit of degree m sees the first m inputs of the order; ${cut}.`;
    }
    case 'direct':
      return network.direct
        ? `A direct connection adds ${plural((order.length * (order.length - 1)) / 2, 'weight')} from earlier inputs straight to each output.`
        : 'No direct connection: inputs reach outputs through hidden units only.';
    case 'masks':
      return `A weight exists where the degree above is not smaller, and into outputs larger, than the one below. ${weights}`;
    case 'hidden':
    case undefined: {
      const hidden = network.layers.slice(1, -1);
      if (hidden.length === 0) return `No hidden layer. ${weights}`;
      return `${plural(hidden.length, 'hidden layer')}, ${plural(unitCount(hidden), 'unit')}. ${weights}`;
    }
  }
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether a layer's row belongs to what is pointed at. */
function emphasised(layer: number, last: number, highlight: DiagramHighlight | undefined): boolean {
  const ends = layer === 0 || layer === last;
  return highlight === 'order' ? ends : highlight === 'hidden' || highlight === 'degrees' ? !ends : false;
}

function wholeNetwork(network: Connectivity, { theme, width, highlight }: DiagramOptions): Body {
  const { layers, last, dimension } = network;
  const gap = Math.max(18, (HEIGHT - TOP - BOTTOM) / last);
  const height = TOP + gap * last + BOTTOM;
  const spread = nodeLayout(layers, { width, height, unitOrder: 'degree', left: LEFT });
  const rows = spread.rows.map((row, layer) => ({
    ...row,
    y: TOP + gap * (last - layer),
    radius: Math.min(row.radius, gap / 4),
  }));
  const layout = { ...spread, rows };
  const half = Math.min(19, gap / 2);
  const dense = countWeights(network).existing > DENSE;
  const faded = highlight === 'order' || highlight === 'hidden' || highlight === 'degrees';
  return {
    height,
    marks: (
      <>
        {layout.rows.map(
          (row, layer) =>
            emphasised(layer, last, highlight) && (
              <rect
                x={0}
                y={Math.round(row.y - (layer === last ? TOP : half))}
                width={width}
                height={Math.round(half + (layer === last ? TOP : layer === 0 ? BOTTOM : half))}
                rx={4}
                fill={theme.accent}
                fill-opacity={0.16}
              />
            ),
        )}
        <path
          d={edges(network, layout, false)}
          fill="none"
          stroke={highlight === 'masks' ? theme.accent : theme.foreground}
          stroke-width={dense ? 0.4 : 0.8}
          opacity={faded || highlight === 'direct' || dense ? 0.35 : 0.7}
        />
        {network.direct && (
          <path
            d={edges(network, layout, true)}
            fill="none"
            stroke={highlight === 'direct' ? theme.accent : theme.foreground}
            stroke-dasharray="1 3"
            stroke-width={highlight === 'direct' ? 1.4 : 0.9}
            opacity={highlight === 'direct' ? 1 : 0.6}
          />
        )}
        {layout.rows.map((row, layer) => (
          <>
            <text
              x={4}
              y={row.y}
              dominant-baseline="central"
              font-size={textSize.label}
              font-weight={emphasised(layer, last, highlight) ? 700 : 400}
            >
              {layers[layer]!.name.replace('layer ', '')}
            </text>
            <g font-size={textSize.small} text-anchor="middle">
              {Array.from(row.unitAt, (unit, position) => {
                const degree = row.degrees?.[unit];
                const colour = unitColour(theme, degree, dimension);
                const [x, y] = [Math.round(row.x[unit]!), Math.round(row.y)];
                const named = (layer === 0 || layer === last) && position % Math.ceil(20 / row.spacing) === 0;
                return (
                  <>
                    <circle cx={x} cy={y} r={Math.round(row.radius)} fill={colour} />
                    {degree !== undefined && row.radius >= 7 && (
                      <text x={x} y={y + 3.5} fill={degreeInk(theme.kind, degree, dimension)}>
                        {degree}
                      </text>
                    )}
                    {named && (
                      <text x={x} y={layer === 0 ? y + row.radius + 13 : y - row.radius - 6}>
                        {layer === 0 ? inputName(unit) : outputName(unit)}
                      </text>
                    )}
                  </>
                );
              })}
            </g>
          </>
        ))}
      </>
    ),
  };
}

function edges(network: Connectivity, { rows }: NodeLayout, direct: boolean): string {
  let path = '';
  for (const { index, from, to } of network.joints.filter((joint) => joint.direct === direct)) {
    const mask = network.mask(index);
    const [below, above] = [rows[from]!, rows[to]!];
    const [y1, y2] = [Math.round(below.y - below.radius), Math.round(above.y + above.radius)];
    for (let upper = 0; upper < above.x.length; upper++) {
      const x2 = Math.round(above.x[upper]!);
      const bend = Math.round((y1 - y2) / 3);
      const joined = [...below.x.keys()].filter((lower) => hasBit(mask, upper, lower));
      for (const [i, lower] of joined.entries()) {
        const x1 = Math.round(below.x[lower]!);
        if (direct) path += `M${x1} ${y1}C${x1} ${y1 - bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
        // Up to the unit and down again: half the text, and there may be thousands.
        else path += i % 2 === 0 ? `M${x1} ${y1}L${x2} ${y2}` : ` ${x1} ${y1}`;
      }
    }
  }
  return path;
}

/** Staircases that have their words beside each other in one row; more stand in two rows, without their sizes. */
const ACROSS = 6;
const STAIR_GAP = 14;

interface Stair {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Place among the weight matrices; null for pairs of variables. */
  readonly joint: number | null;
  readonly direct: boolean;
}

/** Masks as staircases, sorted by degree: rows receive, columns send; then which output sees which input. */
function staircases(network: Connectivity, { theme, width, highlight }: DiagramOptions): Body {
  const { layers, last } = network;
  const stairs: Stair[] = [
    ...network.joints.map(({ index, from, to, direct }) => {
      return { name: direct ? 'A, direct' : weightName(index, last), from, to, joint: index, direct };
    }),
    { name: 'product', from: 0, to: last, joint: null, direct: false },
  ];
  const crowded = stairs.length > ACROSS;
  const across = crowded ? Math.max(ACROSS, Math.ceil(stairs.length / 2)) : stairs.length;
  const detail = stairs.length <= 5 ? fine : coarse;
  const rows = Math.ceil(stairs.length / across);
  const room = HEIGHT / rows - STAIR_TOP - STRIP - STAIR_BOTTOM;
  const size = Math.floor(Math.min(room, (width - 8 - (across - 1) * STAIR_GAP) / across - STRIP));
  const pitch = size + STAIR_TOP + STRIP + STAIR_BOTTOM;
  return {
    height: rows * pitch,
    marks: (
      <>
        <defs>
          <HatchPattern id="masked" theme={theme} />
          {layers.slice(0, -1).map((own, layer) => (
            <g id={`layer${layer}`}>
              <Bands layer={own} size={size} bands={detail.bands} theme={theme} dimension={network.dimension} />
            </g>
          ))}
        </defs>
        {stairs.map((stair, i) => (
          <g
            transform={`translate(${4 + (i % across) * (size + STRIP + STAIR_GAP)},${Math.floor(i / across) * pitch})`}
          >
            <StairPanel {...{ stair, network, size, theme, highlight }} grain={detail.grain} sized={!crowded} />
          </g>
        ))}
      </>
    ),
  };
}

const STRIP = 7;
/** Room for the words over a staircase and under it. */
const STAIR_TOP = 18;
const STAIR_BOTTOM = 18;

/** Colours along a side and px between the steps of a staircase: a deep stack has many, and has to be small. */
interface Detail {
  readonly bands: number;
  readonly grain: number;
}
const fine: Detail = { bands: 24, grain: 0.5 };
const coarse: Detail = { bands: 8, grain: 3 };

function StairPanel(o: {
  readonly stair: Stair;
  readonly network: Connectivity;
  readonly size: number;
  readonly theme: Theme;
  readonly highlight: DiagramHighlight | undefined;
  readonly grain: number;
  readonly sized: boolean;
}): VNode {
  const { stair, network, size, theme, highlight } = o;
  const { layers } = network;
  const [rows, columns] = [layers[stair.to]!.units, layers[stair.from]!.units];
  const seen = seenByRow(network, stair);
  const existing = seen.reduce((sum, count) => sum + count, 0);
  const path = stairPath(seen, columns, size, o.grain);
  const strong =
    highlight === 'masks' ||
    (highlight === 'direct' && stair.direct) ||
    (highlight === 'order' && stair.joint === null);
  // Inputs and outputs are in the same order and share their colours.
  const bandsOf = (layer: number) => `#layer${layer === layers.length - 1 ? 0 : layer}`;
  const required = (rows * (rows - 1)) / 2;
  const lost = stair.joint === null ? required - existing : 0;
  const counted =
    stair.joint !== null
      ? `${percent(existing, rows * columns)} exist`
      : lost > 0
        ? `${plural(lost, 'pair')} lost`
        : `all ${plural(required, 'pair')} joined`;
  return (
    <>
      <text x={STRIP} y={12} font-size={textSize.small} fill={theme.muted}>
        <tspan font-weight="600" fill={strong ? theme.accent : theme.foreground}>
          {stair.name}
        </tspan>
        {o.sized && ` ${formatCount(rows)} × ${formatCount(columns)}`}
      </text>
      <g transform={`translate(${STRIP},${STAIR_TOP + STRIP})`}>
        <rect width={size} height={size} fill="url(#masked)" stroke={theme.rule} />
        {path !== '' && <path d={path} fill={strong ? theme.accent : theme.neutral} />}
        {lost > 0 && <path d={`M0 0L${size} ${size}`} stroke={theme.error} stroke-width={1.5} stroke-dasharray="4 3" />}
        <use href={bandsOf(stair.from)} />
        <use href={bandsOf(stair.to)} transform="matrix(0 1 1 0 0 0)" />
      </g>
      <text
        x={STRIP}
        y={STAIR_TOP + STRIP + size + 13}
        font-size={textSize.small}
        fill={lost > 0 ? theme.error : theme.muted}
      >
        {counted}
      </text>
    </>
  );
}

/** Degrees of a layer along a side, in the variables' colours; drawn above the x axis, and turned over for the y axis. */
function Bands({
  layer,
  size,
  bands,
  theme,
  dimension,
}: {
  readonly layer: NetworkLayer;
  readonly size: number;
  readonly bands: number;
  readonly theme: Theme;
  readonly dimension: number;
}): VNode {
  const sorted = arrangedUnits(layer);
  const count = Math.min(bands, sorted.length);
  const step = size / count;
  return (
    <>
      {Array.from({ length: count }, (_, i) => {
        const unit = sorted[Math.floor(((i + 0.5) * sorted.length) / count)]!;
        const tenth = (value: number) => Math.round(value * 10) / 10;
        return (
          <rect
            x={tenth(i * step)}
            y={-STRIP}
            width={tenth(step + 0.3)}
            height={5}
            fill={unitColour(theme, layer.degrees?.[unit], dimension)}
          />
        );
      })}
    </>
  );
}

/** How many columns each row of a degree-sorted matrix sees: by the mask, or for pairs of variables by any path. */
function seenByRow(network: Connectivity, { to, joint }: Stair): number[] {
  const rows = arrangedUnits(network.layers[to]!);
  if (joint === null) return Array.from(rows, (unit) => network.inputsSeen({ layer: to, unit }));
  const mask = network.mask(joint);
  return Array.from(rows, (unit) => {
    let count = 0;
    forEachBit(mask, unit, () => count++);
    return count;
  });
}

/** Outline of what exists in a degree-sorted mask; steps smaller than `grain` px are joined. */
function stairPath(seen: readonly number[], columns: number, size: number, grain: number): string {
  let path = '';
  let drawn = -1;
  const round = (value: number) => Math.round(value / grain) * grain;
  for (const [row, count] of seen.entries()) {
    const x = round((count / columns) * size);
    if (x === drawn) continue;
    const y = round((row / seen.length) * size);
    path += path === '' ? `M0 ${y}H${x}` : `V${y}H${x}`;
    drawn = x;
  }
  return seen.every((count) => count === 0) ? '' : `${path}V${size}H0Z`;
}
