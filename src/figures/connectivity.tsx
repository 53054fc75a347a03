/**
 * The node-link drawing of a small masked network: what exists (`ConnectivityBase`, redrawn with new weights) and what
 * is pointed at (`ConnectivityHighlight`, redrawn with every move of the pointer), as two layers.
 */
import type { ComponentChildren, VNode } from 'preact';
import { hasBit } from '../masks/bits.ts';
import type { Connectivity, Joint } from '../masks/connectivity.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { degreeInk, unitColour } from './colours.ts';
import { highlightOf, sameUnit, type Focus } from './dependencies.ts';
import type { LegendItem } from './legend.tsx';
import type { NodeLayout, NodeRow } from './nodeLayout.ts';
import { formatValue, inputName, outputName, plural } from './text.ts';
import { variableRamp } from './ramps.ts';
import { textSize, type Theme } from './theme.ts';
import { weightReaders, type WeightReader } from './weights.ts';

export interface ConnectivityOptions {
  readonly network: Connectivity;
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
  network: Connectivity,
  layout: NodeLayout,
  { index, from, to, direct }: Joint,
  reader: WeightReader | undefined,
  keep: (lower: number, upper: number) => boolean,
): EdgeBucket[] {
  const buckets = new Map<number, EdgeBucket>();
  const [below, above] = [layout.rows[from]!, layout.rows[to]!];
  const mask = network.mask(index);
  for (let upper = 0; upper < above.x.length; upper++) {
    for (let lower = 0; lower < below.x.length; lower++) {
      if (!hasBit(mask, upper, lower) || !keep(lower, upper)) continue;
      const weight = reader?.at(upper, lower) ?? 0;
      const share = reader && reader.largest > 0 ? Math.abs(weight) / reader.largest : 0;
      const level = Math.min(LEVELS - 1, Math.floor(share * LEVELS));
      const key = (weight < 0 ? LEVELS : 0) + level;
      let bucket = buckets.get(key);
      if (!bucket) buckets.set(key, (bucket = { negative: weight < 0, level, path: '', edges: 0 }));
      bucket.edges++;
      bucket.path += edgePath(below, lower, above, upper, direct);
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

/** Edges on paths from an input to an output that must not see it, as one path; '' without any. */
function leakPath(
  network: Connectivity,
  layout: NodeLayout,
  { index, from, to, direct }: Joint,
  keep: (lower: number, upper: number) => boolean,
): string {
  const mask = network.leaking(index);
  let path = '';
  for (let upper = 0; mask && upper < mask.rows; upper++) {
    for (let lower = 0; lower < mask.columns; lower++) {
      if (!hasBit(mask, upper, lower) || !keep(lower, upper)) continue;
      path += edgePath(layout.rows[from]!, lower, layout.rows[to]!, upper, direct);
    }
  }
  return path;
}

function Edges(o: ConnectivityOptions & { readonly highlight: Focus | null }): VNode {
  const { network, layout, theme } = o;
  const readers = o.weights && weightReaders(network, o.weights);
  const lit = o.highlight && highlightOf(network, o.highlight);
  const last = layout.rows.length - 1;
  return (
    <g fill="none" class="edges">
      {drawn(network).map((joint) => {
        const { index, from, to, direct } = joint;
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
        const kept = direct ? keepDirect : keep;
        const buckets = bucketEdges(network, layout, joint, readers?.[index], kept);
        const leak = leakPath(network, layout, joint, kept);
        const edges = buckets.reduce((sum, bucket) => sum + bucket.edges, 0);
        const strokes = buckets.map(({ negative, level, path }) => {
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
        if (leak === '') return strokes;
        return (
          <>
            {strokes}
            <g class="leaks">
              <path d={leak} stroke={theme.foreground} stroke-width={4.5} />
              <path d={leak} stroke={theme.error} stroke-width={2.5} />
            </g>
          </>
        );
      })}
    </g>
  );
}

/** The direct connection lies below the others. */
function drawn({ joints }: Connectivity): readonly Joint[] {
  return [...joints.filter(({ direct }) => direct), ...joints.filter(({ direct }) => !direct)];
}

/** Weak weights recede, the more so the more edges there are; strong ones stand out of any crowd. */
function weightOpacity(t: number, edges: number): number {
  const floor = edges > 1200 ? 0.05 : edges > DASHED_EDGES ? 0.12 : 0.3;
  return Math.round((floor + (0.95 - floor) * t ** (edges > DASHED_EDGES ? 1.3 : 0.6)) * 100) / 100;
}

/** Everything that is there. */
export function ConnectivityBase(o: ConnectivityOptions): VNode {
  const { network, layout, theme } = o;
  return (
    <>
      <RowNames layout={layout} network={network} theme={theme} />
      <Edges {...o} highlight={null} />
      {layout.rows.map((row, layer) => (
        <Nodes row={row} layer={layer} last={network.last} dimension={network.dimension} theme={theme} />
      ))}
      <WrongOutputs network={network} row={layout.rows[network.last]!} theme={theme} />
    </>
  );
}

function RowNames({
  layout,
  network: { layers, last, direct },
  theme,
}: {
  readonly layout: NodeLayout;
  readonly network: Connectivity;
  readonly theme: Theme;
}) {
  if (layout.left < 40) return null;
  return (
    <g font-family={theme.font} class="row-names">
      {layout.rows.map((row, layer) => (
        <>
          <text x={0} y={row.y - 2} font-size={textSize.label} fill={theme.foreground}>
            {layers[layer]!.name.replace('layer ', '')}
          </text>
          <text x={0} y={row.y + 12} font-size={textSize.small} fill={theme.muted}>
            {layer === last && direct ? 'with direct links' : plural(layers[layer]!.units, 'unit')}
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
  last,
  dimension,
  theme,
}: {
  readonly row: NodeRow;
  readonly layer: number;
  readonly last: number;
  readonly dimension: number;
  readonly theme: Theme;
}) {
  const ends = layer === 0 || layer === last;
  const size = Math.min(textSize.small, Math.max(8, row.radius * 0.95));
  const every = Math.max(1, Math.ceil(22 / row.spacing));
  return (
    <g font-family={theme.font} text-anchor="middle">
      {Array.from(row.unitAt, (unit, position) => {
        const degree = row.degrees?.[unit];
        const colour = unitColour(theme, degree, dimension);
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
            {degree !== undefined && row.radius >= INSIDE_RADIUS && (
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
      {row.degrees && row.radius < INSIDE_RADIUS && (
        <DegreeGroups row={row} degrees={row.degrees} above={layer === last} offset={ends ? 20 : 0} theme={theme} />
      )}
    </g>
  );
}

/** Where degrees do not fit into the nodes: one bracket and label for each run of units that share a degree. */
function DegreeGroups({
  row,
  degrees,
  above,
  offset,
  theme,
}: {
  readonly row: NodeRow;
  readonly degrees: Int32Array;
  readonly above: boolean;
  readonly offset: number;
  readonly theme: Theme;
}) {
  const groups: { degree: number; from: number; to: number }[] = [];
  for (const unit of row.unitAt) {
    const degree = degrees[unit]!;
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

/** Outputs that see what they must not (a whole ring), and outputs that miss what they should see (a broken one). */
function WrongOutputs({
  network,
  row,
  theme,
}: {
  readonly network: Connectivity;
  readonly row: NodeRow;
  readonly theme: Theme;
}): VNode | null {
  const { leaks, losses } = network.report();
  if (leaks.length + losses.length === 0) return null;
  const ring = (unit: number, away: number, stroke: string, width: number, dash?: string) => (
    <circle
      cx={r(row.x[unit]!)}
      cy={r(row.y)}
      r={r(row.radius + away)}
      stroke={stroke}
      stroke-width={width}
      stroke-dasharray={dash}
    />
  );
  const outputsOf = (pairs: typeof leaks) => [...new Set(pairs.map(({ output }) => output))];
  return (
    <g fill="none" class="wrong-outputs">
      {outputsOf(leaks).map((unit) => (
        <>
          {ring(unit, 2, theme.foreground, 4)}
          {ring(unit, 2, theme.error, 2.5)}
        </>
      ))}
      {outputsOf(losses).map((unit) => ring(unit, 5, theme.error, 1.75, '3 2'))}
    </g>
  );
}

/** What is pointed at, and everything that it depends on and that depends on it; drawn over a faded base. */
export function ConnectivityHighlight(
  o: ConnectivityOptions & { readonly focus: Focus; readonly pinned: boolean },
): VNode {
  const { network, layout, theme, focus } = o;
  const { below, above } = highlightOf(network, focus);
  const { dimension, last } = network;
  const nodes: ComponentChildren[] = [];
  for (const [layer, row] of layout.rows.entries()) {
    const name = layer === 0 ? inputName : layer === last ? outputName : null;
    const every = Math.max(1, Math.ceil(22 / row.spacing));
    for (const [position, unit] of row.unitAt.entries()) {
      const isBelow = below[layer]![unit] === 1;
      const isAbove = above[layer]![unit] === 1;
      if (!isBelow && !isAbove) continue;
      const own = sameUnit(focus.unit, { layer, unit }) || sameUnit(focus.from, { layer, unit });
      const degree = row.degrees?.[unit];
      const colour = unitColour(theme, degree, dimension);
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
      if (degree !== undefined && row.radius >= INSIDE_RADIUS) {
        nodes.push(
          <text
            x={x}
            y={r(row.y)}
            dominant-baseline="central"
            font-size={Math.min(textSize.small, Math.max(8, row.radius * 0.95))}
            fill={degreeInk(theme.kind, degree, dimension)}
          >
            {degree}
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
  network: Connectivity,
): LegendItem[] {
  const { leaks, losses } = network.report();
  const largest = readers ? Math.max(...readers.map((reader) => reader.largest)) : 0;
  return [
    {
      mark: 'ramp',
      label: 'unit, by degree',
      ramp: variableRamp(theme.kind),
      low: '1',
      high: String(network.dimension),
    },
    ...(network.layers.some(({ degrees }) => degrees === null)
      ? [{ mark: 'dot' as const, label: 'unit without a degree', colour: theme.neutral }]
      : []),
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
    ...(network.direct
      ? [{ mark: 'line' as const, label: 'direct connection', colour: theme.muted, width: 1.5, dash: '1 3' }]
      : []),
    ...(leaks.length > 0 ? [{ mark: 'violation' as const, label: 'on a path that leaks' }] : []),
    ...(losses.length > 0
      ? [{ mark: 'dot' as const, label: 'output that misses an input', colour: theme.error, hollow: true }]
      : []),
  ];
}
