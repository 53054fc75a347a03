/**
 * The node-link drawing of a small masked network: what exists (`ConnectivityBase`, redrawn with new weights) and what
 * is pointed at (`ConnectivityHighlight`, redrawn with every move of the pointer), as two layers.
 */
import type { ComponentChildren, VNode } from 'preact';
import type { MadeStructure } from '../masks/degrees.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { degreeColour, degreeInk } from './colours.ts';
import { connects, highlightOf, layerDegrees, sameUnit, type Focus } from './dependencies.ts';
import type { LegendItem } from './legend.tsx';
import type { NodeLayout, NodeRow } from './nodeLayout.ts';
import { formatValue, inputName, layerName, outputName, plural } from './text.ts';
import { variableRamp } from './ramps.ts';
import { textSize, type Theme } from './theme.ts';
import { weightReaders, type WeightReader } from './weights.ts';

export interface ConnectivityOptions {
  readonly structure: MadeStructure;
  /** Without weights every edge is drawn alike. */
  readonly weights: readonly WeightMatrix[] | null;
  readonly layout: NodeLayout;
  readonly theme: Theme;
}

const LEVELS = 8;
const THINNEST = 0.35;
const THICKEST = 3;
/** Above so many edges negative weights are not dashed in the overview: dashes would drown everything else. */
const DASHED_EDGES = 400;

const r = (value: number) => Math.round(value * 10) / 10;

interface EdgeBucket {
  readonly negative: boolean;
  readonly level: number;
  path: string;
  edges: number;
}

/** Edges of one mask in few paths, by sign and by |weight|; `keep` leaves out what is not wanted. */
function bucketEdges(
  structure: MadeStructure,
  layout: NodeLayout,
  from: number,
  to: number,
  reader: WeightReader | undefined,
  keep: (lower: number, upper: number) => boolean,
): EdgeBucket[] {
  const buckets = new Map<number, EdgeBucket>();
  const [below, above] = [layout.rows[from]!, layout.rows[to]!];
  const bend = to - from > 1;
  for (let upper = 0; upper < above.x.length; upper++) {
    for (let lower = 0; lower < below.x.length; lower++) {
      if (!connects(structure, { layer: from, unit: lower }, { layer: to, unit: upper }) || !keep(lower, upper))
        continue;
      const weight = reader?.at(upper, lower) ?? 0;
      const share = reader && reader.largest > 0 ? Math.abs(weight) / reader.largest : 0;
      const level = Math.min(LEVELS - 1, Math.floor(share * LEVELS));
      const key = (weight < 0 ? LEVELS : 0) + level;
      let bucket = buckets.get(key);
      if (!bucket) buckets.set(key, (bucket = { negative: weight < 0, level, path: '', edges: 0 }));
      bucket.edges++;
      bucket.path += edgePath(below, lower, above, upper, bend);
    }
  }
  return [...buckets.values()].sort((a, b) => a.level - b.level);
}

function edgePath(below: NodeRow, lower: number, above: NodeRow, upper: number, bend: boolean): string {
  const [x1, y1] = [r(below.x[lower]!), r(below.y - below.radius)];
  const [x2, y2] = [r(above.x[upper]!), r(above.y + above.radius)];
  if (!bend) return `M${x1} ${y1}L${x2} ${y2}`;
  const rise = (y1 - y2) * 0.32;
  return `M${x1} ${y1}C${x1} ${r(y1 - rise)} ${x2} ${r(y2 + rise)} ${x2} ${y2}`;
}

/** Pairs of layers joined by weights: neighbours, then inputs to outputs if there is a direct connection. */
function joined(structure: MadeStructure): { from: number; to: number; reader: number }[] {
  const last = structure.hidden.length + 1;
  const pairs = Array.from({ length: last }, (_, l) => ({ from: l, to: l + 1, reader: l }));
  return structure.direct ? [{ from: 0, to: last, reader: last }, ...pairs] : pairs;
}

function Edges(o: ConnectivityOptions & { readonly highlight: Focus | null }): VNode {
  const { structure, layout, theme } = o;
  const readers = o.weights && weightReaders(structure, o.weights);
  const lit = o.highlight && highlightOf(structure, o.highlight);
  const last = layout.rows.length - 1;
  return (
    <g fill="none" class="edges">
      {joined(structure).map(({ from, to, reader }) => {
        const direct = to - from > 1;
        // A path through the focus lies wholly below it or wholly above it.
        const keep = (lower: number, upper: number) =>
          !lit ||
          (lit.below[from]![lower] === 1 && lit.below[to]![upper] === 1) ||
          (lit.above[from]![lower] === 1 && lit.above[to]![upper] === 1);
        const keepDirect = (lower: number, upper: number) =>
          !o.highlight ||
          (keep(lower, upper) &&
            (sameUnit(o.highlight.unit, { layer: last, unit: upper }) ||
              sameUnit(o.highlight.unit, { layer: 0, unit: lower })));
        const buckets = bucketEdges(structure, layout, from, to, readers?.[reader], direct ? keepDirect : keep);
        const edges = buckets.reduce((sum, bucket) => sum + bucket.edges, 0);
        return buckets.map(({ negative, level, path }) => {
          const t = (level + 0.5) / LEVELS;
          return (
            <path
              d={path}
              stroke={!readers ? theme.muted : negative ? theme.negative : theme.positive}
              stroke-width={readers ? r(THINNEST + (THICKEST - THINNEST) * t) : 0.8}
              opacity={readers ? weightOpacity(t, edges) : 0.6}
              stroke-dasharray={direct ? '1 3' : negative && edges <= DASHED_EDGES ? '5 2.5' : undefined}
            />
          );
        });
      })}
    </g>
  );
}

/** Weak weights recede, the more so the more edges there are; strong ones stand out of any crowd. */
function weightOpacity(t: number, edges: number): number {
  const floor = edges > 1200 ? 0.05 : edges > DASHED_EDGES ? 0.12 : 0.3;
  return Math.round((floor + (0.95 - floor) * t ** (edges > DASHED_EDGES ? 1.3 : 0.6)) * 100) / 100;
}

/** Everything that is there. */
export function ConnectivityBase(o: ConnectivityOptions): VNode {
  const layers = layerDegrees(o.structure);
  return (
    <>
      <RowNames layout={o.layout} layers={layers} theme={o.theme} direct={o.structure.direct} />
      <Edges {...o} highlight={null} />
      {o.layout.rows.map((row, layer) => (
        <Nodes row={row} layer={layer} layers={layers} theme={o.theme} />
      ))}
    </>
  );
}

function RowNames({
  layout,
  layers,
  theme,
  direct,
}: {
  readonly layout: NodeLayout;
  readonly layers: readonly Int32Array[];
  readonly theme: Theme;
  readonly direct: boolean;
}) {
  if (layout.left < 40) return null;
  const last = layers.length - 1;
  return (
    <g font-family={theme.font} class="row-names">
      {layout.rows.map((row, layer) => (
        <>
          <text x={0} y={row.y - 2} font-size={textSize.label} fill={theme.foreground}>
            {layerName(layer, layers.length).replace('layer ', '')}
          </text>
          <text x={0} y={row.y + 12} font-size={textSize.small} fill={theme.muted}>
            {layer === last && direct ? 'with direct links' : plural(layers[layer]!.length, 'unit')}
          </text>
        </>
      ))}
    </g>
  );
}

const INSIDE_RADIUS = 7.2;

function Nodes({
  row,
  layer,
  layers,
  theme,
}: {
  readonly row: NodeRow;
  readonly layer: number;
  readonly layers: readonly Int32Array[];
  readonly theme: Theme;
}) {
  const dimension = layers[0]!.length;
  const last = layers.length - 1;
  const ends = layer === 0 || layer === last;
  const size = Math.min(textSize.small, Math.max(8, row.radius * 0.95));
  const every = Math.max(1, Math.ceil(22 / row.spacing));
  return (
    <g font-family={theme.font} text-anchor="middle">
      {Array.from(row.unitAt, (unit, position) => {
        const degree = row.degrees[unit]!;
        const colour = degreeColour(theme.kind, degree, dimension);
        return (
          <>
            <circle
              cx={r(row.x[unit]!)}
              cy={r(row.y)}
              r={r(row.radius)}
              fill={colour}
              stroke={theme.background}
              stroke-width={1}
            />
            {row.radius >= INSIDE_RADIUS && (
              <text
                x={r(row.x[unit]!)}
                y={r(row.y)}
                dominant-baseline="central"
                font-size={size}
                fill={degreeInk(theme.kind, degree, dimension)}
              >
                {degree}
              </text>
            )}
            {ends && position % every === 0 && (
              <text
                x={r(row.x[unit]!)}
                y={layer === 0 ? row.y + row.radius + 14 : row.y - row.radius - 8}
                font-size={textSize.label}
                fill={theme.foreground}
              >
                {layer === 0 ? inputName(unit) : outputName(unit)}
              </text>
            )}
          </>
        );
      })}
      {row.radius < INSIDE_RADIUS && (
        <DegreeGroups row={row} above={layer === last} offset={ends ? 20 : 0} theme={theme} />
      )}
    </g>
  );
}

/** Where degrees do not fit into the nodes: one bracket and label for each run of units that share a degree. */
function DegreeGroups({
  row,
  above,
  offset,
  theme,
}: {
  readonly row: NodeRow;
  readonly above: boolean;
  readonly offset: number;
  readonly theme: Theme;
}) {
  const groups: { degree: number; from: number; to: number }[] = [];
  for (const unit of row.unitAt) {
    const degree = row.degrees[unit]!;
    const x = row.x[unit]!;
    const open = groups[groups.length - 1];
    if (open?.degree === degree) open.to = x;
    else groups.push({ degree, from: x, to: x });
  }
  if (groups.length > row.unitAt.length * 0.7) return null;
  const side = above ? -1 : 1;
  const y = row.y + side * (row.radius + 3 + offset);
  let free = -Infinity;
  return (
    <g fill={theme.muted} font-size={textSize.small} class="degree-groups">
      {groups.map(({ degree, from, to }) => {
        const middle = (from + to) / 2;
        const fits = middle - 6 > free;
        if (fits) free = middle + 6;
        return (
          <>
            <path d={`M${r(from - row.radius)} ${r(y)}H${r(to + row.radius)}`} stroke={theme.muted} stroke-width={1} />
            {fits && (
              <text
                x={r(middle)}
                y={r(y + side * 9)}
                dominant-baseline="central"
                stroke={theme.background}
                stroke-width={3}
                paint-order="stroke"
              >
                {degree}
              </text>
            )}
          </>
        );
      })}
    </g>
  );
}

/** What is pointed at, and everything that it depends on and that depends on it; drawn over a faded base. */
export function ConnectivityHighlight(
  o: ConnectivityOptions & { readonly focus: Focus; readonly pinned: boolean },
): VNode {
  const { structure, layout, theme, focus } = o;
  const { below, above } = highlightOf(structure, focus);
  const layers = layerDegrees(structure);
  const dimension = layers[0]!.length;
  const last = layers.length - 1;
  const nodes: ComponentChildren[] = [];
  for (const [layer, row] of layout.rows.entries()) {
    const name = layer === 0 ? inputName : layer === last ? outputName : null;
    const every = Math.max(1, Math.ceil(22 / row.spacing));
    for (const [position, unit] of row.unitAt.entries()) {
      const isBelow = below[layer]![unit] === 1;
      const isAbove = above[layer]![unit] === 1;
      if (!isBelow && !isAbove) continue;
      const own = sameUnit(focus.unit, { layer, unit }) || sameUnit(focus.from, { layer, unit });
      const colour = degreeColour(theme.kind, row.degrees[unit]!, dimension);
      const x = r(row.x[unit]!);
      nodes.push(
        <circle
          cx={x}
          cy={r(row.y)}
          r={r(row.radius + (own ? 2.5 : 0))}
          fill={colour}
          stroke={own ? theme.accent : theme.foreground}
          stroke-width={own ? 3 : 1}
          stroke-dasharray={!own && isAbove && !isBelow ? '2 1.5' : undefined}
        />,
      );
      if (row.radius >= INSIDE_RADIUS) {
        nodes.push(
          <text
            x={x}
            y={r(row.y)}
            dominant-baseline="central"
            font-size={Math.min(textSize.small, Math.max(8, row.radius * 0.95))}
            fill={degreeInk(theme.kind, row.degrees[unit]!, dimension)}
          >
            {row.degrees[unit]}
          </text>,
        );
      }
      if (name && (own || position % every === 0)) {
        nodes.push(
          <text
            x={x}
            y={layer === 0 ? row.y + row.radius + 14 : row.y - row.radius - 8}
            font-size={textSize.label}
            font-weight={own ? 700 : 400}
            fill={theme.foreground}
          >
            {name(unit)}
          </text>,
        );
      }
    }
  }
  return (
    <g class={o.pinned ? 'highlight pinned' : 'highlight'}>
      <Edges {...o} highlight={focus} />
      <g font-family={theme.font} text-anchor="middle">
        {nodes}
      </g>
    </g>
  );
}

export function connectivityLegend(
  theme: Theme,
  readers: readonly WeightReader[] | null,
  dimension: number,
  direct: boolean,
): LegendItem[] {
  const largest = readers ? Math.max(...readers.map((reader) => reader.largest)) : 0;
  return [
    { mark: 'ramp', label: 'unit, by degree', ramp: variableRamp(theme.kind), low: '1', high: String(dimension) },
    ...(readers
      ? [
          { mark: 'line' as const, label: 'positive weight', colour: theme.positive, width: 2.5 },
          { mark: 'line' as const, label: 'negative weight', colour: theme.negative, width: 2.5, dash: '5 2.5' },
          {
            mark: 'line' as const,
            label: `stroke grows with |weight|, up to ${formatValue(largest)}`,
            colour: theme.foreground,
            width: THICKEST,
          },
        ]
      : [{ mark: 'line' as const, label: 'unmasked weight', colour: theme.muted, width: 1 }]),
    ...(direct
      ? [{ mark: 'line' as const, label: 'direct connection', colour: theme.muted, width: 1.5, dash: '1 3' }]
      : []),
  ];
}
