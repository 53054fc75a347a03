/** The diagram of a large model: its masks as degree-sorted staircases with counts, and which output sees which input. */
import type { VNode } from 'preact';
import { forEachBit } from '../masks/bits.ts';
import type { Connectivity, NetworkLayer } from '../masks/connectivity.ts';
import { arrangedUnits, inversePermutation } from '../masks/sorting.ts';
import { unitColour } from './colours.ts';
import { HatchPattern } from './drawing.tsx';
import {
  HEIGHT,
  type Body,
  type DiagramHighlight,
  type DiagramLabels,
  type DiagramOptions,
  type JointLabel,
} from './modelDiagramOptions.ts';
import { formatCount, percent, plural, textWidth, weightName } from './text.ts';
import { textSize, type Theme } from './theme.ts';

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
  /** In place of what can be counted on the drawing. */
  readonly label: JointLabel | null;
}

/** The matrix, and what else leads into the same units: its companion, a context. */
function nameOf(matrix: string, to: number, { companions, context }: DiagramLabels): string {
  return [
    companions ? `${matrix.replace(', direct', '')} + U` : matrix,
    ...(context?.into.includes(to) === true && !matrix.startsWith('A') ? ['c'] : []),
  ].join(' + ');
}

/** Masks as staircases, sorted by degree: rows receive, columns send; then which output sees which input. */
export function staircases(network: Connectivity, o: DiagramOptions): Body<VNode> {
  const { theme, width, highlight, labels = {} } = o;
  const { layers, last } = network;
  const stairs: Stair[] = [
    ...network.joints.map(({ index, from, to, direct }) => {
      const own = labels.joints?.[index];
      const name = own?.name ?? nameOf(direct ? 'A, direct' : weightName(index, last), to, labels);
      return { name, from, to, joint: index, direct, label: own ?? null };
    }),
    { name: 'product', from: 0, to: last, joint: null, direct: false, label: null },
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
            <StairPanel
              {...{ stair, network, size, theme, highlight }}
              grain={detail.grain}
              sized={!crowded}
              perOutput={labels.perOutput ?? 1}
            />
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
  readonly perOutput: number;
}): VNode {
  const { stair, network, size, theme, highlight } = o;
  const { layers } = network;
  // Each output may be several rows of its matrix.
  const k = stair.to === layers.length - 1 && stair.joint !== null ? o.perOutput : 1;
  const [rows, columns] = [layers[stair.to]!.units, layers[stair.from]!.units];
  const seen = spansByRow(network, stair);
  const existing = seen.reduce((sum, { from, to }) => sum + to - from, 0);
  const path = stairPath(seen, columns, size, o.grain);
  const strong =
    highlight === 'masks' ||
    highlight === 'conditioning' ||
    (highlight === 'direct' && stair.direct) ||
    (highlight === 'conditional' && stair.to === layers.length - 1 && stair.joint !== null) ||
    (highlight === 'order' && stair.joint === null);
  // Inputs and outputs are in the same order and share their colours.
  const bandsOf = (layer: number) => `#layer${layer === layers.length - 1 ? 0 : layer}`;
  const verdict = stair.joint === null ? verdictOf(network, existing) : null;
  const counted = verdict?.text ?? stair.label?.counted ?? `${percent(existing, rows * columns)} exist`;
  const sizes = ` ${stair.label?.size ?? `${formatCount(rows * k)} × ${formatCount(columns)}`}`;
  const fits = textWidth(stair.name + sizes, textSize.small) <= size + STAIR_GAP;
  // A diagonal of many variables is thinner than a pixel.
  const thin = seen.some(({ from }) => from > 0);
  return (
    <>
      <text x={STRIP} y={12} font-size={textSize.small} fill={theme.muted}>
        <tspan font-weight="600" fill={strong ? theme.accent : theme.foreground}>
          {stair.name}
        </tspan>
        {o.sized && fits && sizes}
      </text>
      <g transform={`translate(${STRIP},${STAIR_TOP + STRIP})`}>
        <rect width={size} height={size} fill="url(#masked)" stroke={theme.rule} />
        {path !== '' && (
          <path
            d={path}
            fill={strong ? theme.accent : theme.neutral}
            {...(thin && { stroke: strong ? theme.accent : theme.neutral, 'stroke-width': 2 })}
          />
        )}
        {verdict?.wrong === true && (
          <path d={`M0 0L${size} ${size}`} stroke={theme.error} stroke-width={1.5} stroke-dasharray="4 3" />
        )}
        <use href={bandsOf(stair.from)} />
        <use href={bandsOf(stair.to)} transform="matrix(0 1 1 0 0 0)" />
      </g>
      <text
        x={STRIP}
        y={STAIR_TOP + STRIP + size + 13}
        font-size={textSize.small}
        fill={verdict?.wrong === true ? theme.error : theme.muted}
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

/** What the pairs of variables come to, and whether that is wrong. */
function verdictOf(network: Connectivity, existing: number): { readonly text: string; readonly wrong: boolean } {
  const required = (network.dimension * (network.dimension - 1)) / 2;
  if (existing === network.dimension ** 2) return { text: `all ${plural(existing, 'pair')}: no density`, wrong: true };
  const { leaks, losses } = network.report();
  if (leaks.length > 0) return { text: `${plural(leaks.length, 'pair')} leak`, wrong: true };
  if (losses.length > 0) return { text: `${plural(losses.length, 'pair')} lost`, wrong: true };
  return { text: `all ${plural(required, 'pair')} joined`, wrong: false };
}

/** Which columns a row of a sorted matrix sees: those from `from` to before `to`, side by side. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * By the mask, or for pairs of variables by any path. Rows of masks that degrees define, of full ones and of diagonals
 * see neighbours alone; of another row the span reaches from the first to the last.
 */
function spansByRow(network: Connectivity, { from, to, joint }: Stair): Span[] {
  const rows = arrangedUnits(network.layers[to]!);
  if (joint === null) {
    return Array.from(rows, (unit) => ({ from: 0, to: network.inputsSeen({ layer: to, unit }) }));
  }
  const places = inversePermutation(arrangedUnits(network.layers[from]!));
  const mask = network.mask(joint);
  return Array.from(rows, (unit) => {
    let first = Infinity;
    let end = 0;
    forEachBit(mask, unit, (column) => {
      first = Math.min(first, places[column]!);
      end = Math.max(end, places[column]! + 1);
    });
    return end === 0 ? { from: 0, to: 0 } : { from: first, to: end };
  });
}

/** Outline of what exists in a sorted mask: down along the ends, up along the beginnings; small steps are joined. */
function stairPath(spans: readonly Span[], columns: number, size: number, grain: number): string {
  if (spans.every(({ from, to }) => from === to)) return '';
  const round = (value: number) => Math.round(value / grain) * grain;
  const down = side((span) => span.to);
  if (spans.every(({ from }) => from === 0)) return `${down}V${size}H0Z`;
  const starts: string[] = [];
  for (let row = spans.length - 1; row >= 0; row--) {
    const x = round((spans[row]!.from / columns) * size);
    const [y, above] = [round(((row + 1) / spans.length) * size), round((row / spans.length) * size)];
    if (starts.at(-1) !== `L${x} ${y}V${above}` && y !== above) starts.push(`L${x} ${y}V${above}`);
  }
  return `${down}V${size}${starts.join('')}Z`;

  function side(of: (span: Span) => number): string {
    let path = '';
    let drawn = -1;
    for (const [row, span] of spans.entries()) {
      const x = round((of(span) / columns) * size);
      if (x === drawn) continue;
      const y = round((row / spans.length) * size);
      path += path === '' ? `M0 ${y}H${x}` : `V${y}H${x}`;
      drawn = x;
    }
    return path;
  }
}
